// The line that sets up again as it was: nothing that it was set up with may be missing from it.

import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import type {LedgerRoute, LedgerVip} from '../../../src/host/ledger-kinds.ts'
import {notedOption, setupLine, setupLines, shellLine} from '../../../src/host/setup-line.ts'

const vip = (text: string, more: Partial<LedgerVip> = {}): LedgerVip => ({
  address: address(text),
  interface: 'lo',
  origin: 'added',
  ...more,
})
const tunnelled = {method: 'tun', interface: 'tunl0', options: ['--method', 'tun', '--mtu-cure', 'clamp']}

test('as it was set up', () => {
  expect(setupLine('realserver', vip('192.0.2.1'))).toBe('lvsctl realserver setup --vip 192.0.2.1')
  expect(setupLine('realserver', vip('192.0.2.1', tunnelled), ['--persist=systemd'])).toBe(
    'lvsctl realserver setup --vip 192.0.2.1 --method tun --mtu-cure clamp --persist=systemd',
  )
})

test.each([
  ['realserver', {}, ''],
  ['realserver', {interface: 'dummy0'}, ' --interface dummy0'],
  ['realserver', {interface: 'tunl0', method: 'tun'}, ' --method tun --interface tunl0'],
  ['director', {interface: 'eth0', method: 'dr'}, ' --dev eth0'],
  ['director', {interface: 'eth0', method: 'nat'}, ' --dev eth0 --method nat'],
] as const)('without options in the notes, %s %j: at least where it was and what for', (role, more, words) =>
  expect(setupLine(role, vip('192.0.2.1', more))).toBe(`lvsctl ${role} setup --vip 192.0.2.1${words}`),
)

test('several: one line for those alike, one for gateways', () => {
  const nat: LedgerRoute = {
    method: 'nat',
    route: {
      family: 'ipv4',
      prefixLength: 0,
      gateway: address('10.0.0.1'),
      interface: 'eth0',
      table: 254,
      type: 'unicast',
      scope: 'universe',
      protocol: 'static',
    },
  }
  const vips = [vip('192.0.2.1'), vip('192.0.2.2', tunnelled), vip('192.0.2.3')]
  const clamped = {...nat, method: 'tun'}
  expect(setupLines('realserver', {vips, routes: [clamped, nat]})).toBe(
    'lvsctl realserver setup --vip 192.0.2.1,192.0.2.3; ' +
      'lvsctl realserver setup --vip 192.0.2.2 --method tun --mtu-cure clamp; ' +
      'lvsctl realserver setup --method nat --gateway 10.0.0.1',
  )
})

test('the value of an option', () => {
  expect(notedOption(vip('192.0.2.1', tunnelled), '--mtu-cure')).toBe('clamp')
  expect(notedOption(vip('192.0.2.1'), '--mtu-cure')).toBeUndefined()
})

test('a shell takes no word apart', () => {
  expect(shellLine(['a', "it's", 'x;y', '192.0.2.1,192.0.2.2'])).toBe(`a 'it'\\''s' 'x;y' 192.0.2.1,192.0.2.2`)
})
