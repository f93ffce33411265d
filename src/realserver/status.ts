// Whether this host is the real server it should be: per VIP, what is so, and what is wrong with it. Pure.

import {type Address, compareAddresses, familyOf} from '../domain/address.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import type {AddressScope} from '../host/host.ts'
import {type Listener, portsFor} from '../host/listeners.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {arpKey, arpRules, effective, speaksArp} from './arp.ts'
import {addressesOnLoopback, liveLedger, type Observed, onLoopback} from './observe.ts'

export interface VipStatus {
  readonly vip: Address
  readonly method: 'direct-routing'
  readonly onLoopback: boolean
  readonly prefixLength?: number
  /** Other interfaces of this host that have the address. */
  readonly elsewhere: readonly string[]
  /** True where no interface gives it away: IPv6 on lo never does. */
  readonly arpQuiet: boolean
  /** Interfaces that do, with the setting that lets them. */
  readonly loud: readonly LoudInterface[]
  /** TCP ports on which a connection to the VIP finds a listener. */
  readonly listening: readonly number[]
  /** Who put it there, as far as the ledger knows. */
  readonly managed: 'added' | 'adopted' | 'no'
  readonly ok: boolean
  readonly problems: readonly Problem[]
}

interface LoudInterface {
  readonly interface: string
  readonly setting: 'arp_ignore' | 'arp_announce'
  /** The larger of the interface's and all's. */
  readonly effective: number
}

export interface RealServerStatus {
  readonly ok: boolean
  readonly vips: readonly VipStatus[]
  /** What is not about one VIP. */
  readonly problems: readonly Problem[]
}

/** Not told which: those of the ledger, and whatever else somebody put on lo. */
export function realServerStatus(
  observed: Observed,
  {vips, listeners = []}: {readonly vips?: readonly Address[]; readonly listeners?: readonly Listener[]} = {},
): RealServerStatus {
  const ledger = liveLedger(observed)
  const known = [
    ...(ledger?.vips.map(({address}) => address) ?? []),
    ...addressesOnLoopback(observed).map(({address}) => address),
  ]
  const asked = vips ?? [...new Set(known)].sort(compareAddresses)
  const list = asked.map((vip) => vipStatus(vip, observed, listeners))
  const problems = observed.links.some((link) => link.loopback && !link.up)
    ? [
        problem('loopback-down', 'lo is down: this host cannot take traffic for an address on it', {
          hint: 'ip link set lo up',
        }),
      ]
    : []
  if (ledger?.vips.length === 0)
    problems.push(
      warning('teardown-unfinished', 'a teardown kept ARP quiet and has settings left to restore', {
        hint: 'lvsctl realserver teardown',
      }),
    )
  return {
    ok: list.every((one) => one.ok) && (list.length === 0 || problems.every((one) => one.severity !== 'error')),
    vips: list,
    problems,
  }
}

function vipStatus(vip: Address, observed: Observed, listeners: readonly Listener[]): VipStatus {
  const there = onLoopback(observed, vip)
  const elsewhere = observed.addresses
    .filter((one) => one.address === vip && one.interface !== 'lo')
    .map((one) => one.interface)
  const loud = familyOf(vip) === 'ipv4' ? loudInterfaces(there?.scope ?? 'global', observed) : []
  const setUp = `lvsctl realserver setup --vip ${vip}`
  const problems: Problem[] = []
  if (!there) problems.push(problem('vip-missing', `${vip} is not on lo`, {hint: setUp}))
  else if (there.prefixLength !== hostPrefixOf(vip))
    problems.push(
      problem('vip-prefix', `${vip} is on lo with /${there.prefixLength} and must be /${hostPrefixOf(vip)}`, {
        hint: `ip addr del ${vip}/${there.prefixLength} dev lo; ${setUp}`,
      }),
    )
  for (const name of elsewhere)
    if (observed.links.some((link) => link.name === name && speaksArp(link)))
      problems.push(problem('vip-on-interface', `${vip} is on ${name}, where this host answers for it`))
  for (const one of loud)
    problems.push(
      problem(
        'arp-loud',
        `${one.interface}: ${one.setting} is ${one.effective}, so this host ${loudness[one.setting]} ${vip}`,
        {
          hint: setUp,
        },
      ),
    )
  return {
    vip,
    method: 'direct-routing',
    onLoopback: there !== undefined,
    ...(there && {prefixLength: there.prefixLength}),
    elsewhere,
    arpQuiet: loud.length === 0,
    loud,
    listening: portsFor(vip, listeners),
    managed: liveLedger(observed)?.vips.find(({address}) => address === vip)?.origin ?? 'no',
    ok: problems.length === 0,
    problems,
  }
}

const loudness = {arp_ignore: 'answers for', arp_announce: 'announces'} as const

function loudInterfaces(scope: AddressScope, {links, sysctls}: Observed): readonly LoudInterface[] {
  return links.filter(speaksArp).flatMap(({name}) =>
    arpRules.flatMap(({setting, quiet}) => {
      const value = effective(sysctls.get(arpKey('all', setting)), sysctls.get(arpKey(name, setting)))
      return quiet(value, scope) ? [] : [{interface: name, setting, effective: value}]
    }),
  )
}
