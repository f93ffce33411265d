// What every Host must do, as cases that run on the twin and on a real kernel alike. Each gets a host that is fresh: lo
// down, no addresses, every sysctl at its default; and an empty folder for files.

import {expect} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {LvsctlError} from '../../src/domain/problem.ts'
import type {Effect, Host, InterfaceAddress} from '../../src/host/host.ts'
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

/** All that effects can change, for comparing before and after. */
const state = (host: Host, folder: string) => ({
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
  case_('an announcement needs an interface that is up', (host) => {
    const effect = {do: 'announce', interface: 'lo', address: vip4.address} as const
    expect(code(host, effect)).toBe('unexpected: interface-down')
    host.apply({do: 'link-up', interface: 'lo'})
    expect(code(host, effect)).toBe('done')
    expect(code(host, {...effect, address: vip6.address})).toBe('done')
  }),
  case_('every effect is undone by its inverse', (host, folder) => {
    const path = `${folder}/file`
    const walk: readonly Effect[] = [
      {do: 'set-sysctl', key: arpIgnore, value: '2'},
      {do: 'link-up', interface: 'lo'},
      {do: 'add-address', address: vip4},
      {do: 'add-address', address: vip6},
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
