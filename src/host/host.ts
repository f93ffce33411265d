// The one narrow interface to the machine: what a room may read of it, and what may be done to it, as data. Two make it
// true: linux-host.ts (rtnetlink, /proc, files) and fake-host.ts (the twin for tests); test/contract holds both to it.
//
// Everything is synchronous: reads of /proc and netlink answer at once, and an asynchronous file read would run on a
// thread that never moved into the --netns namespace.

import type {Address, Family} from '../domain/address.ts'
import type {FouPort} from '../netlink/fou.ts'
import type * as route from '../netlink/route.ts'
import type {Masquerade, MasqueradeTool} from './masquerade.ts'

export type {AddressScope} from '../netlink/route.ts'
export type {Masquerade, MasqueradeTool}

/** `noArp`: a dummy or tunnel interface, on which no neighbour asks for an address. */
export type Link = Pick<route.Link, 'name' | 'index' | 'up' | 'running' | 'loopback' | 'noArp' | 'mtu' | 'mac' | 'kind'>

/**
 * What is as usual is left out: a label that is the interface's name, a lifetime for ever. `preferred: 0` keeps an IPv6
 * address from being chosen as a source (RFC 6724, rule 3).
 */
export interface InterfaceAddress extends Omit<route.LinkAddress, 'link' | 'noPrefixRoute'> {
  readonly interface: string
}

/** `interface`: what it leads out of; a route with several next hops, or to nowhere, has none. */
export type Route = Omit<route.Route, 'link'> & {readonly interface?: string}

/** An interface without hardware, by the name of its driver. */
export interface NewLink {
  readonly name: string
  readonly kind: 'dummy' | 'ipip' | 'gre' | 'ip6tnl' | 'ip6gre'
}

export type {FouPort}

/** `available`: it is on disk and not in the kernel yet. What is built in counts as loaded. */
export type ModuleState = 'loaded' | 'available' | 'missing'

export type Effect =
  | {readonly do: 'set-sysctl'; readonly key: string; readonly value: string}
  | {readonly do: 'link-up'; readonly interface: string}
  | {readonly do: 'link-down'; readonly interface: string}
  /** Of an interface, in bytes. */
  | {readonly do: 'set-mtu'; readonly interface: string; readonly mtu: number; readonly was: number}
  | {readonly do: 'add-link'; readonly link: NewLink}
  | {readonly do: 'remove-link'; readonly link: NewLink}
  /** Stays loaded when it is undone: others may have come to need it. */
  | {readonly do: 'load-module'; readonly module: string}
  /** A UDP port on which the kernel unwraps packets. */
  | {readonly do: 'add-fou-port'; readonly port: FouPort}
  | {readonly do: 'remove-fou-port'; readonly port: FouPort}
  | {readonly do: 'add-route'; readonly route: Route}
  | {readonly do: 'remove-route'; readonly route: Route}
  /** In one step; both have the same destination, table and priority. */
  | {readonly do: 'replace-route'; readonly route: Route; readonly was: Route}
  | {readonly do: 'add-address'; readonly address: InterfaceAddress}
  | {readonly do: 'remove-address'; readonly address: InterfaceAddress}
  /** Tells the neighbours who has the address: gratuitous ARP, or an unsolicited neighbour advertisement. */
  | {readonly do: 'announce'; readonly interface: string; readonly address: Address}
  /** Connections through IPVS to the VIP reach their servers from this host's own address. */
  | {readonly do: 'add-masquerade'; readonly rule: Masquerade}
  | {readonly do: 'remove-masquerade'; readonly rule: Masquerade}
  /** Whole content or nothing, whatever happens meanwhile; an existing file keeps its mode. A new one has 0644 or `mode`. */
  | {readonly do: 'write-file'; readonly path: string; readonly content: string; readonly mode?: number}
  /** `mode`: what it has, for the case that it must come back. */
  | {readonly do: 'remove-file'; readonly path: string; readonly mode?: number}
  /** lvsctl's own notes: 0600 in a folder of 0700, root's alone; no symbolic link in place of either is followed. */
  | {readonly do: 'write-state'; readonly path: string; readonly content: string}
  | {readonly do: 'remove-state'; readonly path: string}
  /** Where nothing is yet; folders above it are made. */
  | {readonly do: 'make-symlink'; readonly path: string; readonly target: string}
  /** Only one that leads there. */
  | {readonly do: 'remove-symlink'; readonly path: string; readonly target: string}
  /** systemd reads its units anew. */
  | {readonly do: 'systemd-reload'}

/** One function per kind of effect. */
export type Deeds = {readonly [Kind in Effect['do']]: (effect: Extract<Effect, {readonly do: Kind}>) => void}

/** What a name in the file system stands for, symbolic links not followed. */
export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  /** User id. */
  readonly owner: number
  /** Permission bits with setuid, setgid and sticky: 0o755. */
  readonly mode: number
  /** Of a symlink: where it leads, as it is written there. */
  readonly target?: string
}

/** Somebody whose address was seen on a link, not long ago. */
export interface Neighbour {
  readonly interface: string
  readonly address: Address
  readonly mac: string
}

/** Who has these addresses, asked on an interface? */
export interface Probe {
  readonly interface: string
  readonly targets: readonly Address[]
  /** How long answers are collected. */
  readonly timeoutMs: number
}

export interface HostReader {
  links(): readonly Link[]
  addresses(): readonly InterfaceAddress[]
  /** Of all tables, without the cache. */
  routes(): readonly Route[]
  /** Empty where the kernel has no module for them; it is not loaded for the question. */
  fouPorts(): readonly FouPort[]
  module(name: string): ModuleState
  /** Without the final newline; undefined where this kernel or interface has no such key. */
  sysctl(key: string): string | undefined
  /** undefined: no such file. */
  readFile(path: string): string | undefined
  /** Names in a folder, sorted; none where there is no such folder. */
  list(path: string): readonly string[]
  /** undefined: nothing has that name. */
  inspect(path: string): FileFacts | undefined
  /** The neighbours of all interfaces that have told their link-layer address. */
  neighbours(): readonly Neighbour[]
  /**
   * The link-layer addresses, sorted, of all who answer for each target. This host does not hear itself. Throws
   * LvsctlError: no such interface, down, not Ethernet, not permitted (CAP_NET_RAW).
   */
  probe(probe: Probe): ReadonlyMap<Address, readonly string[]>
  /** Whether the NIC merges received segments (LRO); false where the kernel cannot be asked. */
  mergesSegments(name: string): boolean
  /** What would set masquerading up here; undefined: nothing that is installed can. Throws LvsctlError: not permitted. */
  masqueradeTool(family: Family): MasqueradeTool | undefined
  /** undefined: root alone is told. */
  isMasqueraded(rule: Masquerade): boolean | undefined
  /** What tells this network namespace from others on the same machine: the inode of /proc/self/ns/net. */
  namespace(): string
}

export interface Host extends HostReader {
  /** Does it, or throws LvsctlError and has done nothing. */
  apply(effect: Effect): void
  /** Runs the work while no other lvsctl in this network namespace can hold the lock of that name. */
  exclusively<Result>(lock: string, work: () => Result): Result
}
