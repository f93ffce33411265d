// The files that make it last: written, renewed and removed. Computed, not done; a role puts these effects beside its own.

import type {Address} from '../domain/address.ts'
import {type Problem, problem, refuse, warning} from '../domain/problem.ts'
import type {Effect, HostReader} from '../host/host.ts'
import type {Ledger, Role} from '../host/ledger.ts'
import {reloadEffects} from '../host/systemd.ts'
import type {BootFiles, BootLink} from './backend.ts'
import type {BackendName} from './backend-names.ts'
import {backends} from './backends.ts'
import {fileState} from './file-state.ts'
import {keptAsChanged} from './kept-file.ts'
import type {Lasting} from './lasting.ts'
import {bootIdOf, formatRecord, isHere, mayBootHere, type PersistRecord, readRecord, recordPath} from './record.ts'

export interface PersistPlan {
  readonly effects: readonly Effect[]
  /** For the very end, when the role has done everything else. */
  readonly last: readonly Effect[]
  /** All of severity `warning`: errors are thrown. */
  readonly warnings: readonly Problem[]
  /** Why nothing is written: files that a person changed would have to say something else. Their paths. */
  readonly blockedBy?: readonly string[]
}

export interface PersistWish {
  readonly role: Role
  readonly backend: BackendName
  readonly vips: readonly Address[]
  readonly lasting: Lasting
  readonly ledger: Ledger
}

/**
 * First the record, then files in the order in which a boot needs them, the enabling link last: a boot in between brings
 * up no address without what keeps it quiet. Files that are no longer wanted go then. Where a person changed one of them so
 * that it would not say what it must, nothing is written: the others alone could bring a VIP up that is not quiet. Throws one
 * usage error with everything that speaks against it.
 */
export function planPersist({role, backend, vips, lasting, ledger}: PersistWish, host: HostReader): PersistPlan {
  const wanted = backends[backend].plan({role, lasting}, host)
  const old = readRecord(role, host)
  refuse([
    ...elsewhere(old, role, host),
    ...missing(backend, host),
    ...errors(wanted.problems),
    ...foreign(wanted, host),
  ])

  const warnings = wanted.problems.filter(({severity}) => severity === 'warning')
  if (!mayBootHere(host)) warnings.push(bootsElsewhere)
  const blocking = wanted.files.flatMap((file) => keptAsChanged({role, backend, vips, ledger}, file, old, host))
  if (blocking.length > 0) {
    const told = blocking.map(({told}) => told)
    return {effects: [], last: [], warnings: [...warnings, ...told], blockedBy: blocking.map(({path}) => path)}
  }
  const writes = wanted.files.flatMap(({path, content, mode}): Effect[] => {
    if (host.readFile(path) === content) return []
    if (fileState(path, host) === 'changed') {
      warnings.push(changed(path, 'is left as it is'))
      return []
    }
    return [{do: 'write-file', path, content, ...(mode !== undefined && {mode})}]
  })
  const enabling = wanted.links
    .filter(({path, target}) => host.inspect(path)?.target !== target)
    .map((link): Effect => ({do: 'make-symlink', ...link}))

  const stale = leftOvers(old, wanted)
  const removals = planRemovals(stale, host)
  const bootId = bootIdOf(host)
  const record = {
    backend,
    vips,
    lasting,
    ledger,
    files: wanted.files.map(({path}) => path),
    links: wanted.links,
    namespace: host.namespace(),
    ...(bootId !== undefined && {bootId}),
  }
  // Until the last of the old files is gone the record names them too: whoever is cut off can go on.
  const interim = {...record, files: [...record.files, ...stale.files], links: [...record.links, ...stale.links]}
  const renewed = writes.length + enabling.length + removals.effects.length > 0
  return {
    effects: [
      ...recordEffects(role, removals.effects.length > 0 ? interim : record, host),
      ...writes,
      ...enabling,
      ...removals.effects,
      ...(removals.effects.length > 0 ? [writeRecord(role, record)] : []),
      ...(renewed ? reloadEffects(host) : []),
    ],
    last: [],
    warnings: [...warnings, ...removals.warnings],
  }
}

/** What was made to last does so no longer. Files that a person changed since stay, and are told. */
export function planForget(role: Role, host: HostReader): PersistPlan {
  const record = readRecord(role, host)
  if (!record || !isHere(record, host)) return {effects: [], last: [], warnings: []}
  const {effects, warnings} = planRemovals(record, host)
  return {
    effects: effects.length > 0 ? [...effects, ...reloadEffects(host)] : [],
    last: [{do: 'remove-file', path: recordPath(role), mode: 0o600}],
    warnings,
  }
}

type Left = Pick<PersistRecord, 'files' | 'links'>

/** The reverse of writing: first what enables, last what keeps quiet. */
function planRemovals({files, links}: Left, host: HostReader): Omit<PersistPlan, 'last'> {
  const warnings: Problem[] = []
  const disabling = links
    .filter(({path, target}) => host.inspect(path)?.target === target)
    .map((link): Effect => ({do: 'remove-symlink', ...link}))
  const removals = [...files].reverse().flatMap((path): Effect[] => {
    const state = fileState(path, host)
    if (state === 'ours') return [{do: 'remove-file', path, mode: host.inspect(path)?.mode ?? 0o644}]
    if (state !== 'none') warnings.push(changed(path, 'is kept'))
    return []
  })
  return {effects: [...disabling, ...removals], warnings}
}

function leftOvers(old: PersistRecord | undefined, {files, links}: BootFiles): Left {
  const isWanted = (path: string) => files.some((one) => one.path === path)
  const isLinked = ({path}: BootLink) => links.some((one) => one.path === path)
  return {
    files: old?.files.filter((path) => !isWanted(path)) ?? [],
    links: old?.links.filter((link) => !isLinked(link)) ?? [],
  }
}

const writeRecord = (role: Role, record: PersistRecord): Effect => ({
  do: 'write-file',
  path: recordPath(role),
  content: formatRecord(record),
  mode: 0o600,
})

const recordEffects = (role: Role, record: PersistRecord, host: HostReader): readonly Effect[] =>
  host.readFile(recordPath(role)) === formatRecord(record) ? [] : [writeRecord(role, record)]

function elsewhere(record: PersistRecord | undefined, role: Role, host: HostReader): readonly Problem[] {
  if (!record || isHere(record, host)) return []
  return [
    problem(
      'persist-elsewhere',
      `a ${role} in another network namespace of this machine is kept over reboots already`,
      {
        where: '--persist',
        hint: `See: ${recordPath(role)}`,
      },
    ),
  ]
}

const bootsElsewhere = warning(
  'persist-namespace',
  'this is not the network namespace in which the machine boots, and there it will all come up',
  {where: '--persist'},
)

function missing(backend: BackendName, host: HostReader): readonly Problem[] {
  const {title, traces} = backends[backend]
  if (traces.some((path) => host.inspect(path))) return []
  return [
    problem('persist-backend-missing', `${title} is not installed here`, {
      where: '--persist',
      hint: `Looked for: ${traces.join(', ')}`,
    }),
  ]
}

const errors = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({severity}) => severity === 'error')

function foreign({files, links}: BootFiles, host: HostReader): readonly Problem[] {
  const strange = [
    ...files.filter(({path}) => fileState(path, host) === 'foreign').map(({path}) => path),
    ...links
      .filter(({path, target}) => host.inspect(path) && host.inspect(path)?.target !== target)
      .map(({path}) => path),
  ]
  return strange.map((path) =>
    problem('persist-foreign', `${path} is there and is not lvsctl's`, {
      where: '--persist',
      hint: `See what it is: ls -l ${path}`,
    }),
  )
}

const changed = (path: string, fate: string): Problem =>
  warning('persist-file-changed', `${path} was changed since lvsctl wrote it, and ${fate}`, {
    hint: `If it should go: rm ${path}`,
  })
