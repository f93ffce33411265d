// Any record of any table of netlink and rtnetlink survives being written and read.

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Reader, Writer} from '../../src/netlink/bytes.ts'
import * as fields from '../../src/netlink/fields.ts'
import {controller, decodeGeneric, encodeGeneric, genericHeader} from '../../src/netlink/generic.ts'
import {decodeMessages, encodeMessage, extendedAck} from '../../src/netlink/message.ts'
import * as route from '../../src/netlink/route.ts'
import {address, decodeBody, encodeBody, hardwareAddress, type Layout} from '../../src/netlink/route-message.ts'
import {decodeStruct, encodeStruct} from '../../src/netlink/struct.ts'
import {anyOf, recordOf, structOf} from '../support/arbitrary-fields.ts'

const {u8, u16, be16, u32, be32, s32, u64, bytes, string, flags} = fields
// biome-ignore lint/suspicious/noExplicitAny: field types of different values in one list
const fieldTypes: readonly fields.FieldType<any>[] = [
  u8,
  u16,
  be16,
  u32,
  be32,
  s32,
  u64,
  bytes,
  string,
  flags,
  address,
  hardwareAddress,
]

describe('field types', () => {
  test.each(fieldTypes.map((field) => [field.name, field] as const))('%s', (_name, field) => {
    const one = fields.table('one', [[1, 'value', field]])
    fc.assert(
      fc.property(anyOf(field), (value) => {
        const out = new Writer(1)
        fields.encodeFields(one, {value}, out)
        expect(out.length % 4).toBe(0)
        expect(fields.decodeFields(one, new Reader(out.bytes()))).toEqual({value})
      }),
    )
  })
})

const layouts: readonly (readonly [string, Layout])[] = [
  ['links', route.linkLayout],
  ['addresses', route.addressLayout],
  ['routes', route.routeLayout],
  ['neighbours', route.neighbourLayout],
]

describe('rtnetlink', () => {
  test.each(layouts)('%s', (_name, layout) => {
    fc.assert(
      fc.property(structOf(layout.header), recordOf(layout.fields), (header, attributes) => {
        expect(decodeBody(layout, encodeBody(layout, header, attributes))).toEqual({header, attributes})
      }),
    )
  })
})

describe('netlink', () => {
  test('extended ack', () => {
    fc.assert(
      fc.property(recordOf(extendedAck), (record) => {
        const out = new Writer()
        fields.encodeFields(extendedAck, record, out)
        expect(fields.decodeFields(extendedAck, new Reader(out.bytes()))).toEqual(record)
      }),
    )
  })

  test('messages', () => {
    const u32s = fc.integer({min: 0, max: 0xffff_ffff})
    const u16s = fc.integer({min: 0, max: 0xffff})
    const message = fc.record({type: u16s, flags: u16s, sequence: u32s, port: u32s, payload: fc.uint8Array()})
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const out = new Writer()
        for (const {type, flags, sequence, port, payload} of messages)
          encodeMessage(out, type, flags, sequence, port, payload)
        expect(decodeMessages(out.bytes())).toEqual(messages)
      }),
    )
  })

  test('generic', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 255}), recordOf(controller), (command, record) => {
        const {attributes, ...rest} = decodeGeneric(encodeGeneric(command, controller, record, 3))
        expect(rest).toEqual({command, version: 3})
        expect(fields.decodeFields(controller, attributes)).toEqual(record)
      }),
    )
  })

  test('structs', () => {
    fc.assert(
      fc.property(structOf(genericHeader), (record) => {
        const out = new Writer()
        encodeStruct(genericHeader, record, out)
        expect(out.length).toBe(genericHeader.size)
        expect(decodeStruct(genericHeader, new Reader(out.bytes()))).toEqual(record)
      }),
    )
  })
})
