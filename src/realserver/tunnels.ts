// What unwraps tunnelled packets on a real server: a row for each kind of tunnel and address family. The family is that
// of the packets outside, which is the VIP's too.
//
// The devices come with their modules, one in every network namespace, and take whatever no other tunnel takes
// (ip_tunnel_lookup() in net/ipv4/ip_tunnel.c). A gue packet is unwrapped at its UDP port and goes on as ipip.

import type {Family} from '../domain/address.ts'
import type {NewLink} from '../host/host.ts'

export const tunnelNames = ['ipip', 'gue', 'gre'] as const
export type TunnelName = (typeof tunnelNames)[number]

interface TunnelRow {
  readonly type: TunnelName
  readonly family: Family
  /** In the order in which they are loaded. */
  readonly modules: readonly string[]
  readonly device: NewLink
  /**
   * Bytes around a packet at most: the outer IP header, and for gue UDP, its header of 4 and the 8 of a remote checksum
   * (include/net/gue.h), for gre 4 and the 4 of a checksum.
   */
  readonly overhead: number
}

const tunl0 = {name: 'tunl0', kind: 'ipip'} as const
const ip6tnl0 = {name: 'ip6tnl0', kind: 'ip6tnl'} as const

const rows: readonly TunnelRow[] = [
  {type: 'ipip', family: 'ipv4', modules: ['ipip'], device: tunl0, overhead: 20},
  {type: 'ipip', family: 'ipv6', modules: ['ip6_tunnel'], device: ip6tnl0, overhead: 40},
  {type: 'gue', family: 'ipv4', modules: ['ipip', 'fou'], device: tunl0, overhead: 40},
  {type: 'gue', family: 'ipv6', modules: ['ip6_tunnel', 'fou'], device: ip6tnl0, overhead: 60},
  {type: 'gre', family: 'ipv4', modules: ['ip_gre'], device: {name: 'gre0', kind: 'gre'}, overhead: 28},
  {type: 'gre', family: 'ipv6', modules: ['ip6_gre'], device: {name: 'ip6gre0', kind: 'ip6gre'}, overhead: 48},
]

export function tunnelRow(type: TunnelName, family: Family): TunnelRow {
  return rows.find((row) => row.type === type && row.family === family) as TunnelRow
}

/** Kinds of interfaces on which a real server may have a VIP, because no neighbour is asked for or answered there. */
export const silentKinds: readonly string[] = ['dummy', ...new Set(rows.map(({device}) => device.kind))]

export function isTunnelDevice(name: string): boolean {
  return rows.some(({device}) => device.name === name)
}

/** An interface that set-up makes where it is named. */
export const isDummy = (device: string | undefined): device is string => /^dummy\d+$/.test(device ?? '')
