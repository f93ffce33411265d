// What a director that translates addresses (NAT) needs of the kernel's forwarding: the settings, and what else the
// kernel changes with them.

import {type Address, type Family, familyOf} from '../domain/address.ts'
import type {LedgerSysctl} from '../host/ledger-kinds.ts'
import {onLinkDevices} from '../host/on-link.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import type {Observed} from './observed.ts'
import type {Wanted} from './request.ts'

export const forwardingKeys: Readonly<Record<Family, string>> = {
  ipv4: 'net.ipv4.ip_forward',
  ipv6: 'net.ipv6.conf.all.forwarding',
}

export const sendRedirects = (where: string): string => interfaceSysctl('ipv4', where, 'send_redirects')

export function isForwarding({sysctls}: Pick<Observed, 'sysctls'>, family: Family): boolean {
  return Number(sysctls.get(forwardingKeys[family]) ?? 0) >= 1
}

/**
 * Replies of the servers come through this host. A redirect would tell a server, or a client of its subnet, a way past
 * it; one is sent where `all` or the interface says so (IN_DEV_TX_REDIRECTS in include/linux/inetdevice.h). IPv6 has no
 * such setting. Forwarding comes last.
 */
export function natSettings(families: readonly Family[], devices: readonly string[]): readonly Wanted[] {
  const quiet = families.includes('ipv4') ? ['all', ...devices] : []
  return [
    ...quiet.map((where) => ({key: sendRedirects(where), value: '0'})),
    ...families.map((family) => ({
      key: forwardingKeys[family],
      value: '1',
      does: (value: string) => Number(value) >= 1,
    })),
  ]
}

/** The interface of the clients, and those that the servers are on. */
export function natDevices(
  device: string,
  servers: readonly Address[],
  observed: Pick<Observed, 'addresses' | 'links'>,
): readonly string[] {
  return [...new Set([device, ...servers.flatMap((one) => onLinkDevices(one, observed))])]
}

/**
 * Switching forwarding off sets every interface's own switch off, and IPv4's accept_redirects of `all` on
 * (inet_forward_change() in net/ipv4/devinet.c, addrconf_fixup_forwarding() in net/ipv6/addrconf.c). Noted is what was
 * otherwise before: it is put back behind the switch.
 */
export function draggedAlong(
  families: readonly Family[],
  {links, sysctls}: Pick<Observed, 'links' | 'sysctls'>,
): readonly LedgerSysctl[] {
  return families.flatMap((family) => {
    if (Number(sysctls.get(forwardingKeys[family]) ?? 0) >= 1) return []
    const own = ['default', ...links.map(({name}) => name)].map((where) => interfaceSysctl(family, where, 'forwarding'))
    const rows = own.map((key) => ({key, usual: '0'}))
    if (family === 'ipv4') rows.push({key: acceptRedirects, usual: '1'})
    return rows.flatMap(({key, usual}) => {
      const found = sysctls.get(key)
      return found === undefined || found === usual ? [] : [{key, found, set: found}]
    })
  })
}

export const acceptRedirects = interfaceSysctl('ipv4', 'all', 'accept_redirects')

/** Whether switching this off changes that. */
export function drags(forwarding: string, key: string): boolean {
  const family: Family = forwarding === forwardingKeys.ipv4 ? 'ipv4' : 'ipv6'
  return forwarding === forwardingKeys[family] && key !== forwarding && key.startsWith(`net.${family}.conf.`)
}

export function familiesOf(vips: readonly Address[]): readonly Family[] {
  return (['ipv4', 'ipv6'] as const).filter((family) => vips.some((vip) => familyOf(vip) === family))
}
