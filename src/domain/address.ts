// IPv4 and IPv6 addresses as values: strict parsing, canonical text, bytes, order. No names, no DNS; why a text is not
// an address is explained in explain-address.ts.
//
// An Address is its canonical text (RFC 5952 for IPv6), so `===` compares, Maps key, and JSON needs no help. Only
// parseAddress and formatAddress make one. A table of 2,000 services holds tens of thousands of them, hence the scanners
// over character codes where a split would read shorter.

declare const canonical: unique symbol
export type Address = string & {readonly [canonical]: true}

export type Family = 'ipv4' | 'ipv6'

export function familyOf(address: Address): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

/**
 * Strict: four decimal octets without leading zeros, or any RFC 4291 text without zone. The short, octal and hexadecimal
 * forms of inet_aton(3) (`10.9`, `010.9.9.7`, `0x0a.1`), which ipvsadm takes silently, are undefined here.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    const bytes = parseIpv6(text)
    return bytes && formatIpv6(bytes)
  }
  return strictIpv4.test(text) ? (text as Address) : undefined
}

/** For literals in code and tests, where a bad address is a bug. */
export function address(text: string): Address {
  const parsed = parseAddress(text)
  if (!parsed) throw new TypeError(`not an IP address: ${text}`)
  return parsed
}

/** Canonical text of 4 or 16 bytes in network order. */
export function formatAddress(bytes: Uint8Array): Address {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` as Address
  if (bytes.length === 16) return formatIpv6(bytes)
  throw new RangeError(`an address has 4 or 16 bytes, not ${bytes.length}`)
}

/** Network order, 4 or 16 bytes. */
export function addressBytes(address: Address): Uint8Array {
  if (familyOf(address) === 'ipv6') return parseIpv6(address) as Uint8Array
  const number = ipv4Number(address)
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}

/** IPv4 before IPv6, then by numeric value. */
export function compareAddresses(left: Address, right: Address): number {
  return left === right ? 0 : compareOrders(addressOrder(left), addressOrder(right))
}

export function compareOrders(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Texts whose order, as `<` tells it, is that of the addresses: made once each where many are sorted. */
export function addressOrder(address: Address): string {
  if (familyOf(address) === 'ipv4') {
    const number = ipv4Number(address)
    return String.fromCharCode(4, number >>> 16, number & 0xffff)
  }
  const bytes = parseIpv6(address) as Uint8Array
  return String.fromCharCode(6, ...Array.from({length: 8}, (_, index) => groupAt(bytes, index)))
}

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function formatEndpoint(address: Address, port: number): string {
  return familyOf(address) === 'ipv6' ? `[${address}]:${port}` : `${address}:${port}`
}

const strictIpv4 = /^(?:(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}$/

const dot = 0x2e
const colon = 0x3a

/** Of an IPv4 address in its strict text. */
export function ipv4Number(text: string): number {
  let number = 0
  let octet = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === dot) {
      number = number * 256 + octet
      octet = 0
    } else octet = octet * 10 + code - 0x30
  }
  return number * 256 + octet
}

/** Groups go to the front of the 16 bytes as they are read; at the end those behind `::` move to the back. */
function parseIpv6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16)
  const end = text.length
  let filled = 0
  let gap = -1
  let at = 0
  if (text.startsWith('::')) {
    gap = 0
    at = 2
  }
  while (at < end) {
    const start = at
    let group = 0
    for (let digit = hexDigit(text.charCodeAt(at)); digit >= 0; digit = hexDigit(text.charCodeAt(++at)))
      group = group * 16 + digit
    if (at === start || at > start + 4 || filled > 14) return undefined
    if (text.charCodeAt(at) === dot) {
      // RFC 4291 §2.2, form 3: the last 32 bits may be a dotted quad.
      const quad = text.slice(start)
      if (filled > 12 || !strictIpv4.test(quad)) return undefined
      bytes.set(addressBytes(quad as Address), filled)
      filled += 4
      break
    }
    bytes[filled++] = group >> 8
    bytes[filled++] = group
    if (at === end) break
    if (text.charCodeAt(at++) !== colon || at === end) return undefined
    if (text.charCodeAt(at) === colon) {
      if (gap >= 0) return undefined
      gap = filled
      at++
    }
  }
  if (gap < 0) return filled === 16 ? bytes : undefined
  if (filled > 14) return undefined
  const behind = 16 - (filled - gap)
  bytes.copyWithin(behind, gap, filled)
  return bytes.fill(0, gap, behind)
}

/** -1 for anything else, NaN (past the end) included. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x61 && code <= 0x66) return code - 0x57
  if (code >= 0x41 && code <= 0x46) return code - 0x37
  return -1
}

function formatIpv6(bytes: Uint8Array): Address {
  const {start, length} = longestZeroRun(bytes)
  // RFC 5952 §5: of the prefixes known to hold an IPv4 address, the mapped one is written with a dotted quad.
  if (start === 0 && length === 5 && groupAt(bytes, 5) === 0xffff)
    return `::ffff:${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}` as Address
  // Character codes, because eight joined strings take twice the time.
  const codes: number[] = []
  for (let index = 0; index < 8; index++) {
    if (index === start) {
      codes.push(colon, colon)
      index += length - 1
      continue
    }
    if (index > 0 && codes.at(-1) !== colon) codes.push(colon)
    const group = groupAt(bytes, index)
    if (group > 0xfff) codes.push(hexCode(group >> 12))
    if (group > 0xff) codes.push(hexCode((group >> 8) & 15))
    if (group > 0xf) codes.push(hexCode((group >> 4) & 15))
    codes.push(hexCode(group & 15))
  }
  return String.fromCharCode(...codes) as Address
}

const groupAt = (bytes: Uint8Array, index: number): number =>
  ((bytes[index * 2] as number) << 8) | (bytes[index * 2 + 1] as number)

const hexCode = (digit: number): number => digit + (digit < 10 ? 0x30 : 0x57)

/** RFC 5952 §4.2: the longest run of zero groups is shortened, the first of equals; a single zero stays. */
function longestZeroRun(bytes: Uint8Array): {start: number; length: number} {
  const best = {start: -1, length: 1}
  let run = 0
  for (let index = 0; index <= 8; index++) {
    if (index < 8 && groupAt(bytes, index) === 0) {
      run++
      continue
    }
    if (run > best.length) {
      best.start = index - run
      best.length = run
    }
    run = 0
  }
  return best
}

/** Whether an address shares the first bits with another of its family. */
export function inSubnet(one: Address, other: Address, prefixLength: number): boolean {
  if (familyOf(one) !== familyOf(other)) return false
  const right = addressBytes(other)
  return addressBytes(one).every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - index * 8))
    const mask = 0xff & (0xff << (8 - bits))
    return (byte & mask) === ((right[index] as number) & mask)
  })
}
