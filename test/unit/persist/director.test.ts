// A director that is to last: forwarding, masquerading, what is recommended, and the VIP on an interface of the hardware.

import {expect, test} from 'vitest'
import {setupReport} from '../../../src/director/report.ts'
import {rehearseSetup, setUpDirector, tearDownDirector} from '../../../src/director/run.ts'
import {address} from '../../../src/domain/address.ts'
import type {FakeHost} from '../../../src/host/fake-host.ts'
import {backendNames} from '../../../src/persist/backend-names.ts'
import {recordPath} from '../../../src/persist/record.ts'
import {persistStatus} from '../../../src/persist/status.ts'
import {persistHost, vip4, vip6} from '../../support/persist-host.ts'

const device = 'eth0'
const unit = '/etc/systemd/system/lvsctl-director.service'
const request = {vips: [vip4], device, method: 'nat', masquerade: true, tune: true, persist: 'systemd'} as const

const host = () =>
  persistHost({
    links: [{name: 'eth0'}, {name: 'eth1'}],
    addresses: [
      {interface: 'eth0', address: address('192.168.1.114'), prefixLength: 24, scope: 'global'},
      {interface: 'eth0', address: address('2001:db8::114'), prefixLength: 64, scope: 'global'},
    ],
    modules: {ip_vs: 'loaded'},
    sysctls: {
      'net.ipv4.ip_forward': '0',
      'net.ipv4.vs.conntrack': '0',
      'net.ipv4.vs.expire_nodest_conn': '0',
      'net.ipv6.conf.all.forwarding': '0',
    },
  })

const record = (on: FakeHost) => JSON.parse(on.readFile(recordPath('director')) ?? '{}')
const starts = (on: FakeHost): readonly string[] =>
  (on.readFile(unit) ?? '').split('\n').filter((line) => line.startsWith('ExecStart='))

test('everything that set-up made is in the files, and all of it goes', () => {
  const on = host()
  const before = `${on}`
  setUpDirector(on, request)
  expect(record(on).lasting).toMatchObject({
    modules: ['ip_vs'],
    masquerades: [{vip: vip4, tool: 'nft'}],
    addresses: [{interface: device, address: vip4}],
  })
  const keys = record(on).lasting.sysctls.map(({key}: {key: string}) => key)
  for (const key of ['net.ipv4.ip_forward', 'net.ipv4.vs.conntrack', 'net.ipv4.vs.expire_nodest_conn'])
    expect(keys).toContain(key)
  expect(persistStatus('director', on, [vip4])).toMatchObject({running: true, problems: []})
  tearDownDirector(on, {})
  expect(`${on}`).toBe(before)
})

test('the unit waits for the network; a rule is not there twice when it is started again', () => {
  const on = host()
  setUpDirector(on, request)
  expect(starts(on).slice(1)).toEqual([
    `ExecStart=-/usr/sbin/nft "delete table ip lvsctl-${vip4}"`,
    expect.stringMatching(/^ExecStart=\/usr\/sbin\/nft "create table /),
    `ExecStart=/usr/sbin/ip addr replace ${vip4}/32 dev ${device}`,
  ])
  expect(on.readFile(unit)).toMatch(/\nAfter=network-online\.target /)
  expect(on.readFile(unit)).toMatch(/\nCapabilityBoundingSet=.* CAP_NET_RAW\n/)
})

test("an interface of networkd's is better served by networkd, or by netplan where that made the file", () => {
  const hints = (on: FakeHost) =>
    rehearseSetup(on, request).warnings.flatMap(({code, hint}) => (code === 'persist-managed' ? [hint] : []))
  expect(hints(host())).toEqual(['Better is: --persist=networkd'])
  const state = '/run/systemd/netif/links/2'
  const on = host()
  on.apply({do: 'write-file', path: state, content: 'NETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n'})
  expect(hints(on)).toEqual(['Better is: --persist=netplan'])
  on.apply({do: 'remove-file', path: state})
  expect(hints(on)).toEqual([])
})

test('set up again it announces, and writes nothing', () => {
  const on = host()
  setUpDirector(on, request)
  const again = setUpDirector(on, request)
  expect(again.steps.map(({effect}) => effect.do)).toEqual(['announce'])
  expect(setUpDirector(on, {...request, persist: undefined as never}).kept).toBe('kept over a reboot by systemd')
})

test('after a reboot without notes, teardown goes back to what was found before set-up', () => {
  const on = host()
  setUpDirector(on, request)
  for (const path of ['/run/lvsctl/director-4026531840.json']) on.apply({do: 'remove-state', path})
  tearDownDirector(on, {})
  expect(`${on}`).toBe(`${host()}`)
})

test('one of two VIPs taken away: the other lasts on, with its rule', () => {
  const on = host()
  setUpDirector(on, {...request, vips: [vip4, vip6]})
  tearDownDirector(on, {vips: [vip6]})
  expect(persistStatus('director', on, [vip4])).toMatchObject({vips: [vip4], running: true, problems: []})
  expect(on.readFile(unit)).not.toContain(vip6)
  tearDownDirector(on, {device})
  expect(`${on}`).toBe(`${host()}`)
})

test.each(backendNames)('%s: a plain VIP', (backend) => {
  const on = host()
  setUpDirector(on, {vips: [vip4, vip6], device, persist: backend})
  expect(persistStatus('director', on, [vip4, vip6])).toMatchObject({backend, running: true, problems: []})
  tearDownDirector(on, {})
  expect(`${on}`).toBe(`${host()}`)
})

test.each(['networkd', 'netplan'] as const)('%s cannot masquerade, and says so before anything is done', (backend) => {
  expect(() => rehearseSetup(host(), {...request, persist: backend})).toThrow(/no words for masquerading/)
})

test.each(['networkmanager', 'ifupdown'] as const)('%s: the rule is one line of shell', (backend) => {
  const on = host()
  setUpDirector(on, {...request, persist: backend})
  const texts = persistStatus('director', on)?.files.map(({path}) => on.readFile(path)) ?? []
  expect(texts.join('')).toMatch(/ \/usr\/sbin\/nft 'delete table ip lvsctl-192\.168\.1\.200' \|\| true\n/)
  expect(texts.join('')).toMatch(/ \/usr\/sbin\/nft 'create table [^']*'\n/)
})

test('a file that a person changed is named by set-up, whether there is something to do or not', () => {
  const on = host()
  setUpDirector(on, request)
  on.apply({do: 'write-file', path: unit, content: (on.readFile(unit) ?? '').replaceAll(`${vip4}/32`, '192.0.2.9/32')})
  const words = () => setupReport(setUpDirector(on, {...request, vips: [vip4, vip6]}), device)
  const told = `  not kept over a reboot: ${unit} was changed by somebody, and nothing was written`
  expect(words().slice(0, 3)).toEqual([
    expect.stringMatching(/^ready: /),
    expect.stringMatching(/^ {2}servers see/),
    told,
  ])
  expect(words()).toContain(told)
})
