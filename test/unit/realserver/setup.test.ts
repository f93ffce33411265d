import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import type {LvsctlError} from '../../../src/domain/problem.ts'
import type {FakeState} from '../../../src/host/fake-host.ts'
import {emptyLedger} from '../../../src/host/ledger.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {a, arp, b, carryOut, codesOf, hostWith, linesOf, onEth0, onLo, setUp, six} from './bench.ts'

test('ARP is quiet before the VIP comes up, and what is done is kept in mind before it is done', () => {
  const host = hostWith()
  const plan = planSetup({vips: [a]}, observe(host))
  expect(plan.steps.map(({line}) => line)).toEqual([
    'install -D -m 600 /dev/stdin /run/lvsctl/realserver-4026531840.json',
    'sysctl -w net.ipv4.conf.all.arp_ignore=1',
    'sysctl -w net.ipv4.conf.all.arp_announce=2',
    'ip addr add 192.168.1.200/32 dev lo',
  ])
  expect(linesOf(plan)).toEqual([
    'sysctl -w net.ipv4.conf.all.arp_ignore=1 (was 0)',
    'sysctl -w net.ipv4.conf.all.arp_announce=2 (was 0)',
    'ip addr add 192.168.1.200/32 dev lo',
  ])
  expect(plan.warnings).toEqual([])
  carryOut(host, plan)
  const {ledger, bootId} = observe(host).recorded
  expect(ledger).toEqual({
    ...emptyLedger('realserver', bootId),
    vips: [{address: a, interface: 'lo', origin: 'added', method: 'dr'}],
    sysctls: [
      {key: arp('all', 'arp_ignore'), found: '0', set: '1'},
      {key: arp('all', 'arp_announce'), found: '0', set: '2'},
    ],
    present: [],
  })
})

test('the second time there is nothing to do', () => {
  const host = hostWith()
  setUp(host, a, b)
  expect(planSetup({vips: [a, b]}, observe(host))).toMatchObject({steps: [], warnings: []})
  expect(planSetup({vips: [b]}, observe(host))).toMatchObject({steps: [], warnings: []})
})

test('every step can be undone, in reverse order', () => {
  const host = hostWith({sysctls: {[arp('all', 'arp_announce')]: '1'}})
  const before = host.toString()
  const plan = planSetup({vips: [a, six]}, observe(host))
  carryOut(host, plan)
  for (const {inverse} of [...plan.steps].reverse()) for (const effect of inverse) host.apply(effect)
  expect(host.toString()).toBe(before)
})

test('a second VIP needs its address only', () => {
  const host = hostWith()
  setUp(host, a)
  expect(setUp(host, b)).toEqual(['ip addr add 192.168.1.201/32 dev lo'])
})

test('IPv6 needs no ARP settings: on lo it is silent, and must not be tested for duplicates', () => {
  expect(setUp(hostWith(), six)).toEqual(['ip addr add 2001:db8::200/128 dev lo nodad preferred_lft 0'])
})

test('lo is brought up if it is down', () => {
  expect(setUp(hostWith({links: [{name: 'lo', up: false}, {name: 'eth0'}]}), a)).toEqual([
    'sysctl -w net.ipv4.conf.all.arp_ignore=1 (was 0)',
    'sysctl -w net.ipv4.conf.all.arp_announce=2 (was 0)',
    'ip link set lo up',
    'ip addr add 192.168.1.200/32 dev lo',
  ])
})

describe('values found', () => {
  const ignore = arp('all', 'arp_ignore')
  const announce = arp('all', 'arp_announce')
  const added = 'ip addr add 192.168.1.200/32 dev lo'
  test.each<[string, Record<string, string>, readonly string[], readonly string[]]>([
    ['good ones are kept', {[ignore]: '1', [announce]: '2'}, [added], []],
    ['a stricter arp_ignore is kept', {[ignore]: '2', [announce]: '2'}, [added], []],
    ['arp_announce 1 is not enough', {[ignore]: '1', [announce]: '1'}, [`sysctl -w ${announce}=2 (was 1)`, added], []],
    ['arp_announce 3 means 0', {[ignore]: '1', [announce]: '3'}, [`sysctl -w ${announce}=2 (was 3)`, added], []],
    ['arp_ignore 5 means 0', {[ignore]: '5', [announce]: '2'}, [`sysctl -w ${ignore}=1 (was 5)`, added], []],
    ['arp_ignore 3 on all is kept: it hides scope host', {[ignore]: '3', [announce]: '2'}, [`${added} scope host`], []],
    [
      'arp_ignore 3 on the interface is larger than our 1',
      {[arp('eth0', 'arp_ignore')]: '3', [announce]: '2'},
      [`sysctl -w ${ignore}=1 (was 0)`, `${added} scope host`],
      [],
    ],
    [
      'arp_ignore 8 is kept and told',
      {[arp('eth0', 'arp_ignore')]: '8', [ignore]: '1', [announce]: '2'},
      [added],
      ['arp-deaf'],
    ],
    [
      'a meaningless larger value on an interface is lowered there',
      {[arp('eth0', 'arp_ignore')]: '6', [arp('eth0', 'arp_announce')]: '7', [ignore]: '1', [announce]: '2'},
      [`sysctl -w ${arp('eth0', 'arp_ignore')}=1 (was 6)`, `sysctl -w ${arp('eth0', 'arp_announce')}=2 (was 7)`, added],
      [],
    ],
    [
      'lo and its values are decoration',
      {[arp('lo', 'arp_ignore')]: '1', [arp('lo', 'arp_announce')]: '2'},
      [`sysctl -w ${ignore}=1 (was 0)`, `sysctl -w ${announce}=2 (was 0)`, added],
      [],
    ],
  ])('%s', (_name, sysctls, lines, codes) => {
    const plan = planSetup({vips: [a]}, observe(hostWith({sysctls})))
    expect(linesOf(plan)).toEqual(lines)
    expect(codesOf(plan)).toEqual(codes)
  })

  test('an interface where nobody speaks ARP does not count', () => {
    for (const link of [
      {name: 'eth1', up: false},
      {name: 'tunl0', noArp: true},
    ]) {
      const host = hostWith({links: [{name: 'eth0'}, link], sysctls: {[arp(link.name, 'arp_ignore')]: '6'}})
      expect(setUp(host, a)).not.toContain(expect.stringContaining(link.name))
    }
  })
})

describe('what somebody did meanwhile', () => {
  test('a VIP that was there is adopted', () => {
    const host = hostWith({addresses: [onLo(a)]})
    const plan = planSetup({vips: [a, b]}, observe(host))
    expect(codesOf(plan)).toEqual(['vip-adopted'])
    expect(linesOf(plan)).not.toContain('ip addr add 192.168.1.200/32 dev lo')
    carryOut(host, plan)
    expect(observe(host).recorded.ledger).toMatchObject({
      vips: [
        {address: a, interface: 'lo', origin: 'adopted'},
        {address: b, origin: 'added'},
      ],
      present: [a],
    })
    // Once it is known there is no more to say.
    expect(codesOf(planSetup({vips: [a, b]}, observe(host)))).toEqual([])
  })

  test('a VIP that was taken away comes back, and is ours then', () => {
    const host = hostWith({addresses: [onLo(a)]})
    setUp(host, a)
    host.apply({do: 'remove-address', address: onLo(a)})
    expect(setUp(host, a)).toEqual(['ip addr add 192.168.1.200/32 dev lo'])
    expect(observe(host).recorded.ledger?.vips).toEqual([{address: a, interface: 'lo', origin: 'added', method: 'dr'}])
  })

  test('a VIP that was taken away is told when another is set up', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'remove-address', address: onLo(a)})
    expect(codesOf(planSetup({vips: [b]}, observe(host)))).toEqual(['vip-gone'])
  })

  test('a setting that was put back is set again', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'set-sysctl', key: arp('all', 'arp_ignore'), value: '0'})
    const plan = planSetup({vips: [a]}, observe(host))
    expect(linesOf(plan)).toEqual(['sysctl -w net.ipv4.conf.all.arp_ignore=1 (was 0)'])
    expect(codesOf(plan)).toEqual([])
  })

  test('a setting that was made stricter is theirs from then on', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'set-sysctl', key: arp('all', 'arp_ignore'), value: '2'})
    const plan = planSetup({vips: [a]}, observe(host))
    expect(linesOf(plan)).toEqual([])
    expect(codesOf(plan)).toEqual(['sysctl-changed'])
    carryOut(host, plan)
    expect(observe(host).recorded.ledger?.sysctls.map(({key}) => key)).toEqual([arp('all', 'arp_announce')])
  })

  test('a setting that was changed to something useless is set again, and is what teardown will go back to', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'set-sysctl', key: arp('all', 'arp_announce'), value: '1'})
    const plan = planSetup({vips: [a]}, observe(host))
    expect(codesOf(plan)).toEqual(['sysctl-changed'])
    carryOut(host, plan)
    expect(observe(host).recorded.ledger?.sysctls).toContainEqual({
      key: arp('all', 'arp_announce'),
      found: '1',
      set: '2',
    })
  })

  test('a ledger that nothing confirms is not believed: what is there now is what was found', () => {
    const host = hostWith()
    setUp(host, a)
    const left = host.readFile(observe(host).recorded.path) as string
    const fresh = hostWith({
      files: {[observe(host).recorded.path]: left},
      sysctls: {[arp('all', 'arp_announce')]: '1'},
    })
    setUp(fresh, b)
    expect(observe(fresh).recorded.ledger).toMatchObject({
      vips: [{address: b, origin: 'added'}],
      sysctls: [
        {key: arp('all', 'arp_ignore'), found: '0', set: '1'},
        {key: arp('all', 'arp_announce'), found: '1', set: '2'},
      ],
      present: [],
    })
  })
})

describe('what cannot be', () => {
  const dummy: FakeState = {links: [{name: 'eth0'}, {name: 'dummy0', noArp: true}]}
  test.each<[string, string, FakeState]>([
    ['vip-own-address', '192.168.1.111', {}],
    ['vip-on-interface', '192.168.1.200', {addresses: [{...onLo(a), interface: 'eth0'}]}],
    ['vip-on-interface', '192.168.1.200', {...dummy, addresses: [{...onLo(a), interface: 'dummy0'}]}],
    ['vip-prefix', '192.168.1.200', {addresses: [onLo(a, 24)]}],
    ['vip-prefix', '2001:db8::200', {addresses: [onLo(six, 64)]}],
    [
      'vip-scope',
      '192.168.1.200',
      {addresses: [onLo(a)], sysctls: {[arp('all', 'arp_ignore')]: '3', [arp('all', 'arp_announce')]: '2'}},
    ],
    ['ipv6-disabled', '2001:db8::200', {sysctls: {'net.ipv6.conf.lo.disable_ipv6': '1'}}],
  ])('%s: %s', (code, vip, state) => {
    expect(() => planSetup({vips: [address(vip)]}, observe(hostWith(state)))).toThrow(
      expect.objectContaining({failure: 'usage', exit: 2, code, problems: [expect.objectContaining({where: '--vip'})]}),
    )
  })

  test('all problems are told at once', () => {
    try {
      planSetup({vips: [onEth0.address, a]}, observe(hostWith({addresses: [onLo(a, 24)]})))
      expect.unreachable()
    } catch (error) {
      expect((error as LvsctlError).problems.map(({code}) => code)).toEqual([
        'vip-own-address',
        'subnet-on-loopback',
        'vip-prefix',
      ])
    }
  })

  test('a machine without these sysctls', () => {
    const host = hostWith()
    const observed = {...observe(host), sysctls: new Map()}
    expect(() => planSetup({vips: [a]}, observed)).toThrow(expect.objectContaining({code: 'sysctl-unknown'}))
  })
})
