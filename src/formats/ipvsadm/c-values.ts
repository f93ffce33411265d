// Numbers and addresses as the C library reads them for ipvsadm: leniently, and that is what scripts were written against.
// domain/ is strict where the operator talks to lvsctl itself.

import type {Address} from '../../domain/address.ts'
import {lenientIpv4} from '../../domain/explain-address.ts'

const number = /^[ \t\n\v\f\r]*([+-]?\d+)/

/** strtol(3) in base 10 to the end of the text; undefined where something follows, nothing is there, or it overflows. */
export function readLong(text: string): bigint | undefined {
  const [whole, digits] = number.exec(text) ?? []
  if (digits === undefined || whole?.length !== text.length) return undefined
  const value = BigInt(digits.replace('+', ''))
  return BigInt.asIntN(64, value) === value ? value : undefined
}

/** A whole number within bounds, both included. */
export function readWithin(text: string, least: number, most: number): number | undefined {
  // Nearly all there are, and ten times as fast.
  if (/^\d{1,9}$/.test(text)) return Number(text) >= least && Number(text) <= most ? Number(text) : undefined
  const value = readLong(text)
  return value !== undefined && value >= BigInt(least) && value <= BigInt(most) ? Number(value) : undefined
}

/** atoi(3): what begins like a number is one; the lower 32 bits of what strtol(3) makes of it. */
export function readPrefix(text: string): number {
  const digits = number.exec(text)?.[1]
  if (digits === undefined) return 0
  const value = BigInt(digits.replace('+', ''))
  const most = 2n ** 63n - 1n
  const clamped = value > most ? most : value < -most - 1n ? -most - 1n : value
  return Number(BigInt.asIntN(32, clamped))
}

/** inet_aton(3): one to four numbers, octal and hexadecimal too; behind a blank may stand anything. */
export function readIpv4(text: string): Address | undefined {
  return lenientIpv4(/^[^ \t\n\v\f\r]*/.exec(text)?.[0] ?? '')
}
