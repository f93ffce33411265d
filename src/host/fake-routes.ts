// Which routes of the machine's twin keep each other out. It has those that somebody made; the kernel's own, one per
// address, are not kept: they are where a gateway is looked for.

import {compareAddresses, familyOf, inSubnet} from '../domain/address.ts'
import {describeRoute} from './describe.ts'
import {routeExists, routeMissing, routeUnreachable} from './failures.ts'
import type {FakeTableRules} from './fake-table.ts'
import type {InterfaceAddress, Route} from './host.ts'

export const routeRules: FakeTableRules<Route> = {
  excludes: sameKey,
  exists: routeExists,
  isMeant: (present, removed) => sameKey(present, removed) && present.gateway === removed.gateway,
  missing: routeMissing,
  line: (one) => `ip route add ${describeRoute(one)}`,
}

/** What the kernel tells routes apart by (fib_find_alias() in net/ipv4/fib_trie.c). */
function sameKey(a: Route, b: Route): boolean {
  const key = ({family, destination, prefixLength, table, priority}: Route) =>
    [family, destination, prefixLength, table, priority ?? 0].join()
  return key(a) === key(b)
}

/** The addresses are those of interfaces that are up. */
export function requireNeighbour(route: Route, addresses: readonly InterfaceAddress[]): void {
  const {gateway, onLink} = route
  if (gateway === undefined || onLink) return
  const near = addresses.some(
    (one) =>
      one.interface === route.interface &&
      familyOf(one.address) === familyOf(gateway) &&
      compareAddresses(one.address, gateway) !== 0 &&
      inSubnet(gateway, one.address, one.prefixLength),
  )
  if (!near) throw routeUnreachable(route)
}
