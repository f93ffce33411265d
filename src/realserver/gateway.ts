// A real server behind NAT answers through the director: its default route leads there. What was found is kept in mind.

import {type Address, familyOf, inSubnet} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import {describeRoute, mainTable} from '../host/describe.ts'
import type {Effect, InterfaceAddress, Route} from '../host/host.ts'
import type {Ledger} from '../host/ledger.ts'
import type {LedgerRoute} from '../host/ledger-kinds.ts'
import {isEthernet} from '../host/mac.ts'
import {hostPrefixOf, subnetEdges} from '../host/vip.ts'
import {linkNamed, type Observed} from './observe.ts'
import {defaultRoute, keepRoute, noteRoute, sameKey} from './routes.ts'

/** The metric that IPv6 routes have unless told otherwise (IP6_RT_PRIO_USER); IPv4 has none. */
const usualPriority = {ipv6: 1024} as const

export interface Gateway {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly effects: readonly Effect[]
  readonly routes: readonly LedgerRoute[]
}

/** `silent`: gateways that were asked for and did not answer. */
export function routeThrough(
  gateways: readonly Address[],
  sshPeer: Address | undefined,
  observed: Observed,
  ledger: Ledger | undefined,
  silent: readonly Address[] = [],
): Gateway {
  let routes = ledger?.routes ?? []
  const problems: Problem[] = [...twice(gateways)]
  const warnings: Problem[] = []
  const effects: Effect[] = []
  for (const gateway of gateways) {
    const family = familyOf(gateway)
    const near = neighbourhood(gateway, observed)
    const was = defaultRoute(observed.routes, family)
    if (was?.gateway === gateway) {
      routes = keepRoute(routes, was)
      continue
    }
    const wrong = [
      ...notTheDirector(gateway, near, observed),
      ...unchangeable(was, observed),
      ...cutsSsh(sshPeer, was, observed),
    ]
    problems.push(...wrong)
    if (!near || wrong.length > 0) continue
    const route = through(gateway, near.interface, was)
    effects.push(was ? {do: 'replace-route', route, was} : {do: 'add-route', route})
    routes = noteRoute(routes, {route, method: 'nat', ...(was && {was})})
    warnings.push(...comesBack(was), ...(silent.includes(gateway) ? [unanswered(gateway, near.interface, was)] : []))
  }
  return {problems, warnings, effects, routes}
}

function through(gateway: Address, device: string, was: Route | undefined): Route {
  const family = familyOf(gateway)
  const priority = was?.priority ?? (family === 'ipv6' ? usualPriority.ipv6 : undefined)
  return {
    family,
    prefixLength: 0,
    gateway,
    interface: device,
    ...(priority !== undefined && {priority}),
    ...(was?.metrics && {metrics: was.metrics}),
    table: mainTable,
    type: 'unicast',
    scope: 'universe',
    protocol: 'static',
  }
}

/** Of these gateways those that set-up would lead a route through, each with the interface on which it can be asked. */
export function newGateways(gateways: readonly Address[], observed: Observed) {
  return gateways.flatMap((gateway) => {
    const name = neighbourhood(gateway, observed)?.interface
    const link = name === undefined ? undefined : linkNamed(observed, name)
    const led = defaultRoute(observed.routes, familyOf(gateway))?.gateway === gateway
    return led || !link || link.noArp || !isEthernet(link) ? [] : [{gateway, interface: link.name}]
  })
}

/** The address of ours whose subnet the director is in. */
function neighbourhood(gateway: Address, observed: Observed): InterfaceAddress | undefined {
  return observed.addresses.find(
    (one) =>
      linkNamed(observed, one.interface)?.up &&
      one.prefixLength < hostPrefixOf(one.address) &&
      !linkNamed(observed, one.interface)?.loopback &&
      inSubnet(gateway, one.address, one.prefixLength),
  )
}

const where = '--gateway'

function twice(gateways: readonly Address[]): readonly Problem[] {
  const seconds = gateways.filter((one, at) => gateways.findIndex((other) => familyOf(other) === familyOf(one)) < at)
  return seconds.map((one) =>
    problem('gateway-ambiguous', `${one}: there can be one gateway for each address family`, {where}),
  )
}

function notTheDirector(
  gateway: Address,
  near: InterfaceAddress | undefined,
  {addresses}: Observed,
): readonly Problem[] {
  const own = addresses.find((one) => one.address === gateway)
  if (own)
    return [problem('gateway-own-address', `${gateway} is this host itself (${own.interface})`, {where, hint: theirs})]
  const edges = subnetEdges(gateway, addresses)
  if (edges.length > 0) return edges.map(({message}) => problem('gateway-subnet-edge', message, {where, hint: theirs}))
  if (near) return []
  return [
    problem('gateway-off-link', `${gateway} is in no subnet of this host: the director has to be a neighbour`, {
      where,
      hint: theirs,
    }),
  ]
}

const theirs = "It is the director's address on the network that it shares with this host"

function unchangeable(was: Route | undefined, {routes}: Observed): readonly Problem[] {
  // IPv6 lists each next hop as a route of its own, all of one metric.
  const siblings = routes.filter((one) => was && sameKey(one, was)).length > 1
  const plain = was === undefined || was.gateway !== undefined || was.interface !== undefined
  if (!was?.partial && plain && !siblings) return []
  return [
    problem('route-partial', 'the default route has several next hops, or more to it than lvsctl could put back', {
      where,
      hint: 'See: ip route show default; make it a plain one first',
    }),
  ]
}

/** Whoever comes from far away gets the answers through the old gateway; the director would drop them. */
function cutsSsh(peer: Address | undefined, was: Route | undefined, observed: Observed): readonly Problem[] {
  if (!peer || !was || familyOf(peer) !== was.family || was.gateway === undefined) return []
  const other = observed.routes.some(
    (one) =>
      one.destination !== undefined &&
      one.table === mainTable &&
      one.type === 'unicast' &&
      inSubnet(peer, one.destination, one.prefixLength),
  )
  const near = observed.addresses.some((one) => inSubnet(peer, one.address, one.prefixLength))
  if (other || near) return []
  return [
    problem('ssh-cut', `this connection comes from ${peer} through ${was.gateway}: a new default route would cut it`, {
      where,
      hint: `Keep it first: ip route add ${peer} via ${was.gateway}${was.interface === undefined ? '' : ` dev ${was.interface}`}`,
    }),
  ]
}

/** Which is no reason to refuse: the director may come later. */
function unanswered(gateway: Address, name: string, was: Route | undefined): Problem {
  const lost =
    was === undefined ? 'no answer of this host gets out' : 'nothing of this host gets out of its own networks'
  return warning('gateway-silent', `nobody on ${name} answers for ${gateway}: as long as that is so, ${lost}`, {
    where,
    hint: 'If the address is wrong: lvsctl realserver teardown leads the default route back where it led',
  })
}

function comesBack(was: Route | undefined): readonly Problem[] {
  if (was?.protocol !== 'dhcp' && was?.protocol !== 'router-advertisement') return []
  const source = was.protocol === 'dhcp' ? 'DHCP' : 'a router'
  return [
    warning('route-advertised', `the default route ${describeRoute(was)} came from ${source} and may come again`, {
      hint: 'Then answers bypass the director; configure the gateway where the address is configured',
    }),
  ]
}
