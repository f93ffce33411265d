// What takes the role back: the steps, computed and not done. The reverse of set-up: addresses first, then what unwrapped
// packets for them, and only when no VIP needs the silence any more the settings, to the values found. The ledger last.

import {type Address, familyOf} from '../domain/address.ts'
import {type Problem, problem, refuse, warning} from '../domain/problem.ts'
import {describeEffect, describeRoute} from '../host/describe.ts'
import {notesHidden} from '../host/failures.ts'
import type {Effect} from '../host/host.ts'
import {type Ledger, ledgerEffects} from '../host/ledger.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {restore} from '../host/settings.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {arpKey, arpRules, isArpKey} from './arp.ts'
import {
  before,
  hasFouPort,
  ifLive,
  linkNamed,
  liveLedger,
  type Observed,
  placeOf,
  silentHostAddresses,
  vipOn,
} from './observe.ts'
import {isRouteForeign, restoreRoute} from './routes.ts'
import {howToFinish, isAt, whoNeedsSilence} from './silence.ts'
import {isTunnelDevice} from './tunnels.ts'

export interface TeardownRequest {
  /** Not given: everything that set-up added. Adopted VIPs, which were there before, go only when they are named. */
  readonly vips?: readonly Address[]
}

/** Throws one usage error with everything that speaks against it. */
export function planTeardown({vips}: TeardownRequest, observed: Observed): RolePlan {
  if (observed.recorded.hidden) throw notesHidden(observed.recorded.path)
  const ledger = liveLedger(observed)
  const managed = ledger?.vips ?? []
  const named = vips ?? managed.filter(({origin}) => origin === 'added').map(({address}) => address)
  refuse(named.flatMap((vip) => wrongPrefix(vip, ledger, observed)))

  const warnings = named.flatMap((vip) => notThere(vip, ledger, observed))
  const removals = named.flatMap((vip): Effect[] => {
    const there = vipOn(observed, vip, placeOf(vip, ledger, observed))
    return there ? [{do: 'remove-address', address: there}] : []
  })
  const rest = vips ? managed.filter(({address}) => !vips.includes(address)) : []
  const left = vips
    ? []
    : managed.filter(({origin, address, interface: name}) => origin === 'adopted' && vipOn(observed, address, name))

  const keepers = whoNeedsSilence(rest, named, ledger, observed)
  const needed = keepers.length > 0
  const ways = ledger && closeWays(ledger, rest, named, vips === undefined, observed)
  const goes = (key: string): boolean => (isArpKey(key) ? !needed : !rest.some(isTunnelled))
  const settings = restore(
    (ledger?.sysctls ?? []).filter(({key}) => goes(key)),
    observed.sysctls,
  )
  const quieted = ledger?.sysctls.some(({key}) => isArpKey(key)) ?? false
  warnings.push(...(ways?.warnings ?? []), ...settings.warnings, ...stays(left, quieted))
  if (quieted && rest.length === 0) warnings.push(...keepers.filter((one) => !left.some(isAt(one))).map(silenceKept))
  if (!ledger && named.length > 0) warnings.push(...noRecord(removals, observed))

  const next = ledger && {
    ...ledger,
    ...ways?.kept,
    vips: rest,
    sysctls: ledger.sysctls.filter(({key}) => !goes(key)),
    // From now on nothing else tells that it is a VIP.
    present: ledger.present.filter((address) => !left.some((one) => one.address === address)),
  }
  return planEffects(named, warnings, before(observed), [
    ...removals,
    ...(ways?.effects ?? []),
    ...settings.effects,
    ...ledgerEffects(observed.recorded, ifLive(next, observed)),
  ])
}

const isTunnelled = ({method}: LedgerVip): boolean => method === 'tun'

interface Ways {
  readonly effects: readonly Effect[]
  readonly warnings: readonly Problem[]
  readonly kept: Pick<Ledger, 'links' | 'ups' | 'routes' | 'fouPorts' | 'mtus'>
}

/** What brought packets here and answers away: gone, or as it was, where no VIP that stays needs it. */
function closeWays(
  ledger: Ledger,
  rest: readonly LedgerVip[],
  going: readonly Address[],
  everything: boolean,
  observed: Observed,
): Ways {
  const tunnels = rest.some(isTunnelled)
  const occupied = (name: string): boolean =>
    silentHostAddresses(observed).some((one) => one.interface === name && !going.includes(one.address))
  const wanted = (name: string): boolean =>
    rest.some((one) => one.interface === name) || (tunnels && isTunnelDevice(name)) || occupied(name)
  const kept = {
    links: ledger.links.filter(({name}) => wanted(name)),
    ups: ledger.ups.filter(wanted),
    routes: ledger.routes.filter(({method}) => (method === 'nat' ? !everything : tunnels)),
    fouPorts: tunnels ? ledger.fouPorts : [],
    mtus: tunnels ? ledger.mtus : [],
  }
  const routes = ledger.routes.filter((one) => !kept.routes.includes(one))
  const effects: Effect[] = [
    ...routes.toReversed().flatMap((one) => restoreRoute(one, observed.routes)),
    ...gone(ledger.mtus, kept.mtus).flatMap(({interface: name, found, set}): Effect[] =>
      linkNamed(observed, name)?.mtu === set ? [{do: 'set-mtu', interface: name, mtu: found, was: set}] : [],
    ),
    ...gone(ledger.fouPorts, kept.fouPorts)
      .filter((port) => hasFouPort(observed.fouPorts, port))
      .map((port): Effect => ({do: 'remove-fou-port', port})),
    ...gone(ledger.ups, kept.ups)
      .filter((name) => linkNamed(observed, name)?.up)
      .map((name): Effect => ({do: 'link-down', interface: name})),
    ...gone(ledger.links, kept.links)
      .filter(({name, kind}) => linkNamed(observed, name)?.kind === kind)
      .map((link): Effect => ({do: 'remove-link', link})),
  ]
  const warnings = [
    ...routes.filter((one) => isRouteForeign(one, observed.routes)).map(({route}) => routeChanged(route)),
    ...(rest.length === 0 ? [...kept.links.map(({name}) => name), ...kept.ups].map(linkKept) : []),
  ]
  return {effects, warnings, kept}
}

const gone = <Entry>(all: readonly Entry[], kept: readonly Entry[]): readonly Entry[] =>
  all.filter((one) => !kept.includes(one)).toReversed()

/** What was there before set-up is there still: no neighbour is to hear of it all of a sudden. */
function stays(left: readonly LedgerVip[], quieted: boolean): readonly Problem[] {
  return left.map(({address, interface: name}) => {
    const quiet = quieted && familyOf(address) === 'ipv4' ? ', and ARP stays quiet about it' : ''
    return warning('vip-left', `${address} was on ${name} before set-up and stays there${quiet}`, {
      hint: `To remove it too: lvsctl realserver teardown --vip ${address}`,
    })
  })
}

function silenceKept({address, interface: name}: Pick<LedgerVip, 'address' | 'interface'>): Problem {
  return warning('arp-kept-quiet', `ARP stays quiet: ${address} is on ${name}, and was not put there by lvsctl`, {
    hint: howToFinish(address),
  })
}

function linkKept(name: string): Problem {
  return warning('link-kept', `${name} stays as it is: somebody else has an address on it`, {
    hint: 'When that is gone, run: lvsctl realserver teardown',
  })
}

function routeChanged(route: Parameters<typeof describeRoute>[0]): Problem {
  return warning('route-changed', `the route ${describeRoute(route)} was changed since set-up: it is left alone`, {
    hint: `See: ip route show${route.destination === undefined ? ' default' : ''}`,
  })
}

function notThere(vip: Address, ledger: Ledger | undefined, observed: Observed): readonly Problem[] {
  const device = placeOf(vip, ledger, observed)
  if (vipOn(observed, vip, device)) return []
  const known = ledger?.vips.some(({address}) => address === vip)
  const elsewhere = observed.addresses.find((one) => one.address === vip)?.interface
  return [
    known
      ? warning('vip-gone', `${vip} was no longer on ${device}`)
      : warning('vip-not-set-up', `${vip} is not on lo and was not set up here`, {
          ...(elsewhere !== undefined && {
            hint: `It is on ${elsewhere}: lvsctl director teardown --vip ${vip} --dev ${elsewhere}`,
          }),
        }),
  ]
}

/** Whoever set this host up by other means gets the address removed and keeps the settings: what was before is unknown. */
function noRecord(removals: readonly Effect[], observed: Observed): readonly Problem[] {
  if (removals.length === 0) return []
  const set = arpRules
    .map(({setting}) => arpKey('all', setting))
    .filter((key) => (observed.sysctls.get(key) ?? '0') !== '0')
  if (set.length === 0) return []
  return [
    warning(
      'no-record',
      `there is no record of what ARP settings were here before: ${set.join(' and ')} stay as they are`,
    ),
  ]
}

function wrongPrefix(vip: Address, ledger: Ledger | undefined, observed: Observed): readonly Problem[] {
  const device = placeOf(vip, ledger, observed)
  const there = vipOn(observed, vip, device)
  if (!there || there.prefixLength === hostPrefixOf(vip)) return []
  return [
    problem('vip-prefix', `${vip} is on ${device} with /${there.prefixLength}, which this role never sets up`, {
      where: '--vip',
      hint: `If it should go: ${describeEffect({do: 'remove-address', address: there})}`,
    }),
  ]
}
