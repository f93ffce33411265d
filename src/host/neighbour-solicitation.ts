// Asking by IPv6 who has an address, and reading what is answered (RFC 4861 §4.3, §4.4, §7.2.2).

import {type Address, address, addressBytes, formatAddress} from '../domain/address.ts'
import {Reader} from '../netlink/bytes.ts'
import {
  beginNeighbour,
  encodeIcmpv6,
  icmpv6,
  icmpv6Types,
  ipv6HeaderSize,
  linkLayerOptions,
  neighbourHopLimit,
  writeLinkLayer,
} from './icmpv6.ts'
import {formatMac} from './mac.ts'

const unspecified = address('::')

export interface Solicitation {
  readonly target: Address
  readonly sender: Address
  readonly mac: string
}

/** The IPv6 packet; from `::` it says no link-layer address, and is answered to all nodes. */
export function encodeSolicitation({target, sender, mac}: Solicitation): Uint8Array {
  const body = beginNeighbour(icmpv6Types.neighbourSolicitation, 0, target)
  if (sender !== unspecified) writeLinkLayer(body, linkLayerOptions.source, mac)
  return encodeIcmpv6(sender, solicitedNode(target), body.bytes())
}

/** ff02::1:ff with the last three bytes of the address (RFC 4291 §2.7.1). */
export function solicitedNode(target: Address): Address {
  const bytes = addressBytes(address('ff02::1:ff00:0')).slice()
  bytes.set(addressBytes(target).subarray(13), 13)
  return formatAddress(bytes)
}

/** Ethernet's address for it (RFC 2464 §7). */
export function solicitedNodeMac(target: Address): string {
  return formatMac(Uint8Array.of(0x33, 0x33, 0xff, ...addressBytes(target).subarray(13)))
}

/** undefined: no neighbour advertisement, or one that does not say its link-layer address. */
export function decodeAdvertisement(packet: Uint8Array): {readonly target: Address; readonly mac: string} | undefined {
  const optionsAt = ipv6HeaderSize + 24
  if (packet.length < optionsAt) return undefined
  const input = new Reader(packet)
  if (input.u8(6) !== icmpv6 || input.u8(7) !== neighbourHopLimit) return undefined
  if (input.u8(ipv6HeaderSize) !== icmpv6Types.neighbourAdvertisement) return undefined
  const target = formatAddress(packet.subarray(ipv6HeaderSize + 8, optionsAt))
  for (let at = optionsAt; at + 8 <= packet.length; ) {
    const length = input.u8(at + 1) * 8
    if (length === 0) return undefined
    if (input.u8(at) === linkLayerOptions.target) return {target, mac: formatMac(packet.subarray(at + 2, at + 8))}
    at += length
  }
  return undefined
}
