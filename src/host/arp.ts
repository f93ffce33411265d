// ARP for IPv4 over Ethernet (RFC 826): telling the neighbours who has an address now, and asking who has it.

import {type Address, addressBytes, formatAddress} from '../domain/address.ts'
import {Reader, Writer} from '../netlink/bytes.ts'
import {formatMac, macBytes} from './mac.ts'

export const broadcastMac = 'ff:ff:ff:ff:ff:ff'
const operations = {request: 1, reply: 2} as const

export interface ArpPacket {
  readonly operation: keyof typeof operations
  readonly senderMac: string
  readonly sender: Address
  readonly targetMac: string
  readonly target: Address
}

const ethernet = 1
const ipv4 = 0x0800
const packetSize = 28

export function encodeArp(packet: ArpPacket): Uint8Array {
  const out = new Writer(packetSize)
  out.be16(ethernet)
  out.be16(ipv4)
  out.u8(6)
  out.u8(4)
  out.be16(operations[packet.operation])
  out.raw(macBytes(packet.senderMac))
  out.raw(addressBytes(packet.sender))
  out.raw(macBytes(packet.targetMac))
  out.raw(addressBytes(packet.target))
  return out.bytes()
}

/** undefined: something else than a request or reply about IPv4 on Ethernet. Trailing padding is ignored. */
export function decodeArp(bytes: Uint8Array): ArpPacket | undefined {
  if (bytes.length < packetSize) return undefined
  const input = new Reader(bytes)
  if (input.be16(0) !== ethernet || input.be16(2) !== ipv4 || input.u8(4) !== 6 || input.u8(5) !== 4) return undefined
  const operation = (['request', 'reply'] as const).find((name) => operations[name] === input.be16(6))
  if (!operation) return undefined
  return {
    operation,
    senderMac: formatMac(bytes.subarray(8, 14)),
    sender: formatAddress(bytes.subarray(14, 18)),
    targetMac: formatMac(bytes.subarray(18, 24)),
    target: formatAddress(bytes.subarray(24, 28)),
  }
}

/**
 * Both forms of a gratuitous ARP, because devices differ in which they believe. A Linux neighbour takes either at once,
 * the reply only if its target is its sender (arp_is_garp() in net/ipv4/arp.c).
 */
export function gratuitousArp(address: Address, mac: string): readonly ArpPacket[] {
  const own = {senderMac: mac, sender: address, target: address}
  return [
    {...own, operation: 'request', targetMac: broadcastMac},
    {...own, operation: 'reply', targetMac: mac},
  ]
}
