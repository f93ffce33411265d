// Random walks over a host: set-up and teardown, cut off after any step, and somebody who changes things by hand.

import fc from 'fast-check'
import {expect, test} from 'vitest'
import {type Address, address, compareAddresses, familyOf} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import type {FakeHost, FakeState} from '../../../src/host/fake-host.ts'
import type {InterfaceAddress} from '../../../src/host/host.ts'
import type {RolePlan} from '../../../src/host/step.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {planTeardown} from '../../../src/realserver/teardown.ts'
import {arp, hostWith, onLo} from './bench.ts'

const vips = ['192.168.1.200', '192.168.1.201', '192.168.1.202', '2001:db8::200'].map(address)
const vipOnLo = (vip: Address): InterfaceAddress => onLo(vip, familyOf(vip) === 'ipv4' ? 32 : 128)

const someVips = fc.subarray(vips, {minLength: 1})
const setting = fc.constantFrom('arp_ignore', 'arp_announce')
const place = fc.constantFrom('all', 'eth0', 'eth1', 'lo')
const value = fc.integer({min: 0, max: 9}).map(String)

const initialState: fc.Arbitrary<FakeState> = fc.record({
  links: fc
    .record({lo: fc.boolean(), eth1: fc.boolean(), noArp: fc.boolean()})
    .map(({lo, eth1, noArp}) => [{name: 'lo', up: lo}, {name: 'eth0'}, {name: 'eth1', up: eth1, noArp}]),
  addresses: fc.subarray(vips.map(vipOnLo)),
  sysctls: fc.dictionary(
    fc.tuple(place, setting).map(([where, what]) => arp(where, what)),
    value,
  ),
})

/** Of the steps a run does so many, and then the power goes. undefined: all. */
const cut = fc.option(fc.nat(6), {nil: undefined})

type Move =
  | {readonly verb: 'setup'; readonly vips: readonly Address[]; readonly cut: number | undefined}
  | {readonly verb: 'teardown'; readonly vips: readonly Address[] | undefined; readonly cut: number | undefined}
  | {readonly verb: 'sysctl'; readonly key: string; readonly value: string}
  | {readonly verb: 'toggle'; readonly vip: Address}

const ourMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({verb: fc.constant('setup' as const), vips: someVips, cut}),
  fc.record({verb: fc.constant('teardown' as const), vips: fc.option(someVips, {nil: undefined}), cut}),
)
const handMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({verb: fc.constant('sysctl' as const), key: fc.tuple(place, setting).map(([w, s]) => arp(w, s)), value}),
  fc.record({verb: fc.constant('toggle' as const), vip: fc.constantFrom(...vips)}),
)

const make = (host: FakeHost, move: Extract<Move, {readonly cut: unknown}>): RolePlan =>
  move.verb === 'setup'
    ? planSetup({vips: move.vips}, observe(host))
    : planTeardown(move.vips ? {vips: move.vips} : {}, observe(host))

/** undefined: refused before anything was changed. */
function tryPlan(host: FakeHost, move: Extract<Move, {readonly cut: unknown}>): RolePlan | undefined {
  try {
    return make(host, move)
  } catch (error) {
    if (error instanceof LvsctlError && error.exit === 2) return undefined
    throw error
  }
}

function play(host: FakeHost, move: Move): void {
  if (move.verb === 'sysctl') host.apply({do: 'set-sysctl', key: move.key, value: move.value})
  else if (move.verb === 'toggle') {
    const there = host.addresses().find((one) => one.interface === 'lo' && one.address === move.vip)
    host.apply(there ? {do: 'remove-address', address: there} : {do: 'add-address', address: vipOnLo(move.vip)})
  } else {
    const plan = tryPlan(host, move)
    if (!plan) return
    for (const {effect} of plan.steps.slice(0, move.cut)) host.apply(effect)
    if (move.cut !== undefined && move.cut < plan.steps.length) return
    // Once it is through, the same again finds nothing to do, and what was set up is right.
    expect(make(host, move).steps).toEqual([])
    if (move.verb === 'setup') expectRight(host, move.vips)
  }
}

function expectRight(host: FakeHost, asked: readonly Address[]): void {
  const problems = realServerStatus(observe(host), {vips: asked}).vips.flatMap((vip) => vip.problems)
  expect(problems).toEqual([])
}

/** Without what the roles never take back: lo stays up. */
const text = (host: FakeHost): string => host.toString().replace('ip link set lo down', 'ip link set lo up')

/** The order in which addresses were added is nobody's business. */
const asFound = (state: FakeState): FakeState => ({
  ...state,
  addresses: [...(state.addresses ?? [])].sort((x, y) => compareAddresses(x.address, y.address)),
})

const runs = {numRuns: 200}

test('whatever was set up, and wherever it was cut off: after a teardown all is as it was found', () => {
  fc.assert(
    fc.property(initialState, fc.array(ourMove, {maxLength: 8}), (state, moves) => {
      // Adopted VIPs that are torn down by name are gone for good, so here nobody names them.
      const adopted = (state.addresses ?? []).map(({address: vip}) => vip)
      const host = hostWith(asFound(state))
      for (const move of moves) {
        if (move.verb === 'teardown' && move.vips?.some((vip) => adopted.includes(vip))) continue
        play(host, move)
      }
      play(host, {verb: 'teardown', vips: undefined, cut: undefined})
      expect(host.addresses()).toEqual(hostWith(asFound(state)).addresses())
      // ARP stays quiet about what was here before, until whoever put it there takes it away.
      for (const vip of adopted) play(host, {verb: 'toggle', vip})
      play(host, {verb: 'teardown', vips: undefined, cut: undefined})
      expect(text(host)).toBe(text(hostWith({...asFound(state), addresses: []})))
    }),
    runs,
  )
})

test('a run that was cut off is finished by running it again', () => {
  fc.assert(
    fc.property(initialState, fc.array(ourMove, {minLength: 1, maxLength: 6}), (state, moves) => {
      const [whole, broken] = [hostWith(asFound(state)), hostWith(asFound(state))]
      for (const move of moves) {
        if (!('cut' in move)) continue
        play(whole, {...move, cut: undefined})
        play(broken, move)
        play(broken, {...move, cut: undefined})
        expect(text(broken)).toBe(text(whole))
      }
    }),
    runs,
  )
})

test('no step of ours ever makes an address speak that was silent before, whoever put it there', () => {
  fc.assert(
    fc.property(initialState, fc.array(ourMove, {maxLength: 6}), (state, moves) => {
      const host = hostWith(asFound(state))
      const onLoopback = () => realServerStatus(observe(host)).vips.filter((one) => one.onLoopback)
      for (const move of moves) {
        if (!('cut' in move)) continue
        for (const {effect} of tryPlan(host, move)?.steps.slice(0, move.cut) ?? []) {
          const quiet = onLoopback().flatMap(({vip, arpQuiet}) => (arpQuiet ? [vip] : []))
          host.apply(effect)
          const loud = onLoopback().flatMap(({vip, arpQuiet}) => (arpQuiet ? [] : [vip]))
          expect(loud.filter((vip) => quiet.includes(vip) || !isFound(state, vip))).toEqual([])
        }
      }
    }),
    runs,
  )
})

const isFound = ({addresses = []}: FakeState, vip: Address): boolean => addresses.some((one) => one.address === vip)

test('with somebody else at work: nothing throws, nothing of ours stays, and foreign values are theirs', () => {
  fc.assert(
    fc.property(
      initialState,
      fc.array(fc.oneof({weight: 2, arbitrary: ourMove}, {weight: 1, arbitrary: handMove}), {maxLength: 12}),
      (state, moves) => {
        const host = hostWith(asFound(state))
        const keys = ['all', 'eth0', 'eth1', 'lo'].flatMap((where) =>
          (['arp_ignore', 'arp_announce'] as const).map((what) => arp(where, what)),
        )
        const theirs = new Map(keys.map((key) => [key, [host.sysctl(key) as string]]))
        for (const move of moves) {
          play(host, move)
          if (move.verb === 'sysctl') theirs.get(move.key)?.push(move.value)
        }
        play(host, {verb: 'teardown', vips: undefined, cut: undefined})
        // Whoever put an address on lo takes it away, and then a teardown finishes what it had left.
        for (const vip of vips)
          if (host.addresses().some((one) => one.address === vip)) play(host, {verb: 'toggle', vip})
        play(host, {verb: 'teardown', vips: undefined, cut: undefined})
        expect(observe(host).recorded.text).toBeUndefined()
        for (const [key, values] of theirs) expect(values).toContain(host.sysctl(key))
      },
    ),
    runs,
  )
})
