// Random walks with all methods: tunnels, dummies and gateways set up in any order, each run cut off after any step.

import fc from 'fast-check'
import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import type {FakeHost, FakeState} from '../../../src/host/fake-host.ts'
import type {Route} from '../../../src/host/host.ts'
import type {RolePlan} from '../../../src/host/step.ts'
import {observe} from '../../../src/realserver/observe.ts'
import {modulesFor} from '../../../src/realserver/place.ts'
import type {SetupRequest} from '../../../src/realserver/request.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {planTeardown} from '../../../src/realserver/teardown.ts'
import {a, arp, b, hostWith, six} from './bench.ts'

const c = address('192.168.1.202')
const loaded = {dummy: 'loaded', ipip: 'loaded', ip_gre: 'loaded', ip6_tunnel: 'loaded', fou: 'loaded'} as const
const way = {family: 'ipv4', interface: 'eth0', table: 254, type: 'unicast'} as const
const lan: Route = {...way, destination: address('192.168.1.0'), prefixLength: 24, scope: 'link', protocol: 'kernel'}
const out: Route = {...way, prefixLength: 0, gateway: address('192.168.1.1'), scope: 'universe', protocol: 'static'}

const initialState: fc.Arbitrary<FakeState> = fc
  .record({
    filter: fc.record({all: fc.nat(2), tunl0: fc.nat(2)}),
    quiet: fc.boolean(),
    routes: fc.constantFrom([lan], [lan, out], [lan, {...out, priority: 100}]),
  })
  .map(({filter, quiet, routes}) => ({
    modules: loaded,
    routes,
    sysctls: {
      'net.ipv4.conf.all.rp_filter': `${filter.all}`,
      'net.ipv4.conf.tunl0.rp_filter': `${filter.tunl0}`,
      ...(quiet && {[arp('all', 'arp_ignore')]: '2'}),
    },
  }))

const tunnelled = {method: 'tun', tunnel: {type: 'ipip'}} as const
const requests: readonly SetupRequest[] = [
  {vips: [a]},
  {vips: [b], device: 'dummy0'},
  {vips: [b, six], ...tunnelled, mtuCure: 'clamp'},
  {vips: [c], ...tunnelled, tunnel: {type: 'gue', port: 6080}, mtuCure: 'path'},
  {vips: [c], ...tunnelled, tunnel: {type: 'gre'}, mtuCure: 'none'},
  {vips: [a], arpScope: 'eth0'},
  {vips: [], method: 'nat', gateways: [address('192.168.1.2')]},
  {vips: [], method: 'nat', gateways: [address('192.168.1.3')]},
]

interface Move {
  /** undefined: teardown of everything. */
  readonly request: SetupRequest | undefined
  /** Of the steps so many are done. undefined: all. */
  readonly cut: number | undefined
}

const move: fc.Arbitrary<Move> = fc.record({
  request: fc.option(fc.constantFrom(...requests), {nil: undefined, freq: 4}),
  cut: fc.option(fc.nat(9), {nil: undefined}),
})

/** undefined: refused before anything was changed. */
function plan(host: FakeHost, {request}: Move): RolePlan | undefined {
  try {
    if (!request) return planTeardown({}, observe(host))
    return planSetup(request, observe(host, modulesFor(request)))
  } catch (error) {
    if (error instanceof LvsctlError && error.exit === 2) return undefined
    throw error
  }
}

function play(host: FakeHost, one: Move): void {
  const planned = plan(host, one)
  if (!planned) return
  for (const {effect} of planned.steps.slice(0, one.cut)) {
    host.apply(effect)
    expectSilence(host)
  }
  if (one.cut !== undefined && one.cut < planned.steps.length) return
  expect(plan(host, one)?.steps).toEqual([])
  if (one.request) expectRight(host, one.request)
}

/** With the settings of one interface alone the others are told to speak. */
function expectSilence(host: FakeHost): void {
  const loud = realServerStatus(observe(host)).vips.filter(({present, arpQuiet}) => present && !arpQuiet)
  expect(loud.map(({vip}) => vip)).toEqual([])
}

function expectRight(host: FakeHost, {vips}: SetupRequest): void {
  const status = realServerStatus(observe(host), {vips})
  expect(status.vips.flatMap(({problems}) => problems)).toEqual([])
}

const runs = {numRuns: 100}

test('whatever was set up, and wherever it was cut off: after a teardown all is as it was found', () => {
  fc.assert(
    fc.property(initialState, fc.array(move, {maxLength: 6}), (state, moves) => {
      const host = hostWith(state)
      const before = host.toString()
      for (const one of moves) play(host, one)
      play(host, {request: undefined, cut: undefined})
      expect(host.toString()).toBe(before)
    }),
    runs,
  )
})

test('a run that was cut off is finished by running it again', () => {
  fc.assert(
    fc.property(initialState, fc.array(move, {minLength: 1, maxLength: 4}), (state, moves) => {
      const [whole, broken] = [hostWith(state), hostWith(state)]
      for (const one of moves) {
        play(whole, {...one, cut: undefined})
        play(broken, one)
        play(broken, {...one, cut: undefined})
        expect(broken.toString()).toBe(whole.toString())
      }
    }),
    runs,
  )
})
