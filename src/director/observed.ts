// Everything about the machine that this role's decisions need, as data. How it is read: observe.ts.

import type {Address, Family} from '../domain/address.ts'
import type {
  HostReader,
  InterfaceAddress,
  Link,
  Masquerade,
  MasqueradeTool,
  ModuleState,
  Neighbour,
} from '../host/host.ts'
import type {Recorded} from '../host/ledger.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import type {Keepalived} from './keepalived.ts'

export interface Observed {
  readonly links: readonly Link[]
  readonly addresses: readonly InterfaceAddress[]
  /** Of IPVS, while its module is not loaded, those that it will begin with. */
  readonly sysctls: ReadonlyMap<string, string>
  readonly recorded: Recorded
  /** The module ip_vs. */
  readonly ipvs: ModuleState
  /** The noted masquerade rules; `there` is undefined where root alone is told. */
  readonly masquerades: readonly {readonly rule: Masquerade; readonly there: boolean | undefined}[]
}

/** What only set-up asks: it takes time, sends frames or starts programs. */
export interface Surroundings {
  /** Who answered for each VIP that is not on the interface yet and not to be taken over; undefined: it could not be asked. */
  readonly heard: ReadonlyMap<Address, readonly string[]> | undefined
  /** Why it could not. */
  readonly unheard?: string
  readonly neighbours: readonly Neighbour[]
  readonly keepalived: Keepalived | undefined
  /** Interfaces on which received segments are merged before they are forwarded (LRO). */
  readonly merging: readonly string[]
  /** What can masquerade, where that was asked for. */
  readonly tools: ReadonlyMap<Family, MasqueradeTool | undefined>
  /** The module that iptables needs for it. */
  readonly xtIpvs: ModuleState
}

/** The machine as it was, for what undoes a step. */
export function before({sysctls, recorded}: Observed): Pick<HostReader, 'sysctl' | 'readFile'> {
  return {
    sysctl: (key) => sysctls.get(key),
    readFile: (path) => (path === recorded.path ? recorded.text : undefined),
  }
}

/** The kernel takes the larger of all's and the interface's (IN_DEV_MAXCONF in include/linux/inetdevice.h). */
export function arpIgnore({sysctls}: Observed, name: string): number {
  return Math.max(
    ...['all', name].map((where) => Number(sysctls.get(interfaceSysctl('ipv4', where, 'arp_ignore')) ?? 0)),
  )
}

export function lowerArpIgnore(name: string): string {
  return `see which it is: sysctl net.ipv4.conf.all.arp_ignore ${interfaceSysctl('ipv4', name, 'arp_ignore')}; 0 or 1 will do`
}
