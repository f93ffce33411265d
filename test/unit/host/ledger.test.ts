import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {FakeHost, type FakeState} from '../../../src/host/fake-host.ts'
import type {Route} from '../../../src/host/host.ts'
import {
  emptyLedger,
  formatLedger,
  type Ledger,
  ledgerEffects,
  ledgerPath,
  parseLedger,
  readLedger,
} from '../../../src/host/ledger.ts'
import {ledgerKinds} from '../../../src/host/ledger-kinds.ts'

const route: Route = {
  family: 'ipv4',
  prefixLength: 0,
  gateway: address('10.0.0.1'),
  interface: 'eth0',
  table: 254,
  type: 'unicast',
  scope: 'universe',
  protocol: 'static',
}
const ledger: Ledger = {
  role: 'realserver',
  bootId: 'this-boot',
  vips: [
    {address: address('192.168.1.200'), interface: 'lo', origin: 'added'},
    {
      address: address('2001:db8::200'),
      interface: 'tunl0',
      origin: 'adopted',
      method: 'tun',
      options: ['--method', 'tun'],
    },
  ],
  sysctls: [{key: 'net.ipv4.conf.all.arp_ignore', found: '0', set: '1'}],
  present: [address('2001:db8::200')],
  links: [{name: 'dummy0', kind: 'dummy'}],
  ups: ['tunl0'],
  routes: [
    {route, was: {...route, gateway: address('10.0.0.254'), priority: 100}},
    {route, method: 'nat', earlier: {...route, gateway: address('10.0.0.2')}},
  ],
  fouPorts: [{port: 6080, family: 'ipv4', encapsulation: 'gue'}],
  mtus: [{interface: 'eth0', found: 1500, set: 1520}],
  masquerades: [{vip: address('192.168.1.200'), tool: 'nft'}],
}
const path = ledgerPath('realserver', '4026531840')

test('the file is named after role and namespace', () => {
  expect(path).toBe('/run/lvsctl/realserver-4026531840.json')
  expect(ledgerPath('director', '1')).toBe('/run/lvsctl/director-1.json')
})

test('what is written is read, with every kind in it', () => {
  expect(parseLedger(formatLedger(ledger), path, 'realserver')).toEqual(ledger)
  for (const kind of Object.keys(ledgerKinds) as (keyof typeof ledgerKinds)[])
    expect(ledger[kind], kind).not.toEqual([])
})

test('version 1, which knew VIPs on lo only, is read', () => {
  const {vips, sysctls, present} = ledger
  const old = {version: 1, vips: vips.map(({address, origin}) => ({address, origin})), sysctls, present}
  expect(parseLedger(JSON.stringify(old), path, 'realserver')).toEqual({
    ...emptyLedger('realserver', undefined),
    vips: vips.map(({address, origin}) => ({address, interface: 'lo', origin})),
    sysctls,
    present,
  })
})

const changed = (change: object) => JSON.stringify({version: 2, ...ledger, ...change})

test.each([
  ['', 'is not JSON'],
  [formatLedger(ledger).slice(0, 40), 'is not JSON'],
  ['[]', 'is not an object'],
  ['null', 'is not an object'],
  [changed({version: 3}), 'has version 3, this lvsctl knows 2'],
  [changed({version: undefined}), 'has version undefined'],
  [changed({role: 'director'}), 'is of the role "director"'],
  [changed({mirrors: []}), 'has "mirrors", which this lvsctl does not know'],
  [changed({vips: {}}), 'lacks the list "vips"'],
  [changed({sysctls: undefined}), 'lacks the list "sysctls"'],
  [changed({links: 'dummy0'}), 'lacks the list "links"'],
  [changed({vips: [{address: '192.168.1.300', origin: 'added'}]}), 'where the VIP should be'],
  [changed({vips: [{address: '192.168.1.200', origin: 'stolen'}]}), 'where the VIP should be'],
  [changed({vips: ['192.168.1.200']}), 'has "192.168.1.200" where the VIP should be'],
  [changed({sysctls: [{key: 'a.b', found: 0, set: '1'}]}), 'where the setting should be'],
  [changed({present: ['x']}), 'has "x" where the address should be'],
  [changed({links: [{name: 'dummy0'}]}), 'where the link should be'],
  [changed({ups: [7]}), 'has 7 where the interface should be'],
  [changed({routes: [{route: {...route, gateway: 'x'}}]}), 'where the route should be'],
  [changed({routes: [{route, was: 'default'}]}), 'where the route should be'],
  [changed({fouPorts: [6080]}), 'where the UDP port should be'],
  [changed({mtus: [{interface: 'eth0', found: '1500', set: 1520}]}), 'where the MTU should be'],
])('%j is refused: %s', (text, why) => {
  expect(() => parseLedger(text, path, 'realserver')).toThrow(
    expect.objectContaining({
      code: 'ledger-unreadable',
      message: expect.stringContaining(why),
      hint: expect.stringContaining(`mv ${path}`),
    }),
  )
})

describe('on a host', () => {
  const on = (state: FakeState) =>
    new FakeHost({...state, sysctls: {'kernel.random.boot_id': 'this-boot', ...state.sysctls}})

  test('of this boot it counts', () => {
    const recorded = readLedger('realserver', on({files: {[path]: formatLedger(ledger)}}))
    expect(recorded).toMatchObject({path, ledger, past: undefined, hidden: false})
    expect(ledgerEffects(recorded, ledger)).toEqual([])
    expect(ledgerEffects(recorded, undefined)).toEqual([{do: 'remove-state', path}])
  })

  test('of an earlier boot it is history: nothing of it is there any more', () => {
    const host = on({files: {[path]: formatLedger(ledger)}, sysctls: {'kernel.random.boot_id': 'the-next'}})
    expect(readLedger('realserver', host)).toMatchObject({ledger: undefined, past: ledger})
  })

  test('there is none', () => {
    const recorded = readLedger('realserver', on({}))
    expect(recorded).toMatchObject({text: undefined, ledger: undefined, past: undefined, bootId: 'this-boot'})
    expect(ledgerEffects(recorded, undefined)).toEqual([])
    expect(ledgerEffects(recorded, ledger)).toEqual([{do: 'write-state', path, content: formatLedger(ledger)}])
  })

  test.each<[string, FakeState]>([
    ['a link in place of the file', {symlinks: {[path]: '/etc/shadow'}}],
    ['a link in place of the folder', {symlinks: {'/run/lvsctl': '/home/mallory'}}],
    ['a file of somebody else', {files: {[path]: formatLedger(ledger)}, facts: {[path]: {owner: 1000}}}],
    ['a folder of somebody else', {facts: {'/run/lvsctl': {owner: 1000}}}],
    ['a file in place of the folder', {files: {'/run/lvsctl': ''}}],
  ])('%s is not believed', (_what, state) => {
    expect(() => readLedger('realserver', on(state))).toThrow(
      expect.objectContaining({code: 'state-not-ours', failure: 'permission', hint: expect.stringContaining('ls -ld')}),
    )
  })
})
