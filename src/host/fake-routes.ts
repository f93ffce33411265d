// The routes of the machine's twin: those that somebody made. The kernel's own, one per address, are not kept; they are
// where a gateway is looked for.

import {compareAddresses, familyOf, inSubnet} from '../domain/address.ts'
import {describeRoute} from './describe.ts'
import {routeExists, routeMissing, routeUnreachable} from './failures.ts'
import type {InterfaceAddress, Route} from './host.ts'

export class FakeRoutes {
  private routes: Route[]

  constructor(routes: readonly Route[] = []) {
    this.routes = [...routes]
  }

  list(): readonly Route[] {
    return [...this.routes]
  }

  add(route: Route, addresses: readonly InterfaceAddress[]): void {
    if (this.routes.some((one) => sameKey(one, route))) throw routeExists(route)
    requireNeighbour(route, addresses)
    this.routes.push(route)
  }

  remove(route: Route): void {
    const at = this.routes.findIndex((one) => sameKey(one, route) && one.gateway === route.gateway)
    if (at < 0) throw routeMissing(route)
    this.routes.splice(at, 1)
  }

  replace(route: Route, addresses: readonly InterfaceAddress[]): void {
    requireNeighbour(route, addresses)
    const at = this.routes.findIndex((one) => sameKey(one, route))
    this.routes.splice(at < 0 ? this.routes.length : at, at < 0 ? 0 : 1, route)
  }

  /** An interface that goes down takes its routes with it. */
  dropOf(name: string): void {
    this.routes = this.routes.filter((one) => one.interface !== name)
  }

  lines(): readonly string[] {
    return this.routes.map((one) => `ip route add ${describeRoute(one)}`).sort()
  }
}

/** What the kernel tells routes apart by (fib_find_alias() in net/ipv4/fib_trie.c). */
function sameKey(a: Route, b: Route): boolean {
  const key = ({family, destination, prefixLength, table, priority}: Route) =>
    [family, destination, prefixLength, table, priority ?? 0].join()
  return key(a) === key(b)
}

function requireNeighbour(route: Route, addresses: readonly InterfaceAddress[]): void {
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
