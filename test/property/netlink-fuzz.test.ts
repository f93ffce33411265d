// Whatever arrives: a decoder answers or throws a DecodeError, and what it answers it would write and read again. Fed with
// real messages of `ip`, `ipvsadm` and a kernel, spoilt.

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Reader, Writer} from '../../src/netlink/bytes.ts'
import {Connection} from '../../src/netlink/connection.ts'
import {NetlinkError} from '../../src/netlink/errors.ts'
import {DecodeError, decodeFields, encodeFields, type FieldTable} from '../../src/netlink/fields.ts'
import {controller, decodeGeneric, genericDictionary, resolveFamily} from '../../src/netlink/generic.ts'
import {
  decodeAck,
  decodeDone,
  decodeMessages,
  encodeMessage,
  extendedAck,
  type Message,
  messageTypes,
} from '../../src/netlink/message.ts'
import * as route from '../../src/netlink/route.ts'
import {decodeBody, encodeBody, type Layout} from '../../src/netlink/route-message.ts'
import {createTrace, describeDatagram} from '../../src/netlink/trace.ts'
import {goldenNames, readGolden} from '../support/golden-netlink.ts'
import {spoilt} from '../support/spoil.ts'

const golden = goldenNames('').map(readGolden)
const datagrams = golden.flatMap(({sent, received}) => [...sent, ...received])
const messages = datagrams.flatMap((datagram) => ignoring(() => decodeMessages(datagram)) ?? [])
const ofTypes = (low: number, high: number): Uint8Array[] =>
  messages.filter(({type}) => type >= low && type <= high).map(({payload}) => payload)

const numRuns = 3000

/** Undefined for a DecodeError; anything else that is thrown fails the test. */
function ignoring<Result>(decode: () => Result): Result | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

/** How often decoding succeeded and failed: a test that saw only one of both has shown nothing. */
function survives(good: readonly Uint8Array[], check: (bytes: Uint8Array) => boolean): void {
  const seen = new Set<boolean>()
  fc.assert(
    fc.property(spoilt(good), (bytes) => {
      seen.add(check(bytes))
    }),
    {numRuns},
  )
  expect(seen).toEqual(new Set([true, false]))
}

const layouts: readonly (readonly [string, Layout, (payload: Uint8Array) => unknown, number, number])[] = [
  ['links', route.linkLayout, route.decodeLink, 16, 19],
  ['addresses', route.addressLayout, route.decodeAddress, 20, 22],
  ['routes', route.routeLayout, route.decodeRoute, 24, 26],
  ['neighbours', route.neighbourLayout, route.decodeNeighbour, 28, 30],
]

test('there is something to spoil', () => {
  expect(golden.length).toBeGreaterThan(50)
  expect(messages.length).toBeGreaterThan(400)
  for (const [, , , low, high] of layouts) expect(ofTypes(low, high).length).toBeGreaterThan(4)
})

test('framing', () => {
  survives(datagrams, (bytes) => {
    const found = ignoring(() => decodeMessages(bytes))
    if (!found) return false
    const out = new Writer()
    for (const {type, flags, sequence, port, payload} of found) encodeMessage(out, type, flags, sequence, port, payload)
    expect(decodeMessages(out.bytes())).toEqual(found)
    return true
  })
})

describe.each(layouts)('%s', (_name, layout, decode, low, high) => {
  test('attributes', () => {
    survives(ofTypes(low, high), (payload) => {
      const body = ignoring(() => decodeBody(layout, payload))
      if (!body) return false
      expect(decodeBody(layout, encodeBody(layout, body.header, body.attributes))).toEqual(body)
      return true
    })
  })

  test('what they mean', () => {
    survives(ofTypes(low, high), (payload) => ignoring(() => decode(payload)) !== undefined)
  })
})

test('acks', () => {
  survives(ofTypes(messageTypes.error, messageTypes.error), (payload) => {
    const flags = payload.length & 4 ? 0x300 : 0x200
    const message: Message = {type: messageTypes.error, flags, sequence: 1, port: 1, payload}
    const ack = ignoring(() => decodeAck(message))
    return ack !== undefined && ack.error >= 0
  })
})

test('ends of dumps', () => {
  survives(ofTypes(messageTypes.done, messageTypes.done), (payload) => {
    const end = ignoring(() => decodeDone({type: messageTypes.done, flags: 0x202, sequence: 1, port: 1, payload}))
    return end !== undefined && end.error >= 0
  })
})

const roundTrips = (fields: FieldTable, input: Reader): boolean => {
  const record = ignoring(() => decodeFields(fields, input))
  if (!record) return false
  const out = new Writer()
  encodeFields(fields, record, out)
  expect(decodeFields(fields, new Reader(out.bytes()))).toEqual(record)
  return true
}

test('the controller of generic netlink', () => {
  survives(
    ofTypes(16, 16).filter((payload) => payload[0] === 1),
    (payload) => {
      const generic = ignoring(() => decodeGeneric(payload))
      return generic !== undefined && roundTrips(controller, generic.attributes)
    },
  )
})

test('extended acks, from any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 60}), (bytes) => {
      roundTrips(extendedAck, new Reader(bytes))
    }),
    {numRuns},
  )
})

test('a trace describes anything', () => {
  const dictionaries = [route.routeDictionary, genericDictionary().dictionary]
  fc.assert(
    fc.property(fc.oneof(spoilt(datagrams), fc.uint8Array({maxLength: 80})), (bytes) => {
      for (const dictionary of dictionaries)
        for (const line of describeDatagram(dictionary, bytes)) expect(line).toMatch(/^\S[^\n]*$/)
    }),
    {numRuns},
  )
})

test('a connection that is told anything answers, or throws an error that says what is wrong, in time', () => {
  const kinds = new Set<string>()
  const ask: readonly ((connection: Connection) => unknown)[] = [
    (connection) => route.links(connection),
    (connection) => route.addresses(connection),
    (connection) => route.routes(connection),
    (connection) => route.neighbours(connection),
    (connection) => resolveFamily(connection, 'IPVS'),
    (connection) => connection.batch([{type: 20, payload: new Uint8Array(8)}]),
  ]
  fc.assert(
    fc.property(fc.array(spoilt(datagrams), {maxLength: 3}), fc.constantFrom(...ask), (answers, question) => {
      let time = 0
      const queue = answers.map(asAnswer)
      const connection = new Connection(
        {send: () => {}, close: () => {}, receive: () => queue.shift()},
        {timeoutMs: 10, now: () => time++, trace: createTrace(route.routeDictionary, () => {})},
      )
      try {
        question(connection)
        kinds.add('answer')
      } catch (error) {
        if (!(error instanceof DecodeError || error instanceof NetlinkError)) throw error
        kinds.add(error instanceof NetlinkError ? error.errno : 'DecodeError')
      }
    }),
    {numRuns},
  )
  expect([...kinds]).toEqual(expect.arrayContaining(['answer', 'DecodeError', 'ETIMEDOUT']))
})

/** With sequence number 1, so that the first exchange of a connection takes it for its own. */
function asAnswer(datagram: Uint8Array): Uint8Array {
  const copy = datagram.slice()
  for (const {payload} of ignoring(() => decodeMessages(copy)) ?? []) {
    const header = new DataView(copy.buffer, payload.byteOffset - 16, 16)
    header.setUint32(8, header.getUint16(4, true) === messageTypes.error ? 2 : 1, true)
  }
  return copy
}
