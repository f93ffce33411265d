// What makes this host a real server: the steps, computed and not done.
//
// The order is the point. First the ledger, so that whatever happens next can be undone; then what unwraps packets is
// there, and ARP is made quiet; only then do the VIPs come up, because an address that comes up on a talkative host takes
// the director's traffic away.

import {type Address, familyOf} from '../domain/address.ts'
import {isFine, LvsctlError, type Problem, refuse, warning} from '../domain/problem.ts'
import type {Effect, InterfaceAddress} from '../host/host.ts'
import {emptyLedger, isEmpty, type Ledger, ledgerEffects} from '../host/ledger.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {planWithoutNotes} from '../host/managed.ts'
import {Settings} from '../host/settings.ts'
import {setupLine} from '../host/setup-line.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {hostPrefixOf, listVips} from '../host/vip.ts'
import {routeThrough} from './gateway.ts'
import {before, hasFouPort, linkNamed, liveLedger, type Observed, silentHostAddresses, vipOn} from './observe.ts'
import {obstacles} from './obstacles.ts'
import {optionsOf} from './options.ts'
import {otherwise} from './otherwise.ts'
import {deviceFor, familiesOf, type Place, placeFor} from './place.ts'
import {type QuietArp, quietArp, scopeProblems} from './quiet-arp.ts'
import {type SetupRequest, unknownInterfaces} from './request.ts'
import {openReversePath} from './reverse-path.ts'
import {cureSegments, type Segments} from './segments.ts'
import {tunnelRow} from './tunnels.ts'

/** `silent`: gateways that did not answer. Throws one usage error with everything that speaks against it. */
export function planSetup(request: SetupRequest, observed: Observed, silent: readonly Address[] = []): RolePlan {
  const ledger = liveLedger(observed)
  return request.method === 'nat' ? behindNat(request, observed, ledger, silent) : withVips(request, observed, ledger)
}

function withVips(request: SetupRequest, observed: Observed, ledger: Ledger | undefined): RolePlan {
  const {vips, tunnel, mtuCure, arpScope} = request
  const place = placeFor(request, observed)
  const {foreseen} = place
  requireInterfaces(request, foreseen)
  const settings = new Settings(foreseen.sysctls, ledger?.sysctls)
  const problems: Problem[] = [...place.problems]
  let arp: QuietArp = {warnings: [], scope: 'global'}
  if (vips.some((vip) => familyOf(vip) === 'ipv4')) {
    const scoped = scopeProblems(arpScope ?? 'all', foreseen)
    problems.push(...scoped)
    if (scoped.length === 0) arp = quietArp(foreseen, settings, arpScope)
    problems.push(...unfiltered(request, foreseen, settings))
  }
  const segments = tunnel && cureSegments(familiesOf(vips), tunnel, mtuCure, observed, ledger)
  const seen = vips.map((vip) => ({vip, device: deviceFor(vip, request)}))
  const changed = seen.flatMap((one) => {
    const other = otherwise(one, request, ledger, observed)
    // Why it cannot be there is told once.
    problems.push(...(isFine(other) ? obstacles(one.vip, one.device, arp.scope, foreseen) : []))
    return other
  })
  problems.push(...changed)
  refuse([...problems, ...(segments?.problems ?? [])])

  const addresses = bringUp(seen, request, arp.scope, foreseen, ledger)
  const ups = place.devices.filter((name) => !linkNamed(foreseen, name)?.up)
  const next: Ledger = {
    ...(ledger ?? emptyLedger('realserver', observed.recorded.bootId)),
    vips: addresses.managed,
    sysctls: settings.noted,
    present: ledger?.present ?? silentHostAddresses(observed).map(({address}) => address),
    ...notedPlace(place, ups, segments, ledger),
    fouPorts: notedPorts(place, vips, ledger),
  }
  const warnings = [
    ...changed,
    ...settings.warnings,
    ...arp.warnings,
    ...addresses.warnings,
    ...missingVips(ledger, vips, observed),
    ...(segments?.warnings ?? []),
    ...forgotten(vips, observed),
    ...(observed.recorded.hidden ? [planWithoutNotes] : []),
  ]
  const plan = planEffects(vips, warnings, before(foreseen), [
    ...ledgerEffects(observed.recorded, next),
    ...place.effects,
    ...settings.effects,
    ...(segments?.effects ?? []),
    ...place.fouPorts.map((port): Effect => ({do: 'add-fou-port', port})),
    ...ups.map((name): Effect => ({do: 'link-up', interface: name})),
    ...addresses.effects,
  ])
  const adopted = addresses.managed.filter(({address, origin}) => origin === 'adopted' && vips.includes(address))
  return {...plan, adopted: adopted.map(({address}) => address)}
}

function behindNat(
  {gateways = [], sshPeer}: SetupRequest,
  observed: Observed,
  ledger: Ledger | undefined,
  silent: readonly Address[],
): RolePlan {
  const {problems, warnings, effects, routes} = routeThrough(gateways, sshPeer, observed, ledger, silent)
  refuse(problems)
  const next: Ledger = {...(ledger ?? emptyLedger('realserver', observed.recorded.bootId)), routes}
  return planEffects([], [...warnings, ...forgotten([], observed)], before(observed), [
    ...ledgerEffects(observed.recorded, isEmpty(next) ? undefined : next),
    ...effects,
  ])
}

/** Throws LvsctlError where an interface that is named is none: `missing`, with all of them. */
function requireInterfaces(request: SetupRequest, {links}: Observed): void {
  const names = links.map(({name}) => name)
  const unknown = unknownInterfaces({interface: request.device, 'arp-scope': request.arpScope}, names)
  const [first] = unknown
  if (first) throw new LvsctlError({failure: 'missing', ...first, problems: unknown})
}

/** What comes out of a tunnel for IPv4 VIPs must get past the reverse path filter. */
function unfiltered(request: SetupRequest, observed: Observed, settings: Settings): readonly Problem[] {
  if (!request.tunnel) return []
  const device = tunnelRow(request.tunnel.type, 'ipv4').device.name
  const takesVip = request.vips.some((vip) => familyOf(vip) === 'ipv4' && deviceFor(vip, request) === device)
  return openReversePath(device, takesVip, observed, settings)
}

function notedPlace(place: Place, ups: readonly string[], segments: Segments | undefined, ledger: Ledger | undefined) {
  const made = [...place.links, ...(ledger?.links ?? [])].map(({name}) => name)
  const known = ledger?.ups ?? []
  return {
    links: [
      ...(ledger?.links ?? []),
      ...place.links.filter((one) => !ledger?.links.some(({name}) => name === one.name)),
    ],
    // lo stays up: whoever uses it meanwhile must not lose it. What is made here goes as a whole.
    ups: [...known, ...ups.filter((name) => name !== 'lo' && !made.includes(name) && !known.includes(name))],
    routes: segments?.routes ?? ledger?.routes ?? [],
    mtus: segments?.mtus ?? ledger?.mtus ?? [],
  }
}

/** Of what is noted, a port that is not there and that no VIP needs any more is left out: a run was cut off before it. */
function notedPorts({foreseen, fouPorts}: Place, asked: readonly Address[], ledger: Ledger | undefined) {
  const others = ledger?.vips.some(({method, address}) => method === 'tun' && !asked.includes(address))
  const noted = (ledger?.fouPorts ?? []).filter(
    (port) => others || hasFouPort(foreseen.fouPorts, port) || hasFouPort(fouPorts, port),
  )
  return [...noted, ...fouPorts.filter((port) => !hasFouPort(noted, port))]
}

interface Addresses {
  readonly effects: readonly Effect[]
  readonly managed: readonly LedgerVip[]
  readonly warnings: readonly Problem[]
}

function bringUp(
  seen: readonly {readonly vip: Address; readonly device: string}[],
  request: SetupRequest,
  scope: 'global' | 'host',
  observed: Observed,
  ledger: Ledger | undefined,
): Addresses {
  const effects: Effect[] = []
  const warnings: Problem[] = []
  const managed: LedgerVip[] = [...(ledger?.vips ?? [])]
  for (const {vip, device} of seen) {
    const known = managed.findIndex(({address}) => address === vip)
    const there = vipOn(observed, vip, device)
    if (!there) effects.push({do: 'add-address', address: hidden(vip, device, scope)})
    else if (known < 0) warnings.push(adoption(vip, device))
    const origin = there ? (managed[known]?.origin ?? 'adopted') : 'added'
    managed.splice(known < 0 ? managed.length : known, 1, {
      address: vip,
      interface: device,
      origin,
      method: request.method ?? 'dr',
      ...optionsOf(request, managed[known], ledger),
    })
  }
  return {effects, managed, warnings}
}

function hidden(vip: Address, device: string, scope: 'global' | 'host'): InterfaceAddress {
  const base = {interface: device, address: vip, prefixLength: hostPrefixOf(vip)}
  // The director has the address too: duplicate address detection could find it and refuse ours, and the address must
  // not become the source of this host's own connections.
  return familyOf(vip) === 'ipv6' ? {...base, scope: 'global', noDad: true, preferred: 0} : {...base, scope}
}

function missingVips(ledger: Ledger | undefined, asked: readonly Address[], observed: Observed): readonly Problem[] {
  return (ledger?.vips ?? [])
    .filter(({address, interface: name}) => !asked.includes(address) && !vipOn(observed, address, name))
    .map((vip) =>
      warning('vip-gone', `${vip.address} was set up here and is no longer on ${vip.interface}`, {
        hint: `Bring it back: ${setupLine('realserver', vip)}; forget it: lvsctl realserver teardown --vip ${vip.address}`,
      }),
    )
}

function adoption(vip: Address, device: string): Problem {
  return warning('vip-adopted', `${vip} was on ${device} already and is left as it is`, {
    hint: `A teardown of everything leaves it there; name it to remove it: lvsctl realserver teardown --vip ${vip}`,
  })
}

/** What was set up before the machine started anew, and nobody brought back. */
function forgotten(asked: readonly Address[], observed: Observed): readonly Problem[] {
  const vips = (observed.recorded.past?.vips ?? [])
    .filter(({address, interface: name}) => !asked.includes(address) && !vipOn(observed, address, name))
    .map(({address}) => address)
  if (vips.length === 0) return []
  return [
    warning(
      'ledger-past-boot',
      `${listVips(vips)} had been set up before this host was started anew, which took it away`,
    ),
  ]
}
