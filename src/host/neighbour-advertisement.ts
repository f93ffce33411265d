// The IPv6 counterpart of a gratuitous ARP: an unsolicited neighbour advertisement to all nodes (RFC 4861 §4.4, §7.2.6).

import {type Address, address, addressBytes} from '../domain/address.ts'
import {Writer} from '../netlink/bytes.ts'
import {macBytes} from './mac.ts'

/** Ethernet's address for ff02::1 (RFC 2464 §7). */
export const allNodesMac = '33:33:00:00:00:01'
const allNodes = address('ff02::1')

const icmpv6 = 58
const neighbourAdvertisement = 136
const flags = {router: 0x8000_0000, override: 0x2000_0000}
const targetLinkLayerAddress = 2

export interface Advertisement {
  readonly target: Address
  readonly mac: string
  /** Whether the host forwards: neighbours drop routes through one that says it does not. */
  readonly router: boolean
}

/** The IPv6 packet from the address itself. */
export function encodeAdvertisement({target, mac, router}: Advertisement): Uint8Array {
  const body = new Writer(32)
  body.u8(neighbourAdvertisement)
  body.u8(0)
  body.be16(0)
  body.be32((flags.override | (router ? flags.router : 0)) >>> 0)
  body.raw(addressBytes(target))
  body.u8(targetLinkLayerAddress)
  body.u8(1) // in units of 8 bytes
  body.raw(macBytes(mac))
  const message = body.bytes().slice()
  new DataView(message.buffer).setUint16(2, checksum(target, allNodes, message))

  const packet = new Writer(40 + message.length)
  packet.be32(0x6000_0000) // version 6, no class, no flow
  packet.be16(message.length)
  packet.u8(icmpv6)
  packet.u8(255) // a router would lower it, and the receiver takes nothing less
  packet.raw(addressBytes(target))
  packet.raw(addressBytes(allNodes))
  packet.raw(message)
  return packet.bytes().slice()
}

/** The Internet checksum over pseudo-header and message (RFC 8200 §8.1). */
function checksum(source: Address, destination: Address, message: Uint8Array): number {
  const covered = new Writer(40 + message.length)
  covered.raw(addressBytes(source))
  covered.raw(addressBytes(destination))
  covered.be32(message.length)
  covered.be32(icmpv6)
  covered.raw(message)
  const bytes = covered.bytes()
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
