// Everything about the machine that this role's decisions need, read once, as data.

import type {Address} from '../domain/address.ts'
import type {HostReader, InterfaceAddress, Link} from '../host/host.ts'
import {type Ledger, type Recorded, readLedger} from '../host/ledger.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {arpKey, arpRules} from './arp.ts'

export interface Observed {
  readonly links: readonly Link[]
  readonly addresses: readonly InterfaceAddress[]
  readonly sysctls: ReadonlyMap<string, string>
  readonly recorded: Recorded
}

export function observe(host: HostReader): Observed {
  const links = host.links()
  const recorded = readLedger('realserver', host)
  const keys = [
    ...['all', ...links.map((link) => link.name)].flatMap((where) =>
      arpRules.map(({setting}) => arpKey(where, setting)),
    ),
    interfaceSysctl('ipv6', 'lo', 'disable_ipv6'),
    ...(recorded.ledger?.sysctls.map(({key}) => key) ?? []),
  ]
  const sysctls = new Map<string, string>()
  for (const key of keys) {
    const value = host.sysctl(key)
    if (value !== undefined) sysctls.set(key, value)
  }
  return {links, addresses: host.addresses(), sysctls, recorded}
}

/** The machine as it was, for what undoes a step. */
export function before(observed: Observed): Pick<HostReader, 'sysctl' | 'readFile'> {
  return {
    sysctl: (key) => observed.sysctls.get(key),
    readFile: (path) => (path === observed.recorded.path ? observed.recorded.text : undefined),
  }
}

/** What somebody put on lo: all but the addresses that every lo has. */
export function addressesOnLoopback({addresses}: Observed): readonly InterfaceAddress[] {
  return addresses.filter((one) => one.interface === 'lo' && !/^(?:127\.|::1$|fe80:)/.test(one.address))
}

/** Of these the /32 and /128: what a direct-routing VIP looks like. */
export function hostAddressesOnLoopback(observed: Observed): readonly InterfaceAddress[] {
  return addressesOnLoopback(observed).filter((one) => one.prefixLength === hostPrefixOf(one.address))
}

export function onLoopback({addresses}: Observed, vip: Address): InterfaceAddress | undefined {
  const found = addresses.filter((one) => one.interface === 'lo' && one.address === vip)
  return found.find((one) => one.prefixLength === hostPrefixOf(vip)) ?? found[0]
}

/**
 * The ledger, unless nothing of what it tells is so any more: then it was left behind by a run that never began, or by a
 * network namespace that is gone and whose number was given out again.
 */
export function liveLedger(observed: Observed): Ledger | undefined {
  return ifLive(observed.recorded.ledger, observed)
}

export function ifLive(ledger: Ledger | undefined, observed: Observed): Ledger | undefined {
  const anyVip = ledger?.vips.some(({address}) => onLoopback(observed, address))
  const anySetting = ledger?.sysctls.some(({key, set}) => observed.sysctls.get(key) === set)
  return anyVip || anySetting ? ledger : undefined
}
