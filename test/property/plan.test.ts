// Random walks over tables: every plan has a way back, every edit is what its changes say, every line is ipvsadm's.

import fc from 'fast-check'
import {expect, test} from 'vitest'
import {compareServerKeys, type Server, serverEquals} from '../../src/domain/server.ts'
import {compareServiceKeys, type Service, serviceEquals} from '../../src/domain/service.ts'
import type {Configuration} from '../../src/domain/table.ts'
import {describeOperation} from '../../src/plan/describe.ts'
import {executeBatches} from '../../src/plan/execute.ts'
import {configurationAfter, inverseOf, withInverses} from '../../src/plan/inverse.ts'
import {ipvsadmArguments} from '../../src/plan/ipvsadm-line.ts'
import type {Operation} from '../../src/plan/operation.ts'
import {patchServer, patchService} from '../../src/plan/patch.ts'
import {configuredService} from '../support/arbitrary-domain.ts'

const configuration: fc.Arbitrary<Configuration> = fc.uniqueArray(configuredService, {
  maxLength: 4,
  comparator: (left, right) => compareServiceKeys(left.service.key, right.service.key) === 0,
})

/** Servers come back behind the others: the order in the kernel is not a setting. */
const sorted = (state: Configuration): Configuration =>
  state
    .map(({service, servers}) => ({service, servers: servers.toSorted(compareServerKeys)}))
    .sort((a, b) => compareServiceKeys(a.service.key, b.service.key))

/** Operations on what is there and on what is not. */
const operations = (state: Configuration, spare: Configuration): fc.Arbitrary<readonly Operation[]> => {
  const all = [...state, ...spare]
  if (all.length === 0) return fc.constant([{do: 'flush'}])
  const some = fc.constantFrom(...all)
  const one: fc.Arbitrary<Operation> = fc
    .tuple(some, some, fc.nat(), fc.nat(7), fc.nat(9))
    .map(([{service, servers}, other, pick, kind, weight]) => {
      const candidates = [...servers, ...other.servers]
      const server = candidates[pick % Math.max(1, candidates.length)]
      if (kind === 0) return {do: 'flush'}
      if (kind === 1) return {do: 'delete-service', service: service.key}
      if (kind === 2) return {do: 'add-service', service}
      if (kind === 3 || !server)
        return {do: 'edit-service', service: {...service, scheduler: weight > 4 ? 'rr' : 'wlc', schedulerFlags: []}}
      if (kind === 4)
        return {do: 'delete-server', service: service.key, server: {address: server.address, port: server.port}}
      return {do: kind === 5 ? 'add-server' : 'edit-server', service: service.key, server: {...server, weight}}
    })
  return fc.array(one, {maxLength: 12})
}

const walk = fc
  .tuple(configuration, configuration)
  .chain(([state, spare]) => fc.record({state: fc.constant(state), plan: operations(state, spare)}))

/** The kernel: refuses what cannot be, and one operation (counted from the first ever) for reasons of its own. */
function kernel(start: Configuration, refused: number) {
  let state = start
  let index = 0
  return {
    get state() {
      return state
    },
    execute: (plan: readonly Operation[]) =>
      plan.map((operation) => {
        const after = configurationAfter([operation], state)
        if (index++ === refused || !isPossible(operation, state)) return {ok: false, errno: 'EINVAL'}
        state = after
        return {ok: true}
      }),
  }
}

function isPossible(operation: Operation, state: Configuration): boolean {
  const find = (key: Service['key']) => state.find((one) => compareServiceKeys(one.service.key, key) === 0)
  const has = (key: Service['key'], server: Pick<Server, 'address' | 'port'>) =>
    find(key)?.servers.some((one) => compareServerKeys(one, server) === 0)
  switch (operation.do) {
    case 'add-service':
      return !find(operation.service.key)
    case 'edit-service':
      return find(operation.service.key) !== undefined
    case 'delete-service':
      return find(operation.service) !== undefined
    case 'add-server':
      return has(operation.service, operation.server) === false
    case 'edit-server':
    case 'delete-server':
      return has(operation.service, operation.server) === true
    default:
      return true
  }
}

test('a plan that fails anywhere leaves the table as it was', () => {
  fc.assert(
    fc.property(walk, fc.nat(12), ({state, plan}, at) => {
      // Beyond the plan it would be its way back that is refused.
      const world = kernel(state, at < plan.length ? at : -1)
      const report = executeBatches([plan], world, (done) => withInverses(done, {configuration: state}))
      if (report.ok) expect(at).toBeGreaterThanOrEqual(plan.length)
      else {
        expect(report.left).toEqual([])
        expect(report.rolledBack).toEqual(report.done.toReversed())
        expect(sorted(world.state)).toEqual(sorted(state))
      }
    }),
    {numRuns: 200},
  )
})

test('the inverse of the inverse is the operation', () => {
  fc.assert(
    fc.property(walk, ({state, plan}) => {
      const [operation] = plan.filter((one) => isPossible(one, state))
      const inverse = operation && inverseOf(operation, {configuration: state})
      if (!operation || inverse?.length !== 1) return
      const after = configurationAfter([operation], state)
      const [again] = inverseOf(inverse[0] as Operation, {configuration: after}) ?? []
      // Whoever empties a table of one empty service gets back the same, one by one.
      expect(again).toEqual(
        operation.do === 'flush' ? {do: 'delete-service', service: state[0]?.service.key} : operation,
      )
    }),
    {numRuns: 200},
  )
})

test('a patch changes what it says and nothing else', () => {
  fc.assert(
    fc.property(configuredService, configuredService, (one, other) => {
      const {key: _key, ...given} = other.service
      const patched = patchService(one.service, given)
      expect(patched.after).toMatchObject({...given, key: one.service.key})
      expect(patched.changes.length === 0).toBe(serviceEquals(one.service, patched.after))
      expect(patchService(patched.after, given).changes).toEqual([])
      expect(patchService(one.service, {}).after).toEqual(one.service)
      const [server] = one.servers
      const [model] = other.servers
      if (!server || !model) return
      const {address: _address, port: _port, ...settings} = model
      const {after, changes} = patchServer(server, settings)
      expect(after).toEqual({...settings, address: server.address, port: server.port})
      expect(changes.length === 0).toBe(serverEquals(server, after))
      expect(patchServer(server, {}).after).toEqual(server)
    }),
  )
})

// ipvsadm(8), SYNOPSIS.
const endpoint = String.raw`(?:\d+(?:\.\d+){3}|\[[\da-f:.]+\]):\d+`
const service = String.raw`(?:-t ${endpoint}|-u ${endpoint}|--sctp-service ${endpoint}|-f \d+(?: -6)?)`
const serviceSettings = String.raw` -s [a-z]+(?: -p \d+)?(?: -M (?:\d+(?:\.\d+){3}|\d+))?(?: --pe sip)?(?: -o)?(?: -b [a-z\d,-]+)?`
const tunnelSettings = String.raw`(?: --tun-type (?:gue|gre))?(?: --tun-port \d+)?(?: --tun-(?:csum|remcsum))?`
const serverSettings = String.raw` (?:-g|-m|-i) -w \d+(?: -x \d+)?(?: -y \d+)?${tunnelSettings}`
const line = new RegExp(
  `^(?:-[AE] ${service}${serviceSettings}|-[ae] ${service} -r ${endpoint}${serverSettings}|-d ${service} -r ${endpoint}|-D ${service}|-C)$`,
)

test('every operation has a line in the shape of ipvsadm(8), and two sentences', () => {
  fc.assert(
    fc.property(walk, ({plan}) => {
      for (const operation of plan) {
        expect(ipvsadmArguments(operation)?.join(' ')).toMatch(line)
        expect(describeOperation(operation)).toMatch(/^(added|changed|deleted) \S/)
        expect(describeOperation(operation, {tense: 'planned'})).toMatch(/^would (add|change|delete) \S/)
      }
    }),
    {numRuns: 100},
  )
})
