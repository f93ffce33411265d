// From any table to any other: the way there is short, complete and safe at every step, and wherever it breaks off, the
// table is as it was.

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {schedulers} from '../../src/domain/schedulers.ts'
import {compareServerKeys, formatServerKey, serverEquals} from '../../src/domain/server.ts'
import {compareServiceKeys, formatServiceKey, serviceEquals} from '../../src/domain/service.ts'
import {type Configuration, configurationOf} from '../../src/domain/table.ts'
import {FakeHost} from '../../src/host/fake-host.ts'
import type {IpvsClient} from '../../src/ipvs/client.ts'
import {explainRead} from '../../src/ipvs/errors.ts'
import {memoryClient} from '../../src/ipvs/memory-client.ts'
import {NetlinkError} from '../../src/netlink/errors.ts'
import {planTable} from '../../src/plan/diff.ts'
import {configurationAfter} from '../../src/plan/inverse.ts'
import type {Operation} from '../../src/plan/operation.ts'
import {type RestoreRequest, restore} from '../../src/state/restore.ts'
import {relatedTables} from '../support/arbitrary-tables.ts'

const sorted = (state: Configuration): Configuration =>
  state
    .map(({service, servers}) => ({
      service: {...service, schedulerFlags: service.schedulerFlags.toSorted()},
      servers: servers.toSorted(compareServerKeys),
    }))
    .sort((a, b) => compareServiceKeys(a.service.key, b.service.key))

/** A kernel that has every scheduler, with this table. */
function kernelWith(configuration: Configuration) {
  const client = memoryClient({schedulers: schedulers.map(({name}) => name)})
  const {operations} = planTable({configuration}, {configuration: []})
  const refused = client.execute(operations).filter(({ok}) => !ok)
  expect(refused).toEqual([])
  return client
}

const tableOf = (client: IpvsClient): Configuration => sorted(configurationOf(client.table()))

const request = (to: Configuration, more: Partial<RestoreRequest> = {}): RestoreRequest => ({
  state: {configuration: to},
  mode: 'replace',
  allowEmpty: true,
  facts: {ipv4Configured: () => true},
  ...more,
})

const machineOf = (client: IpvsClient) => ({client, host: new FakeHost()})

describe('the difference', () => {
  test('leads there, and there is nothing left to do', () => {
    fc.assert(
      fc.property(relatedTables, ({from, to}) => {
        const client = kernelWith(from)
        const {operations, before} = planTable({configuration: to}, {configuration: from})
        expect(client.execute(operations).filter(({ok}) => !ok)).toEqual([])
        expect(tableOf(client)).toEqual(sorted(to))
        expect(planTable({configuration: to}, {configuration: tableOf(client)}).operations).toEqual([])
        for (const operation of operations) expect(before.has(operation)).toBe(operation.do.startsWith('edit-'))
      }),
      {numRuns: 300},
    )
  })

  test('touches each thing that differs once, and nothing else', () => {
    fc.assert(
      fc.property(relatedTables, ({from, to}) => {
        const {operations, unchanged} = planTable({configuration: to}, {configuration: from})
        const rows = (state: Configuration) =>
          new Map<string, (other: unknown) => boolean>(
            state.flatMap(({service, servers}) => [
              [formatServiceKey(service.key), (other) => serviceEquals(service, other as never)],
              ...servers.map((server): [string, (other: unknown) => boolean] => [
                `${formatServiceKey(service.key)} ${formatServerKey(server)}`,
                (other) => serverEquals(server, other as never),
              ]),
            ]),
          )
        const things = (state: Configuration) =>
          new Map<string, unknown>(
            state.flatMap(({service, servers}) => [
              [formatServiceKey(service.key), service],
              ...servers.map((server): [string, unknown] => [
                `${formatServiceKey(service.key)} ${formatServerKey(server)}`,
                server,
              ]),
            ]),
          )
        const [was, is] = [rows(from), things(to)]
        const gone = new Set(from.map(({service}) => formatServiceKey(service.key)).filter((id) => !is.has(id)))
        const differing = [...is].filter(([id, thing]) => !was.get(id)?.(thing)).map(([id]) => id)
        // The servers of a service go with it.
        const removed = [...was.keys()].filter(
          (id) => !is.has(id) && (gone.has(id) || !gone.has(id.split(' ')[0] as string)),
        )
        expect(operations.map(nameOf).sort()).toEqual([...differing, ...removed].sort())
        const touched = new Set(operations.map((one) => nameOf(one).split(' ')[0]))
        expect(unchanged).toBe(to.filter(({service}) => !touched.has(formatServiceKey(service.key))).length)
      }),
      {numRuns: 300},
    )
  })

  test('leaves no service with fewer servers or less weight on the way than at its ends', () => {
    fc.assert(
      fc.property(relatedTables, ({from, to}) => {
        const {operations} = planTable({configuration: to}, {configuration: from})
        const sizes = (state: Configuration) =>
          new Map(
            state.map(({service, servers}) => [
              formatServiceKey(service.key),
              {servers: servers.length, weight: servers.reduce((sum, {weight}) => sum + weight, 0)},
            ]),
          )
        const [first, last] = [sizes(from), sizes(to)]
        let state = from
        for (const operation of operations) {
          state = configurationAfter([operation], state)
          const now = sizes(state)
          for (const [id, before] of first) {
            const [after, here] = [last.get(id), now.get(id)]
            if (!after) continue
            expect(here?.servers).toBeGreaterThanOrEqual(Math.min(before.servers, after.servers))
            expect(here?.weight).toBeGreaterThanOrEqual(Math.min(before.weight, after.weight))
          }
        }
      }),
      {numRuns: 300},
    )
  })

  test('to append, removes nothing and has everything that is asked', () => {
    fc.assert(
      fc.property(relatedTables, ({from, to}) => {
        const {operations} = planTable({configuration: to}, {configuration: from}, 'append')
        expect(operations.filter((one) => one.do.startsWith('delete'))).toEqual([])
        const client = kernelWith(from)
        restore(machineOf(client), request(to, {mode: 'append'}), () => true)
        const after = tableOf(client)
        expect(planTable({configuration: to}, {configuration: after}, 'append').operations).toEqual([])
        expect(planTable({configuration: from}, {configuration: after}).operations.filter(isAdding)).toEqual([])
      }),
      {numRuns: 200},
    )
  })
})

const isAdding = (operation: Operation): boolean => operation.do.startsWith('add-')

function nameOf(operation: Operation): string {
  if (operation.do === 'add-service' || operation.do === 'edit-service') return formatServiceKey(operation.service.key)
  if (operation.do === 'delete-service') return formatServiceKey(operation.service)
  if ('server' in operation) return `${formatServiceKey(operation.service)} ${formatServerKey(operation.server)}`
  throw new TypeError(operation.do)
}

/** Refuses an operation, counted from the first, or has its answers lost from there on. */
function failing(client: IpvsClient, at: number, how: 'refuses' | 'falls silent'): IpvsClient {
  let number = 0
  const execute: IpvsClient['execute'] = (operations) => {
    if (number > at) return client.execute(operations)
    if (how === 'falls silent' && number + operations.length > at) {
      client.execute(operations.slice(0, at - number))
      number = at + 1
      throw explainRead(new NetlinkError('NEW_DEST', 'ETIMEDOUT'))
    }
    return operations.map((operation) =>
      number++ === at ? {ok: false, errno: 'ENOMEM'} : (client.execute([operation])[0] as {ok: true}),
    )
  }
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'execute') return execute
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe.each(['refuses', 'falls silent'] as const)('where the kernel %s', (how) => {
  test('the table is as it was, and the error says so', () => {
    fc.assert(
      fc.property(relatedTables, fc.nat(), ({from, to}, nat) => {
        const {operations} = planTable({configuration: to}, {configuration: from})
        fc.pre(operations.length > 0)
        const client = kernelWith(from)
        const at = nat % operations.length
        const alone = how === 'refuses' && operations.length === 1
        expect(() => restore(machineOf(failing(client, at, how)), request(to), () => true)).toThrow(
          expect.objectContaining(
            // What follows from a refusal (servers of a service that was not added) is refused as well.
            alone ? {failure: 'unexpected'} : {message: expect.stringMatching(/the table is as it was$|no memory/)},
          ),
        )
        expect(tableOf(client)).toEqual(sorted(from))
        restore(machineOf(client), request(to), () => true)
        expect(tableOf(client)).toEqual(sorted(to))
      }),
      {numRuns: 300},
    )
  })
})

test('cut off anywhere, the same restore does the rest', () => {
  fc.assert(
    fc.property(relatedTables, fc.nat(), ({from, to}, nat) => {
      const {operations} = planTable({configuration: to}, {configuration: from})
      const client = kernelWith(from)
      client.execute(operations.slice(0, nat % (operations.length + 1)))
      restore(machineOf(client), request(to), () => true)
      expect(tableOf(client)).toEqual(sorted(to))
    }),
    {numRuns: 200},
  )
})
