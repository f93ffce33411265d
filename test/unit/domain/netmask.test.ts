import {expect, test} from 'vitest'
import {dottedMask, parseNetmask, prefixLength} from '../../../src/domain/netmask.ts'

test.each([
  ['ipv4', '255.255.255.255', 32],
  ['ipv4', '255.255.255.0', 24],
  ['ipv4', '255.255.254.0', 23],
  ['ipv4', '128.0.0.0', 1],
  ['ipv6', '64', 64],
  ['ipv6', '128', 128],
  ['ipv6', '1', 1],
] as const)('%s %s', (family, text, length) => {
  expect(parseNetmask(text, family)).toEqual({ok: true, value: text})
  expect(prefixLength(text)).toBe(length)
})

// ipvsadm takes the first four silently: 0.0.0.24, 255.0.255.0, 0.0.0.0, 0.0.0.255.
test.each([
  [
    'ipv4',
    '24',
    '24 is not an IPv4 mask: it is written with dots (ipvsadm would take it for 0.0.0.24)',
    'Such as -M 255.255.255.0',
  ],
  [
    'ipv4',
    '255.0.255.0',
    '255.0.255.0 is not a netmask: its one bits are not all in front',
    'Such as -M 255.255.255.0',
  ],
  [
    'ipv4',
    '0.0.0.0',
    'the mask 0.0.0.0 makes all clients one',
    'Such as -M 255.255.255.0, or no -M to tell every client apart',
  ],
  ['ipv4', '0.0.0.255', '0.0.0.255 is not a netmask: its one bits are not all in front', 'Did you mean 255.255.255.0?'],
  ['ipv4', '/20', '/20 is not an IPv4 mask: it is written with dots', 'Such as -M 255.255.240.0'],
  [
    'ipv4',
    '33',
    '33 is not an IPv4 mask: it is written with dots (ipvsadm would take it for 0.0.0.33)',
    'Such as -M 255.255.255.0',
  ],
  ['ipv4', '', 'the mask is missing', undefined],
  ['ipv4', '255.255.255.256', '255.255.255.256 is not an IPv4 mask: 256 is above 255', undefined],
  [
    'ipv4',
    '0xffffff00',
    '0xffffff00 is not an IPv4 mask: 0xffffff00 is hexadecimal (ipvsadm would take it for 255.255.255.0)',
    'Did you mean 255.255.255.0?',
  ],
  ['ipv4', 'ffff::', 'ffff:: is not an IPv4 mask', 'Such as -M 255.255.255.0'],
  [
    'ipv6',
    '255.255.255.0',
    '255.255.255.0 is an address, and an IPv6 service groups clients by prefix length',
    'Such as -M 64',
  ],
  ['ipv6', '/64', '/64 has a slash', '-M 64'],
  ['ipv6', '0', '0 is too low for a prefix length', 'A prefix length is a whole number from 1 to 128'],
  ['ipv6', '129', '129 is too high for a prefix length', 'A prefix length is a whole number from 1 to 128'],
  ['ipv6', 'x', 'x is not a prefix length', 'A prefix length is a whole number from 1 to 128'],
] as const)('%s %j: %s', (family, text, message, hint) => {
  const parsed = parseNetmask(text, family)
  expect(parsed).toMatchObject({ok: false, problem: {code: 'netmask-invalid', where: '-M', message}})
  expect(parsed.ok ? undefined : parsed.problem.hint).toBe(hint)
})

test.each([
  [1, '128.0.0.0'],
  [8, '255.0.0.0'],
  [17, '255.255.128.0'],
  [24, '255.255.255.0'],
  [32, '255.255.255.255'],
])('/%d is %s', (length, mask) => expect(dottedMask(length)).toBe(mask))

test.each(['255.0.255.0', 'wide'])('%s is no prefix', (mask) => expect(prefixLength(mask)).toBeUndefined())
