// Neighbours: which link-layer address an IP address was last seen at (ARP and neighbour discovery tables).
// include/uapi/linux/neighbour.h

import type {Address} from '../domain/address.ts'
import type {Connection} from './connection.ts'
import {bytes, s32, table, u8, u16, u32} from './fields.ts'
import {
  address,
  decodeBody,
  encodeBody,
  families,
  hardwareAddress,
  isIp,
  type Layout,
  required,
  routeTypes,
} from './route-message.ts'
import {gap, struct} from './struct.ts'
import {words} from './words.ts'

const header = struct('ndmsg', [
  ['family', u8],
  ['gap', gap(3)],
  ['index', s32],
  ['state', u16],
  ['flags', u8],
  ['type', u8],
])

const fields = table('neighbour', [
  [1, 'address', address],
  [2, 'hardwareAddress', hardwareAddress],
  [3, 'cacheInfo', bytes],
  [4, 'probes', u32],
  [9, 'master', u32],
  [12, 'protocol', u8],
])

export const neighbourLayout = {header, fields} satisfies Layout

/** NUD_*: bits, of which the kernel sets one. */
const states = words([
  [0x00, 'none'],
  [0x01, 'incomplete'],
  [0x02, 'reachable'],
  [0x04, 'stale'],
  [0x08, 'delay'],
  [0x10, 'probe'],
  [0x20, 'failed'],
  [0x40, 'noarp'],
  [0x80, 'permanent'],
])

export interface Neighbour {
  /** Index of the interface it is reached through. */
  readonly link: number
  readonly address: Address
  /** Unknown while it is asked for, and where nobody answered. */
  readonly mac?: string
  readonly state: ReturnType<typeof states.wordOf>
}

/** IPv4 and IPv6 neighbours of all interfaces. */
export function neighbours(connection: Connection): readonly Neighbour[] {
  return [families.ipv4, families.ipv6].flatMap((family) =>
    connection
      .dump(routeTypes.getNeighbour, encodeBody(neighbourLayout, {family}))
      .filter((message) => message.type === routeTypes.newNeighbour && isIp(message))
      .map(({payload}) => decodeNeighbour(payload)),
  )
}

export function decodeNeighbour(payload: Uint8Array): Neighbour {
  const {header, attributes} = decodeBody(neighbourLayout, payload)
  const {hardwareAddress: mac} = attributes
  return {
    link: header.index,
    address: required(attributes.address, 'neighbour.address'),
    state: states.wordOf(header.state),
    ...(mac && {mac}),
  }
}
