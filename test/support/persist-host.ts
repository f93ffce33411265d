// A host on which every backend of --persist can be used, and what a real server makes to last on it.

import {address} from '../../src/domain/address.ts'
import {FakeHost, type FakeState} from '../../src/host/fake-host.ts'
import type {Effect, Route} from '../../src/host/host.ts'
import {emptyLedger} from '../../src/host/ledger.ts'
import {backendNames} from '../../src/persist/backend-names.ts'
import {backends} from '../../src/persist/backends.ts'
import {lastingOf} from '../../src/persist/lasting.ts'
import type {PersistWish} from '../../src/persist/plan.ts'

export const vip4 = address('192.168.1.200')
export const vip6 = address('2001:db8::200')

export const realServerEffects: readonly Effect[] = [
  {do: 'set-sysctl', key: 'net.ipv4.conf.all.arp_ignore', value: '1'},
  {do: 'set-sysctl', key: 'net.ipv4.conf.all.arp_announce', value: '2'},
  {do: 'add-address', address: {interface: 'lo', address: vip4, prefixLength: 32, scope: 'global'}},
  {
    do: 'add-address',
    address: {interface: 'lo', address: vip6, prefixLength: 128, scope: 'global', noDad: true, preferred: 0},
  },
]

export const directorEffects: readonly Effect[] = [
  {do: 'add-address', address: {interface: 'eth0', address: vip4, prefixLength: 32, scope: 'global'}},
]

export const defaultRoute: Route = {
  family: 'ipv4',
  prefixLength: 0,
  interface: 'eth0',
  table: 254,
  type: 'unicast',
  scope: 'universe',
  protocol: 'static',
}

export const wish = (change: Partial<PersistWish> = {}): PersistWish => ({
  role: 'realserver',
  backend: 'systemd',
  vips: [vip4, vip6],
  lasting: lastingOf(realServerEffects),
  ledger: emptyLedger('realserver', undefined),
  ...change,
})

/** Everything is installed, and systemd runs. */
export function persistHost({files, ...state}: FakeState = {}): FakeHost {
  const traces = backendNames.map((name) => [backends[name].traces[0] as string, ''] as const)
  return new FakeHost({
    ...state,
    files: {
      ...Object.fromEntries(traces.filter(([path]) => path !== '/run/systemd/system')),
      '/run/systemd/system/x': '',
      '/usr/sbin/ip': '',
      '/usr/sbin/sysctl': '',
      '/usr/lib/systemd/systemd-sysctl': '',
      '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n',
      '/run/systemd/netif/links/2': 'ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/10-lan.network\n',
      ...files,
    },
  })
}
