// The real machine: interfaces and addresses by rtnetlink, sysctls and files by synchronous fs, announcements by packet
// sockets. Everything is of the network namespace that the main thread is in. What an errno means to an operator is said
// here, in the words of failures.ts.

import {spawnSync} from 'node:child_process'
import {closeSync, constants, openSync, rmSync, statSync, writeSync} from 'node:fs'
import {connectNetlink, protocols} from '../../native/netlink-socket.ts'
import {type Address, familyOf} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import type {Connection} from '../netlink/connection.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {
  addAddress,
  addresses,
  type LinkAddress,
  type ListedAddress,
  linkByName,
  links,
  removeAddress,
  routeDictionary,
  setLinkDown,
  setLinkUp,
} from '../netlink/route.ts'
import {broadcastMac, encodeArp, gratuitousArp} from './arp.ts'
import {announcements} from './describe.ts'
import {
  addressExists,
  addressMissing,
  failed,
  fileExists,
  fileMissing,
  interfaceDown,
  ipv6Disabled,
  notPermitted,
  readOnlyThere,
  symlinkMissing,
  sysctlRefused,
  sysctlUnknown,
  unknownInterface,
} from './failures.ts'
import {errnoOf, inspectFile, makeSymlink, readIfThere, removeSymlink, replaceFile} from './files.ts'
import type {Deeds, Effect, FileFacts, Host, InterfaceAddress, Link} from './host.ts'
import {holding} from './lock.ts'
import {isEthernet} from './mac.ts'
import {allNodesMac, encodeAdvertisement} from './neighbour-advertisement.ts'
import {etherTypes, PacketError, PacketSocket} from './packet-socket.ts'
import {pause} from './pause.ts'
import {interfaceSysctl, sysctlPath} from './sysctl-key.ts'

export interface LinuxHostOptions {
  /** What files are looked for below: `/`. Tests have their own. */
  readonly root?: string
  /** Opened when first needed. */
  readonly connect?: () => Connection
  /** How long another lvsctl that changes the same role is waited for. */
  readonly lockWaitMs?: number
  /** Where its locks lie; tests have their own. */
  readonly lockFolder?: string
  /** The program that talks to systemd; tests have their own. */
  readonly systemctl?: string
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
  private opened: Connection | undefined

  constructor({
    root = '',
    connect,
    lockWaitMs = 10_000,
    lockFolder = '/run/lvsctl',
    systemctl = 'systemctl',
  }: LinuxHostOptions) {
    this.root = root
    this.connect = connect ?? (() => connectNetlink(protocols.route, {dictionary: routeDictionary}))
    this.lockWaitMs = lockWaitMs
    this.lockFolder = lockFolder
    this.systemctl = systemctl
  }

  links(): readonly Link[] {
    return links(this.netlink())
  }

  addresses(): readonly InterfaceAddress[] {
    const names = new Map(this.links().map(({index, name}) => [index, name]))
    return addresses(this.netlink()).flatMap((one) => {
      const name = names.get(one.link)
      return name === undefined ? [] : [fromListed(one, name)]
    })
  }

  sysctl(key: string): string | undefined {
    const path = sysctlPath(key)
    return path === undefined ? undefined : this.readFile(path)?.trimEnd()
  }

  readFile(path: string): string | undefined {
    return readIfThere(this.root + path)
  }

  inspect(path: string): FileFacts | undefined {
    return inspectFile(this.root + path)
  }

  namespace(): string {
    return String(statSync(`${this.root}/proc/thread-self/ns/net`).ino)
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
    'add-address': ({address}) => addAddress(this.netlink(), this.toLinkAddress(address)),
    'remove-address': ({address}) => removeAddress(this.netlink(), this.toLinkAddress(address)),
    announce: (effect) => this.announce(this.link(effect.interface), effect.address),
    'write-file': ({path, content}) => replaceFile(this.root + path, content),
    'remove-file': ({path}) => rmSync(this.root + path),
    'make-symlink': ({path, target}) => makeSymlink(this.root + path, target),
    'remove-symlink': ({path, target}) => {
      if (!removeSymlink(this.root + path, target)) throw symlinkMissing(path, target)
    },
    'systemd-reload': () => this.reloadSystemd(),
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
    if (mac === undefined || !isEthernet(link)) throw notEthernet(name)
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

  private link(name: string): Link {
    const found = linkByName(this.netlink(), name)
    if (!found)
      throw unknownInterface(
        name,
        this.links().map((link) => link.name),
      )
    return found
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

function notEthernet(name: string): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'interface-not-ethernet',
    message: `${name} is no Ethernet: who has an address cannot be announced there`,
  })
}

/** Every errno that an effect can meet and that means something has its own words. */
function explain(effect: Effect, error: unknown): unknown {
  const errno = error instanceof NetlinkError || error instanceof PacketError ? error.errno : errnoOf(error)
  if (error instanceof LvsctlError) return error
  if (errno === undefined) return effect.do === 'systemd-reload' ? failed(effect, error) : error
  switch (effect.do) {
    case 'set-sysctl':
      if (errno === 'ENOENT') return sysctlUnknown(effect.key)
      if (errno === 'EROFS') return notPermitted(effect, 'a writable /proc/sys, and here it is read-only', error)
      if (errno === 'EINVAL' || errno === 'ERANGE') return sysctlRefused(effect.key, effect.value, error)
      break
    case 'add-address':
      if (errno === 'EEXIST') return addressExists(effect.address)
      if (familyOf(effect.address.address) === 'ipv6' && ipv6Refusals.includes(errno))
        return ipv6Disabled(effect.address.interface)
      break
    case 'remove-address':
      if (errno === 'EADDRNOTAVAIL') return addressMissing(effect.address)
      break
    case 'announce':
      if (errno === 'ENETDOWN') return interfaceDown(effect.interface)
      break
    case 'remove-file':
      if (errno === 'ENOENT') return fileMissing(effect.path)
      break
    case 'make-symlink':
      if (errno === 'EEXIST') return fileExists(effect.path)
      break
  }
  if (errno === 'EROFS') return readOnlyThere(effect, error)
  if (errno === 'EPERM' || errno === 'EACCES') return notPermitted(effect, capability[effect.do], error)
  return failed(effect, error)
}

/** disable_ipv6 answers EACCES (ipv6_add_addr() in net/ipv6/addrconf.c), an interface or kernel without IPv6 the others. */
const ipv6Refusals: readonly string[] = ['EACCES', 'ENXIO', 'EOPNOTSUPP', 'EAFNOSUPPORT']

const capability: Readonly<Record<Effect['do'], string>> = {
  'set-sysctl': 'root (CAP_NET_ADMIN)',
  'link-up': 'root (CAP_NET_ADMIN)',
  'link-down': 'root (CAP_NET_ADMIN)',
  'add-address': 'root (CAP_NET_ADMIN)',
  'remove-address': 'root (CAP_NET_ADMIN)',
  announce: 'root (CAP_NET_RAW)',
  'write-file': 'root (write permission there)',
  'remove-file': 'root (write permission there)',
  'make-symlink': 'root (write permission there)',
  'remove-symlink': 'root (write permission there)',
  'systemd-reload': 'root',
}
