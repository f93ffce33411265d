// Everything about the machine that this role's decisions need, read once, as data.

import type {HostReader, InterfaceAddress, Link} from '../host/host.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'

export interface Observed {
  readonly links: readonly Link[]
  readonly addresses: readonly InterfaceAddress[]
  readonly sysctls: ReadonlyMap<string, string>
}

export function observe(host: HostReader): Observed {
  const links = host.links()
  const keys = ['all', ...links.map(({name}) => name)].flatMap((where) => [
    interfaceSysctl('ipv4', where, 'arp_ignore'),
    interfaceSysctl('ipv6', where, 'disable_ipv6'),
  ])
  const sysctls = new Map<string, string>()
  for (const key of keys) {
    const value = host.sysctl(key)
    if (value !== undefined) sysctls.set(key, value)
  }
  return {links, addresses: host.addresses(), sysctls}
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
