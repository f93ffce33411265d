// What kind of address it is, as far as the address alone tells: the classes that a service or a real server cannot be,
// or should think about.

import {type Address, addressBytes, familyOf} from './address.ts'

export type AddressClass =
  | 'unspecified'
  | 'this-network'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'ipv4-mapped'
  | 'unicast'

interface Row {
  readonly name: AddressClass
  /** In a sentence: `0.0.0.0 is the address of every host`. */
  readonly is: string
  readonly ipv4?: RegExp
  readonly ipv6?: (bytes: Uint8Array) => boolean
}

/** First match wins. Prefixes: RFC 6890, RFC 4291 §2.4. */
const rows: readonly Row[] = [
  {
    name: 'unspecified',
    is: 'stands for "any address"',
    ipv4: /^0\.0\.0\.0$/,
    ipv6: (bytes) => bytes.every((byte) => byte === 0),
  },
  {name: 'this-network', is: 'is in 0.0.0.0/8, which no host has', ipv4: /^0\./},
  {
    name: 'loopback',
    is: 'is a loopback address',
    ipv4: /^127\./,
    ipv6: (bytes) => bytes[15] === 1 && bytes.subarray(0, 15).every((byte) => byte === 0),
  },
  {
    name: 'link-local',
    is: 'is link-local',
    ipv4: /^169\.254\./,
    ipv6: ([first, second = 0]) => first === 0xfe && (second & 0xc0) === 0x80,
  },
  {
    name: 'multicast',
    is: 'is a multicast address',
    ipv4: /^(?:22[4-9]|23\d)\./,
    ipv6: ([first]) => first === 0xff,
  },
  {name: 'broadcast', is: 'is the broadcast address', ipv4: /^255\.255\.255\.255$/},
  {
    name: 'ipv4-mapped',
    is: 'is an IPv4 address mapped into IPv6',
    ipv6: (bytes) => bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff,
  },
]

export function classOf(address: Address): AddressClass {
  return rowOf(address)?.name ?? 'unicast'
}

/** `224.0.0.1 is a multicast address` */
export function classSentence(address: Address): string {
  return `${address} ${rowOf(address)?.is ?? 'is a unicast address'}`
}

function rowOf(address: Address): Row | undefined {
  if (familyOf(address) === 'ipv4') return rows.find(({ipv4}) => ipv4?.test(address))
  const bytes = addressBytes(address)
  return rows.find(({ipv6}) => ipv6?.(bytes))
}
