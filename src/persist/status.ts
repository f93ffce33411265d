// Whether what was made to last will: the files, and whether what they say is so now. Pure but for what it reads.

import type {Address} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import type {HostReader} from '../host/host.ts'
import type {Role} from '../host/ledger.ts'
import {setupLine, setupLines} from '../host/setup-line.ts'
import type {BackendName} from './backend-names.ts'
import {backends} from './backends.ts'
import {type FileState, fileState, listDifferences, textDifferences} from './file-state.ts'
import {differences} from './lasting.ts'
import {isHere, type PersistRecord, readLastingLedger, readRecord} from './record.ts'

export interface PersistStatus {
  readonly backend: BackendName
  readonly vips: readonly Address[]
  readonly files: readonly {readonly path: string; readonly state: FileState}[]
  /** For backends that enable something: it is. */
  readonly enabled: boolean
  /** What the files say is so now. */
  readonly running: boolean
  readonly problems: readonly Problem[]
}

/** undefined: nothing was made to last. `present`: VIPs that the role has here now. */
export function persistStatus(
  role: Role,
  host: HostReader,
  present: readonly Address[] = [],
): PersistStatus | undefined {
  const record = readRecord(role, host)
  if (!record || !isHere(record, host)) return undefined
  const {backend, vips, lasting, ledger} = record
  const words = [`--persist=${backend}`]
  const again = setupLines(role, ledger, words)
  const noted = readLastingLedger(role, host).ledger?.vips ?? []
  const open = differences(lasting, host)
  const fleeting = present.filter((vip) => !vips.includes(vip))
  return {
    backend,
    vips,
    files: record.files.map((path) => ({path, state: fileState(path, host)})),
    enabled: disabled(record, host).length === 0,
    running: open.length === 0,
    problems: [
      ...bootProblems(role, record, host),
      ...differing(open, again),
      ...fleeting.map((vip) => {
        const entry = noted.find(({address}) => address === vip)
        const hint = entry && {hint: setupLine(role, entry, words)}
        return warning('persist-not', `${vip} is set up here and is not kept over a reboot`, hint)
      }),
    ],
  }
}

/** Why a boot does not bring about, or not all of, what is to last. */
export function bootProblems(role: Role, record: PersistRecord, host: HostReader): readonly Problem[] {
  const {backend, lasting, ledger, files} = record
  const again = setupLines(role, ledger, [`--persist=${backend}`])
  const states = files.map((path) => ({path, state: fileState(path, host)}))
  const wanted = new Map(backends[backend].plan({role, lasting}, host).files.map(({path, content}) => [path, content]))
  const texts = files.map((path) => host.readFile(path) ?? '')
  const unnamed = lasting.addresses.filter(({address}) => !texts.some((text) => text.includes(address)))
  const broken = states.some(({state}) => state !== 'ours')
  return [
    ...states.filter(({state}) => state === 'none').map(({path}) => gone(path, again)),
    ...states
      .filter(({state}) => state === 'changed' || state === 'foreign')
      .map(({path}) => changed(path, wanted.get(path), host, again)),
    ...disabled(record, host).map(({path}) => gone(path, again)),
    // Where files were changed or are gone that is said of them.
    ...(broken ? [] : unnamed.map(({address}) => unwritten(address, again))),
  ]
}

const disabled = ({links}: PersistRecord, host: HostReader) =>
  links.filter(({path, target}) => host.inspect(path)?.target !== target)

function differing(differences: readonly string[], again: string): readonly Problem[] {
  if (differences.length === 0) return []
  const message = `what the files bring about at boot is not so now: ${differences.join('; ')}`
  return [problem('persist-differs', message, {hint: again})]
}

const gone = (path: string, again: string): Problem =>
  problem('persist-file-missing', `${path} is gone: after a reboot not everything comes back`, {hint: again})

/** `wanted`: what it should be; undefined where nobody knows any more. */
function changed(path: string, wanted: string | undefined, host: HostReader, again: string): Problem {
  const said = `${path} was changed since lvsctl wrote it`
  const lost = wanted === undefined ? [] : textDifferences(host.readFile(path) ?? '', wanted)
  if (wanted !== undefined && lost.length === 0)
    return warning('persist-file-changed', said, {hint: 'Set-up and teardown leave it as it is'})
  return problem('persist-file-changed', [said, ...(lost.length > 0 ? [listDifferences(lost)] : [])].join(': '), {
    hint: `To have it written anew: rm ${path}; ${again}`,
  })
}

const unwritten = (vip: Address, again: string): Problem =>
  problem('persist-file-stale', `${vip} is in none of the files: a run was cut off before`, {hint: again})
