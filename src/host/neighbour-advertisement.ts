// The IPv6 counterpart of a gratuitous ARP: an unsolicited neighbour advertisement to all nodes (RFC 4861 §4.4, §7.2.6).

import {type Address, address} from '../domain/address.ts'
import {beginNeighbour, encodeIcmpv6, icmpv6Types, linkLayerOptions, writeLinkLayer} from './icmpv6.ts'

/** Ethernet's address for ff02::1 (RFC 2464 §7). */
export const allNodesMac = '33:33:00:00:00:01'
const allNodes = address('ff02::1')

const flags = {router: 0x8000_0000, override: 0x2000_0000}

export interface Advertisement {
  readonly target: Address
  readonly mac: string
  /** Whether the host forwards: neighbours drop routes through one that says it does not. */
  readonly router: boolean
}

/** The IPv6 packet from the address itself. */
export function encodeAdvertisement({target, mac, router}: Advertisement): Uint8Array {
  const said = (flags.override | (router ? flags.router : 0)) >>> 0
  const body = beginNeighbour(icmpv6Types.neighbourAdvertisement, said, target)
  writeLinkLayer(body, linkLayerOptions.target, mac)
  return encodeIcmpv6(target, allNodes, body.bytes())
}
