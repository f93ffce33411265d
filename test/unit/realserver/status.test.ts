import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import type {FakeState} from '../../../src/host/fake-host.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {a, arp, b, hostWith, onLo, setUp, six, tearDown} from './bench.ts'

const quiet = {[arp('all', 'arp_ignore')]: '1', [arp('all', 'arp_announce')]: '2'}

test('what set-up made is right', () => {
  const host = hostWith()
  setUp(host, a, six)
  expect(realServerStatus(observe(host), {listeners: [{address: address('0.0.0.0'), port: 8080}]})).toEqual({
    ok: true,
    problems: [],
    gateways: [],
    settings: [
      {key: arp('all', 'arp_ignore'), is: '1', should: '1', found: '0', ok: true, by: 'lvsctl'},
      {key: arp('all', 'arp_announce'), is: '2', should: '2', found: '0', ok: true, by: 'lvsctl'},
    ],
    vips: [
      {
        vip: a,
        method: 'direct-routing',
        interface: 'lo',
        present: true,
        onLoopback: true,
        prefixLength: 32,
        elsewhere: [],
        arpQuiet: true,
        loud: [],
        listening: [8080],
        managed: 'added',
        ok: true,
        problems: [],
      },
      expect.objectContaining({vip: six, prefixLength: 128, arpQuiet: true, listening: [], managed: 'added', ok: true}),
    ],
  })
})

test('a host without a VIP is fine, also with lo down', () => {
  for (const up of [true, false])
    expect(realServerStatus(observe(hostWith({links: [{name: 'lo', up}, {name: 'eth0'}]})))).toMatchObject({
      ok: true,
      vips: [],
    })
})

const codes = (state: FakeState, vips?: Parameters<typeof realServerStatus>[1]) => {
  const {ok, problems, vips: list} = realServerStatus(observe(hostWith(state)), vips)
  return {ok, codes: [...list.flatMap((vip) => vip.problems), ...problems].map(({code}) => code)}
}

describe('what is wrong', () => {
  test.each<[string, FakeState, readonly string[]]>([
    ['set up by hand and well', {addresses: [onLo(a)], sysctls: quiet}, []],
    ['loud in both ways', {addresses: [onLo(a)]}, ['arp-loud', 'arp-loud']],
    [
      'announce 1 is loud',
      {addresses: [onLo(a)], sysctls: {...quiet, [arp('all', 'arp_announce')]: '1'}},
      ['arp-loud'],
    ],
    [
      'the values of lo do not help',
      {addresses: [onLo(a)], sysctls: {[arp('lo', 'arp_ignore')]: '1', [arp('lo', 'arp_announce')]: '2'}},
      ['arp-loud', 'arp-loud'],
    ],
    [
      'the interface alone is enough',
      {addresses: [onLo(a)], sysctls: {[arp('eth0', 'arp_ignore')]: '1', [arp('eth0', 'arp_announce')]: '2'}},
      [],
    ],
    [
      '3 on the interface beats 1 on all',
      {addresses: [onLo(a)], sysctls: {...quiet, [arp('eth0', 'arp_ignore')]: '3'}},
      ['arp-loud'],
    ],
    [
      'but not for scope host',
      {addresses: [{...onLo(a), scope: 'host'}], sysctls: {...quiet, [arp('eth0', 'arp_ignore')]: '3'}},
      [],
    ],
    ['a whole subnet on lo', {addresses: [onLo(a, 24)], sysctls: quiet}, ['vip-prefix']],
    [
      'also on the interface',
      {addresses: [onLo(a), {...onLo(a), interface: 'eth0'}], sysctls: quiet},
      ['vip-on-interface'],
    ],
    [
      'lo down',
      {links: [{name: 'lo', up: false}, {name: 'eth0'}], addresses: [onLo(a)], sysctls: quiet},
      ['loopback-down'],
    ],
  ])('%s', (_name, state, expected) => expect(codes(state)).toEqual({ok: expected.length === 0, codes: expected}))

  test('of VIPs that were asked for', () => {
    expect(codes({sysctls: quiet}, {vips: [a]})).toEqual({ok: false, codes: ['vip-missing']})
    expect(codes({sysctls: quiet, addresses: [onLo(a, 24)]}, {vips: [a]})).toEqual({ok: false, codes: ['vip-prefix']})
    expect(codes({addresses: [onLo(six, 64)]}, {vips: [six]})).toEqual({ok: false, codes: ['vip-prefix']})
  })

  test('a second interface that speaks counts, one that is down or has no ARP does not', () => {
    const loud = (link: object) => {
      const sysctls = {[arp('eth0', 'arp_ignore')]: '1', [arp('eth0', 'arp_announce')]: '2'}
      const host = hostWith({links: [{name: 'eth0'}, {name: 'eth1', ...link}], addresses: [onLo(a)], sysctls})
      return realServerStatus(observe(host)).vips[0]?.loud
    }
    expect(loud({})).toEqual([
      {interface: 'eth1', setting: 'arp_ignore', effective: 0},
      {interface: 'eth1', setting: 'arp_announce', effective: 0},
    ])
    expect(loud({up: false})).toEqual([])
    expect(loud({noArp: true})).toEqual([])
  })

  test('a VIP of the ledger that is gone', () => {
    const host = hostWith()
    setUp(host, a, b)
    host.apply({do: 'remove-address', address: onLo(b)})
    const status = realServerStatus(observe(host))
    expect(status.vips.map(({vip, managed, ok}) => ({vip, managed, ok}))).toEqual([
      {vip: a, managed: 'added', ok: true},
      {vip: b, managed: 'added', ok: false},
    ])
  })

  test('a teardown that left ARP quiet for somebody', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'add-address', address: onLo(b)})
    tearDown(host, a)
    expect(realServerStatus(observe(host))).toMatchObject({
      ok: true,
      vips: [{vip: b, managed: 'no'}],
      problems: [{code: 'teardown-unfinished', severity: 'warning'}],
    })
  })
})
