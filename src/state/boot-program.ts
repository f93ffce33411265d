// The lvsctl that the unit is to run as root at every boot: absolute paths, and whether they can be trusted to be there,
// and to be what they are now.

import {dirname, join} from 'node:path'
import {type Problem, problem, warning} from '../domain/problem.ts'
import type {Program} from '../domain/program.ts'
import type {HostReader} from '../host/host.ts'

interface Place {
  readonly under: RegExp
  problem(path: string): Problem
}

const places: readonly Place[] = [
  {
    under: /^\/(?:tmp|var\/tmp|run|dev)\//,
    problem: (path) =>
      problem(
        'boot-program-temporary',
        `${path} lies where files are temporary, and will not be there after a reboot`,
        {
          hint: 'Install lvsctl where it can stay: npm install -g',
        },
      ),
  },
  {
    under: /^\/(?:home|root)\//,
    problem: (path) =>
      warning(
        'boot-program-home',
        `${path} lies in a home directory: when it moves or is renewed, nothing is restored`,
        {
          hint: 'Better is one installed for everybody, by the Node of the system; after a change: lvsctl save --boot',
        },
      ),
  },
]

/** Errors are reasons not to install, warnings are worth knowing. */
export function programProblems({node, script}: Program, host: HostReader): readonly Problem[] {
  const code = join(dirname(script), '..', 'dist', 'main.cjs')
  const files = [node, script, code]
  const missing = files.filter((path) => !host.inspect(path))
  return [
    ...missing.map((path) => problem('boot-program-missing', `${path} is not there`)),
    ...firstOfEach(places.flatMap(({under, problem}) => files.filter((path) => under.test(path)).map(problem))),
    ...openToOthers(files, host),
  ]
}

/** One path of a kind says it all. */
const firstOfEach = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({code}, index) => problems.findIndex((one) => one.code === code) === index)

/** Whoever can write any of them, or a folder above, would be root at the next boot. */
function openToOthers(files: readonly string[], host: HostReader): readonly Problem[] {
  const paths = [...new Set(files.flatMap(withFolders))]
  const open = paths.find((path) => isOpen(path, host))
  if (open === undefined) return []
  const {owner, mode} = host.inspect(open) as NonNullable<ReturnType<HostReader['inspect']>>
  return [
    problem(
      'boot-program-writable',
      `${open} can be written by others than root (owner ${owner}, mode ${mode.toString(8)}), who would be root at the next boot`,
      {hint: `Install lvsctl as root, or: chown root ${open} && chmod go-w ${open}`},
    ),
  ]
}

function isOpen(path: string, host: HostReader): boolean {
  const facts = host.inspect(path)
  if (!facts || facts.kind === 'symlink') return false
  // In a sticky folder (/tmp) nobody can replace what is another's.
  const writable = (facts.mode & 0o022) !== 0 && !(facts.kind === 'folder' && (facts.mode & 0o1000) !== 0)
  return facts.owner !== 0 || writable
}

/** `/a/b` → `/a/b`, `/a`. */
function withFolders(path: string): readonly string[] {
  return path === '/' ? [] : [path, ...withFolders(dirname(path))]
}
