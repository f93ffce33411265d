// Whether the addresses of the services are where clients find them. Pure: the caller brings the addresses from the IPVS
// table, and the machine as it was observed.

import {type Address, compareAddresses, familyOf} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import type {InterfaceAddress} from '../host/host.ts'
import {arpIgnore, lowerArpIgnore, type Observed} from './observe.ts'

export interface VipStatus {
  readonly vip: Address
  readonly places: readonly Place[]
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
}

/** `vips`: the addresses of the IPVS table's services, as often as they occur. */
export function directorStatus(vips: readonly Address[], observed: Observed): DirectorStatus {
  const list = [...new Set(vips)].sort(compareAddresses).map((vip) => vipStatus(vip, observed))
  return {ok: list.every(({ok}) => ok), vips: list}
}

function vipStatus(vip: Address, observed: Observed): VipStatus {
  const there = observed.addresses.filter((one) => one.address === vip)
  const problems = there.length === 0 ? [nowhere(vip)] : there.flatMap((one) => wrongWith(one, observed))
  return {
    vip,
    places: there.map((one) => ({
      interface: one.interface,
      prefixLength: one.prefixLength,
      up: linkOf(one, observed)?.up ?? false,
    })),
    ok: problems.every(({severity}) => severity === 'warning'),
    problems,
  }
}

function wrongWith(there: InterfaceAddress, observed: Observed): readonly Problem[] {
  const {address: vip, interface: name} = there
  const link = linkOf(there, observed)
  if (link?.loopback) return [onLoopback(vip, observed)]
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

function nowhere(vip: Address): Problem {
  return problem('vip-missing', `${vip} is on no interface: packets for it are not taken`, {
    hint: `lvsctl director setup --vip ${vip} --dev IF`,
  })
}

/** A /32 on lo is how routed VIPs are done; on a LAN it depends on ARP whether anybody finds it. */
function onLoopback(vip: Address, observed: Observed): Problem {
  const hint = `Unless it is routed here, move it: lvsctl director setup --vip ${vip} --dev IF`
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
