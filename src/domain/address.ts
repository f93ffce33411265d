// IPv4 and IPv6 addresses as values: strict parsing, canonical text, bytes, order. No names, no DNS.
//
// An Address is its canonical text (RFC 5952 for IPv6), so `===` compares, Maps key, and JSON needs no help. Only
// parseAddress and formatAddress make one.

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
    return bytes && formatAddress(bytes)
  }
  return isStrictIpv4(text) ? (text as Address) : undefined
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
  return familyOf(address) === 'ipv4' ? ipv4Bytes(address) : (parseIpv6(address) as Uint8Array)
}

/** IPv4 before IPv6, then by numeric value. */
export function compareAddresses(left: Address, right: Address): number {
  const a = addressBytes(left)
  const b = addressBytes(right)
  if (a.length !== b.length) return a.length - b.length
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] as number) - (b[index] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function formatEndpoint(address: Address, port: number): string {
  return familyOf(address) === 'ipv6' ? `[${address}]:${port}` : `${address}:${port}`
}

function isStrictIpv4(text: string): boolean {
  return /^(?:(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}$/.test(text)
}

function ipv4Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(4)
  let octet = 0
  let index = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 46) {
      bytes[index++] = octet
      octet = 0
    } else octet = octet * 10 + code - 48
  }
  bytes[index] = octet
  return bytes
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const front = head && groupBytes(head, halves.length === 1)
  const back = tail ? groupBytes(tail, true) : []
  if (!front || !back) return undefined
  const missing = 16 - front.length - back.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  const bytes = new Uint8Array(16)
  bytes.set(front)
  bytes.set(back, 16 - back.length)
  return bytes
}

/** The last group may be a dotted quad (RFC 4291 §2.2, form 3). */
function groupBytes(groups: readonly string[], endsAddress: boolean): number[] | undefined {
  const bytes: number[] = []
  for (const [index, group] of groups.entries()) {
    if (endsAddress && index === groups.length - 1 && group.includes('.')) {
      if (!isStrictIpv4(group)) return undefined
      bytes.push(...ipv4Bytes(group))
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    }
  }
  return bytes
}

function formatIpv6(bytes: Uint8Array): Address {
  const groups: number[] = []
  for (let at = 0; at < 16; at += 2) groups.push(((bytes[at] as number) << 8) | (bytes[at + 1] as number))
  // RFC 5952 §5: only the IPv4-mapped prefix is written with a dotted quad.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${bytes.slice(12).join('.')}` as Address
  const {start, length} = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':') as Address
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}` as Address
}

function longestZeroRun(groups: readonly number[]): {start: number; length: number} {
  let best = {start: 0, length: 0}
  let start = 0
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) continue
    if (index - start > best.length) best = {start, length: index - start}
    start = index + 1
  }
  return best
}
