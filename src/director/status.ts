// Whether this director is as set-up made it and as its services need it: addresses, forwarding, rules, settings. Pure:
// the caller brings the IPVS table, and the machine as it was observed.

import {type Address, compareAddresses, familyOf} from '../domain/address.ts'
import {isFine, type Problem, problem, warning} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import type {InterfaceAddress, Masquerade} from '../host/host.ts'
import type {Ledger} from '../host/ledger.ts'
import type {LedgerSysctl} from '../host/ledger-kinds.ts'
import {type Managed, managedBy, statusWithoutNotes} from '../host/managed.ts'
import {setupLines} from '../host/setup-line.ts'
import {removalOf, servicesAt, setupAgain, setupForNat} from './again.ts'
import {serversOffLink} from './cautions.ts'
import {familiesOf, forwardingKeys, isForwarding} from './forwarding.ts'
import {arpIgnore, lowerArpIgnore, type Observed} from './observed.ts'
import {type ServedService, serversReached, serviceAddresses} from './served.ts'

export interface VipStatus {
  readonly vip: Address
  readonly places: readonly Place[]
  /** Who put it there, as far as is noted. */
  readonly managed: Managed
  /** How it was set up: dr, tun, nat. */
  readonly method?: string
  readonly ok: boolean
  readonly problems: readonly Problem[]
}

interface Place {
  readonly interface: string
  readonly prefixLength: number
  readonly up: boolean
}

export interface DirectorStatus {
  readonly ok: boolean
  readonly vips: readonly VipStatus[]
  readonly forwarding: {readonly ipv4: boolean; readonly ipv6: boolean}
  /** What set-up made, and what of it is so. */
  readonly settings: readonly (LedgerSysctl & {readonly current: string | undefined; readonly ok: boolean})[]
  readonly masquerades: readonly (Masquerade & {readonly there: boolean | undefined})[]
  /** What is not about one VIP. */
  readonly problems: readonly Problem[]
}

/** Not told which VIPs: those noted by set-up, and the addresses of the services. */
export function directorStatus(
  {vips, services}: {readonly vips?: readonly Address[]; readonly services: readonly ServedService[]},
  observed: Observed,
): DirectorStatus {
  const {ledger, past, hidden} = observed.recorded
  const noted = [...(ledger?.vips ?? []), ...(past?.vips ?? [])].map(({address}) => address)
  const asked = vips ?? [...noted, ...serviceAddresses(services)]
  const list = [...new Set(asked)].sort(compareAddresses).map((vip) => vipStatus(vip, services, observed))
  const settings = (ledger?.sysctls ?? [])
    .filter(({found, set}) => found !== set)
    .map((entry) => ({
      ...entry,
      current: observed.sysctls.get(entry.key),
      ok: observed.sysctls.get(entry.key) === entry.set,
    }))
  const masquerades = observed.masquerades.map(({rule, there}) => ({...rule, there}))
  const problems: readonly Problem[] = [
    ...settings.filter(({ok}) => !ok).map(changed),
    ...masquerades.flatMap(ruleProblems),
    ...notForwarding(services, observed),
    ...serversOffLink(services, observed),
    ...(past ? [pastBoot(past)] : []),
    ...(hidden ? [statusWithoutNotes] : []),
    ...(ledger && ledger.vips.length === 0 ? [unfinished()] : []),
  ]
  return {
    ok: list.every(({ok}) => ok) && isFine(problems),
    vips: list,
    forwarding: {ipv4: isForwarding(observed, 'ipv4'), ipv6: isForwarding(observed, 'ipv6')},
    settings,
    masquerades,
    problems,
  }
}

function changed({key, set, current}: LedgerSysctl & {readonly current: string | undefined}): Problem {
  return problem('sysctl-changed', `${key} is ${current ?? 'not there any more'}, and set-up made it ${set}`, {
    hint: `Set it again: ${describeEffect({do: 'set-sysctl', key, value: set})}`,
  })
}

function ruleProblems({vip, tool, there}: DirectorStatus['masquerades'][number]): readonly Problem[] {
  if (there) return []
  if (there === undefined)
    return [
      warning('masquerade-untold', `whether ${tool} still masquerades connections to ${vip} is told to root only`),
    ]
  return [
    problem('masquerade-gone', `the rule that masquerades connections to ${vip} is gone`, {
      hint: `Bring it back: ${describeEffect({do: 'add-masquerade', rule: {vip, tool}})}`,
    }),
  ]
}

function notForwarding(services: readonly ServedService[], observed: Observed): readonly Problem[] {
  return familiesOf(serversReached(services, 'masquerading')).flatMap((family) => {
    if (isForwarding(observed, family)) return []
    const key = forwardingKeys[family]
    const translated = services.filter((one) => serversReached([one], 'masquerading').length > 0)
    const [vip] = serviceAddresses(translated).filter((one) => familyOf(one) === family)
    return [
      problem('forwarding-off', `${key} is 0: answers of servers reached by NAT do not come through`, {
        hint: vip === undefined ? describeEffect({do: 'set-sysctl', key, value: '1'}) : setupForNat(vip, observed),
      }),
    ]
  })
}

function pastBoot(past: Ledger): Problem {
  return problem('ledger-past-boot', 'this machine has started anew since set-up, and nothing of it was kept', {
    hint: past.vips.length > 0 ? `Set it up again: ${setupLines('director', past)}` : 'lvsctl director teardown',
  })
}

function unfinished(): Problem {
  return warning('teardown-unfinished', 'a teardown was cut off and has something left to restore', {
    hint: 'lvsctl director teardown',
  })
}

function vipStatus(vip: Address, services: readonly ServedService[], observed: Observed): VipStatus {
  const noted = observed.recorded.ledger?.vips.find(({address}) => address === vip)
  const there = observed.addresses.filter((one) => one.address === vip)
  const problems =
    there.length === 0 ? [nowhere(vip, services, observed)] : there.flatMap((one) => wrongWith(one, services, observed))
  return {
    vip,
    places: there.map((one) => ({
      interface: one.interface,
      prefixLength: one.prefixLength,
      up: linkOf(one, observed)?.up ?? false,
    })),
    managed: managedBy(noted, observed.recorded.hidden),
    ...(noted?.method !== undefined && {method: noted.method}),
    ok: isFine(problems),
    problems,
  }
}

function wrongWith(
  there: InterfaceAddress,
  services: readonly ServedService[],
  observed: Observed,
): readonly Problem[] {
  const {address: vip, interface: name} = there
  const link = linkOf(there, observed)
  if (link?.loopback) return [onLoopback(vip, services, observed)]
  if (!link?.up)
    return [problem('interface-down', `${vip} is on ${name}, which is down`, {hint: `ip link set ${name} up`})]
  const problems: Problem[] = []
  if (!link.running)
    problems.push(
      problem('interface-no-carrier', `${vip} is on ${name}, which has no carrier`, {
        hint: 'Look at the cable or the port',
      }),
    )
  if (familyOf(vip) === 'ipv4' && arpIgnore(observed, name) === 8)
    problems.push(
      problem('arp-deaf', `arp_ignore is 8 on ${name}: nobody there learns that this host has ${vip}`, {
        hint: lowerArpIgnore(name),
      }),
    )
  return problems
}

function nowhere(vip: Address, services: readonly ServedService[], observed: Observed): Problem {
  const setup = setupAgain(vip, services, observed)
  const served = servicesAt(vip, services)
  const what = served.length === 1 ? 'its service' : `its ${served.length} services`
  return problem('vip-missing', `${vip} is on no interface: packets for it are not taken`, {
    hint: served.length === 0 ? setup : `Set it up: ${setup}\nOr remove ${what}: ${removalOf(served)}`,
  })
}

/** A /32 on lo is how routed VIPs are done; on a LAN it depends on ARP whether anybody finds it. */
function onLoopback(vip: Address, services: readonly ServedService[], observed: Observed): Problem {
  const hint = `Unless it is routed here, move it: lvsctl realserver teardown --vip ${vip} && ${setupAgain(vip, services, observed)}`
  if (familyOf(vip) === 'ipv6')
    return problem('vip-on-loopback', `${vip} is on lo: no neighbour gets an answer for it`, {hint})
  const heard = observed.links.filter(({name, up, loopback, noArp}) => {
    return up && !loopback && !noArp && arpIgnore(observed, name) === 0
  })
  return heard.length === 0
    ? problem('vip-on-loopback', `${vip} is on lo and ARP is quiet about it: no neighbour gets an answer`, {hint})
    : warning('vip-on-loopback', `${vip} is on lo: every interface answers for it`, {hint})
}

function linkOf({interface: name}: InterfaceAddress, {links}: Observed) {
  return links.find((one) => one.name === name)
}
