// Addresses against two other readers of them: node:net and the URL parser.

import {isIPv4, isIPv6} from 'node:net'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {addressBytes, compareAddresses, formatAddress, formatEndpoint, parseAddress} from '../../src/domain/address.ts'
import {parseEndpoint} from '../../src/domain/endpoint.ts'
import {explainAddress, lenientIpv4} from '../../src/domain/explain-address.ts'
import {formatServiceKey} from '../../src/domain/service.ts'
import {parseServiceKey} from '../../src/domain/service-key.ts'
import {addressOf, anyAddress, anyServiceKey} from '../support/arbitrary-domain.ts'

/** Near misses of addresses: their characters, in any order and number, and addresses with one of them changed. */
const character = fc.constantFrom(...'0123456789abcdefABCDEFx.:%[]/ gG-')
const nearly = fc.oneof(
  fc.string({unit: fc.constantFrom(...'0129af.:'), maxLength: 20}),
  fc
    .array(fc.string({unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 5}), {maxLength: 9})
    .map((groups) => groups.join(':')),
  fc.array(fc.nat(300), {maxLength: 5}).map((parts) => parts.join('.')),
  fc
    .tuple(anyAddress, fc.nat(40), character, fc.boolean())
    .map(([text, at, one, insert]) => text.slice(0, at) + one + text.slice(at + (insert ? 0 : 1))),
  anyAddress,
)

describe('addresses', () => {
  test('bytes → text → bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({minLength: 4, maxLength: 4}), fc.uint8Array({minLength: 16, maxLength: 16})),
        (bytes) => {
          const text = formatAddress(bytes)
          expect([...addressBytes(text)]).toEqual([...bytes])
          expect(parseAddress(text)).toBe(text)
        },
      ),
    )
  })

  test('node:net reads exactly the same texts', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        // node:net takes a zone behind an IPv6 address; we do not.
        expect(parseAddress(text) !== undefined).toBe(isIPv4(text) || (isIPv6(text) && !text.includes('%')))
      }),
      {numRuns: 2000},
    )
  })

  test('the URL parser writes them the same way', () => {
    fc.assert(
      fc.property(addressOf('ipv6'), (text) => {
        // The WHATWG serializer knows no dotted quads.
        fc.pre(!text.includes('.'))
        expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`)
      }),
      {numRuns: 2000},
    )
  })

  test('any spelling of the groups parses to one text', () => {
    const spelled = fc.tuple(fc.array(fc.nat(0xffff), {minLength: 8, maxLength: 8}), fc.boolean(), fc.boolean())
    fc.assert(
      fc.property(spelled, ([groups, padded, capital]) => {
        const hex = groups.map((group) => group.toString(16).padStart(padded ? 4 : 1, '0')).join(':')
        const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]))
        expect(parseAddress(capital ? hex.toUpperCase() : hex)).toBe(formatAddress(bytes))
      }),
    )
  })

  test('order is that of the numbers', () => {
    const value = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
    fc.assert(
      fc.property(anyAddress, anyAddress, (left, right) => {
        const [a, b] = [addressBytes(left), addressBytes(right)]
        const byLength = a.length - b.length
        const expected = byLength || (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0)
        expect(Math.sign(compareAddresses(left, right))).toBe(Math.sign(expected))
      }),
    )
  })

  test('what is no address is explained, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({unit: 'binary'}), fc.string()), (text) => {
        fc.pre(parseAddress(text) === undefined)
        const {message, hint} = explainAddress(text)
        expect(message).toMatch(/\S/)
        expect(message).not.toMatch(/undefined|NaN|\n/)
        expect(hint ?? '').not.toMatch(/undefined|NaN|\n/)
      }),
      {numRuns: 1000},
    )
  })

  test('a suggested address is one', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        fc.pre(parseAddress(text) === undefined)
        const {meant} = explainAddress(text)
        if (meant !== undefined) expect(parseAddress(meant)).toBe(meant)
      }),
      {numRuns: 1000},
    )
  })

  test('inet_aton agrees where we do read, and the URL parser (its only other user) where we do not', () => {
    const part = fc.oneof(
      fc.nat(300).map(String),
      fc.nat(300).map((n) => `0${n.toString(8)}`),
      fc.nat(70_000).map((n) => `0x${n.toString(16)}`),
    )
    fc.assert(
      fc.property(fc.array(part, {minLength: 1, maxLength: 4}), (parts) => {
        const text = parts.join('.')
        const url = URL.parse(`http://${text}/`)?.hostname
        expect(lenientIpv4(text)).toBe(url)
        const strict = parseAddress(text)
        if (strict) expect(lenientIpv4(text)).toBe(strict)
      }),
      {numRuns: 2000},
    )
  })
})

describe('endpoints and keys', () => {
  test('format → parse', () => {
    fc.assert(
      fc.property(anyAddress, fc.nat(65_535), (address, port) => {
        expect(parseEndpoint(formatEndpoint(address, port))).toEqual({ok: true, value: {address, port}})
        expect(parseEndpoint(address)).toEqual({ok: true, value: {address, port: undefined}})
      }),
    )
  })

  test('a service key has one spelling', () => {
    fc.assert(
      fc.property(anyServiceKey, (key) => {
        expect(parseServiceKey(formatServiceKey(key))).toEqual({ok: true, value: key})
      }),
    )
  })

  test('whatever is typed is a value or a problem that says where', () => {
    const typed = fc.oneof(
      nearly,
      fc.string({unit: 'binary'}),
      fc.tuple(nearly, fc.string()).map(([host, rest]) => `${host}:${rest}`),
      fc.tuple(nearly, fc.string()).map(([host, rest]) => `[${host}]${rest}`),
      fc
        .tuple(fc.constantFrom('tcp', 'fwmark', 'fwmark6', 'TCP', 'protocol-50'), nearly)
        .map(([scheme, rest]) => `${scheme}://${rest}`),
    )
    fc.assert(
      fc.property(typed, (text) => {
        for (const parsed of [parseEndpoint(text, '-r'), parseServiceKey(text)]) {
          if (parsed.ok) continue
          expect(parsed.problem.where).toMatch(/^(-r|service)$/)
          expect(`${parsed.problem.message}${parsed.problem.hint ?? ''}`).not.toMatch(/undefined|NaN|\n/)
        }
      }),
      {numRuns: 2000},
    )
  })
})
