import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {observe} from '../../../src/director/observe.ts'
import {setupReport, statusRows, teardownReport} from '../../../src/director/report.ts'
import {rehearseSetup, setUpDirector, tearDownDirector} from '../../../src/director/run.ts'
import {directorStatus} from '../../../src/director/status.ts'
import {planTeardown} from '../../../src/director/teardown.ts'
import {type Address, address} from '../../../src/domain/address.ts'
import {FakeHost, type FakeState} from '../../../src/host/fake-host.ts'
import {at} from '../../support/interface-address.ts'

const a = address('192.168.1.200')
const b = address('192.168.1.201')
const six = address('2001:db8::200')
const device = 'eth0'

const own = [at('eth0', '192.168.1.114', 24), at('eth0', '2001:db8::114', 64)]

const hostWith = (state: FakeState = {}) =>
  new FakeHost({
    links: [{name: 'eth0'}, {name: 'eth1'}],
    ...state,
    addresses: [...own, ...(state.addresses ?? [])],
  })

const setup = (host: FakeHost, ...vips: Address[]) => {
  const {steps, warnings} = rehearseSetup(host, {vips, device})
  return {
    lines: steps.filter(({bookkeeping}) => !bookkeeping).map(({line}) => line),
    codes: warnings.map(({code}) => code),
  }
}
const teardown = (host: FakeHost, vips: Address[], where?: string) => {
  const {steps, warnings} = planTeardown({vips, ...(where && {device: where})}, observe(host))
  return {lines: steps.map(({line}) => line), warnings}
}

const refusal = (code: string, failure = 'usage') => expect.objectContaining({code, failure})

describe('set-up', () => {
  test('the address, then the news', () => {
    expect(setup(hostWith(), a, six)).toEqual({
      lines: [
        'ip addr add 192.168.1.200/32 dev eth0',
        'ip addr add 2001:db8::200/128 dev eth0 nodad preferred_lft 0',
        'arping -U -c 3 -I eth0 192.168.1.200',
        'ndsend 2001:db8::200 eth0',
      ],
      codes: [],
    })
  })

  test('again: only the news', () => {
    const host = hostWith()
    setUpDirector(host, {vips: [a], device})
    expect(setup(host, a)).toEqual({lines: ['arping -U -c 3 -I eth0 192.168.1.200'], codes: ['vip-present']})
  })

  test("the interface's own address can be a VIP, without anything to add", () => {
    expect(setup(hostWith(), own[0]?.address as Address)).toEqual({
      lines: ['arping -U -c 3 -I eth0 192.168.1.114'],
      codes: ['vip-own-address'],
    })
  })

  test('an interface that is down has nobody to tell', () => {
    expect(setup(hostWith({links: [{name: 'eth0', up: false}]}), a)).toEqual({
      lines: ['ip addr add 192.168.1.200/32 dev eth0'],
      codes: ['interface-down'],
    })
  })

  test('an interface without ARP neither', () => {
    expect(setup(hostWith({links: [{name: 'eth0', noArp: true}]}), a).codes).toEqual(['interface-without-arp'])
  })

  test('an interface that is no Ethernet gets the address and no announcement', () => {
    const mac = Array.from({length: 20}, () => '80').join(':') // InfiniBand
    expect(setup(hostWith({links: [{name: 'eth0', mac}]}), a)).toEqual({
      lines: ['ip addr add 192.168.1.200/32 dev eth0'],
      codes: ['interface-not-ethernet'],
    })
  })

  test.each([
    ['192.168.1.200', []],
    ['192.168.2.200', ['vip-off-link']],
    ['192.168.0.255', ['vip-off-link']],
    ['192.168.1.254', []],
    ['2001:db8::ffff', []],
    ['2001:db8:0:1::1', ['vip-off-link']],
  ])('%s in a subnet of the interface: %j', (vip, codes) =>
    expect(setup(hostWith(), address(vip)).codes).toEqual(codes),
  )

  test('a subnet of any length is compared bit by bit', () => {
    const bytes = fc.uint8Array({minLength: 4, maxLength: 4})
    fc.assert(
      fc.property(bytes, bytes, fc.integer({min: 1, max: 31}), (left, right, length) => {
        const text = (of: Uint8Array) => [192, ...of.slice(1)].join('.')
        const bits = (of: Uint8Array) => [192, ...of.slice(1)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
        const host = new FakeHost({addresses: [at('eth0', text(left), length)]})
        fc.pre(text(left) !== text(right))
        const same = bits(left).slice(0, length) === bits(right).slice(0, length)
        expect(setup(host, address(text(right))).codes).toEqual(same ? [] : ['vip-off-link'])
      }),
    )
  })

  test('only an arp_ignore of 8 silences an address on its own interface', () => {
    for (const value of [0, 1, 2, 3, 4, 8])
      for (const where of ['all', 'eth0']) {
        const host = hostWith({sysctls: {[`net.ipv4.conf.${where}.arp_ignore`]: `${value}`}})
        expect(setup(host, a).codes).toEqual(value === 8 ? ['arp-deaf'] : [])
        expect(setup(host, six).codes).toEqual([])
      }
  })

  test.each<[string, string, FakeState]>([
    ['device-is-loopback', 'lo', {}],
    ['vip-on-loopback', 'eth0', {addresses: [at('lo', a, 32)]}],
    ['vip-elsewhere', 'eth0', {addresses: [at('eth1', a, 32)]}],
    ['vip-elsewhere', 'eth1', {addresses: [at('eth0', a, 24)]}],
  ])('%s: on %s', (code, name, state) => {
    expect(() => rehearseSetup(hostWith(state), {vips: [a], device: name})).toThrow(refusal(code))
  })

  test('IPv6 that is switched off', () => {
    const host = hostWith({sysctls: {'net.ipv6.conf.eth0.disable_ipv6': '1'}})
    expect(() => setup(host, six)).toThrow(refusal('ipv6-disabled'))
  })

  test('an interface that is not there', () => {
    expect(() => rehearseSetup(hostWith(), {vips: [a], device: 'eth00'})).toThrow(
      expect.objectContaining({failure: 'missing', exit: 3, hint: 'Did you mean eth0? There are: lo, eth0, eth1'}),
    )
  })

  test('where the news cannot be sent the address goes again', () => {
    const host = hostWith()
    const before = host.toString()
    const {apply} = host
    host.apply = (effect) => {
      if (effect.do === 'announce') throw new Error('ENOBUFS')
      apply.call(host, effect)
    }
    expect(() => setUpDirector(host, {vips: [a], device})).toThrow(refusal('rolled-back', 'partial'))
    expect(host.toString()).toBe(before)
  })
})

describe('teardown', () => {
  test('takes away what set-up brought, wherever it is', () => {
    for (const where of [device, undefined]) {
      const host = hostWith()
      const before = host.toString()
      setUpDirector(host, {vips: [a, six], device})
      tearDownDirector(host, {vips: [a, six], ...(where && {device: where})})
      expect(host.toString()).toBe(before)
    }
  })

  test('every step can be undone', () => {
    const host = hostWith({addresses: [{...at('eth0', a, 32), label: 'eth0:0', broadcast: a}]})
    const before = host.toString()
    const {steps} = planTeardown({vips: [a]}, observe(host))
    for (const {effect} of steps) host.apply(effect)
    for (const {inverse} of steps) for (const effect of inverse) host.apply(effect)
    expect(host.toString()).toBe(before)
  })

  test('what is not there needs nothing', () => {
    expect(teardown(hostWith(), [a])).toMatchObject({lines: [], warnings: [{code: 'vip-not-set-up'}]})
    expect(teardown(hostWith({addresses: [at('eth1', a, 32)]}), [a], 'eth0')).toMatchObject({
      lines: [],
      warnings: [{code: 'vip-not-set-up', hint: 'It is on eth1'}],
    })
  })

  test('never an own address, never a real server, never half of a list', () => {
    const host = hostWith({addresses: [at('eth0', a, 32), at('lo', b, 32)]})
    expect(() => teardown(host, [a, own[0]?.address as Address])).toThrow(refusal('vip-own-address'))
    expect(() => teardown(host, [a, b])).toThrow(refusal('vip-on-loopback'))
    const leased = hostWith({addresses: [{...at('eth0', a, 32), valid: 3600}]})
    expect(() => teardown(leased, [a])).toThrow(refusal('vip-leased'))
    expect(() => teardown(host, [a], 'eth9')).toThrow(refusal('interface-unknown', 'missing'))
  })
})

describe('status', () => {
  const status = (state: FakeState, ...vips: Address[]) => {
    const {ok, vips: list} = directorStatus({vips, services: []}, observe(hostWith(state)))
    return {ok, codes: list.flatMap(({problems}) => problems.map(({code}) => code))}
  }
  const quiet = {'net.ipv4.conf.all.arp_ignore': '1'}

  test.each<[string, FakeState, Address, boolean, readonly string[]]>([
    ['in place', {addresses: [at('eth0', a, 32)]}, a, true, []],
    ['nowhere', {}, a, false, ['vip-missing']],
    ['own address', {}, own[0]?.address as Address, true, []],
    [
      'interface down',
      {links: [{name: 'eth0', up: false}], addresses: [at('eth0', a, 32)]},
      a,
      false,
      ['interface-down'],
    ],
    [
      'no carrier',
      {links: [{name: 'eth0', running: false}], addresses: [at('eth0', a, 32)]},
      a,
      false,
      ['interface-no-carrier'],
    ],
    ['on lo, heard', {addresses: [at('lo', a, 32)]}, a, true, ['vip-on-loopback']],
    ['on lo, quiet', {addresses: [at('lo', a, 32)], sysctls: quiet}, a, false, ['vip-on-loopback']],
    ['IPv6 on lo', {addresses: [at('lo', six, 128)]}, six, false, ['vip-on-loopback']],
    ['deaf', {addresses: [at('eth0', a, 32)], sysctls: {'net.ipv4.conf.eth0.arp_ignore': '8'}}, a, false, ['arp-deaf']],
    ['quiet, but in place', {addresses: [at('eth0', a, 32)], sysctls: quiet}, a, true, []],
  ])('%s', (_name, state, vip, ok, codes) => expect(status(state, vip)).toEqual({ok, codes}))

  test('each address once, in order', () => {
    const {vips} = directorStatus({vips: [six, b, a, b], services: []}, observe(hostWith()))
    expect(vips.map(({vip}) => vip)).toEqual([a, b, six])
  })

  test('no services, nothing to find', () => expect(status({})).toEqual({ok: true, codes: []}))
})

test('in words', () => {
  const host = hostWith()
  const plan = () => rehearseSetup(host, {vips: [a], device})
  expect(setupReport(plan(), device)).toEqual([
    'ready: eth0 has 192.168.1.200, and the neighbours were told',
    '  not kept over a reboot',
    '  undo: lvsctl director teardown --vip 192.168.1.200 --dev eth0',
    '  recommended, and set with --tune:',
    '    net.ipv4.vs.expire_nodest_conn=1 (is 0): clients of a removed server learn it at once',
  ])
  host.apply({do: 'set-sysctl', key: 'net.ipv4.vs.expire_nodest_conn', value: '1'})
  expect(setupReport(plan(), device, {dryRun: true})).toEqual(['nothing was changed (dry run)'])
  expect(statusRows(directorStatus({vips: [a], services: []}, observe(host)).vips)).toEqual([
    [a, 'on no interface', '✗', 'not set up by lvsctl'],
  ])
  setUpDirector(host, {vips: [a], device})
  expect(setupReport(plan(), device)[0]).toBe('announced again: eth0 has 192.168.1.200, and the neighbours were told')
  expect(statusRows(directorStatus({vips: [a], services: []}, observe(host)).vips)).toEqual([
    [a, 'on eth0 /32', '✓', 'set up by lvsctl'],
  ])
  host.apply({do: 'link-down', interface: 'eth0'})
  expect(setupReport(plan(), device)).toEqual(['nothing to do: 192.168.1.200 on eth0 already'])
  expect(statusRows(directorStatus({vips: [a], services: []}, observe(host)).vips)).toEqual([
    [a, 'on eth0 /32 (down)', '✗', 'set up by lvsctl'],
  ])
  const gone = planTeardown({vips: [a]}, observe(host))
  expect(teardownReport(gone)).toEqual(['done: 192.168.1.200 is not on this host any more'])
  expect(teardownReport(gone, {dryRun: true})).toEqual(['nothing was changed (dry run)'])
  expect(teardownReport(planTeardown({vips: [b]}, observe(host)))).toEqual(['nothing to do'])
})
