// Which interface an address can be reached on without a router in between.

import {type Address, familyOf, inSubnet} from '../domain/address.ts'
import {type Problem, warning} from '../domain/problem.ts'
import type {InterfaceAddress, Link} from './host.ts'
import {hostPrefixOf, listVips} from './vip.ts'

interface Surroundings {
  readonly addresses: readonly InterfaceAddress[]
  readonly links: readonly Pick<Link, 'name' | 'loopback'>[]
}

/** Names of the interfaces with an address in the same subnet: there neighbours ask for it by ARP. */
export function onLinkDevices(address: Address, {addresses, links}: Surroundings): string[] {
  const names = addresses
    .filter((one) => one.prefixLength < hostPrefixOf(address) && inSubnet(address, one.address, one.prefixLength))
    .map((one) => one.interface)
  return [...new Set(names)].filter((name) => links.some((link) => link.name === name && !link.loopback))
}

/** Direct routing rewrites the link-layer address only: a router in between would not know what to do with the packet. */
export function offLinkProblems(servers: readonly Address[], around: Surroundings): readonly Problem[] {
  const far = servers.filter(
    (server) => onLinkDevices(server, around).length === 0 && !around.addresses.some(({address}) => address === server),
  )
  if (far.length === 0) return []
  return [
    warning('server-off-link', `${listVips(far)}: in no subnet of this host, and direct routing passes no router`, {
      hint: 'Reach such servers by a tunnel (server edit -i), or give this host an address in their subnet',
    }),
  ]
}

/** Whether there is a subnet of that family at all: without one nothing is known of where servers will be. */
export function hasSubnet(like: Address, {addresses, links}: Surroundings): boolean {
  return addresses.some(
    ({address, interface: name, prefixLength}) =>
      familyOf(address) === familyOf(like) &&
      prefixLength < hostPrefixOf(address) &&
      !address.startsWith('fe80:') &&
      links.some((link) => link.name === name && !link.loopback),
  )
}
