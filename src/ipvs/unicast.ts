// Which addresses the kernel takes for a real server: its own two questions, asked of a world told to us. For the twin;
// what is sensible to ask of an operator is domain/validate.ts's.
//
// inet_addr_type in net/ipv4/fib_frontend.c, ipv6_addr_type in net/ipv6/addrconf_core.c, ip_vs_new_dest.

import {type Address, address, addressBytes, familyOf} from '../domain/address.ts'

export interface Surroundings {
  readonly addresses: readonly Address[]
  readonly broadcasts: readonly Address[]
  readonly loopback: boolean
}

const anywhere = address('0.0.0.0')
const everyone = address('255.255.255.255')
/** lo is up, so its network has a broadcast address like any other. */
const everyoneHere = address('127.255.255.255')

export function isUnicast(one: Address, {addresses, broadcasts, loopback}: Surroundings): boolean {
  if (familyOf(one) === 'ipv6') return isUnicastIpv6(addressBytes(one)) || addresses.includes(one)
  // Without a local routing table every address is a broadcast.
  if (!loopback) return false
  return ![anywhere, everyone, everyoneHere, ...broadcasts].includes(one) && !isMulticast(one)
}

export function isMulticast(one: Address): boolean {
  const first = addressBytes(one)[0] as number
  return familyOf(one) === 'ipv4' ? first >> 4 === 0xe : first === 0xff
}

/** Link-local is unicast to the kernel, but not to IPVS. */
function isUnicastIpv6(bytes: Uint8Array): boolean {
  const [first, second] = bytes as unknown as [number, number]
  const zeros = (from: number, to: number): boolean => bytes.subarray(from, to).every((byte) => byte === 0)
  const multicast = first === 0xff
  const linkLocal = first === 0xfe && second >> 6 === 0b10
  const mapped = zeros(0, 10) && bytes[10] === 0xff && bytes[11] === 0xff
  return !multicast && !linkLocal && !mapped && !zeros(0, 16)
}
