// The socket itself, on this host's kernel. Reads only: what every user may do.

import {afterEach, describe, expect, test} from 'vitest'
import {native, socketConstants} from '../../../native/index.ts'
import {connectNetlink, openNetlink, protocols} from '../../../native/netlink-socket.ts'
import {Reader, Writer} from '../../../src/netlink/bytes.ts'
import {resolveFamily} from '../../../src/netlink/generic.ts'
import {decodeMessages, encodeMessage, messageFlags, messageTypes} from '../../../src/netlink/message.ts'
import {links, routeDictionary} from '../../../src/netlink/route.ts'
import type {Transport} from '../../../src/netlink/transport.ts'

const open: {close(): void}[] = []
const opened = <Closable extends {close(): void}>(one: Closable): Closable => {
  open.push(one)
  return one
}
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

const send = (transport: Transport, ...types: number[]): void => {
  const out = new Writer()
  for (const [index, type] of types.entries())
    encodeMessage(out, type, messageFlags.request | messageFlags.ack, index + 1, 0, new Uint8Array(0))
  transport.send(out.bytes())
}

test('a message goes there, an answer comes back, addressed to us', () => {
  const transport = opened(openNetlink(protocols.route))
  send(transport, messageTypes.noop)
  const [answer] = decodeMessages(transport.receive(1000) as Uint8Array)
  expect(answer).toMatchObject({type: messageTypes.error, sequence: 1, port: transport.port})
  expect(transport.port).toBeGreaterThan(0)
})

test('waiting ends at the timeout', () => {
  const transport = opened(openNetlink(protocols.route))
  const start = performance.now()
  expect(transport.receive(40)).toBeUndefined()
  expect(performance.now() - start).toBeGreaterThanOrEqual(39)
  expect(performance.now() - start).toBeLessThan(1000)
})

test('what was received stays as it was', () => {
  const transport = opened(openNetlink(protocols.route))
  send(transport, messageTypes.noop, messageTypes.noop)
  const first = transport.receive(1000) as Uint8Array
  const copy = first.slice()
  expect(transport.receive(1000)).not.toEqual(first)
  expect(first).toEqual(copy)
})

test('a datagram that does not fit is an error, not half a list', () => {
  const connection = opened(connectNetlink(protocols.route, {datagramBytes: 64, dictionary: routeDictionary}))
  expect(() => links(connection)).toThrow(/^RTM_GETLINK: EMSGSIZE \(recv: a datagram of \d{3,} bytes was cut to 64\)$/)
})

test('families are found by name', () => {
  const connection = opened(connectNetlink(protocols.generic))
  expect(resolveFamily(connection, 'nlctrl')).toMatchObject({id: 16, name: 'nlctrl'})
  expect(() => resolveFamily(connection, 'no-such-family')).toThrow('ENOENT')
})

test('nobody but the kernel is listened to', () => {
  const {AF_NETLINK, SOCK_RAW, SOCK_CLOEXEC} = socketConstants
  const victim = opened(openNetlink(protocols.generic))
  const fd = native().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocols.generic)
  try {
    const address = new Writer()
    address.u16(AF_NETLINK)
    address.u16(0)
    address.u32(victim.port as number)
    address.u32(0)
    expect(native().sendto(fd, new Uint8Array(16), 0, address.bytes())).toBe(-111) // ECONNREFUSED
  } finally {
    native().close(fd)
  }
  expect(victim.receive(20)).toBeUndefined()
})

describe('a queue that is too short', () => {
  // 2,304 bytes are the least the kernel allows (SOCK_MIN_RCVBUF): a few answers.
  test.runIf(process.getuid?.() === 0)('loses answers, says so, and works on', () => {
    const connection = opened(connectNetlink(protocols.route, {queueBytes: 1, dictionary: routeDictionary}))
    const refused = Array.from({length: 128}, () => ({type: 99, payload: new Uint8Array(8)}))
    expect(() => connection.batch(refused)).toThrow(/ENOBUFS .*read the state again/)
    expect(links(connection).map(({name}) => name)).toContain('lo')
    expect(connection.batch(refused.slice(0, 1)).map((outcome) => outcome?.errno)).toEqual(['EOPNOTSUPP'])
  })

  test('does not happen to a batch that fails from end to end', () => {
    const connection = opened(connectNetlink(protocols.route))
    const refused = Array.from({length: 2000}, () => ({type: 99, payload: new Uint8Array(8)}))
    const errnos = new Set(connection.batch(refused).map((outcome) => outcome?.errno))
    // Ordinary users may not even ask.
    expect([...errnos]).toEqual([process.getuid?.() === 0 ? 'EOPNOTSUPP' : 'EPERM'])
  })
})

test('a closed socket is closed, once', () => {
  const transport = openNetlink(protocols.route)
  transport.close()
  transport.close()
  expect(() => send(transport, messageTypes.noop)).toThrow('send: EBADF')
  expect(() => transport.receive(10)).toThrow('recv: EBADF')
})

test('no such protocol', () => {
  expect(() => openNetlink(250)).toThrow(/^socket: E/)
})

describe('the addon', () => {
  test('answers -errno', () => {
    const {bind, close, connect, flock, getsockname, poll, recv, send, setns, setsockopt} = native()
    const buffer = new Uint8Array(12)
    for (const answer of [
      bind(-1, buffer),
      close(-1),
      connect(-1, buffer),
      flock(-1, 8),
      getsockname(-1, buffer),
      recv(-1, buffer, 0),
      send(-1, buffer, 0),
      setns(-1, 0),
      setsockopt(-1, 1, 8, buffer),
    ])
      expect(answer).toBe(-9) // EBADF
    expect(poll(-1, socketConstants.POLLIN, 0)).toBe(0)
    expect(native().socket(-1, 0, 0)).toBe(-97) // EAFNOSUPPORT
  })

  test('refuses what is no number and no Uint8Array', () => {
    const calls = native() as unknown as Record<string, (...args: unknown[]) => number>
    for (const act of [
      () => calls.socket?.(1, 2),
      () => calls.socket?.('1', 2, 3),
      () => calls.send?.(1, [1, 2], 0),
      () => calls.send?.(1, new Uint32Array(1), 0),
      () => calls.send?.(1, new ArrayBuffer(4), 0),
      () => calls.recv?.(),
    ])
      expect(act).toThrow(TypeError)
  })

  test('a socket knows its own address', () => {
    const {AF_NETLINK, SOCK_RAW, SOCK_CLOEXEC} = socketConstants
    const fd = native().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocols.route)
    try {
      const address = new Uint8Array(12)
      expect(native().getsockname(fd, address)).toBe(12)
      expect(new Reader(address).u16()).toBe(AF_NETLINK)
    } finally {
      native().close(fd)
    }
  })
})
