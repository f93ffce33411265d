// The machine's twin for tests: keeps state, refuses what a kernel refuses, and prints itself as the lines that would
// make it. Held to the same contract as linux-host.ts; an area each in fake-*.ts, beside its twin in linux-*.ts. What one
// area does to another, as an interface that goes down does to its routes, is said here.

import {type Address, addressBytes, familyOf} from '../domain/address.ts'
import {describeEffect} from './describe.ts'
import {
  busy,
  interfaceDown,
  ipv6Disabled,
  linkExists,
  linkKindUnknown,
  moduleUnavailable,
  notEthernet,
} from './failures.ts'
import {addressRules} from './fake-addresses.ts'
import {FakeFiles, type GivenFiles} from './fake-files.ts'
import {masqueradeRules} from './fake-firewall.ts'
import {fouRules} from './fake-fou.ts'
import {FakeLinks, type GivenLink, kinds} from './fake-links.ts'
import {requireNeighbour, routeRules} from './fake-routes.ts'
import {FakeSysctls} from './fake-sysctls.ts'
import {FakeTable} from './fake-table.ts'
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
  Probe,
  Route,
} from './host.ts'
import {isEthernet} from './mac.ts'
import {interfaceSysctl} from './sysctl-key.ts'

export interface FakeState extends GivenFiles {
  readonly links?: readonly GivenLink[]
  readonly addresses?: readonly InterfaceAddress[]
  readonly routes?: readonly Route[]
  /** What is not named is missing; without it what a distribution's kernel has on disk. */
  readonly modules?: Readonly<Record<string, Exclude<ModuleState, 'missing'>>>
  readonly fouPorts?: readonly FouPort[]
  readonly sysctls?: Readonly<Record<string, string>>
  /** What can masquerade here; null: nothing. */
  readonly masqueradeTool?: MasqueradeTool | null
  /** Interfaces with LRO. */
  readonly merging?: readonly string[]
  readonly neighbours?: readonly Neighbour[]
  /** Who answers on a link for an address: address → MACs. */
  readonly answers?: Readonly<Record<string, readonly string[]>>
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

export class FakeHost implements Host {
  /** Every effect in the order it was done, as its line. */
  readonly log: string[] = []
  private readonly given: FakeState
  private readonly modules: Map<string, ModuleState>
  private readonly sysctlTable = new FakeSysctls()
  private readonly linkTable = new FakeLinks()
  private readonly addressTable: FakeTable<InterfaceAddress>
  private readonly routeTable: FakeTable<Route>
  private readonly fouTable: FakeTable<FouPort>
  private readonly files: FakeFiles
  private readonly masquerades = new FakeTable(masqueradeRules)
  private readonly held = new Set<string>()

  constructor(given: FakeState = {}) {
    this.given = given
    this.modules = new Map(Object.entries(given.modules ?? usualModules))
    this.addressTable = new FakeTable(addressRules, given.addresses)
    this.routeTable = new FakeTable(routeRules, given.routes)
    this.fouTable = new FakeTable(fouRules, given.fouPorts)
    this.files = new FakeFiles(given)
    const links = given.links ?? [{name: 'eth0'}]
    this.addLink({loopback: true, mtu: 65536, ...links.find(({name}) => name === 'lo'), name: 'lo'})
    for (const link of links) if (link.name !== 'lo') this.addLink(link)
    for (const [name, is] of this.modules) if (is === 'loaded') this.moduleLoaded(name)
    this.sysctlTable.give(given.sysctls ?? {})
  }

  links(): readonly Link[] {
    return this.linkTable.list()
  }
  addresses(): readonly InterfaceAddress[] {
    return this.addressTable.list()
  }
  routes(): readonly Route[] {
    return this.routeTable.list()
  }
  fouPorts(): readonly FouPort[] {
    return this.fouTable.list()
  }
  module(name: string): ModuleState {
    return this.modules.get(name) ?? 'missing'
  }
  sysctl(key: string): string | undefined {
    return this.sysctlTable.get(key)
  }
  readFile(path: string): string | undefined {
    return this.files.read(path)
  }
  list(path: string): readonly string[] {
    return this.files.list(path)
  }
  inspect(path: string): FileFacts | undefined {
    return this.files.inspect(path)
  }
  neighbours(): readonly Neighbour[] {
    return this.given.neighbours ?? []
  }
  probe({interface: name, targets}: Probe): ReadonlyMap<Address, readonly string[]> {
    const link = this.linkTable.find(name)
    if (!link.up) throw interfaceDown(name)
    if (!isEthernet(link)) throw notEthernet(name, 'asked')
    return new Map(targets.map((target) => [target, [...(this.given.answers?.[target] ?? [])].sort()]))
  }
  mergesSegments(name: string): boolean {
    const link = this.linkTable.find(name)
    return this.given.merging?.includes(link.name) ?? false
  }
  masqueradeTool(): MasqueradeTool | undefined {
    const {masqueradeTool: tool = 'nft'} = this.given
    return tool ?? undefined
  }
  isMasqueraded(rule: Masquerade): boolean {
    return this.masquerades.has(rule)
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
    'set-sysctl': ({key, value}) => this.sysctlTable.set(key, value),
    'link-up': ({interface: name}) => this.linkTable.change(name, {up: true, running: true}),
    'link-down': ({interface: name}) => {
      this.linkTable.change(name, {up: false, running: false})
      this.routeTable.drop((one) => one.interface === name)
    },
    'set-mtu': ({interface: name, mtu}) => this.linkTable.change(name, {mtu}),
    'add-link': ({link}) => {
      if (this.linkTable.has(link.name)) throw linkExists(link)
      if (this.module(kinds[link.kind].module) === 'missing') throw linkKindUnknown(link)
      this.addLink({...link, up: false, noArp: true})
    },
    'remove-link': ({link}) => {
      this.linkTable.remove(link)
      this.routeTable.drop((one) => one.interface === link.name)
      this.addressTable.drop((one) => one.interface === link.name)
      this.sysctlTable.dropInterface(link.name)
    },
    'load-module': ({module}) => {
      const was = this.module(module)
      if (was === 'missing') throw moduleUnavailable(module, 'it is not on this machine')
      this.modules.set(module, 'loaded')
      if (was === 'available') this.moduleLoaded(module)
    },
    'add-fou-port': ({port}) => {
      if (this.module('fou') !== 'loaded') throw moduleUnavailable('fou', 'the kernel knows no family "fou"')
      this.fouTable.add(port)
    },
    'remove-fou-port': ({port}) => this.fouTable.remove(port),
    'add-route': ({route}) => this.routeTable.add(this.routable(route)),
    'remove-route': ({route}) => this.routeTable.remove(route),
    'replace-route': ({route}) => this.routeTable.replace(this.routable(route)),
    'add-address': ({address: added}) => {
      const {interface: name, address, prefixLength} = added
      this.linkTable.find(name)
      if (prefixLength < 0 || prefixLength > addressBytes(address).length * 8)
        throw new RangeError(`${address}/${prefixLength}`)
      const disabled = this.sysctl(interfaceSysctl('ipv6', name, 'disable_ipv6')) !== '0'
      if (familyOf(address) === 'ipv6' && disabled) throw ipv6Disabled(name)
      this.addressTable.add(added)
    },
    'remove-address': ({address}) => {
      this.linkTable.find(address.interface)
      this.addressTable.remove(address)
    },
    announce: ({interface: name}) => {
      if (!this.linkTable.find(name).up) throw interfaceDown(name)
    },
    'add-masquerade': ({rule}) => this.masquerades.add(rule),
    'remove-masquerade': ({rule}) => this.masquerades.remove(rule),
    'write-file': ({path, content, mode}) => this.files.write(path, content, mode),
    'remove-file': ({path}) => this.files.remove(path),
    'write-state': ({path, content}) => this.files.writeState(path, content),
    'remove-state': ({path}) => this.files.removeState(path),
    'make-symlink': ({path, target}) => this.files.makeSymlink(path, target),
    'remove-symlink': ({path, target}) => this.files.removeSymlink(path, target),
    'systemd-reload': () => undefined,
  }

  private routable(route: Route): Route {
    const {interface: name, gateway} = route
    if (name !== undefined && !this.linkTable.find(name).up && gateway === undefined) throw interfaceDown(name)
    const reachable = this.addresses().filter((one) => this.linkTable.find(one.interface).up)
    requireNeighbour(route, reachable)
    return route
  }

  private addLink(link: GivenLink): void {
    this.linkTable.add(link)
    this.sysctlTable.addInterface(link.name)
  }

  private moduleLoaded(name: string): void {
    if (name === 'ip_vs') this.sysctlTable.giveIpvs()
    for (const [kind, {module, brings}] of Object.entries(kinds))
      if (module === name && brings && !this.linkTable.has(brings.name))
        this.addLink({...brings, kind, up: false, noArp: true})
  }

  /** The state as the commands that make it from a fresh machine, sorted: two states are the same if their texts are. */
  toString(): string {
    const {sysctlTable, linkTable, routeTable, fouTable, addressTable, masquerades, files} = this
    const areas = [sysctlTable, linkTable, routeTable, fouTable, addressTable, masquerades, files]
    const lines = areas.flatMap((one) => one.lines())
    return `${lines.join('\n')}\n`
  }
}
