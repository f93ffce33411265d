import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {server} from '../../../src/domain/server.ts'
import {service} from '../../../src/domain/service.ts'
import type {SyncDaemon} from '../../../src/domain/sync.ts'
import type {Configuration} from '../../../src/domain/table.ts'
import {executeBatches} from '../../../src/plan/execute.ts'
import {type Before, configurationAfter, inverseOf, withInverses} from '../../../src/plan/inverse.ts'
import type {Operation} from '../../../src/plan/operation.ts'

const web = {kind: 'address', protocol: 'tcp', address: address('192.0.2.10'), port: 80} as const
const mark = {kind: 'fwmark', mark: 7, family: 'ipv4'} as const
const one = server({address: address('10.0.0.1'), port: 80}, {weight: 3})
const two = server({address: address('10.0.0.2'), port: 80}, {forwarding: 'masquerading'})
const three = server({address: address('10.0.0.3'), port: 80})
const master: SyncDaemon = {role: 'master', interface: 'eth0', syncId: 1}

const before: Before = {
  configuration: [{service: service(web, {scheduler: 'sh', persistence: 60}), servers: [one, two]}],
  timeouts: {tcp: 900, tcpFin: 120, udp: 300},
  daemons: [master],
}
const [first] = before.configuration as [Configuration[number]]
const {address: host, port} = one

test.each<[string, Operation, readonly Operation[] | undefined]>([
  ['a new service', {do: 'add-service', service: service(mark)}, [{do: 'delete-service', service: mark}]],
  ['an edited service', {do: 'edit-service', service: service(web)}, [{do: 'edit-service', service: first.service}]],
  [
    'a deleted service comes back with its servers',
    {do: 'delete-service', service: web},
    [
      {do: 'add-service', service: first.service},
      {do: 'add-server', service: web, server: one},
      {do: 'add-server', service: web, server: two},
    ],
  ],
  [
    'a new server',
    {do: 'add-server', service: web, server: three},
    [{do: 'delete-server', service: web, server: {address: three.address, port: 80}}],
  ],
  [
    'an edited server',
    {do: 'edit-server', service: web, server: {...one, weight: 0}},
    [{do: 'edit-server', service: web, server: one}],
  ],
  [
    'a deleted server',
    {do: 'delete-server', service: web, server: {address: host, port}},
    [{do: 'add-server', service: web, server: one}],
  ],
  [
    'everything deleted',
    {do: 'flush'},
    [
      {do: 'add-service', service: first.service},
      {do: 'add-server', service: web, server: one},
      {do: 'add-server', service: web, server: two},
    ],
  ],
  ['zeroed counters are gone', {do: 'zero'}, undefined],
  ['one timeout', {do: 'set-timeouts', timeouts: {tcpFin: 33}}, [{do: 'set-timeouts', timeouts: {tcpFin: 120}}]],
  [
    'a timeout of 0 sets nothing',
    {do: 'set-timeouts', timeouts: {tcp: 0, udp: 5}},
    [{do: 'set-timeouts', timeouts: {udp: 300}}],
  ],
  [
    'a started daemon',
    {do: 'start-daemon', daemon: {...master, role: 'backup'}},
    [{do: 'stop-daemon', role: 'backup'}],
  ],
  ['a stopped daemon', {do: 'stop-daemon', role: 'master'}, [{do: 'start-daemon', daemon: master}]],
  ['what is not there: service', {do: 'delete-service', service: mark}, []],
  ['what is not there: edit', {do: 'edit-service', service: service(mark)}, []],
  ['what is not there: server', {do: 'edit-server', service: web, server: three}, []],
  ['what is not there: its service', {do: 'delete-server', service: mark, server: one}, []],
  ['what is not there: daemon', {do: 'stop-daemon', role: 'backup'}, []],
])('%s', (_, operation, expected) => expect(inverseOf(operation, before)).toEqual(expected))

test('what was not read cannot be restored', () => {
  const unread: Before = {configuration: []}
  expect(inverseOf({do: 'set-timeouts', timeouts: {tcp: 1}}, unread)).toBeUndefined()
  expect(inverseOf({do: 'stop-daemon', role: 'master'}, unread)).toBeUndefined()
  expect(withInverses([{do: 'zero'}], unread)).toEqual([{operation: {do: 'zero'}}])
})

describe('a plan', () => {
  test('each inverse starts where the operations before it have led', () => {
    const steps = withInverses(
      [
        {do: 'edit-server', service: web, server: {...one, weight: 2}},
        {do: 'edit-server', service: web, server: {...one, weight: 0}},
        {do: 'delete-service', service: web},
        {do: 'add-service', service: service(web)},
        {do: 'flush'},
        {do: 'set-timeouts', timeouts: {udp: 10}},
        {do: 'set-timeouts', timeouts: {udp: 20}},
        {do: 'stop-daemon', role: 'master'},
        {do: 'start-daemon', daemon: {...master, syncId: 2}},
        {do: 'stop-daemon', role: 'master'},
      ],
      before,
    )
    expect(steps.map(({inverse}) => inverse)).toEqual([
      [{do: 'edit-server', service: web, server: one}],
      [{do: 'edit-server', service: web, server: {...one, weight: 2}}],
      [
        {do: 'add-service', service: first.service},
        {do: 'add-server', service: web, server: {...one, weight: 0}},
        {do: 'add-server', service: web, server: two},
      ],
      [{do: 'delete-service', service: web}],
      [{do: 'add-service', service: service(web)}],
      [{do: 'set-timeouts', timeouts: {udp: 300}}],
      [{do: 'set-timeouts', timeouts: {udp: 10}}],
      [{do: 'start-daemon', daemon: master}],
      [{do: 'stop-daemon', role: 'master'}],
      [{do: 'start-daemon', daemon: {...master, syncId: 2}}],
    ])
  })

  test('what the kernel would refuse changes nothing', () => {
    const refused: Operation[] = [
      {do: 'add-service', service: service(web, {scheduler: 'rr'})},
      {do: 'edit-service', service: service(mark)},
      {do: 'add-server', service: web, server: {...one, weight: 9}},
      {do: 'edit-server', service: web, server: three},
      {do: 'add-server', service: mark, server: three},
      {do: 'edit-server', service: mark, server: three},
      {do: 'delete-server', service: mark, server: three},
      {do: 'delete-service', service: mark},
    ]
    expect(configurationAfter(refused, before.configuration)).toEqual(before.configuration)
  })

  test('a batch with a failure in it comes back to where it was', () => {
    let state = before.configuration
    const world = {
      execute: (operations: readonly Operation[]) =>
        operations.map((operation) => {
          if (operation.do === 'add-server' && operation.server === three) return {ok: false, errno: 'EINVAL'}
          state = configurationAfter([operation], state)
          return {ok: true}
        }),
    }
    const plan: Operation[] = [
      {do: 'add-service', service: service(mark)},
      {do: 'add-server', service: web, server: three},
      {do: 'edit-server', service: web, server: {...one, weight: 0}},
      {do: 'delete-server', service: web, server: two},
    ]
    const report = executeBatches([plan], world, (done) => withInverses(done, before))
    expect(report).toMatchObject({ok: false, done: {length: 3}, rolledBack: {length: 3}, left: []})
    expect(state).toEqual(before.configuration)
  })
})
