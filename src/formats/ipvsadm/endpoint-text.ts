// Addresses and ports as ipvsadm writes them: numbers, or the names that they have.

import {type Address, addressBytes, familyOf} from '../../domain/address.ts'
import type {KnownNames} from './names.ts'

/** ipvsadm's own buffer: what is longer loses its tail, port included. */
const longest = 59

/** `names`: undefined for numbers. `protocol`: whose port names count. */
export function endpointText(
  address: Address,
  port: number,
  protocol: string | undefined,
  names: KnownNames | undefined,
): string {
  const host = (names && hostName(address, names)) ?? numericAddress(address)
  const service = (names && serviceName(port, protocol, names)) ?? `${port}`
  const text = familyOf(address) === 'ipv6' ? `[${host}]:${service}` : `${host}:${service}`
  return text.length > longest ? text.slice(0, longest) : text
}

const hostName = (address: Address, names: KnownNames): string | undefined =>
  names.ask({kind: 'host-of', address}) as string | undefined

function serviceName(port: number, protocol: string | undefined, names: KnownNames): string | undefined {
  if (protocol === undefined) return undefined
  return names.ask({kind: 'service-of', port, protocol}) as string | undefined
}

/**
 * inet_ntop(3), which writes IPv4-compatible addresses (::192.0.2.1) with a dotted quad; RFC 5952, as elsewhere in this
 * program, has that for IPv4-mapped ones only.
 */
function numericAddress(address: Address): string {
  if (!address.startsWith('::') || address.startsWith('::ffff:')) return address
  const bytes = addressBytes(address)
  const isCompatible = bytes.subarray(0, 12).every((byte) => byte === 0) && (bytes[12] !== 0 || bytes[13] !== 0)
  return isCompatible ? `::${bytes.subarray(12).join('.')}` : address
}
