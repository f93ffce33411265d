// Tunnelling and NAT: what is planned, refused, taken back, and said of it, on the twin of a machine.

import {describe, expect, test} from 'vitest'
import {type Address, address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {notPermitted} from '../../../src/host/failures.ts'
import type {FakeHost, FakeState} from '../../../src/host/fake-host.ts'
import type {Route} from '../../../src/host/host.ts'
import type {RolePlan} from '../../../src/host/step.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {modulesFor} from '../../../src/realserver/place.ts'
import type {SetupRequest} from '../../../src/realserver/request.ts'
import {planRealServer} from '../../../src/realserver/run.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {planTeardown} from '../../../src/realserver/teardown.ts'
import {a, arp, b, carryOut, codesOf, hostWith, linesOf, onEth0, onLo, six, tearDown} from './bench.ts'

const modules = {
  dummy: 'available',
  ipip: 'available',
  ip_gre: 'available',
  ip6_tunnel: 'available',
  fou: 'available',
} as const
const all = 'net.ipv4.conf.all'
const plan = (host: FakeHost, request: SetupRequest): RolePlan => planSetup(request, observe(host, modulesFor(request)))
const setUp = (host: FakeHost, request: SetupRequest): readonly string[] => {
  const lines = carryOut(host, plan(host, request))
  expect(linesOf(plan(host, request))).toEqual([])
  return lines
}
const codes = (work: () => unknown): readonly string[] => {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof LvsctlError)) throw error
    expect(error.exit).toBe(2)
    return error.problems.map(({code}) => code)
  }
}
const statusCodes = (host: FakeHost): readonly string[] => {
  const {vips, problems} = realServerStatus(observe(host))
  return [...vips.flatMap((one) => one.problems), ...problems].map(({code}) => code)
}

/** Loaded, so that before and after can be compared: modules stay. */
const loaded = {dummy: 'loaded', ipip: 'loaded', ip_gre: 'loaded', ip6_tunnel: 'loaded', fou: 'loaded'} as const
const ipip = (vips: readonly Address[], more: Partial<SetupRequest> = {}): SetupRequest => ({
  vips,
  method: 'tun',
  tunnel: {type: 'ipip'},
  mtuCure: 'none',
  ...more,
})

const quietly = [`sysctl -w ${all}.arp_ignore=1 (was 0)`, `sysctl -w ${all}.arp_announce=2 (was 0)`]

describe('tunnelling', () => {
  test('the module, silence, the device, and last the VIP on it', () => {
    expect(setUp(hostWith({modules}), ipip([a]))).toEqual([
      'modprobe ipip',
      ...quietly,
      'ip link set tunl0 up',
      'ip addr add 192.168.1.200/32 dev tunl0',
    ])
  })

  test('of each family its own, and gue with a UDP port for each', () => {
    const host = hostWith({modules})
    expect(setUp(host, {...ipip([a, six]), tunnel: {type: 'gue', port: 6080}})).toEqual([
      'modprobe ipip',
      'modprobe fou',
      'modprobe ip6_tunnel',
      ...quietly,
      'ip fou add port 6080 gue',
      'ip fou add port 6080 gue -6',
      'ip link set tunl0 up',
      'ip link set ip6tnl0 up',
      'ip addr add 192.168.1.200/32 dev tunl0',
      'ip addr add 2001:db8::200/128 dev ip6tnl0 nodad preferred_lft 0',
    ])
    expect(tearDown(host, a)).toEqual(['ip addr del 192.168.1.200/32 dev tunl0', ...quietly.map(undone).toReversed()])
    expect(tearDown(host)).toEqual([
      'ip addr del 2001:db8::200/128 dev ip6tnl0',
      'ip fou del port 6080 gue -6',
      'ip fou del port 6080 gue',
      'ip link set ip6tnl0 down',
      'ip link set tunl0 down',
    ])
  })

  const undone = (line: string): string => line.replace(/=(\d) \(was (\d)\)/, '=$2 (was $1)')

  test.each([
    ['tunl0', {type: 'ipip'}],
    ['tunl0', {type: 'gue', port: 6080}],
    ['gre0', {type: 'gre'}],
  ] as const)('%s: taken back, everything is as it was', (device, tunnel) => {
    const state: FakeState = {modules: loaded, sysctls: {[`${all}.rp_filter`]: '1'}}
    const host = hostWith(state)
    setUp(host, {...ipip([a, b]), tunnel})
    expect(host.sysctl(`net.ipv4.conf.${device}.rp_filter`)).toBe('2')
    expect(statusCodes(host)).toEqual([])
    tearDown(host, a)
    expect(statusCodes(host)).toEqual([])
    tearDown(host, b)
    expect(host.toString()).toBe(hostWith(state).toString())
  })

  test('a device that was up, and a port that was there, stay', () => {
    const port = {port: 6080, family: 'ipv4', encapsulation: 'gue'} as const
    const host = hostWith({modules: loaded, fouPorts: [port]})
    host.apply({do: 'link-up', interface: 'tunl0'})
    const before = host.toString()
    setUp(host, {...ipip([a]), tunnel: {type: 'gue', port: 6080}})
    tearDown(host)
    expect(host.toString()).toBe(before)
  })

  test('a device that somebody else came to use stays up, and is told', () => {
    const host = hostWith({modules: loaded})
    setUp(host, ipip([a]))
    host.apply({do: 'add-address', address: {...onLo(b), interface: 'tunl0'}})
    const down = planTeardown({}, observe(host))
    expect(linesOf(down)).toEqual(['ip addr del 192.168.1.200/32 dev tunl0'])
    expect(codesOf(down)).toEqual(['link-kept', 'arp-kept-quiet'])
    carryOut(host, down)
    host.apply({do: 'remove-address', address: {...onLo(b), interface: 'tunl0'}})
    tearDown(host)
    expect(host.toString()).toBe(hostWith({modules: loaded}).toString())
  })

  test('a module that this machine lacks', () => {
    expect(codes(() => plan(hostWith({modules: {}}), ipip([a])))).toEqual(['module-missing'])
  })

  test.each<[string, Record<string, string>, Partial<SetupRequest>, readonly string[]]>([
    ['0 is open', {}, {}, []],
    ['1 on all: 2 on the device is more', {all: '1'}, {}, ['tunl0.rp_filter=2 (was 0)']],
    ['1 on the device', {tunl0: '1'}, {}, ['tunl0.rp_filter=2 (was 1)']],
    ['2 will do, since the device gets an address', {all: '2'}, {}, []],
    ['2 will do there too', {tunl0: '2'}, {}, []],
    ['without an address only 0 will', {tunl0: '2'}, {device: 'lo'}, ['tunl0.rp_filter=0 (was 2)']],
  ])('rp_filter: %s', (_what, filters, more, expected) => {
    const sysctls = Object.fromEntries(
      Object.entries(filters).map(([name, value]) => [`net.ipv4.conf.${name}.rp_filter`, value]),
    )
    const host = hostWith({modules: loaded, sysctls})
    const lines = setUp(host, ipip([a], more)).filter((line) => line.includes('rp_filter'))
    expect(lines).toEqual(expected.map((line) => `sysctl -w net.ipv4.conf.${line}`))
    expect(statusCodes(host)).toEqual([])
  })

  test('rp_filter on all, and no address on the device: nothing here can open it', () => {
    const host = hostWith({modules: loaded, sysctls: {[`${all}.rp_filter`]: '1'}})
    expect(codes(() => plan(host, ipip([a], {device: 'lo'})))).toEqual(['rp-filter'])
  })

  test('what set-up needed once and does not do any more is not what was found', () => {
    const state: FakeState = {modules: loaded, sysctls: {'net.ipv4.conf.tunl0.rp_filter': '2'}}
    const host = hostWith(state)
    setUp(host, ipip([a], {device: 'lo'}))
    host.apply({do: 'set-sysctl', key: `${all}.rp_filter`, value: '1'})
    expect(setUp(host, ipip([b]))).toContain('sysctl -w net.ipv4.conf.tunl0.rp_filter=2 (was 0)')
    tearDown(host)
    expect(host.sysctl('net.ipv4.conf.tunl0.rp_filter')).toBe('2')
  })

  test('the new device gets what new devices get, and that is what teardown goes back to', () => {
    const host = hostWith({modules, sysctls: {'net.ipv4.conf.default.rp_filter': '1'}})
    expect(setUp(host, ipip([a]))).toContain('sysctl -w net.ipv4.conf.tunl0.rp_filter=2 (was 1)')
    tearDown(host)
    expect(host.sysctl('net.ipv4.conf.tunl0.rp_filter')).toBe('1')
  })

  test('what is wrong later is found', () => {
    const host = hostWith({modules: loaded})
    setUp(host, {...ipip([a]), tunnel: {type: 'gue', port: 6080}})
    host.apply({do: 'remove-fou-port', port: {port: 6080, family: 'ipv4', encapsulation: 'gue'}})
    expect(statusCodes(host)).toEqual(['fou-port-missing'])
    host.apply({do: 'set-sysctl', key: `${all}.rp_filter`, value: '1'})
    expect(statusCodes(host)).toEqual(['rp-filter', 'fou-port-missing'])
    host.apply({do: 'link-down', interface: 'tunl0'})
    expect(statusCodes(host)).toEqual(['interface-down', 'tunnel-down', 'fou-port-missing'])
  })
})

describe('packets that grow', () => {
  const lan: Route = {
    family: 'ipv4',
    destination: address('192.168.1.0'),
    prefixLength: 24,
    interface: 'eth0',
    table: 254,
    type: 'unicast',
    scope: 'link',
    protocol: 'kernel',
  }
  const {destination: _lan, ...way} = lan
  const out: Route = {
    ...way,
    prefixLength: 0,
    gateway: address('192.168.1.1'),
    scope: 'universe',
    protocol: 'dhcp',
    priority: 100,
  }
  const state: FakeState = {modules: loaded, routes: [lan, out]}

  test('what to do about them is asked once', () => {
    const {mtuCure: _none, ...unsaid} = ipip([a])
    const host = hostWith(state)
    expect(codes(() => plan(host, unsaid))).toEqual(['mtu-black-hole'])
    expect(() => plan(host, unsaid)).toThrow(
      expect.objectContaining({hint: expect.stringMatching(/clamp.*director.*path.*none/)}),
    )
    setUp(host, ipip([a]))
    expect(setUp(host, {...unsaid, vips: [b]})).toEqual(['ip addr add 192.168.1.201/32 dev tunl0'])
  })

  test('with frames that are large enough there is no question', () => {
    const {mtuCure: _none, ...unsaid} = ipip([a])
    expect(codes(() => plan(hostWith({...state, links: [{name: 'eth0', mtu: 1520}]}), unsaid))).toEqual([])
  })

  test('clamp: routes ask for what fits, and are as they were afterwards', () => {
    const host = hostWith(state)
    const lines = setUp(host, ipip([a], {mtuCure: 'clamp'}))
    expect(lines.filter((line) => line.includes('route'))).toEqual([
      'ip route replace 192.168.1.0/24 dev eth0 proto kernel advmss 1440 (was 192.168.1.0/24 dev eth0 proto kernel)',
      'ip route replace default via 192.168.1.1 dev eth0 proto dhcp metric 100 advmss 1440 (was default via 192.168.1.1 dev eth0 proto dhcp metric 100)',
    ])
    tearDown(host)
    expect(host.toString()).toBe(hostWith(state).toString())
  })

  test('clamp: a route that somebody changed since is theirs', () => {
    const host = hostWith(state)
    setUp(host, ipip([a], {mtuCure: 'clamp'}))
    const theirs = {...out, gateway: address('192.168.1.2')}
    host.apply({do: 'replace-route', route: theirs, was: out})
    expect(statusCodes(host)).toEqual(['route-changed'])
    const down = planTeardown({}, observe(host))
    expect(codesOf(down)).toEqual(['route-changed'])
    carryOut(host, down)
    expect(host.toString()).toBe(hostWith({...state, routes: [lan, theirs]}).toString())
  })

  test('clamp: a route that cannot be put back is not touched', () => {
    const host = hostWith({...state, routes: [{...out, partial: true}]})
    expect(codes(() => plan(host, ipip([a], {mtuCure: 'clamp'})))).toEqual(['route-partial'])
  })

  test('path: larger frames here', () => {
    const host = hostWith(state)
    expect(setUp(host, ipip([a], {mtuCure: 'path'}))).toContain('ip link set eth0 mtu 1520 (was 1500)')
    host.apply({do: 'set-mtu', interface: 'eth0', mtu: 1400, was: 1520})
    expect(statusCodes(host)).toEqual(['mtu-changed'])
    host.apply({do: 'set-mtu', interface: 'eth0', mtu: 1520, was: 1400})
    tearDown(host)
    expect(host.links().find(({name}) => name === 'eth0')?.mtu).toBe(1500)
  })

  test('director: it is told what to do there', () => {
    expect(codesOf(plan(hostWith(state), ipip([a], {mtuCure: 'director'})))).toEqual(['mtu-on-director'])
  })
})

describe('NAT', () => {
  const through = (gateway: string, more: Partial<Route> = {}): Route => ({
    family: 'ipv4',
    prefixLength: 0,
    gateway: address(gateway),
    interface: 'eth0',
    table: 254,
    type: 'unicast',
    scope: 'universe',
    protocol: 'static',
    ...more,
  })
  const old = through('192.168.1.1', {protocol: 'dhcp', priority: 100, source: onEth0.address})
  const nat: SetupRequest = {vips: [], method: 'nat', gateways: [address('192.168.1.2')]}

  test('the default route leads through the director, and back to where it led', () => {
    const host = hostWith({routes: [old]})
    const done = plan(host, nat)
    expect(linesOf(done)).toEqual([
      'ip route replace default via 192.168.1.2 dev eth0 metric 100 (was default via 192.168.1.1 dev eth0 proto dhcp src 192.168.1.111 metric 100)',
    ])
    expect(codesOf(done)).toEqual(['route-advertised'])
    setUp(host, nat)
    expect(realServerStatus(observe(host))).toMatchObject({ok: true, gateways: [{gateway: '192.168.1.2', ok: true}]})
    tearDown(host)
    expect(host.toString()).toBe(hostWith({routes: [old]}).toString())
  })

  test('without a route before, it goes', () => {
    const host = hostWith()
    expect(setUp(host, nat)).toEqual(['ip route add default via 192.168.1.2 dev eth0'])
    expect(tearDown(host)).toEqual(['ip route del default via 192.168.1.2 dev eth0'])
    expect(host.toString()).toBe(hostWith().toString())
  })

  test('one that is so already is nobody’s doing', () => {
    const host = hostWith({routes: [through('192.168.1.2')]})
    expect(setUp(host, nat)).toEqual([])
    expect(tearDown(host)).toEqual([])
  })

  test('another that counts for less stays beside it', () => {
    const spare = through('192.168.1.9', {priority: 500})
    const host = hostWith({routes: [spare, old]})
    setUp(host, nat)
    expect(host.routes()).toContainEqual(spare)
    tearDown(host)
    expect(host.toString()).toBe(hostWith({routes: [spare, old]}).toString())
  })

  test('a VIP that is taken down leaves the gateway alone', () => {
    const host = hostWith({routes: [old]})
    setUp(host, nat)
    setUp(host, {vips: [a]})
    tearDown(host, a)
    expect(realServerStatus(observe(host)).gateways).toMatchObject([{ok: true}])
    tearDown(host)
    expect(host.toString()).toBe(hostWith({routes: [old]}).toString())
  })

  test('a route that somebody changed since is told and left', () => {
    const host = hostWith({routes: [old]})
    setUp(host, nat)
    const theirs = through('192.168.1.7', {priority: 100})
    host.apply({do: 'replace-route', route: theirs, was: theirs})
    expect(statusCodes(host)).toEqual(['gateway-changed'])
    const down = planTeardown({}, observe(host))
    expect(codesOf(down)).toEqual(['route-changed'])
    carryOut(host, down)
    expect(host.routes()).toEqual([theirs])
    expect(observe(host).recorded.text).toBeUndefined()
  })

  test.each<[string, FakeState, Partial<SetupRequest>, readonly string[]]>([
    ['no neighbour', {}, {gateways: [address('10.0.0.1')]}, ['gateway-off-link']],
    ['this host itself', {}, {gateways: [onEth0.address]}, ['gateway-own-address']],
    ['the broadcast address', {}, {gateways: [address('192.168.1.255')]}, ['gateway-subnet-edge']],
    ['the network address', {}, {gateways: [address('192.168.1.0')]}, ['gateway-subnet-edge']],
    ['two of one family', {}, {gateways: ['192.168.1.2', '192.168.1.3'].map(address)}, ['gateway-ambiguous']],
    ['several next hops', {routes: [{...old, partial: true}]}, {}, ['route-partial']],
    [
      'several next hops, told one by one',
      {routes: [old, {...old, gateway: address('192.168.1.9')}]},
      {},
      ['route-partial'],
    ],
    ['it would cut the connection', {routes: [old]}, {sshPeer: address('203.0.113.9')}, ['ssh-cut']],
  ])('refused: %s', (_what, state, more, expected) => {
    expect(codes(() => plan(hostWith(state), {...nat, ...more}))).toEqual(expected)
  })

  test('a gateway that nobody answers for is told, before the route leads there', () => {
    const gateway = {answers: {'192.168.1.2': ['02:00:00:00:00:22']}}
    const told = (state: FakeState) => codesOf(planRealServer(nat, hostWith({routes: [old], ...state})))
    expect(told({})).toEqual(['route-advertised', 'gateway-silent'])
    expect(told(gateway)).toEqual(['route-advertised'])
    // Nothing is changed, and nobody is asked.
    expect(told({routes: [through('192.168.1.2')]})).toEqual([])
    const noRoot = hostWith({routes: [old]})
    noRoot.probe = () => {
      throw notPermitted('arping', 'root')
    }
    expect(codesOf(planRealServer(nat, noRoot))).toEqual(['route-advertised'])
  })

  test.each<[string, readonly Route[], string]>([
    ['a neighbour', [old], '192.168.1.50'],
    [
      'one with a route of its own',
      [old, through('192.168.1.1', {destination: address('203.0.113.0'), prefixLength: 24})],
      '203.0.113.9',
    ],
    ['one of the other family', [old], '2001:db8:9::9'],
  ])('a connection from %s stays', (_what, routes, peer) => {
    expect(codes(() => plan(hostWith({routes}), {...nat, sshPeer: address(peer)}))).toEqual([])
  })
})

describe('a dummy interface', () => {
  test('is made, used and removed', () => {
    const host = hostWith({modules})
    const before = host.toString()
    expect(setUp(host, {vips: [a, six], device: 'dummy0'})).toEqual([
      'ip link add dummy0 type dummy',
      ...quietly,
      'ip link set dummy0 up',
      'ip addr add 192.168.1.200/32 dev dummy0',
      'ip addr add 2001:db8::200/128 dev dummy0 nodad preferred_lft 0',
    ])
    expect(statusCodes(host)).toEqual([])
    expect(tearDown(host, a).some((line) => line.includes('link'))).toBe(false)
    tearDown(host)
    expect(host.toString()).toBe(before)
  })

  test('that was there stays', () => {
    const state: FakeState = {
      modules: loaded,
      links: [{name: 'eth0'}, {name: 'dummy0', kind: 'dummy', noArp: true, up: false}],
    }
    const host = hostWith(state)
    setUp(host, {vips: [a], device: 'dummy0'})
    tearDown(host)
    expect(host.toString()).toBe(hostWith(state).toString())
  })
})

describe('where a VIP cannot be', () => {
  test('an interface that neighbours ask', () => {
    expect(codes(() => plan(hostWith(), {vips: [a], device: 'eth0'}))).toEqual(['device-speaks'])
  })
  test('an interface that is not there', () => {
    expect(() => plan(hostWith(), {vips: [a], device: 'eth7'})).toThrow(
      expect.objectContaining({failure: 'missing', code: 'interface-unknown'}),
    )
  })
  test('two interfaces that are not there: both are told', () => {
    try {
      plan(hostWith(), {vips: [a], device: 'eth7', arpScope: 'eth8'})
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof LvsctlError)) throw error
      expect(error.exit).toBe(3)
      expect(error.problems.map(({where}) => where)).toEqual(['--interface', '--arp-scope'])
    }
  })
  test('the device of a tunnel that is not there, for direct routing', () => {
    expect(() => plan(hostWith({modules}), {vips: [a], device: 'tunl0'})).toThrow(
      expect.objectContaining({code: 'interface-unknown'}),
    )
  })
  test('beside a whole subnet on lo', () => {
    const host = hostWith({addresses: [{...onLo(b), prefixLength: 24}]})
    expect(codes(() => plan(host, {vips: [a]}))).toEqual(['subnet-on-loopback'])
  })
})

describe('ARP settings of one interface', () => {
  const two: FakeState = {links: [{name: 'eth0'}, {name: 'eth1'}]}
  test('are set there, and the others are told', () => {
    const host = hostWith(two)
    const done = plan(host, {vips: [a], arpScope: 'eth0'})
    expect(linesOf(done).slice(0, 2)).toEqual([
      'sysctl -w net.ipv4.conf.eth0.arp_ignore=1 (was 0)',
      'sysctl -w net.ipv4.conf.eth0.arp_announce=2 (was 0)',
    ])
    expect(codesOf(done)).toEqual(['arp-loud'])
    carryOut(host, done)
    expect(realServerStatus(observe(host)).vips[0]?.loud.map((one) => one.interface)).toEqual(['eth1', 'eth1'])
    tearDown(host)
    expect(host.toString()).toBe(hostWith(two).toString())
  })
  test('cannot outdo a larger value of all that is loud', () => {
    const host = hostWith({...two, sysctls: {[arp('all', 'arp_ignore')]: '4'}})
    expect(codes(() => plan(host, {vips: [a], arpScope: 'eth0'}))).toEqual(['arp-all-loud'])
  })
  test('of an interface that is none', () => {
    expect(() => plan(hostWith(), {vips: [a], arpScope: 'eth7'})).toThrow(expect.objectContaining({failure: 'missing'}))
  })
})

test('after a reboot the notes are history: told, and nothing of them is believed', () => {
  const host = hostWith()
  setUp(host, {vips: [a]})
  const path = observe(host).recorded.path
  const next = hostWith({
    files: {[path]: host.readFile(path) as string},
    sysctls: {'kernel.random.boot_id': 'the-next'},
  })
  expect(realServerStatus(observe(next))).toMatchObject({ok: false, problems: [{code: 'reboot-lost'}]})
  const again = plan(next, {vips: [a]})
  expect(codesOf(again)).toEqual([])
  carryOut(next, again)
  expect(realServerStatus(observe(next))).toMatchObject({ok: true, problems: []})
  tearDown(next)
  expect(observe(next).recorded.text).toBeUndefined()
})

test('what a file will set at boot is told', () => {
  const host = hostWith()
  setUp(host, {vips: [a]})
  const persisted = (key: string) =>
    key === arp('all', 'arp_ignore') ? {value: '0', file: '/etc/sysctl.d/99-hard.conf', line: 3} : undefined
  const {ok, problems, settings} = realServerStatus(observe(host), {persisted})
  expect({ok, codes: problems.map(({code}) => code)}).toEqual({ok: true, codes: ['sysctl-at-boot']})
  expect(settings[0]).toMatchObject({is: '1', should: '1', by: 'lvsctl', atBoot: {file: '/etc/sysctl.d/99-hard.conf'}})
})
