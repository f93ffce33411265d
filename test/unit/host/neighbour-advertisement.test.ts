import fc from 'fast-check'
import {expect, test} from 'vitest'
import {address, formatAddress} from '../../../src/domain/address.ts'
import {formatMac} from '../../../src/host/mac.ts'
import {encodeAdvertisement} from '../../../src/host/neighbour-advertisement.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const target = address('2001:db8::200')
const mac = '52:54:00:12:34:56'

/** The sum over pseudo-header and message, checksum included, of a right packet is all ones (RFC 1071 §1). */
function sumOfPacket(packet: Uint8Array): number {
  const pseudo = [
    ...packet.subarray(8, 40),
    0,
    0,
    packet[4] as number,
    packet[5] as number,
    0,
    0,
    0,
    packet[6] as number,
  ]
  const bytes = [...pseudo, ...packet.subarray(40)]
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] as number) * 256 + (bytes[at + 1] as number)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536)
  return sum
}

test('RFC 4861 §4.4 byte for byte', () => {
  const packet = encodeAdvertisement({target, mac, router: false})
  expect(hex(packet.subarray(0, 8))).toBe('6000000000203aff')
  expect(hex(packet.subarray(8, 24))).toBe('20010db8000000000000000000000200')
  expect(hex(packet.subarray(24, 40))).toBe('ff020000000000000000000000000001')
  expect(hex(packet.subarray(40, 42))).toBe('8800')
  expect(hex(packet.subarray(44))).toBe(`20000000${'20010db8000000000000000000000200'}0201525400123456`)
  expect(sumOfPacket(packet)).toBe(0xffff)
})

test('a host that forwards says so', () => {
  expect(encodeAdvertisement({target, mac, router: true})[44]).toBe(0xa0)
})

test('the checksum is right for any address', () => {
  const bytes = (length: number) => fc.uint8Array({minLength: length, maxLength: length})
  fc.assert(
    fc.property(bytes(16), bytes(6), fc.boolean(), (ip, hardware, router) => {
      const packet = encodeAdvertisement({target: formatAddress(ip), mac: formatMac(hardware), router})
      expect(packet).toHaveLength(72)
      expect(sumOfPacket(packet)).toBe(0xffff)
    }),
  )
})
