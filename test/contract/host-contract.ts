// What every Host must do, as cases that run on the twin and on a real kernel alike. Each gets a host that is fresh: lo
// down, no addresses, every sysctl at its default; and an empty folder for files.

import {expect} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {LvsctlError} from '../../src/domain/problem.ts'
import type {Effect, Host, InterfaceAddress, Route} from '../../src/host/host.ts'
import {inverse} from '../../src/host/inverse.ts'

export interface ContractCase {
  readonly name: string
  run(host: Host, folder: string): void
}

const arpIgnore = 'net.ipv4.conf.all.arp_ignore'

export const vip4: InterfaceAddress = {
  interface: 'lo',
  address: address('192.0.2.200'),
  prefixLength: 32,
  scope: 'global',
}
const vip6: InterfaceAddress = {
  interface: 'lo',
  address: address('2001:db8::200'),
  prefixLength: 128,
  scope: 'global',
  noDad: true,
  preferred: 0,
}

function code(host: Host, effect: Effect): string {
  try {
    host.apply(effect)
  } catch (error) {
    if (error instanceof LvsctlError) return `${error.failure}: ${error.code}`
    throw error
  }
  return 'done'
}

const added = (host: Host): readonly InterfaceAddress[] =>
  host.addresses().filter((one) => !/^(127\.|::1$|fe80)/.test(one.address))

/** The kernel has one of its own for each address. */
const made = (host: Host): readonly Route[] => host.routes().filter(({protocol}) => protocol === 'static')

const route = (given: Partial<Route>): Route => ({
  family: 'ipv4',
  prefixLength: 0,
  interface: 'lo',
  table: 254,
  type: 'unicast',
  scope: 'universe',
  protocol: 'static',
  ...given,
})
const neighbour = address('192.0.2.1')
const byNeighbour = route({gateway: neighbour, priority: 100, metrics: {advertisedMss: 1400, initialWindow: 20}})

/** All that effects can change, for comparing before and after. */
const state = (host: Host, folder: string) => ({
  mtu: host.links().find(({name}) => name === 'lo')?.mtu,
  routes: made(host),
  notes: host.readFile(`${folder}/notes/role`),
  addresses: [...added(host)].sort((a, b) => a.address.localeCompare(b.address)),
  lo: host.links().find(({name}) => name === 'lo')?.up,
  sysctl: host.sysctl(arpIgnore),
  file: host.readFile(`${folder}/file`),
  link: host.inspect(`${folder}/link`),
})

const case_ = (name: string, run: ContractCase['run']): ContractCase => ({name, run})

export const hostContract: readonly ContractCase[] = [
  case_('lo is there, down, with index and no neighbours', (host) => {
    const lo = host.links().find(({name}) => name === 'lo')
    expect(lo).toMatchObject({index: 1, up: false, running: false, loopback: true, noArp: false, mtu: 65536})
    expect(added(host)).toEqual([])
  }),
  case_('a link goes up and down, and again does nothing', (host) => {
    const up = () => host.links().find(({name}) => name === 'lo')?.up
    for (const [kind, is] of [
      ['link-up', true],
      ['link-up', true],
      ['link-down', false],
      ['link-down', false],
    ] as const) {
      host.apply({do: kind, interface: 'lo'})
      expect(up()).toBe(is)
    }
  }),
  case_('an IPv4 address: once, gone, not twice', (host) => {
    host.apply({do: 'link-up', interface: 'lo'})
    expect(code(host, {do: 'add-address', address: vip4})).toBe('done')
    expect(added(host)).toEqual([vip4])
    expect(code(host, {do: 'add-address', address: vip4})).toBe('exists: address-exists')
    expect(code(host, {do: 'remove-address', address: {...vip4, prefixLength: 24}})).toBe('missing: address-missing')
    expect(code(host, {do: 'remove-address', address: vip4})).toBe('done')
    expect(added(host)).toEqual([])
    expect(code(host, {do: 'remove-address', address: vip4})).toBe('missing: address-missing')
  }),
  case_('IPv4: the same address with another prefix length is another one', (host) => {
    host.apply({do: 'link-up', interface: 'lo'})
    host.apply({do: 'add-address', address: vip4})
    expect(code(host, {do: 'add-address', address: {...vip4, prefixLength: 24}})).toBe('done')
    expect(added(host)).toHaveLength(2)
  }),
  case_('scope and label come back as given', (host) => {
    host.apply({do: 'link-up', interface: 'lo'})
    const labelled: InterfaceAddress = {...vip4, scope: 'host', label: 'lo:0', broadcast: address('192.0.2.200')}
    host.apply({do: 'add-address', address: labelled})
    expect(added(host)).toEqual([labelled])
    host.apply({do: 'remove-address', address: labelled})
    expect(added(host)).toEqual([])
  }),
  case_('an IPv6 address: once per interface whatever its prefix length', (host) => {
    host.apply({do: 'link-up', interface: 'lo'})
    host.apply({do: 'add-address', address: vip6})
    expect(added(host)).toEqual([vip6])
    expect(code(host, {do: 'add-address', address: {...vip6, prefixLength: 64}})).toBe('exists: address-exists')
    expect(code(host, {do: 'remove-address', address: {...vip6, prefixLength: 64}})).toBe('missing: address-missing')
    host.apply({do: 'remove-address', address: vip6})
    expect(added(host)).toEqual([])
  }),
  case_('IPv6 switched off refuses addresses', (host) => {
    host.apply({do: 'link-up', interface: 'lo'})
    host.apply({do: 'set-sysctl', key: 'net.ipv6.conf.lo.disable_ipv6', value: '1'})
    expect(code(host, {do: 'add-address', address: vip6})).toBe('unsupported: ipv6-disabled')
    expect(added(host)).toEqual([])
  }),
  case_('an unknown interface is told with those that are there', (host) => {
    for (const effect of [
      {do: 'link-up', interface: 'l0'},
      {do: 'announce', interface: 'l0', address: vip4.address},
      {do: 'add-address', address: {...vip4, interface: 'l0'}},
      {do: 'remove-address', address: {...vip4, interface: 'l0'}},
    ] as const) {
      expect(code(host, effect)).toBe('missing: interface-unknown')
      expect(() => host.apply(effect)).toThrow(
        expect.objectContaining({hint: expect.stringContaining('Did you mean lo?')}),
      )
    }
  }),
  case_('sysctls are read and set', (host) => {
    expect(host.sysctl(arpIgnore)).toBe('0')
    host.apply({do: 'set-sysctl', key: arpIgnore, value: '1'})
    expect(host.sysctl(arpIgnore)).toBe('1')
    expect(host.sysctl('net.ipv4.conf.lo.arp_announce')).toBe('0')
  }),
  case_('a sysctl that is not there, and a value that is none', (host) => {
    expect(host.sysctl('net.ipv4.conf.nope.arp_ignore')).toBeUndefined()
    expect(host.sysctl('net.ipv4.conf...arp_ignore')).toBeUndefined()
    expect(code(host, {do: 'set-sysctl', key: 'net.ipv4.conf.nope.arp_ignore', value: '1'})).toBe(
      'missing: sysctl-unknown',
    )
    expect(code(host, {do: 'set-sysctl', key: 'net..x', value: '1'})).toBe('missing: sysctl-unknown')
    expect(code(host, {do: 'set-sysctl', key: arpIgnore, value: 'quiet'})).toBe('unexpected: sysctl-refused')
    expect(host.sysctl(arpIgnore)).toBe('0')
  }),
  case_('files are written whole, read and removed', (host, folder) => {
    const path = `${folder}/deep/er/file`
    expect(host.readFile(path)).toBeUndefined()
    host.apply({do: 'write-file', path, content: 'one\n'})
    host.apply({do: 'write-file', path, content: 'two\n'})
    expect(host.readFile(path)).toBe('two\n')
    host.apply({do: 'remove-file', path})
    expect(host.readFile(path)).toBeUndefined()
    expect(code(host, {do: 'remove-file', path})).toBe('missing: file-missing')
  }),
  case_('a folder lists what is in it, links and folders too', (host, folder) => {
    expect(host.list(`${folder}/none`)).toEqual([])
    host.apply({do: 'write-file', path: `${folder}/some/b`, content: ''})
    host.apply({do: 'write-file', path: `${folder}/some/deep/er`, content: ''})
    host.apply({do: 'make-symlink', path: `${folder}/some/a`, target: '/nowhere'})
    expect(host.list(`${folder}/some`)).toEqual(['a', 'b', 'deep'])
    expect(host.list(`${folder}/some/b`)).toEqual([])
  }),
  case_('a new file has the mode that is asked for, an old one keeps its own', (host, folder) => {
    const path = `${folder}/secret`
    const mode = () => host.inspect(path)?.mode
    host.apply({do: 'write-file', path, content: 'one\n', mode: 0o600})
    expect(mode()).toBe(0o600)
    host.apply({do: 'write-file', path, content: 'two\n', mode: 0o755})
    expect(mode()).toBe(0o600)
    const removal: Effect = {do: 'remove-file', path, mode: 0o600}
    const back = inverse(removal, host)
    host.apply(removal)
    for (const effect of back) host.apply(effect)
    expect([mode(), host.readFile(path)]).toEqual([0o600, 'two\n'])
  }),
  case_('a symlink is made once, seen as it is, and removed where it leads there', (host, folder) => {
    const link = {path: `${folder}/deep/link`, target: `${folder}/file`} as const
    expect(host.inspect(link.path)).toBeUndefined()
    expect(code(host, {do: 'remove-symlink', ...link})).toBe('missing: symlink-missing')
    host.apply({do: 'make-symlink', ...link})
    expect(host.inspect(link.path)).toMatchObject({kind: 'symlink', owner: 0, target: link.target})
    expect(host.inspect(link.target)).toBeUndefined()
    expect(code(host, {do: 'make-symlink', ...link})).toBe('exists: file-exists')
    host.apply({do: 'write-file', path: link.target, content: 'text'})
    expect(host.inspect(link.target)).toEqual({kind: 'file', owner: 0, mode: 0o644})
    expect(host.inspect(`${folder}/deep`)).toEqual({kind: 'folder', owner: 0, mode: 0o755})
    expect(host.readFile(link.path)).toBe('text')
    expect(code(host, {do: 'make-symlink', path: link.target, target: '/'})).toBe('exists: file-exists')
    expect(code(host, {do: 'remove-symlink', path: link.path, target: '/elsewhere'})).toBe('missing: symlink-missing')
    expect(code(host, {do: 'remove-symlink', path: link.target, target: link.target})).toBe('missing: symlink-missing')
    host.apply({do: 'remove-symlink', ...link})
    expect(host.inspect(link.path)).toBeUndefined()
    expect(host.readFile(link.target)).toBe('text')
  }),
  case_("notes are root's alone, and lie in no place that somebody else made", (host, folder) => {
    const path = `${folder}/notes/role`
    expect(code(host, {do: 'remove-state', path})).toBe('missing: file-missing')
    host.apply({do: 'write-state', path, content: 'one'})
    host.apply({do: 'write-state', path, content: 'two'})
    expect(host.readFile(path)).toBe('two')
    expect(host.inspect(path)).toEqual({kind: 'file', owner: 0, mode: 0o600})
    expect(host.inspect(`${folder}/notes`)).toEqual({kind: 'folder', owner: 0, mode: 0o700})
    host.apply({do: 'remove-state', path})
    expect(host.readFile(path)).toBeUndefined()

    const target = `${folder}/precious`
    host.apply({do: 'write-file', path: target, content: 'gold'})
    host.apply({do: 'make-symlink', path: `${folder}/notes/planted`, target})
    host.apply({do: 'make-symlink', path: `${folder}/elsewhere`, target: `${folder}/notes`})
    for (const planted of [`${folder}/notes/planted`, `${folder}/elsewhere/role`, `${target}/role`]) {
      expect(code(host, {do: 'write-state', path: planted, content: 'lead'})).toBe('permission: state-not-ours')
      expect(code(host, {do: 'remove-state', path: planted})).toBe('permission: state-not-ours')
    }
    expect(host.readFile(target)).toBe('gold')
    expect(host.inspect(`${folder}/notes/role`)).toBeUndefined()
  }),
  case_("routes come, go, and take each other's place", (host) => {
    host.apply({do: 'link-up', interface: 'lo'})
    expect(made(host)).toEqual([])
    expect(code(host, {do: 'add-route', route: byNeighbour})).toBe('unexpected: gateway-unreachable')
    host.apply({do: 'add-address', address: {...vip4, prefixLength: 24}})
    expect(code(host, {do: 'add-route', route: byNeighbour})).toBe('done')
    expect(made(host)).toEqual([byNeighbour])
    expect(code(host, {do: 'add-route', route: byNeighbour})).toBe('exists: route-exists')
    const other = route({...byNeighbour, gateway: address('192.0.2.2'), metrics: {mtu: 1400}})
    host.apply({do: 'replace-route', route: other, was: byNeighbour})
    expect(made(host)).toEqual([other])
    const third = route({gateway: neighbour, priority: 50})
    host.apply({do: 'replace-route', route: third, was: third})
    expect(made(host)).toHaveLength(2)
    host.apply({do: 'remove-route', route: third})
    expect(code(host, {do: 'remove-route', route: byNeighbour})).toBe('missing: route-missing')
    host.apply({do: 'remove-route', route: other})
    expect(made(host)).toEqual([])
  }),
  case_('a gateway in no subnet is a neighbour where it is said to be on the link', (host) => {
    host.apply({do: 'link-up', interface: 'lo'})
    host.apply({do: 'add-address', address: vip4})
    const far = route({gateway: address('198.51.100.1')})
    expect(code(host, {do: 'add-route', route: far})).toBe('unexpected: gateway-unreachable')
    host.apply({do: 'add-route', route: {...far, onLink: true}})
    expect(made(host)).toEqual([{...far, onLink: true}])
  }),
  case_('a route through an interface that is down, or is none', (host) => {
    const direct = route({destination: neighbour, prefixLength: 32, scope: 'link'})
    expect(code(host, {do: 'add-route', route: direct})).toBe('unexpected: interface-down')
    expect(code(host, {do: 'add-route', route: byNeighbour})).toBe('unexpected: gateway-unreachable')
    expect(code(host, {do: 'add-route', route: {...byNeighbour, interface: 'l0'}})).toBe('missing: interface-unknown')
    expect(made(host)).toEqual([])
  }),
  case_('the MTU of an interface', (host) => {
    host.apply({do: 'set-mtu', interface: 'lo', mtu: 1520, was: 65536})
    expect(host.links().find(({name}) => name === 'lo')?.mtu).toBe(1520)
    expect(code(host, {do: 'set-mtu', interface: 'l0', mtu: 1500, was: 1})).toBe('missing: interface-unknown')
  }),
  case_('a module that this machine lacks', (host) => {
    expect(host.module('lvsctl_no_such')).toBe('missing')
    expect(code(host, {do: 'load-module', module: 'lvsctl_no_such'})).toBe('unsupported: module-missing')
  }),
  case_('an interface that is not there cannot be removed, and lo is none of ours', (host) => {
    expect(code(host, {do: 'remove-link', link: {name: 'l0', kind: 'dummy'}})).toBe('missing: interface-unknown')
    expect(code(host, {do: 'remove-link', link: {name: 'lo', kind: 'dummy'}})).toBe('missing: link-missing')
    expect(code(host, {do: 'add-link', link: {name: 'lo', kind: 'dummy'}})).toBe('exists: link-exists')
  }),
  case_('each boot has an id', (host) => {
    expect(host.sysctl('kernel.random.boot_id')).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
  }),
  case_('an announcement needs an interface that is up', (host) => {
    const effect = {do: 'announce', interface: 'lo', address: vip4.address} as const
    expect(code(host, effect)).toBe('unexpected: interface-down')
    host.apply({do: 'link-up', interface: 'lo'})
    expect(code(host, effect)).toBe('done')
    expect(code(host, {...effect, address: vip6.address})).toBe('done')
  }),
  case_('a probe needs an interface that is up, and does not hear this host itself', (host) => {
    const probe = {interface: 'lo', targets: [vip4.address, vip6.address], timeoutMs: 30} as const
    expect(() => host.probe({...probe, interface: 'l0'})).toThrow(expect.objectContaining({code: 'interface-unknown'}))
    expect(() => host.probe(probe)).toThrow(expect.objectContaining({code: 'interface-down'}))
    host.apply({do: 'link-up', interface: 'lo'})
    host.apply({do: 'add-address', address: vip4})
    expect([...host.probe(probe)]).toEqual([
      [vip4.address, []],
      [vip6.address, []],
    ])
    expect(host.neighbours()).toEqual([])
  }),
  case_('of masquerading what is not there cannot be removed, and is not said to be there', (host) => {
    const rule = {vip: vip4.address, tool: 'iptables'} as const
    expect(host.isMasqueraded(rule)).toBe(false)
    expect(code(host, {do: 'remove-masquerade', rule})).toBe('missing: masquerade-missing')
  }),
  case_('lo merges no segments, and what is not there cannot be asked', (host) => {
    expect(host.mergesSegments('lo')).toBe(false)
    expect(() => host.mergesSegments('l0')).toThrow(expect.objectContaining({code: 'interface-unknown'}))
  }),
  case_('every effect is undone by its inverse', (host, folder) => {
    const path = `${folder}/file`
    const walk: readonly Effect[] = [
      {do: 'set-sysctl', key: arpIgnore, value: '2'},
      {do: 'link-up', interface: 'lo'},
      {do: 'add-address', address: vip4},
      {do: 'add-address', address: vip6},
      {do: 'set-mtu', interface: 'lo', mtu: 9000, was: 65536},
      {do: 'add-address', address: {...vip4, prefixLength: 24}},
      {do: 'add-route', route: byNeighbour},
      {do: 'replace-route', route: route({...byNeighbour, gateway: address('192.0.2.2')}), was: byNeighbour},
      {do: 'remove-route', route: route({...byNeighbour, gateway: address('192.0.2.2')})},
      {do: 'remove-address', address: {...vip4, prefixLength: 24}},
      {do: 'write-state', path: `${folder}/notes/role`, content: 'a'},
      {do: 'write-state', path: `${folder}/notes/role`, content: 'b'},
      {do: 'remove-state', path: `${folder}/notes/role`},
      {do: 'write-file', path, content: 'a'},
      {do: 'write-file', path, content: 'b'},
      {do: 'make-symlink', path: `${folder}/link`, target: path},
      {do: 'remove-symlink', path: `${folder}/link`, target: path},
      {do: 'remove-file', path},
      {do: 'remove-address', address: vip4},
      {do: 'remove-address', address: vip6},
      {do: 'link-down', interface: 'lo'},
    ]
    const undo: (() => void)[] = []
    for (const effect of walk) {
      const before = state(host, folder)
      const back = inverse(effect, host)
      host.apply(effect)
      expect(state(host, folder)).not.toEqual(before)
      undo.push(() => {
        for (const one of back) host.apply(one)
        expect(state(host, folder)).toEqual(before)
      })
    }
    for (const one of undo.reverse()) one()
  }),
  case_('a lock lets one in, gives back its result, and opens again whatever happened', (host) => {
    expect(host.exclusively('role', () => 7)).toBe(7)
    expect(() =>
      host.exclusively('role', () => {
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(host.exclusively('role', () => host.exclusively('other', () => 8))).toBe(8)
    expect(() => host.exclusively('role', () => host.exclusively('role', () => 9))).toThrow(
      expect.objectContaining({code: 'busy', failure: 'deadline'}),
    )
    expect(host.exclusively('role', () => 10)).toBe(10)
  }),
  case_('the namespace has a number', (host) => {
    expect(host.namespace()).toMatch(/^\d+$/)
  }),
]

/** On a kernel that has the modules: dummy, ipip, ip_gre and fou, none loaded before. */
export const moduleContract: readonly ContractCase[] = [
  case_('a dummy interface comes, of that very name, and goes', (host) => {
    const link = {name: 'dummy0', kind: 'dummy'} as const
    expect(code(host, {do: 'add-link', link})).toBe('done')
    expect(host.links().find(({name}) => name === 'dummy0')).toMatchObject({kind: 'dummy', up: false, noArp: true})
    expect(host.sysctl('net.ipv4.conf.dummy0.rp_filter')).toBe('0')
    expect(code(host, {do: 'add-link', link})).toBe('exists: link-exists')
    expect(code(host, {do: 'remove-link', link: {...link, kind: 'ipip'}})).toBe('missing: link-missing')
    host.apply({do: 'remove-link', link})
    expect(host.links().map(({name}) => name)).not.toContain('dummy0')
    expect(host.sysctl('net.ipv4.conf.dummy0.rp_filter')).toBeUndefined()
  }),
  ...(
    [
      ['ipip', 'tunl0', 'ipip'],
      ['ip_gre', 'gre0', 'gre'],
      ['ip6_tunnel', 'ip6tnl0', 'ip6tnl'],
      ['ip6_gre', 'ip6gre0', 'ip6gre'],
    ] as const
  ).map(([module, name, kind]) =>
    case_(`${module} brings ${name}, and loading it again does nothing`, (host) => {
      expect(['available', 'loaded']).toContain(host.module(module))
      host.apply({do: 'load-module', module})
      host.apply({do: 'load-module', module})
      expect(host.module(module)).toBe('loaded')
      expect(host.links().find((one) => one.name === name)).toMatchObject({kind, up: false, noArp: true})
    }),
  ),
  case_('a UDP port that unwraps: once for each family', (host) => {
    const port = {port: 6080, family: 'ipv4', encapsulation: 'gue'} as const
    host.apply({do: 'load-module', module: 'fou'})
    expect(host.fouPorts()).toEqual([])
    expect(code(host, {do: 'remove-fou-port', port})).toBe('missing: fou-port-missing')
    host.apply({do: 'add-fou-port', port})
    expect(host.fouPorts()).toEqual([port])
    expect(code(host, {do: 'add-fou-port', port})).toBe('exists: fou-port-taken')
    host.apply({do: 'add-fou-port', port: {...port, family: 'ipv6'}})
    expect(host.fouPorts()).toHaveLength(2)
    host.apply({do: 'remove-fou-port', port})
    expect(host.fouPorts()).toEqual([{...port, family: 'ipv6'}])
  }),
]
