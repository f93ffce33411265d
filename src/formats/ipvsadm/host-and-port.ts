// `host[:port]` as ipvsadm takes it, for services and real servers: a bracketed or bare IPv6 address, any IPv4 form of
// inet_aton(3), or a name; a port by number or by its name in /etc/services.

import {type Address, familyOf, parseAddress} from '../../domain/address.ts'
import {readIpv4, readWithin} from './c-values.ts'
import type {KnownNames} from './names.ts'

export interface HostAndPort {
  readonly address: Address
  /** undefined: none was written. */
  readonly port: number | undefined
}

/** `protocol`: whose port names count; without one, none do. Undefined for what is no such thing. */
export function readHostAndPort(
  text: string,
  protocol: string | undefined,
  known: KnownNames,
): HostAndPort | undefined {
  if (/^\d*$/.test(text)) return undefined
  const parts = split(text)
  if (!parts) return undefined
  const address = parts.address ?? readHost(parts.host, known)
  if (address === undefined) return undefined
  if (parts.port === undefined) return {address, port: undefined}
  const port = readPort(parts.port, protocol, known)
  return port === undefined ? undefined : {address, port}
}

type Parts = {readonly port: string | undefined} & (
  | {readonly address: Address; readonly host?: undefined}
  | {readonly address?: undefined; readonly host: string}
)

function split(text: string): Parts | undefined {
  if (text.startsWith('[')) {
    const end = text.indexOf(']')
    // Brackets without a port are refused, even around an IPv6 address.
    if (end < 0 || text[end + 1] !== ':') return undefined
    const inside = text.slice(1, end)
    const address = readIpv6(inside)
    const port = text.slice(end + 2)
    return address === undefined ? {host: inside, port} : {address, port}
  }
  const address = readIpv6(text)
  if (address !== undefined) return {address, port: undefined}
  const colon = text.lastIndexOf(':')
  return colon < 0 ? {host: text, port: undefined} : {host: text.slice(0, colon), port: text.slice(colon + 1)}
}

function readIpv6(text: string): Address | undefined {
  const address = parseAddress(text)
  return address !== undefined && familyOf(address) === 'ipv6' ? address : undefined
}

/** Names have IPv4 addresses only. */
export function readHost(text: string, known: KnownNames): Address | undefined {
  const address = readIpv4(text)
  if (address !== undefined || text === '' || text.includes(':')) return address
  return known.ask({kind: 'address-of', host: text}) as Address | undefined
}

function readPort(text: string, protocol: string | undefined, known: KnownNames): number | undefined {
  const port = readWithin(text, 0, 65_535)
  if (port !== undefined || protocol === undefined || text === '') return port
  return known.ask({kind: 'port-of', service: text, protocol}) as number | undefined
}
