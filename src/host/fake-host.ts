// The machine's twin for tests: keeps state, refuses what a kernel refuses, and prints itself as the lines that would
// make it. Held to the same contract as linux-host.ts.

import {dirname} from 'node:path'
import {type Address, addressBytes, compareAddresses, familyOf} from '../domain/address.ts'
import {describeAddress, describeEffect, describeFouPort} from './describe.ts'
import {
  addressExists,
  addressMissing,
  busy,
  fileExists,
  fileMissing,
  fouPortMissing,
  fouPortTaken,
  interfaceDown,
  ipv6Disabled,
  linkExists,
  linkKindUnknown,
  linkMissing,
  masqueradeExists,
  masqueradeMissing,
  moduleUnavailable,
  notEthernet,
  stateNotOurs,
  symlinkMissing,
  sysctlRefused,
  sysctlUnknown,
  unknownInterface,
} from './failures.ts'
import {FakeRoutes} from './fake-routes.ts'
import {notOwn} from './files.ts'
import type {
  Deeds,
  Effect,
  FileFacts,
  FouPort,
  Host,
  InterfaceAddress,
  Link,
  Masquerade,
  MasqueradeTool,
  ModuleState,
  Neighbour,
  NewLink,
  Probe,
  Route,
} from './host.ts'
import {isEthernet} from './mac.ts'
import {interfaceSysctl} from './sysctl-key.ts'

export interface FakeState {
  readonly links?: readonly (Partial<Link> & {readonly name: string})[]
  readonly addresses?: readonly InterfaceAddress[]
  readonly routes?: readonly Route[]
  /** What is not named is missing; without it what a distribution's kernel has on disk. */
  readonly modules?: Readonly<Record<string, Exclude<ModuleState, 'missing'>>>
  readonly fouPorts?: readonly FouPort[]
  readonly sysctls?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  /** Path → where it leads. */
  readonly symlinks?: Readonly<Record<string, string>>
  /** What can masquerade here; null: nothing. */
  readonly masqueradeTool?: MasqueradeTool | null
  /** Interfaces with LRO. */
  readonly merging?: readonly string[]
  readonly neighbours?: readonly Neighbour[]
  /** Who answers on a link for an address: address → MACs. */
  readonly answers?: Readonly<Record<string, readonly string[]>>
  /** Of files and folders that are not root's, 0644 or 0755. */
  readonly facts?: Readonly<Record<string, Partial<FileFacts>>>
}

/** What every interface of a fresh Linux has; the values are the kernel's defaults. */
const interfaceDefaults = {
  ipv4: {
    arp_ignore: '0',
    arp_announce: '0',
    forwarding: '0',
    rp_filter: '0',
    accept_local: '0',
    accept_redirects: '1',
    send_redirects: '1',
  },
  ipv6: {disable_ipv6: '0', forwarding: '0', accept_ra: '1'},
} as const

/** What every network namespace has; the values are the kernel's defaults. */
const namespaceDefaults: Readonly<Record<string, string>> = {
  'net.ipv4.ip_forward': '0',
}

/** What the module ip_vs adds to it, and how it begins. */
const ipvsDefaults: Readonly<Record<string, string>> = {
  'net.ipv4.vs.conntrack': '0',
  'net.ipv4.vs.conn_reuse_mode': '1',
  'net.ipv4.vs.expire_nodest_conn': '0',
  'net.ipv4.vs.expire_quiescent_template': '0',
  'net.ipv4.vs.sloppy_tcp': '0',
}

/** What a module makes in every network namespace when it is loaded (net.core.fb_tunnels_only_for_init_net is 0). */
const moduleLinks: Readonly<Record<string, NewLink & {readonly mtu: number}>> = {
  ipip: {name: 'tunl0', kind: 'ipip', mtu: 1480},
  ip_gre: {name: 'gre0', kind: 'gre', mtu: 1476},
  ip6_tunnel: {name: 'ip6tnl0', kind: 'ip6tnl', mtu: 1452},
  ip6_gre: {name: 'ip6gre0', kind: 'ip6gre', mtu: 1448},
}

const usualModules: Readonly<Record<string, ModuleState>> = {
  dummy: 'available',
  ip_vs: 'loaded',
  fou: 'available',
  ipip: 'available',
  ip_gre: 'available',
  ip6_tunnel: 'available',
  ip6_gre: 'available',
}

/** The module that knows how to make an interface of that kind. */
const kindModules: Readonly<Record<NewLink['kind'], string>> = {
  dummy: 'dummy',
  ipip: 'ipip',
  gre: 'ip_gre',
  ip6tnl: 'ip6_tunnel',
  ip6gre: 'ip6_gre',
}

export class FakeHost implements Host {
  /** Every effect in the order it was done, as its line. */
  readonly log: string[] = []
  private readonly linksByName = new Map<string, Link>()
  private addressList: InterfaceAddress[] = []
  private readonly routeList: FakeRoutes
  private fouList: FouPort[]
  private readonly modules: Map<string, ModuleState>
  private readonly sysctls = new Map([['kernel.random.boot_id', '5d1c8a6e-1f0a-4c57-9c3f-0b7f2f6f0a01']])
  private readonly files = new Map<string, string>()
  /** Of the files those that are root's alone. */
  private readonly state = new Set<string>()
  private readonly symlinks: Map<string, string>
  private readonly facts: Record<string, Partial<FileFacts>>
  private readonly neighbourList: readonly Neighbour[]
  private readonly answers: Readonly<Record<string, readonly string[]>>
  private readonly merging: readonly string[]
  private readonly tool: MasqueradeTool | null
  private readonly masquerades = new Set<string>()
  private readonly held = new Set<string>()
  private lastIndex = 0

  constructor(state: FakeState = {}) {
    this.modules = new Map(Object.entries(state.modules ?? usualModules))
    this.routeList = new FakeRoutes(state.routes)
    this.fouList = [...(state.fouPorts ?? [])]
    for (const name of ['all', 'default']) this.giveSysctls(name)
    for (const [key, value] of Object.entries(namespaceDefaults)) this.sysctls.set(key, value)
    if (this.module('ip_vs') === 'loaded') this.giveIpvsSysctls()
    const given = state.links ?? [{name: 'eth0'}]
    this.addLink({loopback: true, mtu: 65536, ...given.find(({name}) => name === 'lo'), name: 'lo'})
    for (const link of given) if (link.name !== 'lo') this.addLink(link)
    for (const [name, is] of this.modules) if (is === 'loaded') this.makeModuleLink(name)
    this.addressList = [...(state.addresses ?? [])]
    for (const [key, value] of Object.entries(state.sysctls ?? {})) this.sysctls.set(key, value)
    for (const [path, content] of Object.entries(state.files ?? {})) this.files.set(path, content)
    this.symlinks = new Map(Object.entries(state.symlinks ?? {}))
    this.facts = {...state.facts}
    this.neighbourList = state.neighbours ?? []
    this.merging = state.merging ?? []
    this.tool = state.masqueradeTool === undefined ? 'nft' : state.masqueradeTool
    this.answers = state.answers ?? {}
  }

  links(): readonly Link[] {
    return [...this.linksByName.values()]
  }
  addresses(): readonly InterfaceAddress[] {
    return [...this.addressList]
  }
  routes(): readonly Route[] {
    return this.routeList.list()
  }
  fouPorts(): readonly FouPort[] {
    return [...this.fouList]
  }
  module(name: string): ModuleState {
    return this.modules.get(name) ?? 'missing'
  }
  sysctl(key: string): string | undefined {
    return this.sysctls.get(key)
  }
  readFile(path: string): string | undefined {
    return this.files.get(this.symlinks.get(path) ?? path)
  }
  list(path: string): readonly string[] {
    const names = [...this.files.keys(), ...this.symlinks.keys()]
      .filter((one) => one.startsWith(`${path}/`))
      .map((one) => one.slice(path.length + 1).split('/')[0] as string)
    return [...new Set(names)].sort()
  }
  inspect(path: string): FileFacts | undefined {
    const target = this.symlinks.get(path)
    if (target !== undefined) return {kind: 'symlink', owner: 0, mode: 0o777, target}
    if (this.files.has(path))
      return {kind: 'file', owner: 0, mode: this.state.has(path) ? 0o600 : 0o644, ...this.facts[path]}
    const above = [...this.files.keys(), ...this.symlinks.keys()].some((one) => one.startsWith(`${path}/`))
    const mode = [...this.state].some((one) => dirname(one) === path) ? 0o700 : 0o755
    return above || this.facts[path] ? {kind: 'folder', owner: 0, mode, ...this.facts[path]} : undefined
  }
  neighbours(): readonly Neighbour[] {
    return this.neighbourList
  }
  probe({interface: name, targets}: Probe): ReadonlyMap<Address, readonly string[]> {
    const link = this.link(name)
    if (!link.up) throw interfaceDown(name)
    if (!isEthernet(link)) throw notEthernet(name, 'asked')
    return new Map(targets.map((target) => [target, [...(this.answers[target] ?? [])].sort()]))
  }
  mergesSegments(name: string): boolean {
    return this.merging.includes(this.link(name).name)
  }
  masqueradeTool(): MasqueradeTool | undefined {
    return this.tool ?? undefined
  }
  isMasqueraded(rule: Masquerade): boolean {
    return this.masquerades.has(nameOf(rule))
  }
  namespace(): string {
    return '4026531840'
  }

  apply(effect: Effect): void {
    ;(this.deeds[effect.do] as (effect: Effect) => void)(effect)
    this.log.push(describeEffect(effect))
  }

  exclusively<Result>(lock: string, work: () => Result): Result {
    if (this.held.has(lock)) throw busy(lock, 0)
    this.held.add(lock)
    try {
      return work()
    } finally {
      this.held.delete(lock)
    }
  }

  private readonly deeds: Deeds = {
    'set-sysctl': ({key, value}) => {
      if (!this.sysctls.has(key)) throw sysctlUnknown(key)
      if (!/^-?\d+$/.test(value)) throw sysctlRefused(key, value)
      this.sysctls.set(key, value)
      this.dragAlong(key, value)
    },
    'link-up': (effect) => this.setUp(effect.interface, true),
    'link-down': (effect) => this.setUp(effect.interface, false),
    'set-mtu': (effect) => {
      this.linksByName.set(effect.interface, {...this.link(effect.interface), mtu: effect.mtu})
    },
    'add-link': ({link}) => {
      if (this.linksByName.has(link.name)) throw linkExists(link)
      if (this.module(kindModules[link.kind]) === 'missing') throw linkKindUnknown(link)
      this.addLink({name: link.name, kind: link.kind, up: false, noArp: true})
    },
    'remove-link': ({link}) => {
      if (this.link(link.name).kind !== link.kind) throw linkMissing(link)
      this.dropLink(link.name)
    },
    'load-module': ({module}) => {
      if (this.module(module) === 'missing') throw moduleUnavailable(module, 'it is not on this machine')
      if (this.module(module) === 'available') this.makeModuleLink(module)
      if (module === 'ip_vs' && this.module(module) === 'available') this.giveIpvsSysctls()
      this.modules.set(module, 'loaded')
    },
    'add-fou-port': ({port}) => {
      if (this.module('fou') !== 'loaded') throw moduleUnavailable('fou', 'the kernel knows no family "fou"')
      if (this.fouList.some((one) => one.port === port.port && one.family === port.family)) throw fouPortTaken(port)
      this.fouList.push(port)
    },
    'remove-fou-port': ({port}) => {
      const at = this.fouList.findIndex((one) => one.port === port.port && one.family === port.family)
      if (at < 0) throw fouPortMissing(port)
      this.fouList.splice(at, 1)
    },
    'add-route': ({route}) => this.routeList.add(this.routable(route), this.reachable()),
    'remove-route': ({route}) => this.routeList.remove(route),
    'replace-route': ({route}) => this.routeList.replace(this.routable(route), this.reachable()),
    'add-address': ({address}) => this.addAddress(address),
    'remove-address': ({address}) => {
      this.link(address.interface)
      const at = this.addressList.findIndex((one) => isSame(one, address))
      if (at < 0) throw addressMissing(address)
      this.addressList.splice(at, 1)
    },
    announce: (effect) => {
      if (!this.link(effect.interface).up) throw interfaceDown(effect.interface)
    },
    'add-masquerade': ({rule}) => {
      if (this.isMasqueraded(rule)) throw masqueradeExists(rule)
      this.masquerades.add(nameOf(rule))
    },
    'remove-masquerade': ({rule}) => {
      if (!this.masquerades.delete(nameOf(rule))) throw masqueradeMissing(rule)
    },
    'write-file': ({path, content, mode}) => {
      if (!this.files.has(path) && mode !== undefined) this.facts[path] = {mode}
      this.files.set(path, content)
    },
    'remove-file': ({path}) => {
      if (!this.files.delete(path)) throw fileMissing(path)
      delete this.facts[path]
    },
    'write-state': ({path, content}) => {
      this.requireOwn(path)
      this.files.set(path, content)
      this.state.add(path)
    },
    'remove-state': ({path}) => {
      this.requireOwn(path)
      if (!this.files.delete(path)) throw fileMissing(path)
      this.state.delete(path)
    },
    'make-symlink': ({path, target}) => {
      if (this.inspect(path)) throw fileExists(path)
      this.symlinks.set(path, target)
    },
    'remove-symlink': ({path, target}) => {
      if (this.symlinks.get(path) !== target) throw symlinkMissing(path, target)
      this.symlinks.delete(path)
    },
    'systemd-reload': () => undefined,
  }

  private addAddress(added: InterfaceAddress): void {
    this.link(added.interface)
    if (added.prefixLength < 0 || added.prefixLength > addressBytes(added.address).length * 8)
      throw new RangeError(`${added.address}/${added.prefixLength}`)
    if (
      familyOf(added.address) === 'ipv6' &&
      this.sysctl(interfaceSysctl('ipv6', added.interface, 'disable_ipv6')) !== '0'
    )
      throw ipv6Disabled(added.interface)
    if (this.addressList.some((one) => excludes(one, added))) throw addressExists(added)
    this.addressList.push(added)
  }

  private requireOwn(path: string): void {
    for (const [one, kind] of [
      [dirname(path), 'folder'],
      [path, 'file'],
    ] as const) {
      const facts = this.inspect(one)
      const why = facts && notOwn(facts, kind, 0)
      if (why !== undefined) throw stateNotOurs(one, why)
    }
  }

  private routable(route: Route): Route {
    const {interface: name, gateway} = route
    if (name !== undefined && !this.link(name).up && gateway === undefined) throw interfaceDown(name)
    return route
  }

  private reachable(): readonly InterfaceAddress[] {
    return this.addressList.filter((one) => this.link(one.interface).up)
  }

  private makeModuleLink(module: string): void {
    const made = moduleLinks[module]
    if (made && !this.linksByName.has(made.name)) this.addLink({...made, up: false, noArp: true})
  }

  private dropLink(name: string): void {
    this.linksByName.delete(name)
    this.routeList.dropOf(name)
    this.addressList = this.addressList.filter((one) => one.interface !== name)
    for (const family of ['ipv4', 'ipv6'] as const)
      for (const setting of Object.keys(interfaceDefaults[family]))
        this.sysctls.delete(interfaceSysctl(family, name, setting))
  }

  private setUp(name: string, up: boolean): void {
    if (!up) this.routeList.dropOf(name)

    this.linksByName.set(name, {...this.link(name), up, running: up})
  }

  private link(name: string): Link {
    const link = this.linksByName.get(name)
    if (!link) throw unknownInterface(name, [...this.linksByName.keys()])
    return link
  }

  private addLink(link: Partial<Link> & {readonly name: string}): void {
    const index = ++this.lastIndex
    const up = link.up ?? true
    const mac = `02:00:00:00:00:${index.toString(16).padStart(2, '0')}`
    this.linksByName.set(link.name, {index, mac, up, running: up, loopback: false, noArp: false, mtu: 1500, ...link})
    this.giveSysctls(link.name)
  }

  private giveIpvsSysctls(): void {
    for (const [key, value] of Object.entries(ipvsDefaults)) this.sysctls.set(key, value)
  }

  /** inet_forward_change() in net/ipv4/devinet.c, addrconf_fixup_forwarding() in net/ipv6/addrconf.c. */
  private dragAlong(key: string, value: string): void {
    const switches = {'net.ipv4.ip_forward': 'ipv4', 'net.ipv6.conf.all.forwarding': 'ipv6'} as const
    const family = switches[key as keyof typeof switches]
    if (!family) return
    for (const where of ['all', 'default', ...this.linksByName.keys()])
      this.sysctls.set(interfaceSysctl(family, where, 'forwarding'), value)
    if (family === 'ipv4')
      this.sysctls.set(interfaceSysctl('ipv4', 'all', 'accept_redirects'), value === '0' ? '1' : '0')
  }

  private giveSysctls(name: string): void {
    for (const family of ['ipv4', 'ipv6'] as const)
      for (const [setting, value] of Object.entries(interfaceDefaults[family]))
        this.sysctls.set(
          interfaceSysctl(family, name, setting),
          this.sysctls.get(interfaceSysctl(family, 'default', setting)) ?? value,
        )
  }

  /** The state as the commands that make it from a fresh machine, sorted: two states are the same if their texts are. */
  toString(): string {
    const defaults: Record<string, string> = {...interfaceDefaults.ipv4, ...interfaceDefaults.ipv6}
    const lines = [
      ...[...this.sysctls].sort().flatMap(([key, value]) => {
        const setting = key.slice(key.lastIndexOf('.') + 1)
        const usual = namespaceDefaults[key] ?? ipvsDefaults[key] ?? defaults[setting]
        return value === usual || setting === 'boot_id' ? [] : [`sysctl -w ${key}=${value}`]
      }),
      ...this.links().map((link) => `ip link set ${link.name} ${link.up ? 'up' : 'down'}`),
      ...this.routeList.lines(),
      ...this.fouList.map((port) => `ip fou add ${describeFouPort(port)}`),
      ...[...this.addressList]
        .sort((a, b) => a.interface.localeCompare(b.interface) || compareAddresses(a.address, b.address))
        .map((one) => `ip addr add ${describeAddress(one)}`),
      ...[...this.masquerades].sort().map((name) => `masquerade ${name}`),
      ...[...this.files].sort().map(([path, content]) => `${path}: ${content.trimEnd()}`),
      ...[...this.symlinks].sort().map(([path, target]) => `${path} -> ${target}`),
    ]
    return `${lines.join('\n')}\n`
  }
}

const nameOf = ({vip, tool}: Masquerade): string => `${vip} by ${tool}`

function isSame(a: InterfaceAddress, b: InterfaceAddress): boolean {
  return a.interface === b.interface && a.address === b.address && a.prefixLength === b.prefixLength
}

/** IPv6 takes an address once per interface whatever its prefix length, IPv4 once per prefix length. */
function excludes(present: InterfaceAddress, added: InterfaceAddress): boolean {
  if (familyOf(added.address) === 'ipv4') return isSame(present, added)
  return present.interface === added.interface && present.address === added.address
}
