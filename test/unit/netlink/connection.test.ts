import {describe, expect, test} from 'vitest'
import {Writer} from '../../../src/netlink/bytes.ts'
import {Connection, type ConnectionOptions} from '../../../src/netlink/connection.ts'
import {NetlinkError} from '../../../src/netlink/errors.ts'
import {DecodeError} from '../../../src/netlink/fields.ts'
import {decodeMessages, encodeMessage, messageFlags, messageTypes} from '../../../src/netlink/message.ts'
import type {Transport} from '../../../src/netlink/transport.ts'
import {type Awkwardness, FakeKernel, type Reply} from '../../support/fake-kernel.ts'

const body = (...bytes: number[]): Uint8Array => new Uint8Array(bytes)
const data = (...payloads: Uint8Array[]): Reply => ({data: payloads.map((payload) => ({type: 20, payload}))})
const payloads = (messages: readonly {payload: Uint8Array}[]): number[][] => messages.map(({payload}) => [...payload])

function connect(
  handle?: ConstructorParameters<typeof FakeKernel>[0],
  awkward?: Awkwardness,
  options?: ConnectionOptions,
) {
  const kernel = new FakeKernel(handle, awkward)
  return {kernel, connection: new Connection(kernel, {now: kernel.now, ...options})}
}

const failure = (act: () => unknown): NetlinkError => {
  try {
    act()
  } catch (error) {
    if (error instanceof NetlinkError) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe('request', () => {
  test('sends type, flags and payload, and asks for an ack', () => {
    const {kernel, connection} = connect()
    expect(connection.request(24, body(1, 2, 3), messageFlags.create)).toEqual([])
    const {request, ack, create} = messageFlags
    expect(kernel.requests).toEqual([
      {type: 24, flags: request | ack | create, sequence: 1, port: 0, payload: body(1, 2, 3)},
    ])
  })

  test('gives the data that comes before the ack', () => {
    const {connection} = connect(() => data(body(1), body(2, 2)))
    expect(payloads(connection.request(26, body()))).toEqual([[1], [2, 2]])
  })

  test('ends with a barrier, so that a request without an ack is noticed at once', () => {
    const {kernel, connection} = connect(() => ({silent: true}))
    const error = failure(() => connection.request(28, body()))
    expect(error).toMatchObject({errno: 'EINTR', number: 4})
    expect(kernel.time).toBeLessThan(10)
    const [first, second] = decodeMessages(kernel.sends[0] as Uint8Array)
    expect([first?.type, second?.type]).toEqual([28, messageTypes.noop])
  })

  test('an errno becomes an error with the kernel’s words', () => {
    const {connection} = connect(() => ({errno: 'EEXIST', extended: {message: 'ipv4: Address already assigned'}}))
    expect(failure(() => connection.request(20, body()))).toMatchObject({
      errno: 'EEXIST',
      number: 17,
      operation: 'netlink message 20',
      detail: 'ipv4: Address already assigned',
      message: 'netlink message 20: EEXIST (ipv4: Address already assigned)',
    })
  })

  test.each([
    ['the request is echoed whole', {echoRequests: true}],
    ['the request is echoed by its header', {echoRequests: false}],
  ])('finds the words where %s', (_how, awkward) => {
    const {connection} = connect(() => ({errno: 'EINVAL', extended: {message: 'no'}}), awkward)
    expect(failure(() => connection.request(20, body(1, 2, 3, 4, 5))).detail).toBe('no')
  })

  test('names the attribute that the kernel missed', () => {
    const {connection} = connect(() => ({errno: 'EINVAL', extended: {missingType: 6}}))
    expect(failure(() => connection.request(20, body())).detail).toBe('attribute 6 is missing')
  })

  test('a dictionary names the operation', () => {
    const dictionary = (type: number) => (type === 20 ? {name: 'RTM_NEWADDR'} : undefined)
    const {connection} = connect(() => ({errno: 'EPERM'}), {}, {dictionary})
    expect(failure(() => connection.request(20, body())).message).toBe('RTM_NEWADDR: EPERM')
    expect(failure(() => connection.request(21, body())).message).toBe('netlink message 21: EPERM')
  })

  test('passes by answers to others and to earlier exchanges', () => {
    const {connection} = connect(() => data(body(7)), {strangers: true})
    expect(payloads(connection.request(26, body()))).toEqual([[7]])
    expect(payloads(connection.dump(26, body()))).toEqual([[7]])
    expect(connection.batch([{type: 20, payload: body()}])).toEqual([undefined])
  })

  test('passes by notifications, which have sequence number 0', () => {
    const {kernel, connection} = connect(() => data(body(7)))
    const out = new Writer()
    encodeMessage(out, 20, 0, 0, 0, body(9))
    kernel.push(out.bytes())
    expect(payloads(connection.request(26, body()))).toEqual([[7]])
  })

  test('works on after it', () => {
    const {kernel, connection} = connect((_request, index) => (index === 0 ? {errno: 'ENOENT'} : data(body(index))))
    failure(() => connection.request(26, body()))
    expect(payloads(connection.request(26, body()))).toEqual([[1]])
    expect(payloads(connection.request(26, body()))).toEqual([[2]])
    expect(new Set(kernel.requests.map(({sequence}) => sequence)).size).toBe(3)
  })
})

describe('time', () => {
  test('no answer is an error at the deadline', () => {
    const {kernel, connection} = connect(() => ({}), {lose: 1})
    const error = failure(() => connection.request(20, body()))
    expect(error).toMatchObject({errno: 'ETIMEDOUT', detail: 'no answer within 5000 ms; what was done is unknown'})
    expect(kernel.time).toBeGreaterThanOrEqual(5000)
    expect(kernel.time).toBeLessThan(5010)
  })

  test('the late answer does not disturb the next exchange', () => {
    const {kernel, connection} = connect((_request, index) => data(body(index)), {lose: 2}, {timeoutMs: 50})
    expect(failure(() => connection.request(26, body())).errno).toBe('ETIMEDOUT')
    const late = new Writer()
    encodeMessage(late, 20, 0, 1, kernel.port, body(99))
    kernel.push(late.bytes())
    expect(payloads(connection.request(26, body()))).toEqual([[1]])
  })

  test('the deadline is for the whole exchange, however much of others comes by', () => {
    const transport: Transport = {send: () => {}, close: () => {}, receive: () => new Uint8Array(0)}
    let time = 0
    const connection = new Connection(transport, {timeoutMs: 100, now: () => time++})
    expect(failure(() => connection.dump(18, body())).errno).toBe('ETIMEDOUT')
    expect(time).toBeLessThan(210)
  })

  test('what is there is taken without a look at the clock', () => {
    const {kernel, connection} = connect(() => data(body(1), body(2), body(3)), {perDatagram: 1})
    expect(connection.dump(18, body())).toHaveLength(3)
    expect(kernel.waits).toEqual([])
  })

  test('every wait is what is left of it', () => {
    const {kernel, connection} = connect(
      () => data(body(1), body(2), body(3)),
      {perDatagram: 1, late: true},
      {timeoutMs: 100},
    )
    connection.dump(18, body())
    expect(kernel.waits).toEqual([100, 99, 98, 97])
  })
})

describe('dump', () => {
  test.each([1, 2, 3, 100])('is put together from %i messages a datagram', (perDatagram) => {
    const all = Array.from({length: 7}, (_, index) => body(index))
    const {kernel, connection} = connect(() => data(...all), {perDatagram})
    expect(payloads(connection.dump(18, body(0)))).toEqual(all.map((one) => [...one]))
    expect(kernel.requests[0]?.flags).toBe(messageFlags.request | messageFlags.dump)
  })

  test('of nothing is empty', () => {
    expect(connect().connection.dump(18, body())).toEqual([])
  })

  test('fails where its end carries an errno', () => {
    const {connection} = connect(() => ({...data(body(1)), errno: 'ENOMEM', extended: {message: 'half-way'}}))
    expect(failure(() => connection.dump(18, body()))).toMatchObject({errno: 'ENOMEM', detail: 'half-way'})
  })

  test('fails where it is refused', () => {
    const {connection} = connect(() => ({errno: 'EOPNOTSUPP', refused: true}))
    expect(failure(() => connection.dump(18, body())).errno).toBe('EOPNOTSUPP')
  })

  const interrupted: Reply = {
    data: [
      {type: 20, payload: body(1)},
      {type: 20, payload: body(2), flags: messageFlags.dumpInterrupted},
    ],
  }

  test('is read again where it changed meanwhile', () => {
    const {kernel, connection} = connect((_request, index) => (index < 2 ? interrupted : data(body(3))), {
      perDatagram: 1,
    })
    expect(payloads(connection.dump(18, body()))).toEqual([[3]])
    expect(kernel.requests).toHaveLength(3)
  })

  test('is given up where it never holds still', () => {
    const {kernel, connection} = connect(() => interrupted)
    expect(failure(() => connection.dump(18, body())).errno).toBe('EAGAIN')
    expect(kernel.requests).toHaveLength(5)
  })
})

describe('batch', () => {
  const requests = (count: number) =>
    Array.from({length: count}, (_, index) => ({type: 24, payload: body(index & 0xff, index >> 8)}))

  test('of nothing sends nothing', () => {
    const {kernel, connection} = connect()
    expect(connection.batch([])).toEqual([])
    expect(kernel.sends).toEqual([])
  })

  test.each([1, 2, 127, 128, 129, 1000])('of %i goes in order, 128 a send, with one ack each send', (count) => {
    const {kernel, connection} = connect()
    expect(connection.batch(requests(count))).toEqual(new Array(count).fill(undefined))
    expect(kernel.requests.map(({payload}) => payload)).toEqual(requests(count).map(({payload}) => payload))
    expect(kernel.sends).toHaveLength(Math.ceil(count / 128))
    expect(kernel.waits).toEqual([])
    expect(kernel.requests.every(({flags}) => flags === messageFlags.request)).toBe(true)
  })

  test('gives each failure to the request that caused it, and goes on', () => {
    const errnos = ['EEXIST', 'ESRCH', 'EINVAL']
    const {connection} = connect((_request, index) => {
      const errno = index % 7 === 3 ? errnos[index % 3] : undefined
      return errno === undefined ? {} : {errno}
    })
    const outcomes = connection.batch(requests(300))
    for (const [index, outcome] of outcomes.entries())
      expect(outcome?.errno).toBe(index % 7 === 3 ? errnos[index % 3] : undefined)
    expect(outcomes).toHaveLength(300)
  })

  test('every one may fail', () => {
    const {connection} = connect(() => ({errno: 'EEXIST', extended: {message: 'there'}}), {strangers: true})
    const outcomes = connection.batch(requests(200))
    expect(outcomes.map((outcome) => `${outcome?.errno} ${outcome?.detail}`)).toEqual(
      new Array(200).fill('EEXIST there'),
    )
  })

  test('an interrupted last request does not stall it', () => {
    const {kernel, connection} = connect((_request, index) => (index === 4 ? {silent: true} : {}))
    expect(connection.batch(requests(5))).toEqual(new Array(5).fill(undefined))
    expect(kernel.waits).toEqual([])
  })

  test('big requests are sent in more parts', () => {
    const {kernel, connection} = connect()
    const big = Array.from({length: 10}, () => ({type: 24, payload: new Uint8Array(60_000)}))
    expect(connection.batch(big)).toEqual(new Array(10).fill(undefined))
    expect(Math.max(...kernel.sends.map((bytes) => bytes.length))).toBeLessThan(212_992)
    expect(kernel.requests).toHaveLength(10)
  })

  test('lost answers are said to be lost', () => {
    const {connection} = connect(() => ({errno: 'EEXIST'}), {queue: 20})
    const error = failure(() => connection.batch(requests(100)))
    expect(error.errno).toBe('ENOBUFS')
    expect(error.message).toMatch(/^netlink message 24 and 99 more: ENOBUFS .*read the state again/)
  })

  test('what was left in the queue by lost answers does not disturb the next exchange', () => {
    const {connection} = connect((_request, index) => (index < 100 ? {errno: 'EEXIST'} : data(body(5))), {
      queue: 20,
    })
    failure(() => connection.batch(requests(100)))
    expect(payloads(connection.request(26, body()))).toEqual([[5]])
  })

  test('a lost barrier ends at the deadline', () => {
    const {connection} = connect(() => ({}), {lose: 0}, {timeoutMs: 10})
    expect(failure(() => connection.batch(requests(3)))).toMatchObject({errno: 'ETIMEDOUT'})
  })
})

describe('what is not netlink', () => {
  const answering = (bytes: Uint8Array): Connection =>
    new Connection({send: () => {}, close: () => {}, receive: () => bytes}, {timeoutMs: 10})

  test.each([
    ['a header that is cut', body(16, 0, 0, 0, 2, 0)],
    ['a length that is too long', body(17, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)],
    ['a length that is too short', body(8, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)],
  ])('%s is a DecodeError', (_what, bytes) => {
    expect(() => answering(bytes).request(20, body())).toThrow(DecodeError)
  })

  test('an overrun message means lost answers', () => {
    const out = new Writer()
    encodeMessage(out, messageTypes.overrun, 0, 0, 0, body())
    expect(failure(() => answering(out.bytes()).dump(20, body())).errno).toBe('ENOBUFS')
  })

  test('a socket’s error is told with what was being asked', () => {
    const transport: Transport = {
      close: () => {},
      send: () => {},
      receive: () => {
        throw new NetlinkError('recv', 'EMSGSIZE', 'a datagram of 9 bytes was cut to 4')
      },
    }
    const error = failure(() => new Connection(transport).dump(18, body()))
    expect(error.message).toBe('netlink message 18: EMSGSIZE (recv: a datagram of 9 bytes was cut to 4)')
  })

  test('a bug is not dressed up', () => {
    const transport: Transport = {
      close: () => {},
      receive: () => undefined,
      send: () => {
        throw new TypeError('bug')
      },
    }
    expect(() => new Connection(transport).dump(18, body())).toThrow(TypeError)
  })
})

test('closing closes the socket', () => {
  const {kernel, connection} = connect()
  connection.close()
  expect(kernel.closed).toBe(true)
})
