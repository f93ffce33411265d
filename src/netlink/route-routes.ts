// Routes: listing them, and adding, replacing and removing single ones (no multipath). include/uapi/linux/rtnetlink.h

import {type Address, type Family, familyOf} from '../domain/address.ts'
import type {Connection} from './connection.ts'
import {bytes, DecodeError, nested, type RecordOf, string, table, u8, u32} from './fields.ts'
import {messageFlags} from './message.ts'
import {address, decodeBody, encodeBody, families, isIp, type Layout, routeTypes} from './route-message.ts'
import {struct} from './struct.ts'
import {words} from './words.ts'

const header = struct('rtmsg', [
  ['family', u8],
  ['destinationLength', u8],
  ['sourceLength', u8],
  ['tos', u8],
  ['table', u8],
  ['protocol', u8],
  ['scope', u8],
  ['type', u8],
  ['flags', u32],
])

/** RTAX_* */
const metrics = table('metrics', [
  [1, 'lock', u32],
  [2, 'mtu', u32],
  [3, 'window', u32],
  [4, 'rtt', u32],
  [5, 'rttVariance', u32],
  [6, 'slowStartThreshold', u32],
  [7, 'congestionWindow', u32],
  [8, 'advertisedMss', u32],
  [9, 'reordering', u32],
  [10, 'hopLimit', u32],
  [11, 'initialWindow', u32],
  [12, 'features', u32],
  [13, 'minimumTimeout', u32],
  [14, 'initialReceiveWindow', u32],
  [15, 'quickAck', u32],
  [16, 'congestionControl', string],
])

// The order of rows is the order on the wire; it is ip(8)'s, so that requests can be compared with its.
const fields = table('route', [
  [1, 'destination', address],
  [2, 'from', address],
  [3, 'incomingLink', u32],
  [7, 'source', address],
  [5, 'gateway', address],
  [15, 'table', u32],
  [6, 'priority', u32],
  [4, 'link', u32],
  [8, 'metrics', nested(metrics, 'unflagged')],
  [9, 'multipath', bytes],
  [11, 'realm', u32],
  [12, 'cacheInfo', bytes],
  [16, 'mark', u32],
  [20, 'preference', u8],
  [30, 'nextHop', u32],
])

export const routeLayout = {header, fields} satisfies Layout

const types = words([
  [1, 'unicast'],
  [2, 'local'],
  [3, 'broadcast'],
  [4, 'anycast'],
  [5, 'multicast'],
  [6, 'blackhole'],
  [7, 'unreachable'],
  [8, 'prohibit'],
  [9, 'throw'],
])

const scopes = words([
  [0, 'universe'],
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
  [255, 'nowhere'],
])

/** Who put it there (RTPROT_*). */
const protocols = words([
  [0, 'unspecified'],
  [1, 'redirect'],
  [2, 'kernel'],
  [3, 'boot'],
  [4, 'static'],
  [9, 'router-advertisement'],
  [16, 'dhcp'],
  [18, 'keepalived'],
])

const routeTables = {default: 253, main: 254, local: 255} as const

type RouteType = ReturnType<typeof types.wordOf>
type RouteScope = ReturnType<typeof scopes.wordOf>
type RouteProtocol = ReturnType<typeof protocols.wordOf>

/** `advertisedMss`: the largest segment told to the other side; a tunnel's overhead is what it is lowered for. */
type RouteMetrics = Omit<RecordOf<typeof metrics>, 'unknown'>

export interface Route {
  readonly family: Family
  /** Without one it is the default route. */
  readonly destination?: Address
  readonly prefixLength: number
  readonly gateway?: Address
  /** Index of the interface it leads out of; a multipath route has none of its own. */
  readonly link?: number
  /** The address that connections without one of their own get. */
  readonly source?: Address
  readonly priority?: number
  readonly metrics?: RouteMetrics
  /** The gateway counts as a neighbour though no address of the interface shares a subnet with it (RTNH_F_ONLINK). */
  readonly onLink?: true
  /** It has what a Route does not tell (several next hops, a realm): it cannot be made again from this. */
  readonly partial?: true
  readonly table: number
  readonly type: RouteType
  readonly scope: RouteScope
  readonly protocol: RouteProtocol
}

/** What of a route may be left to the usual: main table, unicast, by static configuration. */
export type NewRoute = Omit<Route, 'family' | 'destination' | 'table' | 'type' | 'scope' | 'protocol' | 'partial'> &
  Partial<Pick<Route, 'table' | 'type' | 'scope' | 'protocol'>> &
  ({readonly destination: Address} | {readonly destination?: undefined; readonly family: Family})

/** All routes of all tables, without multicast routing and the cache. */
export function routes(connection: Connection): readonly Route[] {
  return connection
    .dump(routeTypes.getRoute, encodeBody(routeLayout, {family: families.any}))
    .filter((message) => message.type === routeTypes.newRoute && isIp(message))
    .map(({payload}) => decodeBody(routeLayout, payload))
    .filter(({header}) => !(header.flags & clonedFlag))
    .map(routeOf)
}

const clonedFlag = 0x200 // RTM_F_CLONED
const onLinkFlag = 4 // RTNH_F_ONLINK

/** EEXIST: there is one to the same destination. */
export function addRoute(connection: Connection, route: NewRoute): void {
  connection.request(routeTypes.newRoute, encodeRoute(route), messageFlags.create | messageFlags.exclusive)
}

/** In the place of the route with that destination and priority, in one step; added where there is none. */
export function replaceRoute(connection: Connection, route: NewRoute): void {
  connection.request(routeTypes.newRoute, encodeRoute(route), messageFlags.create | messageFlags.replace)
}

/** ESRCH: there is none. What is not given may be anything. */
export function removeRoute(connection: Connection, route: NewRoute): void {
  connection.request(routeTypes.delRoute, encodeRouteRemoval(route))
}

export const encodeRouteRemoval = (route: NewRoute): Uint8Array =>
  encodeRoute({type: 0, scope: 'nowhere', protocol: 'unspecified', ...route})

export function encodeRoute(route: NewRoute): Uint8Array {
  const family = route.destination === undefined ? route.family : familyOf(route.destination)
  const {destination, source, gateway, link, priority, metrics, table = routeTables.main, type = 'unicast'} = route
  const scope = route.scope ?? usualScope(family, type, gateway)
  return encodeBody(
    routeLayout,
    {
      family: families[family],
      destinationLength: route.prefixLength,
      // Tables beyond the header's eight bits go by the attribute alone.
      table: table > 0xff ? 0 : table,
      protocol: protocols.numberOf(route.protocol ?? 'static'),
      scope: scopes.numberOf(scope),
      type: types.numberOf(type),
      flags: route.onLink ? onLinkFlag : 0,
    },
    {
      ...(destination !== undefined && {destination}),
      ...(source !== undefined && {source}),
      ...(gateway !== undefined && {gateway}),
      ...(link !== undefined && {link}),
      ...(priority !== undefined && {priority}),
      ...(metrics && {metrics}),
      ...(table > 0xff && {table}),
    },
  )
}

/** As ip-route(8) has it: IPv6 knows no scopes. */
function usualScope(family: Family, type: RouteType, gateway: Address | undefined): RouteScope {
  if (family === 'ipv6') return 'universe'
  if (type === 'local') return 'host'
  const direct = type === 'unicast' && gateway === undefined
  return direct || type === 'broadcast' || type === 'multicast' ? 'link' : 'universe'
}

export const decodeRoute = (payload: Uint8Array): Route => routeOf(decodeBody(routeLayout, payload))

function routeOf({header, attributes}: ReturnType<typeof decodeBody<typeof routeLayout>>): Route {
  const {destination, gateway, link, source, priority} = attributes
  const {unknown: otherMetrics, ...metrics} = attributes.metrics ?? {}
  const {multipath, nextHop, realm, preference = 0, from, incomingLink, unknown = []} = attributes
  const partial =
    [multipath, nextHop, realm, from, incomingLink, otherMetrics].some((one) => one !== undefined) ||
    preference !== 0 ||
    unknown.some(({type}) => !toldOnly.includes(type))
  return {
    family: familyNamed(header.family),
    prefixLength: header.destinationLength,
    table: attributes.table ?? header.table,
    type: types.wordOf(header.type),
    scope: scopes.wordOf(header.scope),
    protocol: protocols.wordOf(header.protocol),
    ...(destination !== undefined && {destination}),
    ...(gateway !== undefined && {gateway}),
    ...(link !== undefined && {link}),
    ...(source !== undefined && {source}),
    ...(priority !== undefined && {priority}),
    ...(Object.keys(metrics).length > 0 && {metrics}),
    ...(header.flags & onLinkFlag && {onLink: true}),
    ...(partial && {partial: true}),
  }
}

/** What the kernel says and nobody asked it for: RTA_EXPIRES, RTA_PAD, RTA_TTL_PROPAGATE. */
const toldOnly: readonly number[] = [23, 24, 26]

function familyNamed(number: number): Family {
  if (number === families.ipv4) return 'ipv4'
  if (number === families.ipv6) return 'ipv6'
  throw new DecodeError(`rtmsg: family ${number} is not IP`)
}
