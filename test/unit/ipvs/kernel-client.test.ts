// The kernel client over a scripted socket: the whole contract, with the twin as the kernel's table, and what a kernel
// can do that the twin cannot: repeat itself, stay silent, answer nonsense, be old.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {server} from '../../../src/domain/server.ts'
import {type ServiceKey, service} from '../../../src/domain/service.ts'
import {noStatistics} from '../../../src/domain/statistics.ts'
import {
  commands,
  ipvsWords,
  messageFields,
  type ServerRecord,
  type ServiceRecord,
} from '../../../src/ipvs/attributes.ts'
import {kernelClient} from '../../../src/ipvs/kernel-client.ts'
import {memoryClient} from '../../../src/ipvs/memory-client.ts'
import {encodeServer, encodeService} from '../../../src/ipvs/records.ts'
import {Connection} from '../../../src/netlink/connection.ts'
import {DecodeError, decodeFields} from '../../../src/netlink/fields.ts'
import {decodeGeneric, genericDictionary} from '../../../src/netlink/generic.ts'
import {createTrace} from '../../../src/netlink/trace.ts'
import {contract, type World} from '../../contract/ipvs.ts'
import {worldOf} from '../../contract/worlds.ts'
import {FakeKernel, type Reply} from '../../support/fake-kernel.ts'
import {answer, clientOver, data, familyId, serviceMessage} from '../../support/ipvs-kernel.ts'

const web: ServiceKey = {kind: 'address', protocol: 'tcp', address: address('10.9.9.9'), port: 80}
const rs = {address: address('10.1.1.1'), port: 80}

const commandOf = (payload: Uint8Array): number => decodeGeneric(payload).command

/** A client of a kernel that answers a command as told. */
function scripted(replies: Readonly<Record<number, Reply>>) {
  const kernel = new FakeKernel(({payload}) => replies[commandOf(payload)] ?? {})
  return {kernel, client: kernelClient(new Connection(kernel, {now: kernel.now, timeoutMs: 100}), familyId)}
}

const thrownBy = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('it should have thrown')
}

describe('the contract, message by message', () => {
  const worlds: readonly World[] = ['lab', 'bare', 'without-ipv6']
  test.each(contract.filter(({world}) => worlds.includes(world)))('$name', ({run, world}) => {
    run(clientOver(memoryClient(worldOf(world))))
  })
})

test('answers in many datagrams, among answers to others', () => {
  const whole = contract.find(({name}) => name.startsWith('100 servers'))
  whole?.run(clientOver(memoryClient(), {perDatagram: 3, strangers: true}))
  expect(whole).toBeDefined()
})

test('one exchange for the services, one for the servers of each', () => {
  const twin = memoryClient()
  const kernel = new FakeKernel((request) => answer(twin, request))
  const client = kernelClient(new Connection(kernel, {now: kernel.now}), familyId)
  const keys = [1, 2, 3].map((mark): ServiceKey => ({kind: 'fwmark', mark, family: 'ipv4'}))
  client.execute(keys.map((key) => ({do: 'add-service', service: service(key)})))
  kernel.requests.length = 0
  client.table()
  expect(kernel.requests.map(({payload}) => commandOf(payload))).toEqual([4, 8, 8, 8])
})

test('changes go 128 to a send', () => {
  const {kernel, client} = scripted({})
  client.execute(Array.from({length: 300}, () => ({do: 'flush'})))
  expect(kernel.sends).toHaveLength(3)
})

test('an entry that a dump repeats is there once', () => {
  const running = {service: service(web), statistics: noStatistics}
  const other = {service: service({...web, port: 81}), statistics: noStatistics}
  const servers = [{server: encodeServer(server(rs))}, {server: encodeServer(server(rs))}]
  const {client} = scripted({
    [commands.GET_SERVICE]: data(commands.NEW_SERVICE, [running, other, running].map(serviceMessage)),
    [commands.GET_DEST]: data(commands.NEW_DEST, servers),
  })
  expect(client.services()).toEqual([running, other])
  expect(client.servers(web)).toHaveLength(1)
})

describe('old kernels', () => {
  test('before 4.1: narrow statistics only', () => {
    const {client} = scripted({
      [commands.GET_SERVICE]: data(commands.NEW_SERVICE, [
        {service: {...encodeService(service(web)), statistics: {connections: 7, inBytes: 2n ** 40n}}},
      ]),
    })
    expect(client.services()[0]?.statistics).toEqual({...noStatistics, connections: 7n, inBytes: 2n ** 40n})
    expect(client.service(web)?.statistics.connections).toBe(7n)
  })

  test('before 3.18: servers without a family, before 5.2 without a tunnel', () => {
    const {family: _, tunnelType: _t, tunnelPort: _p, tunnelFlags: _f, ...old} = encodeServer(server(rs))
    const {client} = scripted({[commands.GET_DEST]: data(commands.NEW_DEST, [{server: old}])})
    expect(client.servers(web).map((one) => one.server)).toEqual([server(rs)])
  })

  test('without TCP or UDP balancing: the timeouts that there are', () => {
    const {client} = scripted({[commands.GET_CONFIG]: data(commands.SET_CONFIG, [{timeoutUdp: 7}])})
    expect(client.timeouts()).toEqual({tcp: 900, tcpFin: 120, udp: 7})
  })
})

test('what a newer kernel adds is passed over', () => {
  const strange = [{type: 99, bytes: Uint8Array.of(1, 2, 3, 4)}]
  const {client} = scripted({
    [commands.GET_DEST]: data(commands.NEW_DEST, [
      {server: {...encodeServer(server(rs)), unknown: strange} as ServerRecord, unknown: strange},
    ]),
  })
  expect(client.servers(web).map((one) => one.server)).toEqual([server(rs)])
})

describe('failures', () => {
  const failures: readonly (readonly [name: string, reply: Reply, failure: string, code: string])[] = [
    ['no permission', {errno: 'EPERM', refused: true}, 'permission', 'not-permitted'],
    ['no memory', {errno: 'ENOMEM', refused: true}, 'unexpected', 'no-memory'],
    ['an unknown command', {errno: 'EOPNOTSUPP', refused: true}, 'unsupported', 'command-unsupported'],
    ['an errno without a meaning', {errno: 'EIO', refused: true}, 'unexpected', 'kernel-refused'],
  ]
  test.each(failures)('%s, reading', (_name, reply, failure, code) => {
    const {client} = scripted({[commands.GET_SERVICE]: reply, [commands.GET_INFO]: reply})
    for (const act of [() => client.table(), () => client.services(), () => client.info()])
      expect(thrownBy(act)).toMatchObject({failure, code, cause: {errno: reply.errno}})
  })

  test('no permission to change: thrown, for no other operation would be permitted', () => {
    const {client} = scripted({[commands.FLUSH]: {errno: 'EPERM'}})
    expect(thrownBy(() => client.execute([{do: 'flush'}]))).toMatchObject({failure: 'permission', exit: 5})
  })

  test('an operation the kernel was interrupted in counts as done: DEL_DAEMON is, then', () => {
    const {client} = scripted({[commands.DEL_DAEMON]: {silent: true}})
    expect(client.execute([{do: 'stop-daemon', role: 'master'}])).toEqual([{ok: true}])
  })

  test('silence is a deadline', () => {
    const kernel = new FakeKernel(() => ({}), {lose: 0})
    const client = kernelClient(new Connection(kernel, {now: kernel.now, timeoutMs: 100}), familyId)
    const error = thrownBy(() => client.execute([{do: 'flush'}]))
    expect(error).toBeInstanceOf(LvsctlError)
    expect(error).toMatchObject({failure: 'deadline', exit: 8})
  })

  test('lost answers are said to be lost', () => {
    const kernel = new FakeKernel(() => ({errno: 'EEXIST'}), {queue: 10})
    const client = kernelClient(new Connection(kernel, {now: kernel.now}), familyId)
    const many = Array.from({length: 100}, () => ({do: 'add-service', service: service(web)}) as const)
    expect(thrownBy(() => client.execute(many))).toMatchObject({code: 'answers-lost', failure: 'unexpected'})
  })

  const whole = encodeService(service(web))
  const gaps: readonly (readonly [left: string, record: ServiceRecord])[] = (
    ['family', 'protocol', 'address', 'port', 'scheduler', 'flags', 'timeout', 'netmask'] as const
  ).map((name) => [name, Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name))])
  test.each(gaps)('an answer without %s is no answer', (name, record) => {
    const {client} = scripted({[commands.GET_SERVICE]: data(commands.NEW_SERVICE, [{service: record}])})
    expect(() => client.services()).toThrow(new DecodeError(`service.${name} is missing`))
  })

  test('an ack without an answer is no answer', () => {
    const {client} = scripted({})
    expect(() => client.info()).toThrow('GET_INFO: the kernel acknowledged without an answer')
    expect(() => client.service(web)).toThrow(DecodeError)
  })
})

test('closing closes the socket', () => {
  const {kernel, client} = scripted({})
  client.close()
  expect(kernel.closed).toBe(true)
})

test('a request holds what the reference says', () => {
  const {kernel, client} = scripted({})
  client.execute([{do: 'add-server', service: web, server: server(rs, {weight: 3})}])
  const {attributes} = decodeGeneric(kernel.requests[0]?.payload as Uint8Array)
  expect(decodeFields(messageFields, attributes)).toEqual({
    service: {family: 2, protocol: 6, address: Uint8Array.of(10, 9, 9, 9, ...new Array(12).fill(0)), port: 80},
    server: {
      address: Uint8Array.of(10, 1, 1, 1, ...new Array(12).fill(0)),
      port: 80,
      forwarding: 3,
      weight: 3,
      upperThreshold: 0,
      lowerThreshold: 0,
      family: 2,
      tunnelType: 0,
      tunnelPort: 0,
      tunnelFlags: 0,
    },
  })
})

test('a trace tells messages by their names', () => {
  const lines: string[] = []
  const {dictionary, learn} = genericDictionary()
  learn(familyId, ipvsWords)
  const kernel = new FakeKernel((request) => answer(memoryClient(), request))
  const trace = createTrace(dictionary, (line) => lines.push(line))
  const client = kernelClient(new Connection(kernel, {now: kernel.now, dictionary, trace}), familyId)
  client.execute([{do: 'add-server', service: web, server: server(rs, {forwarding: 'masquerading', weight: 5})}])
  client.info()
  const text = lines.join('\n')
  expect(text).toMatch(
    /^→ IPVS NEW_DEST seq 1 request .*service=\{family=2 protocol=6 .*port=80\} server=\{.*forwarding=0 weight=5 /,
  )
  expect(text).toMatch(/^← error ESRCH seq 1/m)
  expect(text).toMatch(/^← IPVS SET_INFO .*version=66049 connectionTableSize=4096$/m)
  expect(text).not.toMatch(/unreadable|#\d/)
})
