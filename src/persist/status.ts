// Whether what was made to last will: the files, and whether what they say is so now. Pure but for what it reads.

import type {Address} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import type {HostReader} from '../host/host.ts'
import type {Role} from '../host/ledger.ts'
import {setupLine, setupLines} from '../host/setup-line.ts'
import type {BackendName} from './backend-names.ts'
import {type FileState, fileState} from './file-state.ts'
import {differences} from './lasting.ts'
import {isHere, readLastingLedger, readRecord} from './record.ts'

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
  const files = record.files.map((path) => ({path, state: fileState(path, host)}))
  const disabled = record.links.filter(({path, target}) => host.inspect(path)?.target !== target)
  const open = differences(lasting, host)
  const fleeting = present.filter((vip) => !vips.includes(vip))
  return {
    backend,
    vips,
    files,
    enabled: disabled.length === 0,
    running: open.length === 0,
    problems: [
      ...files.filter(({state}) => state === 'none').map(({path}) => gone(path, again)),
      ...files.filter(({state}) => state === 'changed' || state === 'foreign').map(({path}) => changed(path)),
      ...disabled.map(({path}) => gone(path, again)),
      ...differing(open, again),
      ...fleeting.map((vip) => {
        const entry = noted.find(({address}) => address === vip)
        const hint = entry && {hint: setupLine(role, entry, words)}
        return warning('persist-not', `${vip} is set up here and is not kept over a reboot`, hint)
      }),
    ],
  }
}

function differing(differences: readonly string[], again: string): readonly Problem[] {
  if (differences.length === 0) return []
  const message = `what the files bring about at boot is not so now: ${differences.join('; ')}`
  return [problem('persist-differs', message, {hint: again})]
}

const gone = (path: string, again: string): Problem =>
  problem('persist-file-missing', `${path} is gone: after a reboot not everything comes back`, {hint: again})

const changed = (path: string): Problem =>
  warning('persist-file-changed', `${path} was changed since lvsctl wrote it`, {
    hint: 'Set-up and teardown leave it as it is',
  })
