import {describe, expect, test} from 'vitest'
import {littleEndian, Reader, Writer} from '../../../src/netlink/bytes.ts'
import {
  be16,
  be32,
  bytes,
  DecodeError,
  decodeFields,
  encodeFields,
  type FieldTable,
  flags,
  nested,
  pad,
  type RecordOf,
  s32,
  string,
  table,
  u8,
  u16,
  u32,
  u64,
} from '../../../src/netlink/fields.ts'

const inner = table('inner', [
  [1, 'depth', u32],
  [2, 'hole', pad],
])
const outer = table('outer', [
  [1, 'count', u16],
  [2, 'port', be16],
  [3, 'name', string],
  [4, 'inside', nested(inner)],
  [5, 'old', nested(inner, 'unflagged')],
  [6, 'big', u64],
  [7, 'signed', s32],
  [8, 'switches', flags],
  [9, 'net', be32],
  [10, 'tiny', u8],
  [11, 'blob', bytes],
])

const encode = <Table extends FieldTable>(fields: Table, record: RecordOf<Table>): string => {
  const out = new Writer(1)
  encodeFields(fields, record, out)
  return Buffer.from(out.bytes()).toString('hex')
}
const decode = <Table extends FieldTable>(fields: Table, hex: string): RecordOf<Table> =>
  decodeFields(fields, new Reader(Buffer.from(hex, 'hex')))

// The byte strings below are of a little-endian machine.
describe.runIf(littleEndian)('bytes', () => {
  test.each<[string, RecordOf<typeof outer>, string]>([
    ['a number is padded to 4', {count: 0x1234}, '06000100' + '34120000'],
    ['a port is in network order', {port: 8080}, '06000200' + '1f900000'],
    ['a string has its NUL', {name: 'rr'}, '07000300' + '72720000'],
    ['an empty string too', {name: ''}, '05000300' + '00000000'],
    ['a nest is flagged', {inside: {depth: 1}}, '0c000480' + '08000100' + '01000000'],
    ['unless it is spelled the old way', {old: {depth: 1}}, '0c000500' + '08000100' + '01000000'],
    ['an empty nest is there', {inside: {}}, '04000480'],
    ['64 bits', {big: 0x0102030405060708n}, '0c000600' + '0807060504030201'],
    ['below zero', {signed: -2}, '08000700' + 'feffffff'],
    ['flags and mask', {switches: {flags: 5, mask: 7}}, '0c000800' + '05000000' + '07000000'],
    ['network order, 32 bits', {net: 0xffffff00}, '08000900' + 'ffffff00'],
    ['8 bits', {tiny: 255}, '05000a00' + 'ff000000'],
    ['bytes', {blob: new Uint8Array([1, 2, 3, 4, 5])}, '09000b00' + '0102030405000000'],
    ['rows in the order of the table', {port: 1, count: 1}, '06000100' + '01000000' + '06000200' + '00010000'],
    ['zero is something', {count: 0}, '06000100' + '00000000'],
    ['nothing is nothing', {}, ''],
    [
      'what is unknown comes last, as it was',
      {unknown: [{type: 0x8063, bytes: new Uint8Array([1])}], count: 1},
      '06000100' + '01000000' + '05006380' + '01000000',
    ],
  ])('%s', (_what, record, hex) => {
    expect(encode(outer, record)).toBe(hex)
    expect(decode(outer, hex)).toEqual(record)
  })

  test('flags of an attribute’s type do not change which it is', () => {
    expect(decode(outer, '0600018001000000')).toEqual({count: 1})
    expect(decode(outer, '0c000400' + '08000100' + '07000000')).toEqual({inside: {depth: 7}})
  })

  test('the last padding may be missing', () => {
    expect(decode(outer, '060001000100')).toEqual({count: 1})
  })

  test('padding attributes are passed by, wherever and however long', () => {
    expect(decode(inner, '04000200' + '08000100' + '07000000' + '0800020000000000')).toEqual({depth: 7})
    expect(encode(inner, {depth: 7} as RecordOf<typeof inner>)).toBe('0800010007000000')
  })

  test('the kernel does not always end a string', () => {
    expect(decode(outer, '06000300' + '72720000')).toEqual({name: 'rr'})
  })

  test.each([
    ['0500010001', 'outer.count: 1 bytes, u16 has 2'],
    ['080001000100', 'outer: attribute 1 says 8 bytes, 6 are left'],
    ['03000100', 'outer: attribute 1 says 3 bytes, 4 are left'],
    ['0600', 'outer: 2 stray bytes after the last attribute'],
    ['0a0004800700010001000000', 'inner: attribute 1 says 7 bytes, 6 are left'],
    ['0b00048007000100010000', 'inner.depth: 3 bytes, u32 has 4'],
  ])('%s: %s', (hex, message) => {
    expect(() => decode(outer, hex)).toThrow(new DecodeError(message))
  })
})

describe('values that do not fit are refused, not cut', () => {
  test.each<[RecordOf<typeof outer>, string]>([
    [{tiny: 256}, 'outer.tiny: 256 does not fit u8'],
    [{count: -1}, 'outer.count: -1 does not fit u16'],
    [{port: 65536}, 'outer.port: 65536 does not fit u16'],
    [{net: 2 ** 32}, 'outer.net: 4294967296 does not fit u32'],
    [{net: Number.NaN}, 'outer.net: NaN does not fit u32'],
    [{inside: {depth: 1.5}}, 'outer.inside: inner.depth: 1.5 does not fit u32'],
    [{signed: 2 ** 31}, 'outer.signed: 2147483648 does not fit s32'],
    [{big: -1n}, 'outer.big: -1 does not fit u64'],
    [{switches: {flags: 2 ** 32, mask: 0}}, 'outer.switches: 4294967296 does not fit u32'],
    [{name: 'a\0b'}, 'outer.name: a string with a NUL inside'],
  ])('%o', (record, message) => {
    expect(() => encode(outer, record)).toThrow(new RangeError(message))
  })

  test('an attribute of 64 KiB', () => {
    expect(() => encode(outer, {blob: new Uint8Array(65_532)})).toThrow(RangeError)
    expect(encode(outer, {blob: new Uint8Array(65_531)})).toHaveLength(2 * 65_536)
  })
})

test('a reader ends where its slice ends', () => {
  const reader = new Reader(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])).slice(2, 4)
  expect([...reader.bytes]).toEqual([3, 4])
  expect(reader.be16()).toBe(0x0304)
  for (const read of [
    () => reader.u8(2),
    () => reader.u16(1),
    () => reader.u32(),
    () => reader.u64(),
    () => reader.u8(-1),
    () => reader.slice(0, 3),
    () => reader.slice(-1, 2),
  ])
    expect(read).toThrow(RangeError)
})

test('a writer that is used again writes over what was there', () => {
  const out = new Writer(4)
  out.raw(new Uint8Array(16).fill(0xff))
  out.clear()
  out.u8(1)
  out.pad()
  out.zeros(4)
  expect([...out.bytes()]).toEqual([1, 0, 0, 0, 0, 0, 0, 0])
})

test.each<[string, (out: Writer) => void, string]>([
  ['u8', (out) => out.u8(0x11), '11'],
  ['be16', (out) => out.be16(0x1122), '1122'],
  ['be32', (out) => out.be32(0x11223344), '11223344'],
  ['raw', (out) => out.raw(new Uint8Array([1, 2, 3])), '010203'],
  ['much raw', (out) => out.raw(new Uint8Array(100).fill(7)), '07'.repeat(100)],
  ['zeros', (out) => out.zeros(3), '000000'],
  ['many zeros', (out) => out.zeros(100), '00'.repeat(100)],
])('a writer grows wherever its memory ends: %s', (_what, write, hex) => {
  for (let before = 0; before < 10; before++) {
    const out = new Writer(8)
    for (let index = 0; index < before; index++) out.u8(0xee)
    write(out)
    expect(Buffer.from(out.bytes()).toString('hex')).toBe('ee'.repeat(before) + hex)
  }
})
