// Network interfaces: listing them, setting them up or down, making and removing those without hardware.
// include/uapi/linux/if_link.h, if.h

import type {Connection} from './connection.ts'
import {NetlinkError} from './errors.ts'
import {bytes, nested, s32, string, table, u8, u16, u32} from './fields.ts'
import {messageFlags} from './message.ts'
import {decodeBody, encodeBody, families, hardwareAddress, type Layout, required, routeTypes} from './route-message.ts'
import {gap, struct} from './struct.ts'
import {bitWords, words} from './words.ts'

const header = struct('ifinfomsg', [
  ['family', u8],
  ['gap', gap(1)],
  ['kind', u16],
  ['index', s32],
  ['flags', u32],
  ['change', u32],
])

const linkInfo = table('linkInfo', [
  [1, 'kind', string],
  [2, 'data', bytes],
  [4, 'portKind', string],
  [5, 'portData', bytes],
])

// The order of rows is the order on the wire; it is ip(8)'s, so that requests can be compared with its.
const fields = table('link', [
  [29, 'extensions', u32],
  [1, 'hardwareAddress', hardwareAddress],
  [2, 'broadcast', hardwareAddress],
  [3, 'name', string],
  [4, 'mtu', u32],
  [5, 'lowerLink', s32],
  [6, 'queueing', string],
  [10, 'master', u32],
  [13, 'queueLength', u32],
  [16, 'operationalState', u8],
  [17, 'mode', u8],
  [18, 'info', nested(linkInfo, 'unflagged')],
  [27, 'group', u32],
  [33, 'carrier', u8],
  [37, 'peerNamespace', s32],
])

export const linkLayout = {header, fields} satisfies Layout

/** IFF_*, those that matter here. */
const flags = bitWords([
  [0x1, 'up'],
  [0x8, 'loopback'],
  [0x10, 'pointToPoint'],
  [0x40, 'running'],
  [0x80, 'noArp'],
])
const upFlag = flags.bitsOf({up: true})

/** RFC 2863, as IF_OPER_*. */
const states = words([
  [0, 'unknown'],
  [1, 'not-present'],
  [2, 'down'],
  [3, 'lower-layer-down'],
  [4, 'testing'],
  [5, 'dormant'],
  [6, 'up'],
])

export interface Link {
  readonly index: number
  readonly name: string
  /** Administratively: what was asked for. */
  readonly up: boolean
  /** Up and able to carry packets (IFF_RUNNING). */
  readonly running: boolean
  readonly loopback: boolean
  readonly noArp: boolean
  readonly pointToPoint: boolean
  readonly mtu: number
  readonly operationalState: ReturnType<typeof states.wordOf>
  readonly mac?: string
  /** `veth`, `bridge`, `dummy`; most hardware says nothing. */
  readonly kind?: string
  /** Index of the bridge or bond it is a port of. */
  readonly master?: number
}

export function decodeLink(payload: Uint8Array): Link {
  const {header, attributes} = decodeBody(linkLayout, payload)
  const {up, running, loopback, noArp, pointToPoint} = flags.wordsOf(header.flags)
  const {hardwareAddress: mac, info, master} = attributes
  return {
    index: header.index,
    name: required(attributes.name, 'link.name'),
    up: up ?? false,
    running: running ?? false,
    loopback: loopback ?? false,
    noArp: noArp ?? false,
    pointToPoint: pointToPoint ?? false,
    mtu: attributes.mtu ?? 0,
    operationalState: states.wordOf(attributes.operationalState ?? 0),
    ...(mac && {mac}),
    ...(info?.kind !== undefined && {kind: info.kind}),
    ...(master !== undefined && {master}),
  }
}

/** RTEXT_FILTER_SKIP_STATS: half of an answer would be counters. */
const withoutStatistics = {extensions: 8}

/** All interfaces of the namespace, in the order of their index. */
export function links(connection: Connection): readonly Link[] {
  const request = encodeBody(linkLayout, {family: families.any}, withoutStatistics)
  return connection
    .dump(routeTypes.getLink, request)
    .filter(({type}) => type === routeTypes.newLink)
    .map(({payload}) => decodeLink(payload))
    .sort((a, b) => a.index - b.index)
}

/** The interface of exactly that name. */
export function linkByName(connection: Connection, name: string): Link | undefined {
  // IFNAMSIZ counts the NUL; the kernel answers a longer name with ERANGE.
  if (name === '' || new TextEncoder().encode(name).length > 15) return undefined
  try {
    const [answer] = connection.request(routeTypes.getLink, encodeBody(linkLayout, {}, {name, ...withoutStatistics}))
    return answer && decodeLink(answer.payload)
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === 'ENODEV') return undefined
    throw error
  }
}

export function setLinkUp(connection: Connection, index: number): void {
  connection.request(routeTypes.newLink, encodeLinkState(index, true))
}

export function setLinkDown(connection: Connection, index: number): void {
  connection.request(routeTypes.newLink, encodeLinkState(index, false))
}

export function encodeLinkState(index: number, up: boolean): Uint8Array {
  return encodeBody(linkLayout, {index, flags: up ? upFlag : 0, change: upFlag})
}

/** In bytes, as the interface's own MTU is. EINVAL: out of the range that its driver takes. */
export function setLinkMtu(connection: Connection, index: number, mtu: number): void {
  connection.request(routeTypes.newLink, encodeBody(linkLayout, {index}, {mtu}))
}

/** `kind` is the name of its driver: `dummy`, `ipip`. EEXIST: the name is taken. EOPNOTSUPP: this kernel has no such kind. */
export function addLink(connection: Connection, {name, kind}: {readonly name: string; readonly kind: string}): void {
  const payload = encodeBody(linkLayout, {}, {name, info: {kind}})
  connection.request(routeTypes.newLink, payload, messageFlags.create | messageFlags.exclusive)
}

/** EOPNOTSUPP: hardware, or a device that its driver made for itself. */
export function removeLink(connection: Connection, index: number): void {
  connection.request(routeTypes.delLink, encodeBody(linkLayout, {index}))
}
