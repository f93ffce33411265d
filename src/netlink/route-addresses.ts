// IP addresses of interfaces. include/uapi/linux/if_addr.h
//
// IFA_LOCAL is the address and IFA_ADDRESS the other end of a point-to-point link; without such an end IPv4 sends both
// with the same value and IPv6 sends IFA_ADDRESS only.

import {type Address, familyOf} from '../domain/address.ts'
import type {Connection} from './connection.ts'
import {string, table, u8, u32} from './fields.ts'
import {messageFlags} from './message.ts'
import {address, decodeBody, encodeBody, families, isIp, type Layout, required, routeTypes} from './route-message.ts'
import {inStruct, struct} from './struct.ts'
import {bitWords, words} from './words.ts'

const header = struct('ifaddrmsg', [
  ['family', u8],
  ['prefixLength', u8],
  ['flags', u8],
  ['scope', u8],
  ['index', u32],
])

/** Seconds, 0xffffffff = for ever; the time stamps are hundredths of a second since boot. */
const cacheInfo = struct('ifa_cacheinfo', [
  ['preferred', u32],
  ['valid', u32],
  ['created', u32],
  ['updated', u32],
])

// The order of rows is the order on the wire; it is ip(8)'s, so that requests can be compared with its.
const fields = table('address', [
  [2, 'local', address],
  [3, 'label', string],
  [4, 'broadcast', address],
  [8, 'flags', u32],
  [1, 'address', address],
  [6, 'cacheInfo', inStruct(cacheInfo)],
  [5, 'anycast', address],
  [7, 'multicast', address],
  [9, 'metric', u32],
  [11, 'protocol', u8],
])

export const addressLayout = {header, fields} satisfies Layout

const scopes = words([
  [0, 'global'],
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
  [255, 'nowhere'],
])

export type AddressScope = ReturnType<typeof scopes.wordOf>

/** IFA_F_*. The first is called temporary (RFC 8981) for IPv6. */
const flags = bitWords([
  [0x01, 'secondary'],
  [0x02, 'noDad'],
  [0x04, 'optimistic'],
  [0x08, 'dadFailed'],
  [0x20, 'deprecated'],
  [0x40, 'tentative'],
  [0x80, 'permanent'],
  [0x200, 'noPrefixRoute'],
])

type Lifetime = number | 'forever'

const forever = 0xffff_ffff
const lifetimeOf = (seconds: number): Lifetime => (seconds === forever ? 'forever' : seconds)
const secondsOf = (lifetime: Lifetime): number => (lifetime === 'forever' ? forever : lifetime)

/** What an address is, and how it is added. */
export interface LinkAddress {
  /** Index of its interface. */
  readonly link: number
  readonly address: Address
  readonly prefixLength: number
  readonly scope: AddressScope
  /** IPv4; the kernel gives the interface's name unless told otherwise. */
  readonly label?: string
  readonly broadcast?: Address
  /** The other end of a point-to-point link. */
  readonly peer?: Address
  /** Seconds for which it is chosen for new connections; 0: never (deprecated). */
  readonly preferred?: Lifetime
  /** Seconds until it goes. */
  readonly valid?: Lifetime
  /** IPv6: used at once, without duplicate address detection. */
  readonly noDad?: boolean
  readonly noPrefixRoute?: boolean
}

/** What the kernel tells besides. */
export interface ListedAddress extends LinkAddress {
  readonly secondary?: boolean
  readonly deprecated?: boolean
  /** IPv6: duplicate address detection is running, or found a duplicate. */
  readonly tentative?: boolean
  readonly dadFailed?: boolean
  readonly optimistic?: boolean
  readonly permanent?: boolean
}

/** All addresses of the namespace's interfaces, in the kernel's order. */
export function addresses(connection: Connection): readonly ListedAddress[] {
  return connection
    .dump(routeTypes.getAddress, encodeBody(addressLayout, {family: families.any}))
    .filter((message) => message.type === routeTypes.newAddress && isIp(message))
    .map(({payload}) => decodeAddress(payload))
}

/** EEXIST: it is there. */
export function addAddress(connection: Connection, added: LinkAddress): void {
  const {create, exclusive} = messageFlags
  connection.request(routeTypes.newAddress, encodeAddress(added), create | exclusive)
}

/** EADDRNOTAVAIL: it is not there. */
export function removeAddress(connection: Connection, removed: LinkAddress): void {
  connection.request(routeTypes.delAddress, encodeAddress(removed))
}

export function encodeAddress(given: LinkAddress): Uint8Array {
  const {address: own, peer, label, broadcast, preferred, valid, noDad = false, noPrefixRoute = false} = given
  const family = familyOf(own)
  const bits = flags.bitsOf({noDad, noPrefixRoute})
  const limited = preferred !== undefined || valid !== undefined
  return encodeBody(
    addressLayout,
    {
      family: families[family],
      prefixLength: given.prefixLength,
      flags: bits > 0xff ? 0 : bits,
      scope: scopes.numberOf(given.scope),
      index: given.link,
    },
    {
      local: own,
      address: peer ?? own,
      ...(label !== undefined && {label}),
      ...(broadcast && {broadcast}),
      ...(limited && {cacheInfo: encodeLifetimes(preferred ?? 'forever', valid ?? 'forever')}),
      // Bits above the header's eight need the attribute, which then counts alone.
      ...(bits > 0xff && {flags: bits}),
    },
  )
}

const encodeLifetimes = (preferred: Lifetime, valid: Lifetime) => ({
  preferred: secondsOf(preferred),
  valid: secondsOf(valid),
  created: 0,
  updated: 0,
})

export function decodeAddress(payload: Uint8Array): ListedAddress {
  const {header, attributes} = decodeBody(addressLayout, payload)
  const {local, address: other, label, broadcast, cacheInfo} = attributes
  const own = required(local ?? other, 'address.address')
  return {
    link: header.index,
    address: own,
    prefixLength: header.prefixLength,
    scope: scopes.wordOf(header.scope),
    ...(label !== undefined && {label}),
    ...(broadcast && {broadcast}),
    ...(other && other !== own && {peer: other}),
    ...(cacheInfo && {preferred: lifetimeOf(cacheInfo.preferred), valid: lifetimeOf(cacheInfo.valid)}),
    ...flags.wordsOf(attributes.flags ?? header.flags),
  }
}
