// What brings packets to this host and answers away from it, as far as set-up made it: tunnel devices, UDP ports, the
// reverse path filter, routes and MTUs.

import {type Address, type Family, familyOf} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import {describeFouPort, describeRoute} from '../host/describe.ts'
import type {Ledger} from '../host/ledger.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {setupLines} from '../host/setup-line.ts'
import {hasFouPort, linkNamed, type Observed} from './observe.ts'
import {reversePath, reversePathKey} from './reverse-path.ts'
import {defaultRoute, holdsRoute} from './routes.ts'
import {lostCures} from './segments.ts'
import {isTunnelDevice} from './tunnels.ts'

export interface GatewayStatus {
  readonly gateway: Address
  readonly family: Family
  /** The default route leads through it. */
  readonly ok: boolean
  /** Where the default route leads instead; undefined: nowhere. */
  readonly instead?: string
}

export function gatewayStatus(ledger: Ledger | undefined, {routes}: Observed): readonly GatewayStatus[] {
  return (ledger?.routes ?? []).flatMap(({route: {family, gateway}, method}) => {
    if (method !== 'nat' || gateway === undefined) return []
    const now = defaultRoute(routes, family)
    const ok = now?.gateway === gateway
    return [{gateway, family, ok, ...(!ok && now && {instead: describeRoute(now)})}]
  })
}

/**
 * Of one tunnelled VIP: whether what is wrapped for it comes out, where it is or, of one on lo, anywhere. `again`: the line
 * that sets it up.
 */
export function tunnelProblems(
  {address: vip, interface: place}: LedgerVip,
  observed: Observed,
  again: string,
): readonly Problem[] {
  const family = familyOf(vip)
  const devices = observed.links.filter(
    ({name}) => isTunnelDevice(name) && (isTunnelDevice(place) ? name === place : isOf(family, name)),
  )
  const up = devices.filter((link) => link.up)
  return [
    ...(up.length === 0 ? [noTunnel(vip, devices[0]?.name, again)] : []),
    ...(family === 'ipv4' && up.every(({name}) => reversePath(observed, name).drops)
      ? up.map(({name}) => filtered(name, observed))
      : []),
  ]
}

const isOf = (family: Family, name: string): boolean => name.startsWith('ip6') === (family === 'ipv6')

function noTunnel(vip: Address, name: string | undefined, again: string): Problem {
  return name === undefined
    ? problem('tunnel-missing', `no tunnel device is here to unwrap packets for ${vip}`, {hint: again})
    : problem('tunnel-down', `${name} is down: packets for ${vip} are not unwrapped, clients are refused`, {
        hint: `ip link set ${name} up`,
      })
}

function filtered(name: string, observed: Observed): Problem {
  const {value} = reversePath(observed, name)
  return problem('rp-filter', `${name}: rp_filter is ${value}, so what comes out of it is dropped`, {
    hint: value === 1 ? `sysctl -w ${reversePathKey(name)}=2` : `give ${name} an IPv4 address, such as the VIP`,
  })
}

/** What set-up made and is not so any more. */
export function wayProblems(ledger: Ledger, observed: Observed): readonly Problem[] {
  const gateways = gatewayStatus(ledger, observed).filter(({ok}) => !ok)
  const {vips, routes} = ledger
  const tunnelled = setupLines('realserver', {vips: vips.filter(({method}) => method === 'tun'), routes: []})
  const clamped = ledger.routes.filter(({route, method}) => method !== 'nat' && !holdsRoute(observed.routes, route))
  return [
    ...gateways.map(({gateway, instead}) =>
      problem(
        'gateway-changed',
        `answers do not go through ${gateway}: the default route ${instead === undefined ? 'is gone' : `is ${instead}`}`,
        {
          hint: setupLines('realserver', {vips: [], routes: routes.filter(({route}) => route.gateway === gateway)}),
        },
      ),
    ),
    ...clamped.map(({route}) =>
      warning(
        'route-changed',
        `the route ${describeRoute(route)} was changed: clients may be asked for segments that are too large`,
        {
          hint: tunnelled,
        },
      ),
    ),
    ...ledger.links
      .filter(({name}) => !linkNamed(observed, name))
      .map(({name}) =>
        problem('link-gone', `${name}, which set-up made, is gone`, {
          hint: setupLines('realserver', {vips: vips.filter((one) => one.interface === name), routes: []}),
        }),
      ),
    ...ledger.fouPorts
      .filter((port) => !hasFouPort(observed.fouPorts, port))
      .map((port) =>
        problem('fou-port-missing', `nothing unwraps what comes to UDP port ${port.port}`, {
          hint: `ip fou add ${describeFouPort(port)}`,
        }),
      ),
    ...lostCures(ledger, observed),
  ]
}
