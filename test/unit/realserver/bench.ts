// A host for these tests, and the two verbs on it: plan against what is there, and do what was planned.

import {type Address, address} from '../../../src/domain/address.ts'
import {FakeHost, type FakeState} from '../../../src/host/fake-host.ts'
import type {InterfaceAddress} from '../../../src/host/host.ts'
import type {RolePlan} from '../../../src/host/step.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {planTeardown} from '../../../src/realserver/teardown.ts'

export const a = address('192.168.1.200')
export const b = address('192.168.1.201')
export const six = address('2001:db8::200')

export const onEth0: InterfaceAddress = {
  interface: 'eth0',
  address: address('192.168.1.111'),
  prefixLength: 24,
  scope: 'global',
}

export const onLo = (vip: Address, prefixLength = 32): InterfaceAddress => ({
  interface: 'lo',
  address: vip,
  prefixLength,
  scope: 'global',
})

/** A host on a LAN, with what is particular to a test. */
export function hostWith(state: FakeState = {}): FakeHost {
  return new FakeHost({...state, addresses: [onEth0, ...(state.addresses ?? [])]})
}

export const arp = (where: string, setting: 'arp_ignore' | 'arp_announce') => `net.ipv4.conf.${where}.${setting}`

export function carryOut(host: FakeHost, plan: RolePlan): readonly string[] {
  for (const {effect} of plan.steps) host.apply(effect)
  return linesOf(plan)
}

/** What the operator sees: without lvsctl's own notes. */
export const linesOf = ({steps}: RolePlan): readonly string[] =>
  steps.filter(({bookkeeping}) => !bookkeeping).map(({line, note}) => (note === undefined ? line : `${line} (${note})`))

export const codesOf = ({warnings}: RolePlan): readonly string[] => warnings.map(({code}) => code)

export const setUp = (host: FakeHost, ...vips: Address[]): readonly string[] =>
  carryOut(host, planSetup({vips}, observe(host)))

export const tearDown = (host: FakeHost, ...vips: Address[]): readonly string[] =>
  carryOut(host, planTeardown(vips.length > 0 ? {vips} : {}, observe(host)))
