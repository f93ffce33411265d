// What makes this host the director for a VIP: the steps, computed and not done.
//
// The order is the point. First the ledger, so that whatever happens next can be undone; then all that a request needs on
// its way through; then the address, on the interface where requests arrive; and then the neighbours are told, because
// they may still have another machine noted for it.

import {type Address, familyOf} from '../domain/address.ts'
import {type Problem, refuse, warning} from '../domain/problem.ts'
import type {Effect, InterfaceAddress, Link, Masquerade} from '../host/host.ts'
import {emptyLedger, type Ledger, ledgerEffects} from '../host/ledger.ts'
import type {LedgerSysctl, LedgerVip} from '../host/ledger-kinds.ts'
import {isEthernet} from '../host/mac.ts'
import {Settings} from '../host/settings.ts'
import {setupLines} from '../host/setup-line.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {optionsOf} from './again.ts'
import {cautions} from './cautions.ts'
import {findLink} from './device.ts'
import {draggedAlong, drags, familiesOf, forwardingKeys, natDevices, natSettings} from './forwarding.ts'
import {before, type Observed, type Surroundings} from './observed.ts'
import {obstacles} from './obstacles.ts'
import {type FullRequest, type Method, methodNamed, type SetupRequest, type Wanted} from './request.ts'
import {modulesFor, serversReached} from './served.ts'
import {type Advice, advise, conntrack, reasonFor, tuningWanted} from './tuning.ts'

export interface DirectorPlan extends RolePlan {
  /** Recommended settings that this plan does not make. */
  readonly advice: readonly Advice[]
  /** Words behind `director teardown` that undo it; undefined: it adds nothing that could be undone. */
  readonly undo: readonly string[] | undefined
}

/** Throws LvsctlError: `missing` for an unknown interface, else one usage error with everything that speaks against it. */
export function planSetup(request: SetupRequest, observed: Observed, around: Surroundings): DirectorPlan {
  const {vips, device, services = [], tune = false} = request
  const {ledger} = observed.recorded
  const link = findLink(device, observed)
  const method = request.method ?? notedMethod(vips, ledger)
  const masquerade = request.masquerade ?? false
  const full = {...request, method, masquerade}
  refuse(obstacles(full, link, observed, around))

  const nat = method === 'nat' ? familiesOf(vips) : []
  const servers = serversReached(services, 'masquerading')
  const wanted: readonly Wanted[] = [
    ...natSettings(nat, nat.length > 0 ? natDevices(device, servers, observed) : []),
    ...(masquerade ? [conntrack] : []),
    ...(tune ? tuningWanted(services) : []),
  ]
  const settled = new Settings(observed.sysctls, ledger?.sysctls)
  for (const {key, value, does} of wanted) settled.settle(key, value, does)
  const rules = masquerade ? rulesFor(vips, observed, around) : {effects: [], noted: ledger?.masquerades ?? []}
  const placed = vips.map((vip) =>
    place(vip, {...full, masquerade: rules.noted.some((rule) => rule.vip === vip)}, observed),
  )
  const dragged = draggedBy(settled.effects, observed)
  const next: Ledger = {
    ...emptyLedger('director', observed.recorded.bootId),
    ...ledger,
    vips: [...(ledger?.vips ?? []).filter(({address}) => !vips.includes(address)), ...placed.map(({noted}) => noted)],
    sysctls: [...settled.noted, ...unless(settled.noted, dragged)],
    masquerades: rules.noted,
  }
  const heard = link.up && !link.noArp && isEthernet(link)
  const effects: readonly Effect[] = [
    ...ledgerEffects(observed.recorded, next),
    ...(observed.ipvs === 'available' ? modulesFor(services).map((module) => loading(module)) : []),
    ...settled.effects,
    ...rules.effects,
    ...placed.flatMap((one) => one.effects),
    ...(heard ? vips.map((vip): Effect => ({do: 'announce', interface: device, address: vip})) : []),
  ]
  const warnings: readonly Problem[] = [
    ...placed.flatMap((one) => one.warnings),
    ...settled.warnings,
    ...(heard
      ? []
      : [
          unheard(
            link,
            placed.map(({noted}) => noted),
          ),
        ]),
    ...cautions(full, link, observed, around),
  ]
  const {steps, ...plan} = planEffects(vips, warnings, before(observed), effects, reasonFor)
  return {
    ...plan,
    steps: steps.map((step) => ({...step, inverse: [...step.inverse, ...putBack(step.effect, dragged)]})),
    advice: tune ? [] : advise(services, observed.sysctls),
    undo: undoing(
      placed.map(({noted}) => noted),
      next,
      effects,
    ),
  }
}

/** A VIP that was there before is not for teardown to remove: what else was made goes without naming it. */
function undoing(
  placed: readonly LedgerVip[],
  next: Ledger,
  effects: readonly Effect[],
): readonly string[] | undefined {
  const added = placed.filter(({origin}) => origin === 'added')
  const [first] = added
  if (first) return ['--vip', added.map(({address}) => address).join(','), '--dev', first.interface]
  const made = effects.some((effect) => effect.do === 'set-sysctl' || effect.do === 'add-masquerade')
  return made && next.vips.length === placed.length ? [] : undefined
}

const loading = (module: string): Effect => ({do: 'load-module', module})

function notedMethod(vips: readonly Address[], ledger: Ledger | undefined): Method {
  const noted = ledger?.vips.find(({address, method}) => vips.includes(address) && method !== undefined)?.method
  return methodNamed(noted) ?? 'dr'
}

interface Placed {
  readonly effects: readonly Effect[]
  readonly warnings: readonly Problem[]
  readonly noted: LedgerVip
}

function place(vip: Address, request: FullRequest, observed: Observed): Placed {
  const {device, method} = request
  const there = vipOn(device, vip, observed)
  const known = observed.recorded.ledger?.vips.find(({address}) => address === vip)
  const options = optionsOf(request, known)
  const note = (origin: LedgerVip['origin']): LedgerVip => ({address: vip, interface: device, origin, method, options})
  if (!there)
    return {
      effects: [{do: 'add-address', address: vipOnDevice(vip, device)}],
      warnings: [],
      noted: note('added'),
    }
  return {effects: [], warnings: [present(vip, there, known)], noted: note(known?.origin ?? 'adopted')}
}

interface Rules {
  readonly effects: readonly Effect[]
  readonly noted: readonly Masquerade[]
}

/** A rule that is there already, by whatever tool, is kept. */
function rulesFor(vips: readonly Address[], {masquerades}: Observed, {tools}: Surroundings): Rules {
  const effects: Effect[] = []
  const noted = masquerades.map(({rule}) => rule).filter(({vip}) => !vips.includes(vip))
  for (const vip of vips) {
    const known = masquerades.find(({rule}) => rule.vip === vip)
    const tool = known?.there ? known.rule.tool : tools.get(familyOf(vip))
    if (tool === undefined) continue
    noted.push({vip, tool})
    if (!known?.there) effects.push({do: 'add-masquerade', rule: {vip, tool}})
  }
  return {effects, noted}
}

/** What the kernel will change on its own when forwarding, which is switched on here, is switched off again. */
function draggedBy(effects: readonly Effect[], observed: Observed): readonly LedgerSysctl[] {
  const switched = (['ipv4', 'ipv6'] as const).filter((family) =>
    effects.some((effect) => effect.do === 'set-sysctl' && effect.key === forwardingKeys[family]),
  )
  return draggedAlong(switched, observed)
}

const unless = (noted: readonly LedgerSysctl[], more: readonly LedgerSysctl[]): readonly LedgerSysctl[] =>
  more.filter((one) => noted.every(({key}) => key !== one.key))

function putBack(effect: Effect, dragged: readonly LedgerSysctl[]): readonly Effect[] {
  if (effect.do !== 'set-sysctl') return []
  return dragged
    .filter(({key}) => drags(effect.key, key))
    .map(({key, found}) => ({do: 'set-sysctl', key, value: found}))
}

function vipOn(device: string, vip: Address, {addresses}: Observed): InterfaceAddress | undefined {
  const found = addresses.filter((one) => one.interface === device && one.address === vip)
  return found.find((one) => one.prefixLength === hostPrefixOf(vip)) ?? found[0]
}

function vipOnDevice(vip: Address, device: string): InterfaceAddress {
  const base = {interface: device, address: vip, prefixLength: hostPrefixOf(vip), scope: 'global'} as const
  // Real servers, or the director that had it before, may have the address: detection of duplicates would refuse it.
  return familyOf(vip) === 'ipv6' ? {...base, noDad: true, preferred: 0} : base
}

function present(vip: Address, there: InterfaceAddress, known: LedgerVip | undefined): Problem {
  if (there.prefixLength !== hostPrefixOf(vip))
    return warning(
      'vip-own-address',
      `${vip} is ${there.interface}'s own address (/${there.prefixLength}): nothing to add, and teardown will not remove it`,
    )
  const hint = 'It was not put there by lvsctl: teardown removes it only where it is named'
  return warning('vip-present', `${vip} is on ${there.interface} already`, known ? {} : {hint})
}

function unheard(link: Link, vips: readonly LedgerVip[]): Problem {
  if (!link.up)
    return warning('interface-down', `${link.name} is down: nobody can be told yet, and no client gets through`, {
      hint: `ip link set ${link.name} up, then again: ${setupLines('director', {vips, routes: []})}`,
    })
  if (!link.noArp)
    return warning('interface-not-ethernet', `${link.name} is no Ethernet: who has the VIP cannot be announced there`, {
      hint: 'Hosts that knew another machine by it find this one when their entry for it has expired',
    })
  return warning('interface-without-arp', `${link.name} has no neighbours that ask for addresses: nothing is announced`)
}
