// Whether this host is the real server it should be: per VIP, what is so, and what is wrong with it. Pure. What is about
// tunnels, gateways and settings: status-ways.ts, status-settings.ts.

import {type Address, compareAddresses, familyOf} from '../domain/address.ts'
import {isFine, type Problem, problem} from '../domain/problem.ts'
import type {AddressScope} from '../host/host.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {type Listener, portsFor} from '../host/listeners.ts'
import {type Managed, managedBy} from '../host/managed.ts'
import {notedOption, setupLine} from '../host/setup-line.ts'
import type {Persisted} from '../host/sysctl-files.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {arpKey, arpRules, effective, speaksArp} from './arp.ts'
import {linkNamed, type Observed, placeOf, silentAddresses, vipOn} from './observe.ts'
import {notesProblems} from './status-notes.ts'
import {type SettingStatus, settingProblems, settingStatus} from './status-settings.ts'
import {type GatewayStatus, gatewayStatus, tunnelProblems, wayProblems} from './status-ways.ts'
import {isTunnelDevice} from './tunnels.ts'

export interface VipStatus {
  readonly vip: Address
  readonly method: 'direct-routing' | 'tunnelling'
  /** Where it is, or should be. */
  readonly interface: string
  readonly present: boolean
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
  /** Who put it there, as far as the ledger knows; `unknown`: the ledger is root's. */
  readonly managed: Managed
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
  /** Of NAT: the routes through directors that set-up made. */
  readonly gateways: readonly GatewayStatus[]
  /** Settings that this role needs or changed. */
  readonly settings: readonly SettingStatus[]
  /** What is not about one VIP. */
  readonly problems: readonly Problem[]
}

export interface StatusRequest {
  readonly vips?: readonly Address[]
  readonly listeners?: readonly Listener[]
  /** What a file sets at boot. */
  readonly persisted?: (key: string) => Persisted | undefined
}

/** Not told which: those of the ledger, and whatever else somebody put on lo. */
export function realServerStatus(
  observed: Observed,
  {vips, listeners = [], persisted = () => undefined}: StatusRequest = {},
): RealServerStatus {
  const {ledger, past} = observed.recorded
  const known = [
    ...((ledger ?? past)?.vips.map(({address}) => address) ?? []),
    ...silentAddresses(observed).map(({address}) => address),
  ]
  const asked = vips ?? [...new Set(known)].sort(compareAddresses)
  const list = asked.map((vip) => vipStatus(vip, observed, listeners))
  const settings = list.length === 0 && !ledger ? [] : settingStatus(observed, persisted)
  const gateways = gatewayStatus(ledger ?? past, observed)
  const problems = [
    ...loopbackDown(observed),
    ...(ledger ? wayProblems(ledger, observed) : []),
    ...settingProblems(settings, ledger),
    ...notesProblems(observed),
  ]
  const role = list.length > 0 || gateways.length > 0 || observed.recorded.past !== undefined
  return {ok: list.every((one) => one.ok) && (!role || isFine(problems)), vips: list, gateways, settings, problems}
}

function loopbackDown(observed: Observed): readonly Problem[] {
  if (!observed.links.some((link) => link.loopback && !link.up)) return []
  return [
    problem('loopback-down', 'lo is down: this host cannot take traffic for an address on it', {
      hint: 'ip link set lo up',
    }),
  ]
}

function vipStatus(vip: Address, observed: Observed, listeners: readonly Listener[]): VipStatus {
  const isIt = ({address}: LedgerVip): boolean => address === vip
  const entry = observed.recorded.ledger?.vips.find(isIt)
  const earlier = observed.recorded.past?.vips.find(isIt)
  const place = entry ?? earlier ?? unnoted(vip, observed)
  const device = place.interface
  const there = vipOn(observed, vip, device)
  const elsewhere = observed.addresses
    .filter((one) => one.address === vip && one.interface !== device)
    .map((one) => one.interface)
  const loud = familyOf(vip) === 'ipv4' ? loudInterfaces(there?.scope ?? 'global', observed) : []
  const again = wayBack(place, entry ?? earlier, observed)
  const problems: Problem[] = [
    ...wrongPlace(vip, device, observed, again),
    ...elsewhere.filter((name) => speaks(name, observed)).map((name) => onInterface(vip, name)),
    // Of an address that is not here nobody hears.
    ...(there ? loud.map((one) => isLoud(vip, one, scopeHint(one, place, again))) : []),
    ...(place.method === 'tun' ? tunnelProblems(place, observed, again) : []),
  ]
  return {
    vip,
    method: place.method === 'tun' ? 'tunnelling' : 'direct-routing',
    interface: device,
    present: there !== undefined,
    onLoopback: there?.interface === 'lo',
    ...(there && {prefixLength: there.prefixLength}),
    elsewhere,
    arpQuiet: loud.length === 0,
    loud,
    listening: portsFor(vip, listeners),
    managed: managedBy(entry, observed.recorded.hidden),
    ok: isFine(problems),
    problems,
  }
}

/** A VIP that nobody noted, as if it had been. */
function unnoted(vip: Address, observed: Observed): LedgerVip {
  const name = placeOf(vip, undefined, observed)
  return {address: vip, interface: name, origin: 'adopted', ...(isTunnelDevice(name) && {method: 'tun'})}
}

/** The line that sets it up again as it was; to whom the notes are hidden, nobody knows how that was. */
function wayBack(place: LedgerVip, noted: LedgerVip | undefined, {recorded}: Observed): string {
  if (!noted && recorded.hidden) return 'How it was set up only root can see: run this again with sudo'
  return setupLine('realserver', place)
}

function scopeHint({interface: name}: LoudInterface, place: LedgerVip, again: string): string {
  const scope = notedOption(place, '--arp-scope')
  return scope === undefined || scope === name
    ? again
    : `It was set up with --arp-scope ${scope}, which leaves ${name} alone; make it quiet: ${again} --arp-scope all`
}

function wrongPlace(vip: Address, device: string, observed: Observed, again: string): readonly Problem[] {
  const there = vipOn(observed, vip, device)
  if (!there) return [problem('vip-missing', `${vip} is not on ${device}`, {hint: again})]
  if (there.prefixLength !== hostPrefixOf(vip))
    return [
      problem('vip-prefix', `${vip} is on ${device} with /${there.prefixLength} and must be /${hostPrefixOf(vip)}`, {
        hint: `ip addr del ${vip}/${there.prefixLength} dev ${device}; ${again}`,
      }),
    ]
  if (device === 'lo' || linkNamed(observed, device)?.up) return []
  return [
    problem('interface-down', `${vip} is on ${device}, which is down`, {
      hint: `ip link set ${device} up`,
    }),
  ]
}

const speaks = (name: string, {links}: Observed): boolean => links.some((link) => link.name === name && speaksArp(link))

function onInterface(vip: Address, name: string): Problem {
  return problem('vip-on-interface', `${vip} is on ${name}, where this host answers for it`)
}

const loudness = {arp_ignore: 'answers for', arp_announce: 'announces'} as const

function isLoud(vip: Address, {interface: name, setting, effective: value}: LoudInterface, hint: string): Problem {
  return problem('arp-loud', `${name}: ${setting} is ${value}, so this host ${loudness[setting]} ${vip}`, {hint})
}

function loudInterfaces(scope: AddressScope, {links, sysctls}: Observed): readonly LoudInterface[] {
  return links.filter(speaksArp).flatMap(({name}) =>
    arpRules.flatMap(({setting, quiet}) => {
      const value = effective(sysctls.get(arpKey('all', setting)), sysctls.get(arpKey(name, setting)))
      return quiet(value, scope) ? [] : [{interface: name, setting, effective: value}]
    }),
  )
}
