import fc from 'fast-check'
import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {encodeAdvertisement} from '../../../src/host/neighbour-advertisement.ts'
import {
  decodeAdvertisement,
  encodeSolicitation,
  solicitedNode,
  solicitedNodeMac,
} from '../../../src/host/neighbour-solicitation.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const target = address('2001:db8::12:3456')
const mac = '52:54:00:12:34:56'

test('RFC 4861 §4.3 byte for byte, to the solicited node', () => {
  const packet = encodeSolicitation({target, sender: address('fe80::1'), mac})
  expect(hex(packet.subarray(0, 8))).toBe('6000000000203aff')
  expect(hex(packet.subarray(8, 24))).toBe('fe800000000000000000000000000001')
  expect(hex(packet.subarray(24, 40))).toBe('ff0200000000000000000001ff123456')
  expect(hex(packet.subarray(40, 42))).toBe('8700')
  expect(hex(packet.subarray(44))).toBe(`00000000${'20010db8000000000000000000123456'}0101525400123456`)
  expect([solicitedNode(target), solicitedNodeMac(target)]).toEqual(['ff02::1:ff12:3456', '33:33:ff:12:34:56'])
})

test('without an address of its own it says no link-layer address (RFC 4861 §4.3)', () => {
  expect(encodeSolicitation({target, sender: address('::'), mac})).toHaveLength(64)
})

test('an advertisement tells who has the address', () => {
  const packet = encodeAdvertisement({target, mac, router: false})
  expect(decodeAdvertisement(packet)).toEqual({target, mac})
  for (const [at, value] of [
    [6, 17], // not ICMPv6
    [7, 64], // came through a router
    [40, 135], // a solicitation
    [64, 1], // says its source's link-layer address only
    [65, 0], // an option without an end
  ] as const) {
    const bad = packet.slice()
    bad[at] = value
    expect(decodeAdvertisement(bad)).toBeUndefined()
  }
})

test('whatever comes is no exception', () => {
  fc.assert(fc.property(fc.uint8Array({maxLength: 120}), (bytes) => void decodeAdvertisement(bytes)))
})
