// When a host is silent about an address that it has on lo: what the ARP sysctls mean, pure.
//
// For both settings the kernel takes the larger of conf.all and conf.INTERFACE, where INTERFACE is the one that the ARP
// packet uses; the values of lo never count, for no ARP packet arrives there (IN_DEV_MAXCONF in
// include/linux/inetdevice.h; arp_ignore(), arp_solicit() in net/ipv4/arp.c).

import type {AddressScope, Link} from '../host/host.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'

export type ArpSetting = 'arp_ignore' | 'arp_announce'

interface Rule {
  readonly setting: ArpSetting
  /** What set-up writes where the value found does not do. */
  readonly required: number
  /** Whether this effective value keeps an address on lo quiet. */
  quiet(value: number, scope: AddressScope): boolean
}

export const arpRules: readonly Rule[] = [
  {
    setting: 'arp_ignore',
    required: 1,
    // 1 and 2 answer for addresses of the asked interface only, 8 for none. 3 hides addresses of scope host and shows
    // all others. 4 to 7 are reserved and, like everything above 8, do the same as 0.
    quiet: (value, scope) => value === 1 || value === 2 || value === 8 || (value === 3 && scope === 'host'),
  },
  {
    setting: 'arp_announce',
    required: 2,
    // With 0 and 1 a request for the client's address says "tell VIP", and the client notes our MAC for it. Above 2 the
    // kernel does the same as for 0.
    quiet: (value) => value === 2,
  },
]

/** Interfaces on which neighbours ask and are asked. */
export function speaksArp(link: Link): boolean {
  return link.up && !link.loopback && !link.noArp
}

export function arpKey(where: string, setting: ArpSetting): string {
  return interfaceSysctl('ipv4', where, setting)
}

export function isArpKey(key: string): boolean {
  return arpRules.some(({setting}) => key.endsWith(`.${setting}`))
}

export function effective(...values: readonly (string | undefined)[]): number {
  return Math.max(...values.map(toNumber))
}

function toNumber(value: string | undefined): number {
  const number = Number(value ?? 0)
  return Number.isInteger(number) ? number : 0
}
