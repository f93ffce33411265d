import {describe, expect, test} from 'vitest'
import {
  type Address,
  address,
  addressBytes,
  compareAddresses,
  familyOf,
  formatAddress,
  formatEndpoint,
  inSubnet,
  parseAddress,
} from '../../../src/domain/address.ts'

describe('parseAddress', () => {
  test.each(['0.0.0.0', '192.0.2.1', '255.255.255.255', '10.0.0.9', '1.2.3.4'])('%s is itself', (text) =>
    expect(parseAddress(text)).toBe(text),
  )

  test.each([
    '',
    '1',
    '10.9',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4.',
    '.1.2.3.4',
    '1..2.3',
    '01.2.3.4',
    '1.2.3.00',
    '256.1.1.1',
    '1.2.3.999',
    '0x0a.1.2.3',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '+1.2.3.4',
    '1.2.3.-4',
    '1e1.2.3.4',
    '1.2.3.4/24',
    'localhost',
    '１.2.3.4',
  ])('%j is no IPv4 address', (text) => expect(parseAddress(text)).toBeUndefined())

  // RFC 5952 §4 and §5; the last two columns of its own examples.
  test.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:1::', '0:0:1::'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::192.0.2.1', '::c000:201'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['1::ffff:1.2.3.4', '1::ffff:102:304'],
    ['::ffff:0:0:1', '::ffff:0:0:1'],
  ])('%s is %s', (text, expected) => expect(parseAddress(text)).toBe(expected))

  test.each([
    ':',
    ':::',
    '1:',
    ':1',
    '1:2:3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '1::2::3',
    '1:::2',
    ':1::',
    '1::2:',
    '12345::',
    '::12345',
    '::g',
    '::1%eth0',
    '::1.2.3',
    '::1.2.3.4.5',
    '::01.2.3.4',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:7:1.2.3.4',
    '1:2:3:4:5:1.2.3.4',
    '[::1]',
    '::1 ',
    ' ::1',
    '::1/64',
    '::１',
    '::-1',
    '::.1',
  ])('%j is no IPv6 address', (text) => expect(parseAddress(text)).toBeUndefined())
})

test('address() is for literals and throws', () => {
  expect(address('2001:DB8::1')).toBe('2001:db8::1')
  expect(() => address('10.9')).toThrow('not an IP address: 10.9')
})

test.each([
  ['192.0.2.1', [192, 0, 2, 1]],
  ['255.255.255.254', [255, 255, 255, 254]],
  ['2001:db8::1', [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
])('%s in bytes and back', (text, bytes) => {
  expect([...addressBytes(address(text))]).toEqual(bytes)
  expect(formatAddress(Uint8Array.from(bytes))).toBe(text)
})

test('an address has 4 or 16 bytes', () => {
  expect(() => formatAddress(new Uint8Array(5))).toThrow(RangeError)
})

test('order: IPv4 first, then by value, not by text', () => {
  const sorted = [
    '9.255.0.1',
    '10.0.0.9',
    '10.0.0.10',
    '192.0.2.1',
    '255.255.255.255',
    '::',
    '::2',
    '::10',
    '2001:db8::',
    'ff02::1',
  ]
  expect(sorted.toReversed().map(address).sort(compareAddresses)).toEqual(sorted)
  expect(compareAddresses(address('::1'), address('::1'))).toBe(0)
})

test.each([
  ['192.0.2.1', 80, 'ipv4', '192.0.2.1:80'],
  ['2001:db8::1', 0, 'ipv6', '[2001:db8::1]:0'],
])('%s port %d', (text, port, family, endpoint) => {
  expect(familyOf(text as Address)).toBe(family)
  expect(formatEndpoint(text as Address, port)).toBe(endpoint)
})

test.each([
  ['192.168.1.200', '192.168.1.111', 24, true],
  ['192.168.2.200', '192.168.1.111', 24, false],
  ['192.168.1.127', '192.168.1.1', 25, true],
  ['192.168.1.128', '192.168.1.1', 25, false],
  ['192.168.1.1', '192.168.1.1', 32, true],
  ['192.168.1.1', '192.168.1.2', 32, false],
  ['198.51.100.7', '0.0.0.0', 0, true],
  ['2001:db8:1::200', '2001:db8:1::1', 64, true],
  ['2001:db8:2::200', '2001:db8:1::1', 64, false],
  ['::', '0.0.0.0', 0, false],
])('%s in the subnet of %s/%i: %j', (one, other, length, is) => {
  expect(inSubnet(address(one), address(other), length)).toBe(is)
})
