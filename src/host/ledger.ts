// What set-up of a role did to this host, so that teardown can undo exactly that: what was added, and what each setting
// was before. What can be in it: ledger-kinds.ts.
//
// It lies under /run, because addresses, sysctls and routes do not survive a reboot either; where /run does, the boot id
// in it tells. A host and its network namespaces share /run, so the file is named after the namespace: the number that
// `readlink /proc/self/ns/net` shows. It is written before the first change and removed after the last, so a run that
// was cut off is finished by the next one.

import {isDeepStrictEqual} from 'node:util'
import {LvsctlError} from '../domain/problem.ts'
import {stateNotOurs} from './failures.ts'
import {errnoOf, notOwn} from './files.ts'
import type {Effect, HostReader} from './host.ts'
import {isRecord, kindNames, type LedgerLists, ledgerKinds} from './ledger-kinds.ts'

export type Role = 'realserver' | 'director'

export interface Ledger extends LedgerLists {
  readonly role: Role
  /** Of the boot it was written in; ledgers of version 1 do not say. */
  readonly bootId?: string
}

/** What is noted of a role on this host. */
export interface Recorded {
  readonly path: string
  readonly bootId: string | undefined
  /** The file as it is. */
  readonly text: string | undefined
  /** What of it is so as far as anybody knows; of an earlier boot's only what survives a reboot. */
  readonly ledger: Ledger | undefined
  /** The whole ledger of an earlier boot. */
  readonly past: Ledger | undefined
  /** It may not be read: it is root's. */
  readonly hidden: boolean
}

const folder = '/run/lvsctl'
const version = 2

export function ledgerPath(role: Role, namespace: string): string {
  return `${folder}/${role}-${namespace}.json`
}

export function emptyLedger(role: Role, bootId: string | undefined): Ledger {
  return {role, ...(bootId !== undefined && {bootId}), ...lists(() => [])}
}

export function formatLedger(ledger: Ledger): string {
  return `${JSON.stringify({version, ...ledger}, undefined, 2)}\n`
}

/** Throws LvsctlError where the file cannot be understood, or is not what only root can have made. */
export function readLedger(role: Role, host: HostReader): Recorded {
  const path = ledgerPath(role, host.namespace())
  const bootId = host.sysctl('kernel.random.boot_id')
  const text = readState(path, host)
  const base = {path, bootId, text: text.content, hidden: text.hidden}
  if (text.content === undefined) return {...base, ledger: undefined, past: undefined}
  const ledger = parseLedger(text.content, path, role)
  if (ledger.bootId === undefined || ledger.bootId === bootId) return {...base, ledger, past: undefined}
  return {...base, ledger: survivors(ledger, bootId), past: ledger}
}

/** What puts the notes in the place of those that are there. undefined: nothing is left to remember. */
export function ledgerEffects({path, text, ledger, past}: Recorded, next: Ledger | undefined): readonly Effect[] {
  if (!next) return text === undefined ? [] : [{do: 'remove-state', path}]
  // As it would be read: the order of an entry's fields is nobody's business.
  if (!past && ledger && isDeepStrictEqual(JSON.parse(JSON.stringify(next)), ledger)) return []
  return [{do: 'write-state', path, content: formatLedger(next)}]
}

export function isEmpty(ledger: Ledger): boolean {
  return kindNames.every((name) => ledger[name].length === 0)
}

/** Throws LvsctlError. */
export function parseLedger(text: string, path: string, role: Role): Ledger {
  const data = parseJson(text, path)
  if (!isRecord(data)) throw unreadable(path, 'is not an object')
  if (data.version !== 1 && data.version !== version)
    throw unreadable(path, `has version ${JSON.stringify(data.version)}, this lvsctl knows ${version}`)
  if (data.version === version && data.role !== role)
    throw unreadable(path, `is of the role ${JSON.stringify(data.role)}`)
  // A newer lvsctl may have noted what teardown must not forget.
  const unknown = Object.keys(data).find((name) => !known.includes(name))
  if (unknown !== undefined) throw unreadable(path, `has "${unknown}", which this lvsctl does not know`)
  return {
    role,
    ...(typeof data.bootId === 'string' && {bootId: data.bootId}),
    ...lists((name) => readList(name, data[name], path)),
  }
}

const known: readonly string[] = ['version', 'role', 'bootId', ...kindNames]

function readList(name: keyof LedgerLists, value: unknown, path: string): readonly unknown[] {
  const kind = ledgerKinds[name]
  if (value === undefined && !kind.required) return []
  if (!Array.isArray(value)) throw unreadable(path, `lacks the list "${name}"`)
  return value.map((entry) => {
    const read = kind.read(entry)
    if (read === undefined) throw unreadable(path, `has ${JSON.stringify(entry)} where the ${kind.name} should be`)
    return read
  })
}

function lists(make: (name: keyof LedgerLists) => readonly unknown[]): LedgerLists {
  return Object.fromEntries(kindNames.map((name) => [name, make(name)])) as unknown as LedgerLists
}

/** undefined: a reboot left nothing of it. */
function survivors(ledger: Ledger, bootId: string | undefined): Ledger | undefined {
  const rest: Ledger = {
    ...emptyLedger(ledger.role, bootId),
    ...lists((name) => (ledgerKinds[name].survivesReboot ? ledger[name] : [])),
  }
  return isEmpty(rest) ? undefined : rest
}

interface State {
  readonly content: string | undefined
  readonly hidden: boolean
}

function readState(path: string, host: HostReader): State {
  try {
    for (const [one, kind] of [
      [folder, 'folder'],
      [path, 'file'],
    ] as const) {
      const facts = host.inspect(one)
      const why = facts && notOwn(facts, kind, 0)
      if (why !== undefined) throw stateNotOurs(one, why)
    }
    return {content: host.readFile(path), hidden: false}
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return {content: undefined, hidden: true}
    throw error
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unreadable(path, 'is not JSON', cause)
  }
}

function unreadable(path: string, why: string, cause?: unknown): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'ledger-unreadable',
    message: `${path} ${why}: what set-up found on this host is unknown`,
    hint: `Nothing was changed. To go on without it: mv ${path} ${path}.broken`,
    cause,
  })
}
