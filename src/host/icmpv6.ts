// ICMPv6 messages about neighbours as whole IPv6 packets: what packet sockets send and receive (RFC 4443, RFC 4861).

import {type Address, addressBytes} from '../domain/address.ts'
import {Writer} from '../netlink/bytes.ts'
import {macBytes} from './mac.ts'

export const icmpv6 = 58
export const icmpv6Types = {neighbourSolicitation: 135, neighbourAdvertisement: 136} as const
export const linkLayerOptions = {source: 1, target: 2} as const
export const ipv6HeaderSize = 40
/** A router would lower it, and the receiver takes nothing less. */
export const neighbourHopLimit = 255

/** The beginning that both kinds have: checksum open, flags, target (RFC 4861 §4.3, §4.4). */
export function beginNeighbour(
  type: (typeof icmpv6Types)[keyof typeof icmpv6Types],
  flags: number,
  target: Address,
): Writer {
  const message = new Writer(32)
  message.u8(type)
  message.u8(0)
  message.be16(0)
  message.be32(flags)
  message.raw(addressBytes(target))
  return message
}

/** An option of RFC 4861 §4.6.1. */
export function writeLinkLayer(
  out: Writer,
  option: (typeof linkLayerOptions)[keyof typeof linkLayerOptions],
  mac: string,
): void {
  out.u8(option)
  out.u8(1) // in units of 8 bytes
  out.raw(macBytes(mac))
}

/** The message's checksum field (bytes 2 and 3) is filled in. */
export function encodeIcmpv6(source: Address, destination: Address, body: Uint8Array): Uint8Array {
  const message = body.slice()
  new DataView(message.buffer).setUint16(2, checksum(source, destination, message))
  const packet = new Writer(ipv6HeaderSize + message.length)
  packet.be32(0x6000_0000) // version 6, no class, no flow
  packet.be16(message.length)
  packet.u8(icmpv6)
  packet.u8(neighbourHopLimit)
  packet.raw(addressBytes(source))
  packet.raw(addressBytes(destination))
  packet.raw(message)
  return packet.bytes().slice()
}

/** The Internet checksum over pseudo-header and message (RFC 8200 §8.1). */
function checksum(source: Address, destination: Address, message: Uint8Array): number {
  const covered = new Writer(ipv6HeaderSize + message.length)
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
