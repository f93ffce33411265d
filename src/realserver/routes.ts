// Routes, as this role compares and changes them. Pure.

import type {Family} from '../domain/address.ts'
import {mainTable} from '../host/describe.ts'
import type {Effect, Route} from '../host/host.ts'
import type {LedgerRoute} from '../host/ledger-kinds.ts'

/** What the kernel tells routes apart by. */
export function sameKey(a: Route, b: Route): boolean {
  return keyOf(a) === keyOf(b)
}

const keyOf = ({family, destination, prefixLength, table, priority}: Route): string =>
  [family, destination, prefixLength, table, priority ?? 0].join()

/** They lead the same way and say the same to the other side. */
function sameRoute(a: Route, b: Route): boolean {
  return sameKey(a, b) && wayOf(a) === wayOf(b)
}

const wayOf = ({gateway, interface: name, type, metrics = {}}: Route): string =>
  JSON.stringify([gateway, name, type, Object.entries(metrics).sort()])

export function holdsRoute(routes: readonly Route[], route: Route): boolean {
  return routes.some((one) => sameRoute(one, route))
}

/** Of the main table, the one that counts first: of the smallest priority number. */
export function defaultRoute(routes: readonly Route[], family: Family): Route | undefined {
  return routes
    .filter((one) => one.family === family && one.table === mainTable && one.destination === undefined)
    .filter(({type, prefixLength}) => type === 'unicast' && prefixLength === 0)
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))[0]
}

/** The ledger's list with what is changed now; unless somebody else changed it, what was found first is gone back to. */
export function noteRoute(noted: readonly LedgerRoute[], {route, was, method}: LedgerRoute): readonly LedgerRoute[] {
  const known = noted.find((one) => sameKey(one.route, route))
  const ours = was !== undefined && known !== undefined && isOurs(was, known)
  const found = known && (!was || ours || isFound(was, known)) ? known.was : was
  const purpose = known?.method === 'nat' ? known.method : method
  return [
    ...noted.filter((one) => one !== known),
    {
      route,
      ...(purpose !== undefined && {method: purpose}),
      ...(found && {was: found}),
      ...(ours && {earlier: was}),
    },
  ]
}

/** The same where a run was cut off that would have changed it, and now it is to stay as it was. */
export function keepRoute(noted: readonly LedgerRoute[], current: Route): readonly LedgerRoute[] {
  return noted.map((one) =>
    sameKey(one.route, current) && isOurs(current, one) && !sameRoute(current, one.route)
      ? {...one, route: current, earlier: one.route}
      : one,
  )
}

const isOurs = (current: Route, {route, earlier}: LedgerRoute): boolean =>
  sameRoute(current, route) || (earlier !== undefined && sameRoute(current, earlier))

const isFound = (current: Route, {was}: LedgerRoute): boolean => was !== undefined && sameRoute(current, was)

/** What goes back to what was found; nothing where somebody else changed it since. */
export function restoreRoute(noted: LedgerRoute, routes: readonly Route[]): readonly Effect[] {
  const {route, was} = noted
  const current = routes.find((one) => sameKey(one, route))
  if (!current || !isOurs(current, noted)) return []
  return [was ? {do: 'replace-route', route: was, was: current} : {do: 'remove-route', route: current}]
}

/** Whether it is neither as it was set nor as it was found. */
export function isRouteForeign(noted: LedgerRoute, routes: readonly Route[]): boolean {
  const current = routes.find((one) => sameKey(one, noted.route))
  if (!current) return noted.was !== undefined
  return !isOurs(current, noted) && !isFound(current, noted)
}
