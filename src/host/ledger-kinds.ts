// What set-up of a role can add to a host or change on it: a row for each kind of entry in the ledger. Whoever adds a row
// has it written, read and checked; set-up and teardown of the roles say what is to be done with it.

import {type Address, type Family, parseAddress} from '../domain/address.ts'
import type {FouPort, Masquerade, NewLink, Route} from './host.ts'
import {masqueradeTools} from './masquerade.ts'

export interface LedgerVip {
  readonly address: Address
  readonly interface: string
  /** `adopted`: it was there already, put there by somebody else. */
  readonly origin: 'added' | 'adopted'
  /** What it is for, in the words of the role. */
  readonly method?: string
  /** What stood behind `setup --vip ADDRESS`, word by word. Not given: nothing did, or it is a ledger from before. */
  readonly options?: readonly string[]
}

export interface LedgerSysctl {
  readonly key: string
  readonly found: string
  readonly set: string
}

export interface LedgerRoute {
  readonly route: Route
  /** What it is for, in the words of the role. */
  readonly method?: string
  /** What it took the place of. */
  readonly was?: Route
  /** What set-up had made of it before, until this one is there. */
  readonly earlier?: Route
}

export interface LedgerMtu {
  readonly interface: string
  readonly found: number
  readonly set: number
}

interface Kind<Value> {
  /** In a sentence: "has a VIP that is none". */
  readonly name: string
  /** Whether such a thing is still there when the machine has started anew. */
  readonly survivesReboot: boolean
  /** A file that lacks the list is no ledger; later kinds may be absent. */
  readonly required: boolean
  /** undefined: it is none. */
  read(entry: unknown): Value | undefined
}

type Fields = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const record =
  <Value>(read: (fields: Fields) => Value | undefined) =>
  (entry: unknown): Value | undefined =>
    isRecord(entry) ? read(entry) : undefined

const text = (value: unknown): value is string => typeof value === 'string'
const number = (value: unknown): value is number => Number.isSafeInteger(value)
const isFamily = (value: unknown): value is Family => value === 'ipv4' || value === 'ipv6'
const isAddress = (value: unknown): value is Address => text(value) && parseAddress(value) === value

/** Version 1 knew VIPs on lo only. */
const readVip = record(({address, interface: name = 'lo', origin, method, options}): LedgerVip | undefined => {
  if (!isAddress(address) || !text(name) || (origin !== 'added' && origin !== 'adopted')) return undefined
  const words = Array.isArray(options) && options.every(text) && options.length > 0
  return {address, interface: name, origin, ...(text(method) && {method}), ...(words && {options})}
})

const readSysctl = record(({key, found, set}): LedgerSysctl | undefined =>
  text(key) && text(found) && text(set) ? {key, found, set} : undefined,
)

const readLink = record((link): NewLink | undefined =>
  text(link.name) && text(link.kind) ? (link as unknown as NewLink) : undefined,
)

const isRoute = (route: unknown): route is Route =>
  isRecord(route) &&
  isFamily(route.family) &&
  number(route.prefixLength) &&
  number(route.table) &&
  [route.destination, route.gateway, route.source].every((one) => one === undefined || isAddress(one))

const readRoute = record(({route, was, earlier, method}): LedgerRoute | undefined =>
  isRoute(route) && [was, earlier].every((one) => one === undefined || isRoute(one))
    ? {route, ...(text(method) && {method}), ...(isRoute(was) && {was}), ...(isRoute(earlier) && {earlier})}
    : undefined,
)

const readFouPort = record((entry): FouPort | undefined =>
  number(entry.port) && isFamily(entry.family) && text(entry.encapsulation) ? (entry as unknown as FouPort) : undefined,
)

const readMtu = record(({interface: name, found, set}): LedgerMtu | undefined =>
  text(name) && number(found) && number(set) ? {interface: name, found, set} : undefined,
)

const readMasquerade = record(({vip, tool}): Masquerade | undefined => {
  const known = masqueradeTools.find((one) => one === tool)
  return isAddress(vip) && known !== undefined ? {vip, tool: known} : undefined
})

const kind = <Value>(name: string, read: Kind<Value>['read'], about: Partial<Kind<Value>> = {}): Kind<Value> => ({
  name,
  read,
  survivesReboot: false,
  required: false,
  ...about,
})

export const ledgerKinds = {
  vips: kind('VIP', readVip, {required: true}),
  sysctls: kind('setting', readSysctl, {required: true}),
  /** Host addresses that were on lo before the first set-up: going back to the values found is no news to them. */
  present: kind('address', (entry) => (isAddress(entry) ? entry : undefined), {required: true}),
  links: kind('link', readLink),
  /** Names of interfaces that were down. */
  ups: kind('interface', (entry) => (text(entry) ? entry : undefined)),
  routes: kind('route', readRoute),
  fouPorts: kind('UDP port', readFouPort),
  mtus: kind('MTU', readMtu),
  masquerades: kind('masquerade rule', readMasquerade),
} satisfies Readonly<Record<string, Kind<unknown>>>

type ValueOf<K> = K extends Kind<infer Value> ? Value : never

/** A list for each kind. */
export type LedgerLists = {readonly [K in keyof typeof ledgerKinds]: readonly ValueOf<(typeof ledgerKinds)[K]>[]}

export const kindNames = Object.keys(ledgerKinds) as (keyof LedgerLists)[]
