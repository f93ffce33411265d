import {describe, expect, test} from 'vitest'
import {Writer} from '../../../src/netlink/bytes.ts'
import {errnoName, errnoNumber, NetlinkError} from '../../../src/netlink/errors.ts'
import {DecodeError} from '../../../src/netlink/fields.ts'
import {
  decodeAck,
  decodeDone,
  decodeMessages,
  encodeMessage,
  type Message,
  messageFlags,
  messageTypes,
  reasonOf,
} from '../../../src/netlink/message.ts'

const message = (type: number, flags: number, write: (out: Writer) => void): Message => {
  const out = new Writer()
  write(out)
  return {type, flags, sequence: 1, port: 0, payload: out.bytes()}
}

test('messages follow each other, each on a multiple of 4', () => {
  const out = new Writer()
  encodeMessage(out, 20, 1, 7, 9, new Uint8Array([1, 2, 3]))
  encodeMessage(out, 21, 2, 8, 0, new Uint8Array(0))
  expect(out.length).toBe(36)
  expect(decodeMessages(out.bytes())).toEqual([
    {type: 20, flags: 1, sequence: 7, port: 9, payload: new Uint8Array([1, 2, 3])},
    {type: 21, flags: 2, sequence: 8, port: 0, payload: new Uint8Array(0)},
  ])
})

test('an empty datagram has no messages', () => {
  expect(decodeMessages(new Uint8Array(0))).toEqual([])
})

describe('ack', () => {
  const header = (out: Writer, length = 16): void => encodeMessage(out, 20, 5, 1, 0, new Uint8Array(length - 16))

  test('success', () => {
    const ack = decodeAck(
      message(messageTypes.error, messageFlags.capped, (out) => {
        out.s32(0)
        header(out)
      }),
    )
    expect(ack).toEqual({error: 0, extended: {}})
  })

  test.each([
    ['nothing', 0],
    ['a header', 12],
  ])('a payload that holds %s', (_what, length) => {
    expect(() => decodeAck(message(messageTypes.error, 0, (out) => out.zeros(length)))).toThrow(DecodeError)
  })

  test('an errno above zero is none', () => {
    const bad = message(messageTypes.error, messageFlags.capped, (out) => {
      out.s32(17)
      header(out)
    })
    expect(() => decodeAck(bad)).toThrow('an error code of 17, which should not be positive')
  })

  test.each([
    [400, 'the echo of a request ends 384 bytes after its error'],
    [0x8000_0020, 'the echo of a request ends 2147483664 bytes after its error'],
    [0xffff_ffff, 'the echo of a request ends 4294967280 bytes after its error'],
    [15, 'an error echoes a request of 15 bytes'],
  ])('an echo that says it has %i bytes', (length, problem) => {
    const bad = message(messageTypes.error, messageFlags.ackTlvs, (out) => {
      out.s32(-17)
      header(out)
      out.patchU32(4, length)
    })
    expect(() => decodeAck(bad)).toThrow(new DecodeError(`netlink: ${problem}`))
  })
})

describe('done', () => {
  test('carries a code', () => {
    expect(decodeDone(message(messageTypes.done, messageFlags.multi, (out) => out.s32(-12))).error).toBe(12)
    expect(decodeDone(message(messageTypes.done, messageFlags.multi, (out) => out.s32(0))).error).toBe(0)
  })
  test('or, of old, nothing', () => {
    expect(decodeDone(message(messageTypes.done, 0, () => {})).error).toBe(0)
  })
  test('but not half of one', () => {
    expect(() => decodeDone(message(messageTypes.done, 0, (out) => out.u16(0)))).toThrow(DecodeError)
  })
})

test('a reason is told as far as the kernel gave one', () => {
  expect(reasonOf({error: 22, extended: {message: 'why', missingType: 3}})).toBe('why')
  expect(reasonOf({error: 22, extended: {missingType: 3}})).toBe('attribute 3 is missing')
  expect(reasonOf({error: 22, extended: {}})).toBeUndefined()
})

describe('errno', () => {
  test.each([
    [1, 'EPERM'],
    [2, 'ENOENT'],
    [3, 'ESRCH'],
    [17, 'EEXIST'],
    [19, 'ENODEV'],
    [22, 'EINVAL'],
    [34, 'ERANGE'],
    [95, 'EOPNOTSUPP'],
    [97, 'EAFNOSUPPORT'],
    [99, 'EADDRNOTAVAIL'],
    [105, 'ENOBUFS'],
    [110, 'ETIMEDOUT'],
  ])('%i is %s', (number, name) => {
    expect(errnoName(number)).toBe(name)
    expect(errnoNumber(name)).toBe(number)
  })

  test('a number without a name keeps its number', () => {
    expect(new NetlinkError('send', 524)).toMatchObject({errno: 'errno 524', number: 524, message: 'send: errno 524'})
  })
})
