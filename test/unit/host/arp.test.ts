import fc from 'fast-check'
import {expect, test} from 'vitest'
import {address, formatAddress} from '../../../src/domain/address.ts'
import {type ArpPacket, decodeArp, encodeArp, gratuitousArp} from '../../../src/host/arp.ts'
import {formatMac} from '../../../src/host/mac.ts'

const vip = address('192.168.1.200')
const mac = '52:54:00:12:34:56'
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

// RFC 826's layout: hardware type, protocol type, lengths, operation; sender's and target's hardware and protocol address.
test('a gratuitous request is to everybody, about itself', () => {
  const [request] = gratuitousArp(vip, mac)
  expect(hex(encodeArp(request as ArpPacket))).toBe(
    ['0001', '0800', '06', '04', '0001', '525400123456', 'c0a801c8', 'ffffffffffff', 'c0a801c8'].join(''),
  )
})

// arp_is_garp() in net/ipv4/arp.c wants a reply's target to be its sender.
test('a gratuitous reply names its sender as its target', () => {
  const [, reply] = gratuitousArp(vip, mac)
  expect(hex(encodeArp(reply as ArpPacket))).toBe(
    ['0001', '0800', '06', '04', '0002', '525400123456', 'c0a801c8', '525400123456', 'c0a801c8'].join(''),
  )
})

const anyMac = fc.uint8Array({minLength: 6, maxLength: 6}).map(formatMac)
const anyAddress = fc.uint8Array({minLength: 4, maxLength: 4}).map(formatAddress)
const anyPacket: fc.Arbitrary<ArpPacket> = fc.record({
  operation: fc.constantFrom('request', 'reply'),
  senderMac: anyMac,
  sender: anyAddress,
  targetMac: anyMac,
  target: anyAddress,
})

test('what is encoded is decoded, also with the padding of a short Ethernet frame', () => {
  fc.assert(
    fc.property(anyPacket, fc.nat(18), (packet, padding) => {
      expect(decodeArp(new Uint8Array([...encodeArp(packet), ...new Uint8Array(padding)]))).toEqual(packet)
    }),
  )
})

test('what is not ARP for IPv4 on Ethernet is nothing, and never an exception', () => {
  const good = encodeArp({operation: 'reply', senderMac: mac, sender: vip, targetMac: mac, target: vip})
  expect(decodeArp(good.subarray(0, 27))).toBeUndefined()
  for (const [at, value] of [
    [1, 6],
    [2, 0x86],
    [4, 8],
    [5, 16],
    [7, 3],
    [7, 0],
  ] as const) {
    const bad = good.slice()
    bad[at] = value
    expect(decodeArp(bad)).toBeUndefined()
  }
  fc.assert(fc.property(fc.uint8Array({maxLength: 60}), (bytes) => void decodeArp(bytes)))
})
