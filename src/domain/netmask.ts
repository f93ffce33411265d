// The mask that groups the clients of a persistent service: dotted for IPv4, a prefix length for IPv6, as ipvsadm -M
// and the kernel have it.

import {type Address, addressBytes, type Family, familyOf, formatAddress, parseAddress} from './address.ts'
import {explainAddress, lenientIpv4} from './explain-address.ts'
import {shown} from './foreign-characters.ts'
import {parseInteger} from './integer.ts'
import {accept, type Parsed, reject} from './parsed.ts'

/**
 * A prefix length for IPv4 is refused, not understood: ipvsadm takes `-M 24` for 0.0.0.24, and a command that is run
 * with both tools must mean the same to both.
 */
export function parseNetmask(text: string, family: Family, where = '-M'): Parsed<string> {
  if (family === 'ipv6') return parsePrefix(text, where)
  const no = (message: string, hint?: string) => reject('netmask-invalid', message, {where, hint})
  const [, digits] = /^\/?(\d+)$/.exec(text) ?? []
  if (digits !== undefined) {
    const reading = lenientIpv4(text)
    return no(
      `${shown(text)} is not an IPv4 mask: it is written with dots${reading ? ` (ipvsadm would take it for ${reading})` : ''}`,
      `Such as -M ${Number(digits) >= 1 && Number(digits) <= 32 ? dottedMask(Number(digits)) : '255.255.255.0'}`,
    )
  }
  const mask = parseAddress(text)
  if (!mask) {
    if (text === '') return no('the mask is missing')
    const {message, hint, meant} = explainAddress(text)
    return reject('netmask-invalid', message.replace('an IPv4 address', 'an IPv4 mask'), {where, hint, meant})
  }
  if (familyOf(mask) === 'ipv6') return no(`${shown(text)} is not an IPv4 mask`, 'Such as -M 255.255.255.0')
  const length4 = contiguousLength(mask)
  if (length4 === 0)
    return no('the mask 0.0.0.0 makes all clients one', 'Such as -M 255.255.255.0, or no -M to tell every client apart')
  if (length4 === undefined) {
    const inverted = formatAddress(addressBytes(mask).map((byte) => ~byte))
    return reject('netmask-invalid', `${text} is not a netmask: its one bits are not all in front`, {
      where,
      meant: contiguousLength(inverted) ? inverted : undefined,
      hint: 'Such as -M 255.255.255.0',
    })
  }
  return accept(mask)
}

function parsePrefix(text: string, where: string): Parsed<string> {
  const [, bare] = /^\/(\d+)$/.exec(text) ?? []
  if (bare !== undefined) return reject('netmask-invalid', `${text} has a slash`, {where, hint: `-M ${bare}`})
  if (/[.:]/.test(text) && parseAddress(text))
    return reject('netmask-invalid', `${text} is an address, and an IPv6 service groups clients by prefix length`, {
      where,
      hint: 'Such as -M 64',
    })
  const length = parseInteger(text, 'prefixLength', where)
  return length.ok ? accept(`${length.value}`) : length
}

/** 24 of `255.255.255.0`, 64 of `64`: the bits of a client's address that count. */
export function prefixLength(netmask: string): number | undefined {
  const dotted = parseAddress(netmask)
  if (dotted) return contiguousLength(dotted)
  return /^\d+$/.test(netmask) ? Number(netmask) : undefined
}

export function dottedMask(length: number): Address {
  return formatAddress(
    Uint8Array.from({length: 4}, (_, at) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - 8 * at)))),
  )
}

function contiguousLength(mask: Address): number | undefined {
  const bits = [...addressBytes(mask)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const length = bits.indexOf('0') < 0 ? bits.length : bits.indexOf('0')
  return bits.includes('1', length) ? undefined : length
}
