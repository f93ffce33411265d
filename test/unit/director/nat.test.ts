// What set-up does beside the address: forwarding, masquerading, recommended settings; and how it is noted, told and
// taken back. Traffic is in the lab.

import {describe, expect, test} from 'vitest'
import {observe} from '../../../src/director/observe.ts'
import {madeRows, setupReport} from '../../../src/director/report.ts'
import type {SetupRequest} from '../../../src/director/request.ts'
import {rehearseSetup, setUpDirector, tearDownDirector} from '../../../src/director/run.ts'
import {modulesFor, type ServedService} from '../../../src/director/served.ts'
import {directorStatus} from '../../../src/director/status.ts'
import {planTeardown} from '../../../src/director/teardown.ts'
import {type Address, address} from '../../../src/domain/address.ts'
import type {ForwardingMethod} from '../../../src/domain/forwarding.ts'
import {FakeHost, type FakeState} from '../../../src/host/fake-host.ts'
import type {Effect} from '../../../src/host/host.ts'
import {at} from '../../support/interface-address.ts'

const vip = address('192.168.1.200')
const six = address('2001:db8::200')
const device = 'eth0'

const hostWith = (state: FakeState = {}) =>
  new FakeHost({
    links: [{name: 'eth0'}, {name: 'eth1'}],
    ...state,
    addresses: [
      at('eth0', '192.168.1.114', 24),
      at('eth0', '2001:db8::114', 64),
      at('eth1', '10.0.0.1', 24),
      ...(state.addresses ?? []),
    ],
  })

const service = (
  servers: readonly string[],
  forwarding: ForwardingMethod,
  more: {scheduler?: string; persistence?: number} = {},
): ServedService => ({
  id: 'tcp://192.168.1.200:80',
  key: {kind: 'address', protocol: 'tcp', address: vip, port: 80},
  scheduler: more.scheduler ?? 'rr',
  servers: servers.map((one) => ({address: address(one), forwarding})),
  running: {service: more.persistence === undefined ? {} : {persistence: more.persistence}},
  proc: undefined,
})

const ask = (more: Partial<SetupRequest> = {}): SetupRequest => ({vips: [vip], device, ...more})
const plan = (host: FakeHost, more: Partial<SetupRequest> = {}) => {
  const {steps, warnings, advice} = rehearseSetup(host, ask(more))
  return {
    lines: steps.filter(({bookkeeping}) => !bookkeeping).map(({line, note}) => (note ? `${line} (${note})` : line)),
    codes: warnings.map(({code}) => code),
    advice: advice.map(({key}) => key),
  }
}
const refusals = (host: FakeHost, more: Partial<SetupRequest>): readonly string[] => {
  try {
    rehearseSetup(host, ask(more))
  } catch (error) {
    return (error as {problems: readonly {code: string}[]}).problems.map(({code}) => code)
  }
  return []
}
const status = (host: FakeHost, services: readonly ServedService[] = []) => {
  const {ok, problems, vips} = directorStatus({services}, observe(host))
  return {ok, codes: [...vips.flatMap((one) => one.problems), ...problems].map(({code}) => code)}
}

describe('--method nat', () => {
  const servers = [service(['10.0.0.111'], 'masquerading')]

  test('no redirects on the interfaces in between, then forwarding, then the address', () => {
    expect(plan(hostWith(), {method: 'nat', services: servers}).lines).toEqual([
      'sysctl -w net.ipv4.conf.all.send_redirects=0 (was 1)',
      'sysctl -w net.ipv4.conf.eth0.send_redirects=0 (was 1)',
      'sysctl -w net.ipv4.conf.eth1.send_redirects=0 (was 1)',
      'sysctl -w net.ipv4.ip_forward=1 (was 0)',
      'ip addr add 192.168.1.200/32 dev eth0',
      'arping -U -c 3 -I eth0 192.168.1.200',
    ])
  })

  test('of the family of the VIP', () => {
    expect(plan(hostWith(), {vips: [six], method: 'nat'}).lines[0]).toBe(
      'sysctl -w net.ipv6.conf.all.forwarding=1 (was 0)',
    )
  })

  test('is kept by a later set-up that names no method', () => {
    const host = hostWith()
    setUpDirector(host, ask({method: 'nat'}))
    host.apply({do: 'set-sysctl', key: 'net.ipv4.ip_forward', value: '0'})
    expect(plan(host).lines).toContain('sysctl -w net.ipv4.ip_forward=1 (was 0)')
  })

  test('teardown of the last VIP takes everything back; before that nothing but the address', () => {
    const host = hostWith({sysctls: {'net.ipv4.conf.eth1.forwarding': '1', 'net.ipv4.conf.all.accept_redirects': '0'}})
    const before = `${host}`
    const other = address('192.168.1.201')
    setUpDirector(host, ask({vips: [vip, other, six], method: 'nat', masquerade: true, tune: true}))
    tearDownDirector(host, {vips: [vip, six]})
    expect([host.sysctl('net.ipv4.ip_forward'), host.sysctl('net.ipv6.conf.all.forwarding')]).toEqual(['1', '1'])
    expect(`${host}`).toContain('masquerade 192.168.1.201 by nft')
    expect(`${host}`).not.toContain('masquerade 192.168.1.200')
    tearDownDirector(host, {})
    expect(`${host}`).toBe(before)
  })

  test('cut off anywhere and run again: as if never cut off, and undone to what was', () => {
    const request = ask({vips: [vip, six], method: 'nat', masquerade: true, tune: true})
    const fresh = () => hostWith({sysctls: {'net.ipv4.conf.eth1.forwarding': '1'}})
    const whole = fresh()
    const before = `${whole}`
    setUpDirector(whole, request)
    const steps = whole.log.length
    expect(steps).toBeGreaterThan(10)
    const cut = (host: FakeHost, after: number, work: (on: FakeHost) => void) => {
      let done = 0
      const mortal = new Proxy(host, {
        get: (target, name) =>
          name === 'apply'
            ? // A dead process undoes nothing either.
              (effect: Effect) => {
                if (done++ >= after) throw new Error('dead')
                target.apply(effect)
              }
            : Reflect.get(target, name, target),
      })
      expect(() => work(mortal)).toThrow()
    }
    for (let after = 0; after < steps; after++) {
      const host = fresh()
      cut(host, after, (on) => setUpDirector(on, request))
      setUpDirector(host, request)
      expect(`${host}`, `set-up cut off after ${after}`).toBe(`${whole}`)
      const halfway = fresh()
      cut(halfway, after, (on) => setUpDirector(on, request))
      tearDownDirector(halfway, {})
      expect(`${halfway}`, `undone after ${after}`).toBe(before)
    }
    const down = planTeardown({}, observe(whole)).steps.length
    for (let after = 0; after < down; after++) {
      const host = fresh()
      setUpDirector(host, request)
      cut(host, after, (on) => tearDownDirector(on, {}))
      tearDownDirector(host, {})
      expect(`${host}`, `teardown cut off after ${after}`).toBe(before)
    }
  })

  test('where a step fails everything is as before, also what the kernel changed beside', () => {
    const host = hostWith({sysctls: {'net.ipv4.conf.eth1.forwarding': '1', 'net.ipv4.conf.all.accept_redirects': '0'}})
    const before = `${host}`
    const {apply} = host
    host.apply = (effect) => {
      if (effect.do === 'announce') throw new Error('ENOBUFS')
      apply.call(host, effect)
    }
    expect(() => setUpDirector(host, ask({method: 'nat'}))).toThrow(expect.objectContaining({code: 'rolled-back'}))
    expect(`${host}`).toBe(before)
  })

  test("a server in the clients' subnet would answer past the director", () => {
    const near = [service(['192.168.1.111'], 'masquerading')]
    expect(plan(hostWith(), {method: 'nat', services: near}).codes).toEqual(['nat-one-arm'])
    expect(plan(hostWith(), {method: 'nat', masquerade: true, services: near}).codes).toEqual([])
  })

  test('a default route by router advertisement is lost where IPv6 is forwarded', () => {
    const leased = {addresses: [{...at('eth1', '2001:db8:9::7', 64), valid: 3600}]}
    expect(plan(hostWith(leased), {vips: [six], method: 'nat'}).codes).toEqual(['accept-ra'])
    expect(plan(hostWith(leased), {method: 'nat'}).codes).toEqual([])
    const kept = {...leased, sysctls: {'net.ipv6.conf.eth1.accept_ra': '2'}}
    expect(plan(hostWith(kept), {vips: [six], method: 'nat'}).codes).toEqual([])
  })
})

describe('--masquerade', () => {
  const nat = {method: 'nat', masquerade: true} as const

  test('conntrack, and a rule for each VIP, before the address', () => {
    const {lines} = plan(hostWith({masqueradeTool: 'iptables', modules: {ip_vs: 'loaded', xt_ipvs: 'available'}}), nat)
    expect(lines.slice(3, 6)).toEqual([
      'sysctl -w net.ipv4.vs.conntrack=1 (was 0)',
      expect.stringMatching(/^iptables -w -t nat -A POSTROUTING -m ipvs --vaddr 192\.168\.1\.200\/32 /),
      'ip addr add 192.168.1.200/32 dev eth0',
    ])
  })

  test('twice does nothing the second time, by whatever tool it was', () => {
    const host = hostWith()
    setUpDirector(host, ask(nat))
    expect(plan(host, nat).lines).toEqual(['arping -U -c 3 -I eth0 192.168.1.200'])
  })

  test.each<[string, FakeState, Partial<SetupRequest>, string]>([
    ['without NAT', {}, {masquerade: true, method: 'dr'}, 'masquerade-without-nat'],
    ['no program', {masqueradeTool: null}, nat, 'masquerade-tool-missing'],
    ['no module', {masqueradeTool: 'iptables', modules: {ip_vs: 'loaded'}}, nat, 'masquerade-module-missing'],
    ['no IPVS', {modules: {}}, nat, 'ipvs-unavailable'],
  ])('refused: %s', (_what, state, request, code) => expect(refusals(hostWith(state), request)).toEqual([code]))

  test('a rule that is gone is told, brought back, and no trouble on the way down', () => {
    const host = hostWith()
    setUpDirector(host, ask(nat))
    host.apply({do: 'remove-masquerade', rule: {vip, tool: 'nft'}})
    expect(status(host)).toEqual({ok: false, codes: ['masquerade-gone']})
    expect(madeRows(directorStatus({services: []}, observe(host))).at(-1)).toEqual([
      'masquerading for 192.168.1.200',
      'by nft, gone',
      '✗',
    ])
    expect(planTeardown({}, observe(host)).warnings.map(({code}) => code)).toEqual(['masquerade-gone'])
    setUpDirector(host, ask(nat))
    expect(status(host)).toEqual({ok: true, codes: []})
  })
})

describe('recommended settings', () => {
  test.each<[string, readonly ServedService[], readonly string[]]>([
    ['no services', [], ['expire_nodest_conn']],
    [
      'persistence',
      [service([], 'gatewaying', {persistence: 300})],
      ['expire_nodest_conn', 'expire_quiescent_template'],
    ],
    ['schedulers by hash', [service([], 'gatewaying', {scheduler: 'mh'})], ['expire_nodest_conn', 'sloppy_tcp']],
    [
      'not all by hash',
      [service([], 'gatewaying', {scheduler: 'sh'}), service([], 'gatewaying')],
      ['expire_nodest_conn'],
    ],
  ])('%s', (_what, services, keys) => {
    const full = keys.map((name) => `net.ipv4.vs.${name}`)
    expect(plan(hostWith(), {services}).advice).toEqual(full)
    expect(plan(hostWith(), {services}).lines).toHaveLength(2)
    const tuned = plan(hostWith(), {services, tune: true})
    expect([tuned.advice, tuned.lines.length]).toEqual([[], 2 + keys.length])
    expect(tuned.lines[0]).toBe(
      'sysctl -w net.ipv4.vs.expire_nodest_conn=1 (was 0: clients of a removed server learn it at once)',
    )
  })

  test('a value that somebody chose is told before it is changed', () => {
    const host = hostWith({sysctls: {'net.ipv4.vs.conn_reuse_mode': '0', 'net.ipv4.vs.expire_nodest_conn': '1'}})
    expect(plan(host).advice).toEqual(['net.ipv4.vs.conn_reuse_mode'])
    expect(setupReport(rehearseSetup(host, ask()), device).slice(-2)).toEqual([
      '  recommended, and set with --tune:',
      '    net.ipv4.vs.conn_reuse_mode=1 (is 0): a client port used again is a new connection',
    ])
  })
})

describe('the module', () => {
  test('is loaded first, and its settings begin as the kernel has them', () => {
    const host = hostWith({modules: {ip_vs: 'available'}})
    expect(plan(host, {tune: true}).lines.slice(0, 2)).toEqual([
      'modprobe ip_vs',
      'sysctl -w net.ipv4.vs.expire_nodest_conn=1 (was 0: clients of a removed server learn it at once)',
    ])
    setUpDirector(host, ask({tune: true}))
    tearDownDirector(host, {})
    expect(host.sysctl('net.ipv4.vs.expire_nodest_conn')).toBe('0')
  })

  test('that is missing is told', () => expect(plan(hostWith({modules: {}})).codes).toEqual(['ipvs-unavailable']))

  test('those of the schedulers in use; ip_vs_ftp never', () => {
    const services = ['rr', 'none', 'mh', 'rr'].map((scheduler) => service([], 'gatewaying', {scheduler}))
    expect(modulesFor(services)).toEqual(['ip_vs', 'ip_vs_mh', 'ip_vs_rr'])
  })
})

describe('what is around', () => {
  const far = [service(['10.9.9.9', '10.0.0.7', '192.168.1.114'], 'gatewaying')]

  test('a direct-routing server behind a router is told, at set-up and after', () => {
    expect(plan(hostWith(), {services: far}).codes).toEqual(['server-off-link'])
    setUpDirector(hostWith(), ask())
    expect(status(hostWith(), []).codes).toEqual([])
    expect(directorStatus({services: far}, observe(hostWith())).problems).toMatchObject([
      {code: 'server-off-link', severity: 'warning', message: expect.stringMatching(/^10\.9\.9\.9: /)},
    ])
  })

  test('LRO is told unless the kernel will switch it off with forwarding', () => {
    const state = {merging: ['eth0']}
    expect(plan(hostWith(state)).codes).toEqual(['lro'])
    expect(plan(hostWith(state), {method: 'nat'}).codes).toEqual([])
    expect(plan(hostWith({...state, sysctls: {'net.ipv4.ip_forward': '1'}}), {method: 'nat'}).codes).toEqual(['lro'])
  })

  test('a VIP of the subnet of another interface', () => {
    const {warnings} = rehearseSetup(hostWith(), {vips: [address('10.0.0.200')], device})
    expect(warnings).toMatchObject([{code: 'vip-off-link', hint: 'If clients arrive there: --dev eth1'}])
  })

  test('a VIP that another machine answers for is refused, and taken over where that is asked', () => {
    const answers = {answers: {[vip]: ['02:00:00:00:00:aa']}}
    expect(refusals(hostWith(answers), {})).toEqual(['vip-answered'])
    expect(refusals(hostWith(answers), {takeOver: true})).toEqual([])
    // Another NIC of this host on the same wire is nobody else.
    expect(refusals(hostWith({answers: {[vip]: ['02:00:00:00:00:03']}}), {})).toEqual([])
    const there = hostWith({...answers, addresses: [at('eth0', vip, 32)]})
    expect(refusals(there, {})).toEqual([])
  })

  test('everything that is wrong is said at once', () => {
    const state = {answers: {[vip]: ['02:00:00:00:00:aa']}, addresses: [at('eth1', six, 128)], masqueradeTool: null}
    expect(refusals(hostWith(state), {vips: [vip, six], masquerade: true, method: 'nat'})).toEqual([
      'vip-elsewhere',
      'vip-answered',
      'masquerade-tool-missing',
      'masquerade-tool-missing',
    ])
  })

  test('NAT services need forwarding, whoever set up', () => {
    const services = [service(['10.0.0.111'], 'masquerading')]
    expect(status(hostWith(), services).codes).toContain('forwarding-off')
    expect(status(hostWith({sysctls: {'net.ipv4.ip_forward': '1'}}), services).codes).not.toContain('forwarding-off')
  })
})

describe('keepalived', () => {
  const running = (config: string, comm = 'keepalived', more: Partial<FakeState> = {}): FakeState => ({
    ...more,
    files: {'/proc/7/comm': 'sh\n', '/proc/77/comm': `${comm}\n`, '/etc/keepalived/keepalived.conf': config},
  })
  const block = `virtual_ipaddress {\n  ${vip}/24 dev eth0 # and not 192.168.1.201\n  2001:db8::200\n}\n`

  test.each<[string, readonly Address[], FakeState, readonly string[]]>([
    ['its VIPs are its own', [vip, six], running(block), ['vip-of-keepalived', 'vip-of-keepalived']],
    ['what is in a comment is not', [address('192.168.1.201')], running(block), []],
    ['no such process', [vip], running(block, 'bash'), []],
    [
      'another network namespace',
      [vip],
      running(block, 'keepalived', {symlinks: {'/proc/77/ns/net': 'net:[4026530000]'}}),
      [],
    ],
  ])('%s', (_what, vips, state, codes) => expect(refusals(hostWith(state), {vips})).toEqual(codes))

  test.each([['-f\0/etc/lb.conf'], ['--use-file=/etc/lb.conf'], ['-D\0-f/etc/lb.conf']])(
    'its configuration is where %j says',
    (words) => {
      const {files} = running('')
      const told = {...files, '/proc/77/cmdline': `keepalived\0${words}\0`, '/etc/lb.conf': block}
      expect(refusals(hostWith({files: told}), {})).toEqual(['vip-of-keepalived'])
    },
  )

  test('beside it others go, with a word', () => {
    expect(plan(hostWith(running('')), {}).codes).toEqual(['keepalived-runs'])
  })
})

describe('what is noted', () => {
  test('and only root may read is told, and not taken for nothing', () => {
    const host = hostWith()
    setUpDirector(host, ask())
    const user = new Proxy(host, {
      get: (target, name) =>
        name === 'readFile'
          ? (path: string) => {
              if (path.startsWith('/run/lvsctl')) throw Object.assign(new Error('EACCES'), {code: 'EACCES'})
              return target.readFile(path)
            }
          : Reflect.get(target, name, target),
    })
    const {ok, vips, problems} = directorStatus({vips: [vip], services: []}, observe(user))
    expect([ok, vips[0]?.managed, problems.map(({code}) => code)]).toEqual([true, 'unknown', ['ledger-hidden']])
    expect(plan(user).codes).toEqual(['vip-present', 'ledger-hidden'])
    expect(() => planTeardown({}, observe(user))).toThrow(expect.objectContaining({code: 'not-permitted', exit: 5}))
  })

  test('a VIP that was there is adopted: teardown of everything leaves it, named it goes', () => {
    const host = hostWith({addresses: [at('eth0', vip, 32)]})
    const before = `${host}`
    setUpDirector(host, ask({method: 'nat'}))
    expect(directorStatus({services: []}, observe(host)).vips).toMatchObject([{vip, managed: 'adopted', method: 'nat'}])
    tearDownDirector(host, {})
    expect(`${host}`).toBe(before)
    setUpDirector(host, ask())
    tearDownDirector(host, {vips: [vip]})
    expect(host.addresses().some((one) => one.address === vip)).toBe(false)
  })

  test('a VIP that somebody removed is told and brought back', () => {
    const host = hostWith()
    setUpDirector(host, ask())
    host.apply({do: 'remove-address', address: at('eth0', vip, 32)})
    expect(status(host)).toEqual({ok: false, codes: ['vip-missing']})
    expect(planTeardown({}, observe(host)).warnings.map(({code}) => code)).toEqual(['vip-gone'])
    setUpDirector(host, ask())
    expect(status(host)).toEqual({ok: true, codes: []})
  })

  test('of an earlier boot is told, and nothing of it is undone', () => {
    const old = hostWith()
    setUpDirector(old, ask({method: 'nat'}))
    const path = '/run/lvsctl/director-4026531840.json'
    const text = old.readFile(path)?.replace(/"bootId": "[^"]*"/, '"bootId": "earlier"') ?? ''
    const again = hostWith({sysctls: {'net.ipv4.ip_forward': '1'}})
    again.apply({do: 'write-state', path, content: text})
    expect(status(again)).toEqual({ok: false, codes: ['vip-missing', 'ledger-past-boot']})
    const {steps, warnings} = planTeardown({}, observe(again))
    expect([steps.map(({line}) => line), warnings.map(({code}) => code)]).toEqual([
      [`rm ${path}`],
      ['ledger-past-boot'],
    ])
    setUpDirector(again, ask({method: 'nat'}))
    expect(status(again).ok).toBe(true)
    tearDownDirector(again, {})
    expect(again.sysctl('net.ipv4.ip_forward')).toBe('1')
  })
})
