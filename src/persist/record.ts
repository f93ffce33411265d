// What was made to last, kept where it lasts too: which files, what they are to bring about, and the role's ledger, since
// the one below /run is gone after a reboot. Written before the first file, removed after the last one.

import {type Address, parseAddress} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import {errnoOf} from '../host/files.ts'
import type {HostReader} from '../host/host.ts'
import {formatLedger, type Ledger, parseLedger, type Recorded, type Role, readLedger} from '../host/ledger.ts'
import {isRecord} from '../host/ledger-kinds.ts'
import type {BootLink} from './backend.ts'
import {type BackendName, backendNames} from './backend-names.ts'
import {type Lasting, lastingKinds} from './lasting.ts'

export interface PersistRecord {
  readonly backend: BackendName
  readonly vips: readonly Address[]
  /** In the order in which they are written. */
  readonly files: readonly string[]
  readonly links: readonly BootLink[]
  readonly lasting: Lasting
  /** The role's ledger, as far as it is about these VIPs. */
  readonly ledger: Ledger
  /** Where and when it was written: another network namespace of the same boot has no part in it. */
  readonly namespace: string
  readonly bootId?: string
}

const version = 1

export const recordPath = (role: Role): string => `/etc/lvsctl/${role}.json`

export function formatRecord({ledger, ...record}: PersistRecord): string {
  return `${JSON.stringify({version, ...record, ledger: JSON.parse(formatLedger(ledger))}, undefined, 2)}\n`
}

/** Whether it is about the network namespace that this is. */
export function isHere({namespace, bootId}: PersistRecord, host: HostReader): boolean {
  return namespace === host.namespace() || (bootId !== bootIdOf(host) && mayBootHere(host))
}

/** Whether the machine boots in this network namespace, the one of process 1; it may where that is told to root only. */
export function mayBootHere(host: HostReader): boolean {
  const target = readable(() => host.inspect('/proc/1/ns/net')?.target)
  return target === undefined || target === `net:[${host.namespace()}]`
}

export const bootIdOf = (host: HostReader): string | undefined => host.sysctl('kernel.random.boot_id')

/** The role's ledger, or after a reboot the one that lasts. */
export function readLastingLedger(role: Role, host: HostReader): Recorded {
  const recorded = readLedger(role, host)
  if (recorded.ledger) return recorded
  const record = readRecord(role, host)
  if (!record || !isHere(record, host)) return recorded
  return {
    ...recorded,
    past: undefined,
    ledger: {...record.ledger, ...(recorded.bootId !== undefined && {bootId: recorded.bootId})},
  }
}

/** Something was made to last, and only root may read what. */
export function isHidden(role: Role, host: HostReader): boolean {
  return host.inspect(recordPath(role)) !== undefined && textOf(recordPath(role), host) === undefined
}

/** undefined: nothing was made to last, or it is hidden. Throws where there is what this lvsctl does not understand. */
export function readRecord(role: Role, host: HostReader): PersistRecord | undefined {
  const path = recordPath(role)
  const facts = host.inspect(path)
  if (!facts) return undefined
  if (facts.kind !== 'file') throw unreadable(path, 'is no file')
  if (facts.owner !== 0 || (facts.mode & 0o022) !== 0) throw unreadable(path, 'can be written by others than root')
  const text = textOf(path, host)
  if (text === undefined) return undefined
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw unreadable(path, 'is not JSON', cause)
  }
  if (!isRecord(data)) throw unreadable(path, 'is not an object')
  if (data.version !== version)
    throw unreadable(path, `has version ${JSON.stringify(data.version)}, this lvsctl knows ${version}`)
  const backend = backendNames.find((name) => name === data.backend)
  if (!backend) throw unreadable(path, `names ${JSON.stringify(data.backend)}, which is no backend`)
  if (!isRecord(data.ledger) || !isLasting(data.lasting)) throw unreadable(path, 'lacks what should last')
  return {
    backend,
    vips: list(data.vips).map((one) => {
      const address = parseAddress(String(one))
      if (!address) throw unreadable(path, `has "${one}" for an address`)
      return address
    }),
    files: list(data.files).map((one) => {
      if (typeof one !== 'string' || !one.startsWith('/etc/')) throw unreadable(path, `has "${one}" for a file`)
      return one
    }),
    links: list(data.links).map((one) => {
      if (!isRecord(one) || typeof one.path !== 'string' || typeof one.target !== 'string')
        throw unreadable(path, 'has a link that is none')
      return {path: one.path, target: one.target}
    }),
    lasting: data.lasting,
    ledger: parseLedger(JSON.stringify(data.ledger), path, role),
    namespace: String(data.namespace),
    ...(typeof data.bootId === 'string' && {bootId: data.bootId}),
  }

  function list(value: unknown): readonly unknown[] {
    if (!Array.isArray(value)) throw unreadable(path, 'lacks a list')
    return value
  }
}

const textOf = (path: string, host: HostReader): string | undefined => readable(() => host.readFile(path))

/** undefined also for whom it may not be read by. */
function readable<Value>(read: () => Value | undefined): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return undefined
    throw error
  }
}

/** Its lists are what an lvsctl of this version wrote: the file is root's. */
function isLasting(value: unknown): value is Lasting {
  return isRecord(value) && lastingKinds.every((name) => Array.isArray(value[name]))
}

function unreadable(path: string, why: string, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'persist-unreadable',
    message: `${path} ${why}: what lvsctl made to last on this host is unknown`,
    hint: `Nothing was changed. To go on without it: mv ${path} ${path}.broken`,
    cause,
  })
}
