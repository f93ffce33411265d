// The real machine: interfaces, addresses and routes by rtnetlink, sysctls and files by synchronous fs, announcements by
// packet sockets. Everything is of the network namespace that the main thread is in. What an errno means to an operator
// is said in explain.ts.

import {spawnSync} from 'node:child_process'
import {closeSync, constants, openSync, rmSync, statSync, writeSync} from 'node:fs'
import {connectNetlink, protocols} from '../../native/netlink-socket.ts'
import {type Address, type Family, familyOf} from '../domain/address.ts'
import type {Connection} from '../netlink/connection.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {isFeatureActive} from '../netlink/ethtool.ts'
import {FouPorts} from '../netlink/fou.ts'
import type {GenericWords} from '../netlink/generic.ts'
import {
  addAddress,
  addLink,
  addRoute,
  addresses,
  type LinkAddress,
  type ListedAddress,
  linkByName,
  links,
  type NewRoute,
  neighbours,
  removeAddress,
  removeLink,
  removeRoute,
  replaceRoute,
  routeDictionary,
  routes,
  setLinkDown,
  setLinkMtu,
  setLinkUp,
} from '../netlink/route.ts'
import {broadcastMac, encodeArp, gratuitousArp} from './arp.ts'
import {announcements} from './describe.ts'
import {explain} from './explain.ts'
import {
  interfaceDown,
  linkExists,
  linkMissing,
  notEthernet,
  notPermitted,
  symlinkMissing,
  sysctlUnknown,
  unknownInterface,
} from './failures.ts'
import {
  inspectFile,
  listIfThere,
  makeSymlink,
  readIfThere,
  removePrivate,
  removeSymlink,
  replaceFile,
  replacePrivate,
} from './files.ts'
import {changeMasquerade, isMasqueraded, usableTool, versionOf} from './firewall.ts'
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
import {holding} from './lock.ts'
import {isEthernet} from './mac.ts'
import {loadModule, moduleState} from './modules.ts'
import {allNodesMac, encodeAdvertisement} from './neighbour-advertisement.ts'
import {hasNfTables} from './nf-tables.ts'
import {etherTypes, PacketError, PacketSocket} from './packet-socket.ts'
import {pause} from './pause.ts'
import {askNeighbours, senderFor} from './probe.ts'
import {interfaceSysctl, sysctlPath} from './sysctl-key.ts'

export interface LinuxHostOptions {
  /** What files are looked for below: `/`. Tests have their own. */
  readonly root?: string
  /** Opened when first needed. */
  readonly connect?: () => Connection
  /** The same for generic netlink. */
  readonly connectGeneric?: () => Connection
  /** Told of each generic family that was looked up, for tracing. */
  readonly learnGeneric?: (id: number, words: GenericWords) => void
  /** How long another lvsctl that changes the same role is waited for. */
  readonly lockWaitMs?: number
  /** Where its locks lie; tests have their own. */
  readonly lockFolder?: string
  /** The program that talks to systemd; tests have their own. */
  readonly systemctl?: string
  /** The program that loads kernel modules; tests have their own. */
  readonly modprobe?: string
}

export function linuxHost(options: LinuxHostOptions = {}): Host {
  return new LinuxHost(options)
}

const announcementGapMs = 50

class LinuxHost implements Host {
  private readonly root: string
  private readonly connect: () => Connection
  private readonly lockWaitMs: number
  private readonly lockFolder: string
  private readonly systemctl: string
  private readonly modprobe: string
  private readonly connectGeneric: () => Connection
  private readonly learnGeneric: LinuxHostOptions['learnGeneric']
  private opened: Connection | undefined
  /** Of the programs that can masquerade. */
  private readonly versions = new Map<MasqueradeTool, string | undefined>()
  private openedFou: FouPorts | undefined

  constructor({
    root = '',
    connect,
    lockWaitMs = 10_000,
    lockFolder = '/run/lvsctl',
    systemctl = 'systemctl',
    modprobe = 'modprobe',
    connectGeneric = () => connectNetlink(protocols.generic),
    learnGeneric,
  }: LinuxHostOptions) {
    this.root = root
    this.connect = connect ?? (() => connectNetlink(protocols.route, {dictionary: routeDictionary}))
    this.lockWaitMs = lockWaitMs
    this.lockFolder = lockFolder
    this.systemctl = systemctl
    this.modprobe = modprobe
    this.connectGeneric = connectGeneric
    this.learnGeneric = learnGeneric
  }

  links(): readonly Link[] {
    return links(this.netlink())
  }

  addresses(): readonly InterfaceAddress[] {
    const names = this.names()
    return addresses(this.netlink()).flatMap((one) => {
      const name = names.get(one.link)
      return name === undefined ? [] : [fromListed(one, name)]
    })
  }

  routes(): readonly Route[] {
    const names = this.names()
    return routes(this.netlink()).map(({link, ...route}) => {
      const name = link === undefined ? undefined : names.get(link)
      return name === undefined ? route : {...route, interface: name}
    })
  }

  fouPorts(): readonly FouPort[] {
    return this.module('fou') === 'loaded' ? this.fou().list() : []
  }

  module(name: string): ModuleState {
    return moduleState(name, this.modprobe)
  }

  sysctl(key: string): string | undefined {
    const path = sysctlPath(key)
    return path === undefined ? undefined : this.readFile(path)?.trimEnd()
  }

  readFile(path: string): string | undefined {
    return readIfThere(this.root + path)
  }

  list(path: string): readonly string[] {
    return listIfThere(this.root + path)
  }

  inspect(path: string): FileFacts | undefined {
    return inspectFile(this.root + path)
  }

  namespace(): string {
    return String(statSync(`${this.root}/proc/thread-self/ns/net`).ino)
  }

  neighbours(): readonly Neighbour[] {
    const names = new Map(this.links().map(({index, name}) => [index, name]))
    return neighbours(this.netlink()).flatMap(({link, address, mac}) => {
      const name = names.get(link)
      return name === undefined || mac === undefined ? [] : [{interface: name, address, mac}]
    })
  }

  probe({interface: name, targets, timeoutMs}: Probe): ReadonlyMap<Address, readonly string[]> {
    const link = this.link(name)
    if (!link.up) throw interfaceDown(name)
    if (link.mac === undefined || !isEthernet(link)) throw notEthernet(name, 'asked')
    const own = this.addresses().filter((one) => one.interface === name)
    const asked = targets.map((target) => ({address: target, sender: senderFor(target, own)}))
    try {
      return askNeighbours({link: link.index, mac: link.mac, targets: asked, timeoutMs})
    } catch (error) {
      if (!(error instanceof PacketError)) throw error
      if (error.errno === 'ENETDOWN') throw interfaceDown(name)
      if (error.errno !== 'EPERM' && error.errno !== 'EACCES') throw error
      throw notPermitted(`arping -I ${name} ${targets.join(' ')}`, 'root (CAP_NET_RAW)', error)
    }
  }

  mergesSegments(name: string): boolean {
    const {index} = this.link(name)
    try {
      return isFeatureActive(this.connectGeneric(), index, 'rx-lro')
    } catch (error) {
      if (error instanceof NetlinkError) return false
      throw error
    }
  }

  masqueradeTool(family: Family): MasqueradeTool | undefined {
    try {
      return usableTool(family, hasNfTables, (tool) => {
        if (!this.versions.has(tool)) this.versions.set(tool, versionOf(tool))
        return this.versions.get(tool)
      })
    } catch (error) {
      if (!(error instanceof NetlinkError) || error.errno !== 'EPERM') throw error
      throw notPermitted('nft --check', 'root (CAP_NET_ADMIN)', error)
    }
  }

  isMasqueraded(rule: Masquerade): boolean | undefined {
    return isMasqueraded(rule)
  }

  exclusively<Result>(lock: string, work: () => Result): Result {
    return holding(this.lockFolder, lock, this.lockWaitMs, work)
  }

  apply(effect: Effect): void {
    try {
      ;(this.deeds[effect.do] as (effect: Effect) => void)(effect)
    } catch (error) {
      throw explain(effect, error)
    }
  }

  private readonly deeds: Deeds = {
    'set-sysctl': ({key, value}) => this.setSysctl(key, value),
    'link-up': (effect) => setLinkUp(this.netlink(), this.link(effect.interface).index),
    'link-down': (effect) => setLinkDown(this.netlink(), this.link(effect.interface).index),
    'set-mtu': (effect) => setLinkMtu(this.netlink(), this.link(effect.interface).index, effect.mtu),
    'add-link': ({link}) => this.addLink(link),
    'remove-link': ({link}) => {
      const {index, kind} = this.link(link.name)
      if (kind !== link.kind) throw linkMissing(link)
      removeLink(this.netlink(), index)
    },
    'load-module': (effect) => loadModule(effect, this.modprobe),
    'add-fou-port': ({port}) => this.fou().add(port),
    'remove-fou-port': ({port}) => this.fou().remove(port),
    'add-route': ({route}) => addRoute(this.netlink(), this.toNewRoute(route)),
    'remove-route': ({route}) => removeRoute(this.netlink(), this.toNewRoute(route)),
    'replace-route': ({route}) => replaceRoute(this.netlink(), this.toNewRoute(route)),
    'add-address': ({address}) => addAddress(this.netlink(), this.toLinkAddress(address)),
    'remove-address': ({address}) => removeAddress(this.netlink(), this.toLinkAddress(address)),
    announce: (effect) => this.announce(this.link(effect.interface), effect.address),
    'add-masquerade': (effect) => changeMasquerade(effect),
    'remove-masquerade': (effect) => changeMasquerade(effect),
    'write-file': ({path, content, mode}) => replaceFile(this.root + path, content, mode),
    'remove-file': ({path}) => rmSync(this.root + path),
    'write-state': ({path, content}) => replacePrivate(this.root + path, content),
    'remove-state': ({path}) => removePrivate(this.root + path),
    'make-symlink': ({path, target}) => makeSymlink(this.root + path, target),
    'remove-symlink': ({path, target}) => {
      if (!removeSymlink(this.root + path, target)) throw symlinkMissing(path, target)
    },
    'systemd-reload': () => this.reloadSystemd(),
  }

  private addLink(link: NewLink): void {
    if (linkByName(this.netlink(), link.name)) throw linkExists(link)
    try {
      addLink(this.netlink(), link)
    } catch (error) {
      // Asked for the first of a kind the kernel loads its module, and that of dummy or ipip makes one of this very name.
      const exists = error instanceof NetlinkError && error.errno === 'EEXIST'
      if (!exists || linkByName(this.netlink(), link.name)?.kind !== link.kind) throw error
    }
  }

  private reloadSystemd(): void {
    const {error, status, signal, stderr} = spawnSync(this.systemctl, ['daemon-reload'], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    })
    if (error) throw error
    if (status === 0) return
    throw new Error(stderr.trim() || `it ended with ${signal ?? status}`)
  }

  private setSysctl(key: string, value: string): void {
    const path = sysctlPath(key)
    if (path === undefined) throw sysctlUnknown(key)
    // Without O_CREAT: a key that is not there must be told from one that may not be written.
    const fd = openSync(this.root + path, constants.O_WRONLY | constants.O_TRUNC)
    try {
      writeSync(fd, value)
    } finally {
      closeSync(fd)
    }
  }

  private announce(link: Link, address: Address): void {
    const {name, index, up, mac} = link
    if (!up) throw interfaceDown(name)
    if (mac === undefined || !isEthernet(link)) throw notEthernet(name, 'announced')
    const ipv4 = familyOf(address) === 'ipv4'
    const frames = ipv4
      ? gratuitousArp(address, mac).map(encodeArp)
      : [encodeAdvertisement({target: address, mac, router: this.forwardsIpv6(name)})]
    const socket = new PacketSocket(ipv4 ? etherTypes.arp : etherTypes.ipv6, index)
    try {
      for (let round = 0; round < announcements; round++) {
        if (round > 0) pause(announcementGapMs)
        for (const frame of frames) socket.send(frame, ipv4 ? broadcastMac : allNodesMac)
      }
    } finally {
      socket.close()
    }
  }

  private forwardsIpv6(name: string): boolean {
    return this.sysctl(interfaceSysctl('ipv6', name, 'forwarding')) === '1'
  }

  private toLinkAddress({interface: name, ...address}: InterfaceAddress): LinkAddress {
    return {...address, link: this.link(name).index}
  }

  private toNewRoute({interface: name, ...route}: Route): NewRoute {
    return {...route, ...(name !== undefined && {link: this.link(name).index})} as NewRoute
  }

  private names(): ReadonlyMap<number, string> {
    return new Map(this.links().map(({index, name}) => [index, name]))
  }

  private link(name: string): Link {
    const found = linkByName(this.netlink(), name)
    if (!found)
      throw unknownInterface(
        name,
        this.links().map((link) => link.name),
      )
    return found
  }

  private fou(): FouPorts {
    this.openedFou ??= new FouPorts(this.connectGeneric(), this.learnGeneric)
    return this.openedFou
  }

  private netlink(): Connection {
    this.opened ??= this.connect()
    return this.opened
  }
}

function fromListed(listed: ListedAddress, name: string): InterfaceAddress {
  const {address, prefixLength, scope, label, broadcast, peer, preferred, valid, noDad} = listed
  return {
    interface: name,
    address,
    prefixLength,
    scope,
    ...(label !== undefined && label !== name && {label}),
    ...(broadcast !== undefined && {broadcast}),
    ...(peer !== undefined && {peer}),
    ...(preferred !== undefined && preferred !== 'forever' && {preferred}),
    ...(valid !== undefined && valid !== 'forever' && {valid}),
    ...(noDad && {noDad}),
  }
}
