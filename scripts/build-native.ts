// Compiles native/*.c into dist/. Needs a C compiler and nothing from the network: the headers of Node-API come with the
// npm package node-api-headers, and one binary serves every Node. Does nothing for what is up to date.

import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, renameSync, statSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'

const root = join(import.meta.dirname, '..')
const headers: string = createRequire(import.meta.url)('node-api-headers').include_dir

interface Target {
  readonly source: string
  readonly output: string
  readonly flags: readonly string[]
  /** The only CPU it is for. */
  readonly arch?: string
}

const targets: readonly Target[] = [
  {source: 'native/lvsctl.c', output: 'dist/lvsctl.node', flags: ['-isystem', headers]},
  {source: 'native/uml-xstate.c', output: 'dist/uml-xstate.so', flags: [], arch: 'x64'},
]

mkdirSync(join(root, 'dist'), {recursive: true})
for (const target of targets) if (isWanted(target)) compile(target)

function isWanted({source, output, arch}: Target): boolean {
  if (arch !== undefined && arch !== process.arch) return false
  const changed = (path: string): number => statSync(path, {throwIfNoEntry: false})?.mtimeMs ?? 0
  if (!existsSync(join(root, source))) return false
  return changed(join(root, output)) < Math.max(changed(join(root, source)), changed(import.meta.filename))
}

function compile({source, output, flags}: Target): void {
  const [compiler = 'cc', ...own] = (process.env.CC || 'cc').trim().split(/\s+/)
  // Renamed when whole: somebody may be loading the old one.
  const fresh = `${output}.${process.pid}`
  const args = [...own, '-O2', '-shared', '-fPIC', '-Wall', '-Wextra', '-Werror', ...flags, '-o', fresh, source]
  const {error, status} = spawnSync(compiler, args, {cwd: root, stdio: 'inherit'})
  if (error)
    fail(`no C compiler: ${compiler} cannot be run (${error.message}). Install one: apt-get install gcc libc6-dev`)
  if (status !== 0) fail(`${compiler} could not compile ${source}; its messages are above`)
  renameSync(join(root, fresh), join(root, output))
  console.log(`built ${output}`)
}

function fail(message: string): never {
  console.error(`build-native: ${message}`)
  process.exit(1)
}
