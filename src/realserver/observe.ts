// Everything about the machine that this role's decisions need, read once, as data.

import type {Address} from '../domain/address.ts'
import type {FouPort, HostReader, InterfaceAddress, Link, ModuleState, NewLink, Route} from '../host/host.ts'
import type {Ledger, Recorded} from '../host/ledger.ts'
import {readSysctls} from '../host/read-sysctls.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {readLastingLedger} from '../persist/record.ts'
import {arpKey, arpRules} from './arp.ts'
import {sameKey} from './routes.ts'
import {silentKinds} from './tunnels.ts'

export interface Observed {
  readonly links: readonly Link[]
  readonly addresses: readonly InterfaceAddress[]
  readonly routes: readonly Route[]
  readonly fouPorts: readonly FouPort[]
  /** Of the modules that were asked about. */
  readonly modules: ReadonlyMap<string, ModuleState>
  readonly sysctls: ReadonlyMap<string, string>
  readonly recorded: Recorded
}

/** Settings of interfaces that are read of each, and of `all` and `default`. */
const interfaceSettings = [
  ...arpRules.map(
    ({setting}) =>
      (where: string) =>
        arpKey(where, setting),
  ),
  (where: string) => interfaceSysctl('ipv4', where, 'rp_filter'),
  (where: string) => interfaceSysctl('ipv6', where, 'disable_ipv6'),
]

/** `modules`: what is asked about, since an answer can take a process. */
export function observe(host: HostReader, modules: readonly string[] = []): Observed {
  const links = host.links()
  const recorded = readLastingLedger('realserver', host)
  const keys = [
    ...['all', 'default', ...links.map((link) => link.name)].flatMap((where) =>
      interfaceSettings.map((key) => key(where)),
    ),
    ...(recorded.ledger?.sysctls.map(({key}) => key) ?? []),
  ]
  const sysctls = readSysctls(host, keys)
  let routes: readonly Route[] | undefined
  const unwraps = modules.includes('fou') || (recorded.ledger?.fouPorts ?? []).length > 0
  return {
    links,
    addresses: host.addresses(),
    // A router can have a million, and most of what is decided here needs none.
    get routes() {
      routes ??= host.routes()
      return routes
    },
    fouPorts: unwraps ? host.fouPorts() : [],
    modules: new Map(modules.map((name) => [name, host.module(name)])),
    sysctls,
    recorded,
  }
}

/** As it will be once these interfaces are there: down, and with the settings that new interfaces get. */
export function foresee(observed: Observed, coming: readonly NewLink[]): Observed {
  const news = coming.filter(({name}) => !observed.links.some((link) => link.name === name))
  if (news.length === 0) return observed
  const sysctls = new Map(observed.sysctls)
  for (const {name} of news)
    for (const key of interfaceSettings) {
      const value = observed.sysctls.get(key('default'))
      if (value !== undefined) sysctls.set(key(name), value)
    }
  const links = news.map(({name, kind}): Link => {
    return {name, kind, index: 0, up: false, running: false, loopback: false, noArp: true, mtu: 0}
  })
  return {...observed, sysctls, links: [...observed.links, ...links]}
}

/** The machine as it was, for what undoes a step. */
export function before(observed: Observed): Pick<HostReader, 'sysctl' | 'readFile'> {
  return {
    sysctl: (key) => observed.sysctls.get(key),
    readFile: (path) => (path === observed.recorded.path ? observed.recorded.text : undefined),
  }
}

export function linkNamed({links}: Observed, name: string): Link | undefined {
  return links.find((link) => link.name === name)
}

/** Where a VIP can be without a neighbour being told of it. */
export function isSilent(link: Link): boolean {
  return link.loopback || (link.noArp && silentKinds.includes(link.kind ?? ''))
}

/** What somebody put on silent interfaces: all but the addresses that every lo and every interface has. */
export function silentAddresses(observed: Observed): readonly InterfaceAddress[] {
  const silent = observed.links.filter(isSilent).map(({name}) => name)
  return observed.addresses.filter(
    (one) => silent.includes(one.interface) && !/^(?:127\.|::1$|fe80:)/.test(one.address),
  )
}

/** Of these the /32 and /128: what a VIP looks like. */
export function silentHostAddresses(observed: Observed): readonly InterfaceAddress[] {
  return silentAddresses(observed).filter((one) => one.prefixLength === hostPrefixOf(one.address))
}

export function vipOn({addresses}: Observed, vip: Address, device: string): InterfaceAddress | undefined {
  const found = addresses.filter((one) => one.interface === device && one.address === vip)
  return found.find((one) => one.prefixLength === hostPrefixOf(vip)) ?? found[0]
}

/** Where set-up put it, or whoever else did; `lo` where it is nowhere. */
export function placeOf(vip: Address, ledger: Ledger | undefined, observed: Observed): string {
  const found = silentAddresses(observed).filter(({address}) => address === vip)
  const noted = ledger?.vips.find(({address}) => address === vip)
  return (noted ?? found.find((one) => one.interface === 'lo') ?? found[0])?.interface ?? 'lo'
}

/**
 * The ledger, unless nothing of what it tells is so any more: then it was left behind by a run that never began, or by a
 * network namespace that is gone and whose number was given out again.
 */
export function liveLedger(observed: Observed): Ledger | undefined {
  return ifLive(observed.recorded.ledger, observed)
}

export function ifLive(ledger: Ledger | undefined, observed: Observed): Ledger | undefined {
  if (!ledger) return undefined
  const {links, sysctls, fouPorts} = observed
  const live =
    ledger.vips.some(({address, interface: name}) => vipOn(observed, address, name)) ||
    ledger.sysctls.some(({key, set}) => sysctls.get(key) === set) ||
    ledger.links.some(({name, kind}) => links.some((link) => link.name === name && link.kind === kind)) ||
    ledger.ups.some((name) => linkNamed(observed, name)?.up) ||
    ledger.routes.some(({route}) => observed.routes.some((one) => sameKey(one, route))) ||
    ledger.fouPorts.some((port) => hasFouPort(fouPorts, port)) ||
    ledger.mtus.some(({interface: name, set}) => linkNamed(observed, name)?.mtu === set)
  return live ? ledger : undefined
}

export function hasFouPort(ports: readonly FouPort[], {port, family}: FouPort): boolean {
  return ports.some((one) => one.port === port && one.family === family)
}
