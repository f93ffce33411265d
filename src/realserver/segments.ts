// Packets that do not fit the way once they are wrapped. Clients send packets of 1500 bytes; the director cannot put one
// into another of 1500, drops it, and tells the client by ICMP, which many networks filter: then large requests hang.

import {type Address, type Family, familyOf} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import {describeRoute, mainTable} from '../host/describe.ts'
import type {Effect, Link, Route} from '../host/host.ts'
import type {Ledger} from '../host/ledger.ts'
import type {LedgerMtu, LedgerRoute} from '../host/ledger-kinds.ts'
import {speaksArp} from './arp.ts'
import {linkNamed, type Observed} from './observe.ts'
import {type MtuCure, mtuCures, type Tunnel} from './request.ts'
import {noteRoute} from './routes.ts'
import {tunnelRow} from './tunnels.ts'

/** What nearly all clients send at most, in bytes. */
const clientPacket = 1500
/** IP and TCP without options: what a segment needs around it. */
export const headers: Readonly<Record<Family, number>> = {ipv4: 40, ipv6: 60}

interface Narrow {
  readonly link: Link
  /** Bytes that a wrapped packet of a client has. */
  readonly needs: number
  readonly family: Family
  /** Routes that ask for segments which are too large, with what they should ask for. */
  readonly routes: readonly {readonly route: Route; readonly segment: number}[]
}

/** Interfaces that are too narrow for what the director sends. */
function narrow(families: readonly Family[], {type}: Tunnel, observed: Observed): readonly Narrow[] {
  return families.flatMap((family) => {
    const {overhead} = tunnelRow(type, family)
    const needs = clientPacket + overhead
    const links = observed.links.filter(
      (link) => speaksArp(link) && link.mtu < needs && hasFamily(link, family, observed),
    )
    return links.flatMap((link) => {
      const routes = observed.routes
        .filter((route) => isWayOut(route, family) && route.interface === link.name)
        .map((route) => ({route, segment: (route.metrics?.mtu || link.mtu) - overhead - headers[family]}))
        .filter(({route, segment}) => !(Number(route.metrics?.advertisedMss || 65_535) <= segment))
      return routes.length === 0 ? [] : [{link, needs, family, routes}]
    })
  })
}

function hasFamily({name}: Link, family: Family, {addresses}: Observed): boolean {
  return addresses.some(
    (one) => one.interface === name && familyOf(one.address) === family && !isLinkLocal(one.address),
  )
}

function isWayOut({type, table, family, destination}: Route, wanted: Family): boolean {
  const linkLocal = destination !== undefined && isLinkLocal(destination)
  return type === 'unicast' && table === mainTable && family === wanted && !linkLocal
}

const isLinkLocal = (address: Address): boolean => address.startsWith('fe80:')

export interface Segments {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly effects: readonly Effect[]
  readonly routes: readonly LedgerRoute[]
  readonly mtus: readonly LedgerMtu[]
}

/** A cure is chosen with the first tunnelled VIP; for further ones it need not be named again. */
export function cureSegments(
  families: readonly Family[],
  tunnel: Tunnel,
  cure: MtuCure | undefined,
  observed: Observed,
  ledger: Ledger | undefined,
): Segments {
  const none = {problems: [], warnings: [], effects: [], routes: ledger?.routes ?? [], mtus: ledger?.mtus ?? []}
  const narrows = narrow(families, tunnel, observed)
  const chosenBefore = ledger?.vips.some(({method}) => method === 'tun')
  if (narrows.length === 0) return none
  switch (cure) {
    case undefined:
      return chosenBefore ? none : {...none, problems: narrows.map((one) => blackHole(one, tunnel))}
    case 'clamp':
      return clamp(narrows, none)
    case 'path':
      return widen(narrows, none)
    case 'director':
      return {...none, warnings: chosenBefore ? [] : [onDirector]}
    case 'none':
      return none
  }
}

function clamp(narrows: readonly Narrow[], from: Segments): Segments {
  const all = narrows.flatMap(({routes}) => routes)
  const partial = all.filter(({route}) => route.partial)
  if (partial.length > 0) return {...from, problems: partial.map(({route}) => cannotClamp(route))}
  const changes = all.map(({route, segment}) => {
    return {route: {...route, metrics: {...route.metrics, advertisedMss: segment}}, was: route}
  })
  return {
    ...from,
    warnings: all.filter(({route}) => route.protocol === 'router-advertisement').map(({route}) => advertised(route)),
    effects: changes.map((change) => ({do: 'replace-route', ...change})),
    routes: changes.reduce((noted, change) => noteRoute(noted, {...change, method: 'tun'}), from.routes),
  }
}

function widen(narrows: readonly Narrow[], from: Segments): Segments {
  const widest = new Map<string, number>()
  for (const {link, needs} of narrows) widest.set(link.name, Math.max(needs, widest.get(link.name) ?? 0))
  const changes = [...widest].map(([name, set]) => {
    const was = narrows.find(({link}) => link.name === name)?.link.mtu as number
    return {name, set, found: from.mtus.find((one) => one.interface === name)?.found ?? was, was}
  })
  const others = from.mtus.filter((one) => !widest.has(one.interface))
  return {
    ...from,
    effects: changes.map(({name, set, was}) => ({do: 'set-mtu', interface: name, mtu: set, was})),
    mtus: [...others, ...changes.map(({name, found, set}) => ({interface: name, found, set}))],
  }
}

function blackHole({link, needs}: Narrow, {type}: Tunnel): Problem {
  const choices = Object.entries(mtuCures).map(([name, what]) => `${name} (${what})`)
  return problem(
    'mtu-black-hole',
    `a client's packet of ${clientPacket} bytes has ${needs} when it is wrapped in ${type}, and ${link.name} takes ${link.mtu}: large requests hang where ICMP is filtered`,
    {where: '--mtu-cure', hint: `Choose what to do about it: ${choices.join(', ')}`},
  )
}

const onDirector = warning('mtu-on-director', 'the director has to fragment what it wraps', {
  hint: 'There: sysctl -w net.ipv4.vs.pmtu_disc=0',
})

function cannotClamp(route: Route): Problem {
  return problem('route-partial', `the route ${describeRoute(route)} has more to it than lvsctl could put back`, {
    where: '--mtu-cure',
    hint: 'Give it an advmss yourself, or take another cure',
  })
}

function advertised(route: Route): Problem {
  return warning(
    'route-advertised',
    `the route ${describeRoute(route)} comes from a router, which will bring it again`,
    {
      hint: 'Then large segments are asked for again; see: lvsctl realserver status',
    },
  )
}

/** Of a status: interfaces whose MTU, and routes whose segments, no longer are what a cure made them. */
export function lostCures(ledger: Ledger, observed: Observed): readonly Problem[] {
  return ledger.mtus
    .filter(({interface: name, set}) => linkNamed(observed, name)?.mtu !== set)
    .map(({interface: name, set}) =>
      problem(
        'mtu-changed',
        `the MTU of ${name} is ${linkNamed(observed, name)?.mtu ?? 'gone'}, and was set to ${set}`,
        {
          hint: `ip link set ${name} mtu ${set}`,
        },
      ),
    )
}
