import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import type {FakeHost} from '../../../src/host/fake-host.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {planTeardown} from '../../../src/realserver/teardown.ts'
import {a, arp, b, carryOut, codesOf, hostWith, linesOf, onLo, setUp, six, tearDown} from './bench.ts'

const loud = ['sysctl -w net.ipv4.conf.all.arp_announce=0 (was 2)', 'sysctl -w net.ipv4.conf.all.arp_ignore=0 (was 1)']

test('the address goes first, the settings after it, the ledger last', () => {
  const host = hostWith()
  const before = host.toString()
  setUp(host, a)
  const plan = planTeardown({vips: [a]}, observe(host))
  expect(plan.steps.map(({line}) => line)).toEqual([
    'ip addr del 192.168.1.200/32 dev lo',
    'sysctl -w net.ipv4.conf.all.arp_announce=0',
    'sysctl -w net.ipv4.conf.all.arp_ignore=0',
    'rm /run/lvsctl/realserver-4026531840.json',
  ])
  carryOut(host, plan)
  expect(host.toString()).toBe(before)
})

test('the second time there is nothing to do', () => {
  const host = hostWith()
  setUp(host, a)
  tearDown(host, a)
  expect(planTeardown({vips: [a]}, observe(host))).toMatchObject({steps: [], warnings: [{code: 'vip-not-set-up'}]})
  expect(planTeardown({}, observe(host))).toMatchObject({steps: [], warnings: [], vips: []})
})

test('ARP stays quiet while another VIP remains, and speaks when the last one is gone', () => {
  const host = hostWith()
  setUp(host, a, b)
  expect(tearDown(host, a)).toEqual(['ip addr del 192.168.1.200/32 dev lo'])
  expect(tearDown(host, b)).toEqual(['ip addr del 192.168.1.201/32 dev lo', ...loud])
})

test('several at once, or all of them', () => {
  for (const vips of [[a, b], [b, a], []]) {
    const host = hostWith()
    const before = host.toString()
    setUp(host, a, b)
    tearDown(host, ...vips)
    expect(host.toString()).toBe(before)
  }
})

test('an IPv6 VIP needs no silence', () => {
  const host = hostWith()
  setUp(host, a, six)
  expect(tearDown(host, a)).toEqual(['ip addr del 192.168.1.200/32 dev lo', ...loud])
  expect(tearDown(host, six)).toEqual(['ip addr del 2001:db8::200/128 dev lo'])
})

test('the values found come back, and those that were good enough are not touched', () => {
  const host = hostWith({sysctls: {[arp('all', 'arp_ignore')]: '2', [arp('all', 'arp_announce')]: '1'}})
  const before = host.toString()
  setUp(host, a)
  expect(tearDown(host, a)).toEqual([
    'ip addr del 192.168.1.200/32 dev lo',
    'sysctl -w net.ipv4.conf.all.arp_announce=1 (was 2)',
  ])
  expect(host.toString()).toBe(before)
})

test('every step can be undone, in reverse order', () => {
  const host = hostWith()
  setUp(host, a, six)
  const before = host.toString()
  const plan = planTeardown({}, observe(host))
  carryOut(host, plan)
  for (const {inverse} of [...plan.steps].reverse()) for (const effect of inverse) host.apply(effect)
  expect(host.toString()).toBe(before)
})

test('lo stays up: whoever uses it meanwhile must not lose it', () => {
  const host = hostWith({links: [{name: 'lo', up: false}, {name: 'eth0'}]})
  setUp(host, a)
  tearDown(host)
  expect(host.toString()).toBe(hostWith().toString())
})

describe('adopted VIPs', () => {
  test('stay when everything is torn down, and ARP stays quiet about them', () => {
    const host = hostWith({addresses: [onLo(a)]})
    setUp(host, a, b)
    const plan = planTeardown({}, observe(host))
    expect(linesOf(plan)).toEqual(['ip addr del 192.168.1.201/32 dev lo'])
    expect(codesOf(plan)).toEqual(['vip-left'])
    carryOut(host, plan)
    expect(realServerStatus(observe(host))).toMatchObject({
      ok: true,
      vips: [{vip: a, arpQuiet: true}],
      problems: [{code: 'teardown-unfinished', hint: expect.stringContaining(`teardown --vip ${a}`)}],
    })
  })

  test.each([
    ['by name', (host: FakeHost) => tearDown(host, a)],
    [
      'by hand',
      (host: FakeHost) => {
        host.apply({do: 'remove-address', address: onLo(a)})
        return tearDown(host)
      },
    ],
  ])('that go afterwards %s let everything go back', (_how, go) => {
    const host = hostWith({addresses: [onLo(a)]})
    setUp(host, a)
    tearDown(host)
    expect(go(host)).toEqual(expect.arrayContaining(loud))
    expect(host.toString()).toBe(hostWith().toString())
  })

  test('in no subnet of this host they are quiet too', () => {
    const far = address('198.51.100.7')
    const host = hostWith({addresses: [onLo(far)]})
    setUp(host, far)
    expect(tearDown(host)).toEqual([])
    expect(planTeardown({}, observe(host)).warnings).toMatchObject([{code: 'arp-kept-quiet'}])
    expect(tearDown(host, far)).toEqual([`ip addr del ${far}/32 dev lo`, ...loud])
  })

  test('on a dummy they are found there', () => {
    const there = {...onLo(a), interface: 'dummy0'}
    const links = [{name: 'eth0'}, {name: 'dummy0', kind: 'dummy', noArp: true}]
    const host = hostWith({links, addresses: [there]})
    carryOut(host, planSetup({vips: [a], device: 'dummy0'}, observe(host)))
    tearDown(host)
    expect(tearDown(host, a)).toEqual(['ip addr del 192.168.1.200/32 dev dummy0', ...loud])
    expect(host.toString()).toBe(hostWith({links}).toString())
  })

  test('go when they are named', () => {
    const host = hostWith({addresses: [{...onLo(a), label: 'lo:0'}]})
    setUp(host, a)
    expect(tearDown(host, a)).toEqual(['ip addr del 192.168.1.200/32 dev lo', ...loud])
    expect(host.toString()).toBe(hostWith().toString())
  })

  test('need silence like any other while they are managed', () => {
    const host = hostWith({addresses: [onLo(a)]})
    setUp(host, a, b)
    expect(tearDown(host, b)).toEqual(['ip addr del 192.168.1.201/32 dev lo'])
  })
})

describe('what somebody did meanwhile', () => {
  test('a changed setting is theirs: told and left alone', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'set-sysctl', key: arp('all', 'arp_ignore'), value: '2'})
    const plan = planTeardown({vips: [a]}, observe(host))
    expect(linesOf(plan)).toEqual([
      'ip addr del 192.168.1.200/32 dev lo',
      'sysctl -w net.ipv4.conf.all.arp_announce=0 (was 2)',
    ])
    expect(plan.warnings).toMatchObject([{code: 'sysctl-changed', message: expect.stringContaining('is 2, neither')}])
    carryOut(host, plan)
    expect(observe(host).recorded.ledger).toBeUndefined()
  })

  test('a setting that is back already needs nothing', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'set-sysctl', key: arp('all', 'arp_ignore'), value: '0'})
    expect(tearDown(host, a)).toEqual([
      'ip addr del 192.168.1.200/32 dev lo',
      'sysctl -w net.ipv4.conf.all.arp_announce=0 (was 2)',
    ])
  })

  test('an interface that went took its setting with it', () => {
    const eth1 = {links: [{name: 'eth0'}, {name: 'eth1'}], sysctls: {[arp('eth1', 'arp_ignore')]: '5'}}
    const host = hostWith(eth1)
    setUp(host, a)
    const without = hostWith({
      addresses: [onLo(a)],
      files: {[observe(host).recorded.path]: host.readFile(observe(host).recorded.path) as string},
      sysctls: {[arp('all', 'arp_ignore')]: '1', [arp('all', 'arp_announce')]: '2'},
    })
    expect(tearDown(without, a)).toEqual(['ip addr del 192.168.1.200/32 dev lo', ...loud])
    expect(without.toString()).toBe(hostWith().toString())
  })

  test('a VIP that is gone already needs no removal', () => {
    const host = hostWith()
    setUp(host, a)
    host.apply({do: 'remove-address', address: onLo(a)})
    const plan = planTeardown({vips: [a]}, observe(host))
    expect(linesOf(plan)).toEqual(loud)
    expect(codesOf(plan)).toEqual(['vip-gone'])
  })

  test('ARP stays quiet for an address that somebody else put on lo since, until that is gone', () => {
    const host = hostWith()
    const before = host.toString()
    setUp(host, a)
    host.apply({do: 'add-address', address: onLo(b)})
    const plan = planTeardown({vips: [a]}, observe(host))
    expect(linesOf(plan)).toEqual(['ip addr del 192.168.1.200/32 dev lo'])
    expect(plan.warnings).toMatchObject([{code: 'arp-kept-quiet', message: expect.stringContaining(b)}])
    carryOut(host, plan)
    expect(planTeardown({}, observe(host))).toMatchObject({steps: [], warnings: [{code: 'arp-kept-quiet'}]})
    host.apply({do: 'remove-address', address: onLo(b)})
    expect(tearDown(host)).toEqual(loud)
    expect(host.toString()).toBe(before)
  })

  test('addresses that were on lo before set-up do not count', () => {
    const loopback = onLo(address('10.255.0.1'))
    const host = hostWith({addresses: [loopback]})
    setUp(host, a)
    expect(tearDown(host, a)).toEqual(['ip addr del 192.168.1.200/32 dev lo', ...loud])
  })

  test('but they do where neighbours can ask for them', () => {
    const host = hostWith({addresses: [onLo(b)]})
    setUp(host, a)
    const plan = planTeardown({}, observe(host))
    expect(linesOf(plan)).toEqual(['ip addr del 192.168.1.200/32 dev lo'])
    expect(plan.warnings).toMatchObject([{code: 'arp-kept-quiet', message: expect.stringContaining(b)}])
  })

  test('a host that was set up by other means keeps its settings', () => {
    const sysctls = {[arp('all', 'arp_ignore')]: '1', [arp('all', 'arp_announce')]: '2'}
    const host = hostWith({addresses: [onLo(a)], sysctls})
    const plan = planTeardown({vips: [a]}, observe(host))
    expect(linesOf(plan)).toEqual(['ip addr del 192.168.1.200/32 dev lo'])
    expect(plan.warnings).toMatchObject([
      {code: 'no-record', message: expect.stringContaining(arp('all', 'arp_announce'))},
    ])
  })

  test('a ledger that nothing confirms is thrown away', () => {
    const host = hostWith()
    setUp(host, a)
    const fresh = hostWith({
      files: {[observe(host).recorded.path]: host.readFile(observe(host).recorded.path) as string},
    })
    expect(planTeardown({}, observe(fresh)).steps.map(({line}) => line)).toEqual([
      'rm /run/lvsctl/realserver-4026531840.json',
    ])
  })
})

test('an address with a subnet is not what set-up made', () => {
  expect(() => planTeardown({vips: [a]}, observe(hostWith({addresses: [onLo(a, 24)]})))).toThrow(
    expect.objectContaining({failure: 'usage', code: 'vip-prefix'}),
  )
})

test("a director's VIP is told where it is", () => {
  const host = hostWith({addresses: [{...onLo(a), interface: 'eth0'}]})
  expect(planTeardown({vips: [a]}, observe(host))).toMatchObject({
    steps: [],
    warnings: [{code: 'vip-not-set-up', hint: expect.stringContaining('lvsctl director teardown')}],
  })
})
