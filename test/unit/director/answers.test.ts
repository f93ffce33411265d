import {expect, test} from 'vitest'
import {answerProblems, describeAnswer, nameAnswers} from '../../../src/director/answers.ts'
import {deviceFor} from '../../../src/director/device.ts'
import {observe} from '../../../src/director/observe.ts'
import {type Address, address} from '../../../src/domain/address.ts'
import {FakeHost, type FakeState} from '../../../src/host/fake-host.ts'
import type {Link} from '../../../src/host/host.ts'

const vip = address('192.168.1.200')
const six = address('2001:db8::200')
const backup = '02:00:00:00:00:aa'

const at = (name: string, text: string, prefixLength: number, scope: 'global' | 'host' = 'global') => ({
  interface: name,
  address: address(text),
  prefixLength,
  scope,
})
const own = at('eth0', '192.168.1.114', 24)

function named(target: Address, heard: readonly string[], state: FakeState = {}) {
  const host = new FakeHost({
    links: [{name: 'eth0'}, {name: 'eth1'}],
    ...state,
    addresses: [own, ...(state.addresses ?? [])],
    neighbours: [
      {interface: 'eth0', address: address('192.168.1.10'), mac: backup},
      {interface: 'eth0', address: vip, mac: backup},
    ],
  })
  const device = host.links().find(({name}) => name === 'eth0') as Link
  const answers = nameAnswers(target, device, heard, {observed: observe(host), neighbours: host.neighbours()})
  return answers.map(describeAnswer)
}

test('a neighbour is named by its other addresses, what was never seen is unknown', () => {
  expect(named(vip, [backup, '02:00:00:00:00:bb'])).toEqual(['192.168.1.10', 'unknown'])
})

test('another interface of this host on the same wire is this host', () => {
  expect(named(vip, ['02:00:00:00:00:03'])).toEqual(['this host (eth1)'])
})

test.each<[string, FakeState, boolean]>([
  ['on the interface that asks', {addresses: [at('eth0', vip, 32)]}, true],
  ['on the interface, arp_ignore 1', quiet('eth0', '1'), true],
  ['on the interface, arp_ignore 8', quiet('eth0', '8'), false],
  ['on lo, arp_ignore 0', {addresses: [at('lo', vip, 32)]}, true],
  ['on lo, arp_ignore 1', quiet('lo', '1'), false],
  ['on lo, arp_ignore 2', quiet('lo', '2'), false],
  ['on lo, arp_ignore 3', quiet('lo', '3'), true],
  ['on lo with scope host, arp_ignore 3', {...quiet('lo', '3'), addresses: [at('lo', vip, 32, 'host')]}, false],
  ['nowhere', {}, false],
])('whether this host answers for the address %s', (_where, state, answers) => {
  expect(named(vip, [], state)).toEqual(answers ? ['this host (eth0)'] : [])
})

test('for IPv6 the interface that is asked must have it', () => {
  expect(named(six, [], {addresses: [at('lo', six, 128)]})).toEqual([])
  expect(named(six, [], {addresses: [at('eth0', six, 128)]})).toEqual(['this host (eth0)'])
})

test('exactly one must answer', () => {
  const answer = {mac: backup, who: 'unknown', addresses: []} as const
  expect([0, 1, 2].map((n) => answerProblems(vip, 'eth0', Array(n).fill(answer)).map(({code}) => code))).toEqual([
    ['vip-unanswered'],
    [],
    ['vip-answered-twice'],
  ])
})

test('the interface is the one whose subnet the address is in, if there is one', () => {
  const observed = observe(new FakeHost({links: [{name: 'eth0'}, {name: 'eth1'}], addresses: [own]}))
  expect(deviceFor(vip, observed).name).toBe('eth0')
  expect(() => deviceFor(six, observed)).toThrow(expect.objectContaining({code: 'device-missing', failure: 'usage'}))
  const both = observe(
    new FakeHost({links: [{name: 'eth0'}, {name: 'eth1'}], addresses: [own, at('eth1', '192.168.1.115', 24)]}),
  )
  expect(() => deviceFor(vip, both)).toThrow(/subnet of eth0 and eth1/)
})

function quiet(where: string, ignore: string): FakeState {
  return {addresses: [at(where, vip, 32)], sysctls: {'net.ipv4.conf.all.arp_ignore': ignore}}
}
