// The settings of the machine's twin: what a fresh Linux has, and what one takes with it when it is set.

import {sysctlRefused, sysctlUnknown} from './failures.ts'
import {interfaceSysctl} from './sysctl-key.ts'

/** What every interface has; the values are the kernel's defaults. */
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

/** The keys of an interface, each with the setting's value in a fresh kernel. */
const keysOf = (name: string) =>
  (['ipv4', 'ipv6'] as const).flatMap((family) =>
    Object.entries(interfaceDefaults[family]).map(
      ([setting, usual]) => ({key: interfaceSysctl(family, name, setting), family, setting, usual}) as const,
    ),
  )

export class FakeSysctls {
  private readonly values = new Map([['kernel.random.boot_id', '5d1c8a6e-1f0a-4c57-9c3f-0b7f2f6f0a01']])

  constructor() {
    for (const name of ['all', 'default']) this.addInterface(name)
    this.give(namespaceDefaults)
  }

  get(key: string): string | undefined {
    return this.values.get(key)
  }

  give(values: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(values)) this.values.set(key, value)
  }

  giveIpvs(): void {
    this.give(ipvsDefaults)
  }

  addInterface(name: string): void {
    for (const {key, family, setting, usual} of keysOf(name))
      this.values.set(key, this.values.get(interfaceSysctl(family, 'default', setting)) ?? usual)
  }

  dropInterface(name: string): void {
    for (const {key} of keysOf(name)) this.values.delete(key)
  }

  set(key: string, value: string): void {
    if (!this.values.has(key)) throw sysctlUnknown(key)
    if (!/^-?\d+$/.test(value)) throw sysctlRefused(key, value)
    this.values.set(key, value)
    this.dragAlong(key, value)
  }

  lines(): readonly string[] {
    const defaults: Readonly<Record<string, string>> = {...interfaceDefaults.ipv4, ...interfaceDefaults.ipv6}
    return [...this.values].sort().flatMap(([key, value]) => {
      const setting = key.slice(key.lastIndexOf('.') + 1)
      const usual = namespaceDefaults[key] ?? ipvsDefaults[key] ?? defaults[setting]
      return value === usual || setting === 'boot_id' ? [] : [`sysctl -w ${key}=${value}`]
    })
  }

  /** inet_forward_change() in net/ipv4/devinet.c, addrconf_fixup_forwarding() in net/ipv6/addrconf.c. */
  private dragAlong(key: string, value: string): void {
    const switches = {'net.ipv4.ip_forward': 'ipv4', 'net.ipv6.conf.all.forwarding': 'ipv6'} as const
    const family = switches[key as keyof typeof switches]
    if (!family) return
    for (const one of this.values.keys())
      if (one.startsWith(`net.${family}.conf.`) && one.endsWith('.forwarding')) this.values.set(one, value)
    if (family === 'ipv4') this.give({[interfaceSysctl('ipv4', 'all', 'accept_redirects')]: value === '0' ? '1' : '0'})
  }
}
