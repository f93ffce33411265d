// The codec: a netlink message's attributes are rows of a table, and encoding and decoding are one loop each over it.
//
// A record has a property per row, all optional, in the row's type. Attributes without a row are kept under `unknown`
// (a newer kernel may send more than we know); a known attribute of a wrong length is a DecodeError that names it.

import {align, type Reader, type Writer} from './bytes.ts'

export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** How one attribute's payload is written and read. `size`: the only valid length, where there is one. */
export interface FieldType<Value> {
  readonly name: string
  readonly size?: number
  encode(value: Value, out: Writer): void
  decode(input: Reader): Value
  /** Of nested fields: the table inside, for tracing. */
  readonly table?: FieldTable
  /** Whether the attribute's type is sent with NLA_F_NESTED. Received, it does not matter. */
  readonly flagged?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: rows of different value types live in one table
export type Row = readonly [type: number, name: string, field: FieldType<any>]

export interface FieldTable<Rows extends readonly Row[] = readonly Row[]> {
  readonly name: string
  readonly rows: Rows
  /** A row at the place of its type. */
  readonly byType: readonly (Row | undefined)[]
}

export interface RawAttribute {
  readonly type: number
  readonly bytes: Uint8Array
}

type Values<Rows extends readonly Row[]> = {
  readonly [R in Rows[number] as R[2] extends FieldType<never> ? never : R[1]]?: R[2] extends FieldType<infer Value>
    ? Value
    : never
}

export type RecordOf<Table extends FieldTable> =
  Table extends FieldTable<infer Rows> ? Values<Rows> & {readonly unknown?: readonly RawAttribute[]} : never

export function table<const Rows extends readonly Row[]>(name: string, rows: Rows): FieldTable<Rows> {
  const byType: (Row | undefined)[] = new Array(Math.max(0, ...rows.map(([type]) => type + 1))).fill(undefined)
  for (const row of rows) byType[row[0]] = row
  return {name, rows, byType}
}

const nestedFlag = 0x8000 // NLA_F_NESTED
/** NLA_TYPE_MASK: without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
export const typeMask = 0x3fff
const attributeHeader = 4

export function encodeFields<Table extends FieldTable>(fields: Table, record: RecordOf<Table>, out: Writer): void {
  const values = record as Readonly<Record<string, unknown>>
  const {rows} = fields
  // By index: taking rows apart by an iterator is what a cold process spends most on here (measured).
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as Row
    const field = row[2]
    const value = values[row[1]]
    if (value === undefined || field === pad) continue
    const start = out.length
    out.u16(0)
    out.u16(field.flagged ? row[0] | nestedFlag : row[0])
    try {
      field.encode(value, out)
    } catch (error) {
      throw named(`${fields.name}.${row[1]}`, error, RangeError)
    }
    endAttribute(out, start)
  }
  if (!record.unknown) return
  for (const {type, bytes} of record.unknown) {
    const start = out.length
    out.u16(0)
    out.u16(type)
    out.raw(bytes)
    endAttribute(out, start)
  }
}

function endAttribute(out: Writer, start: number): void {
  out.patchU16(start, out.length - start)
  out.pad()
}

export function decodeFields<Table extends FieldTable>(fields: Table, input: Reader): RecordOf<Table> {
  const record: Record<string, unknown> = {}
  const payload = input.slice(0, 0)
  let unknown: RawAttribute[] | undefined
  let at = 0
  while (at < input.length) {
    if (input.length - at < attributeHeader)
      throw new DecodeError(`${fields.name}: ${input.length - at} stray bytes after the last attribute`)
    const length = input.u16(at)
    const type = input.u16(at + 2)
    if (length < attributeHeader || at + length > input.length)
      throw new DecodeError(
        `${fields.name}: attribute ${type & typeMask} says ${length} bytes, ${input.length - at} are left`,
      )
    input.move(payload, at + attributeHeader, at + length)
    const row = fields.byType[type & typeMask]
    if (row === undefined) {
      unknown ??= []
      unknown.push({type, bytes: payload.bytes.slice()})
    } else if (row[2] !== pad) record[row[1]] = decodeField(fields, row, payload)
    at += align(length)
  }
  if (unknown) record.unknown = unknown
  return record as RecordOf<Table>
}

function decodeField(fields: FieldTable, row: Row, payload: Reader): unknown {
  const field = row[2]
  if (field.size !== undefined && payload.length !== field.size)
    throw new DecodeError(`${fields.name}.${row[1]}: ${payload.length} bytes, ${field.name} has ${field.size}`)
  try {
    return field.decode(payload)
  } catch (error) {
    throw named(`${fields.name}.${row[1]}`, error, DecodeError)
  }
}

/** A field type knows what is wrong, its table knows where: together they make the message. */
function named(where: string, error: unknown, Kind: typeof RangeError | typeof DecodeError): unknown {
  return error instanceof RangeError ? new Kind(`${where}: ${error.message}`, {cause: error}) : error
}

const unsigned =
  (name: string, limit: number) =>
  (value: number): number => {
    if (!Number.isInteger(value) || value < 0 || value > limit) throw new RangeError(`${value} does not fit ${name}`)
    return value
  }
const inU8 = unsigned('u8', 0xff)
const inU16 = unsigned('u16', 0xffff)
const inU32 = unsigned('u32', 0xffff_ffff)

export const u8: FieldType<number> = {
  name: 'u8',
  size: 1,
  encode: (value, out) => out.u8(inU8(value)),
  decode: (input) => input.u8(),
}
export const u16: FieldType<number> = {
  name: 'u16',
  size: 2,
  encode: (value, out) => out.u16(inU16(value)),
  decode: (input) => input.u16(),
}
export const be16: FieldType<number> = {
  name: 'be16',
  size: 2,
  encode: (value, out) => out.be16(inU16(value)),
  decode: (input) => input.be16(),
}
export const u32: FieldType<number> = {
  name: 'u32',
  size: 4,
  encode: (value, out) => out.u32(inU32(value)),
  decode: (input) => input.u32(),
}
export const be32: FieldType<number> = {
  name: 'be32',
  size: 4,
  encode: (value, out) => out.be32(inU32(value)),
  decode: (input) => input.be32(),
}
export const s32: FieldType<number> = {
  name: 's32',
  size: 4,
  encode: (value, out) => {
    if (value !== (value | 0)) throw new RangeError(`${value} does not fit s32`)
    out.s32(value)
  },
  decode: (input) => input.s32(),
}
export const u64: FieldType<bigint> = {
  name: 'u64',
  size: 8,
  encode: (value, out) => {
    if (value !== BigInt.asUintN(64, value)) throw new RangeError(`${value} does not fit u64`)
    out.u64(value)
  },
  decode: (input) => input.u64(),
}
export const bytes: FieldType<Uint8Array> = {
  name: 'bytes',
  encode: (value, out) => out.raw(value),
  decode: (input) => input.bytes.slice(),
}

const utf8 = new TextEncoder()
const text = new TextDecoder('utf-8', {ignoreBOM: true})

/** Names are short and ASCII nearly always; the encoder's own start would cost more than they do. */
function encodeText(value: string, out: Writer): void {
  const start = out.length
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if (code > 0x7f) {
      out.length = start
      out.raw(utf8.encode(value))
      return
    }
    out.u8(code)
  }
}

/** NUL-terminated; the kernel's policies refuse a string without the NUL. */
export const string: FieldType<string> = {
  name: 'string',
  encode: (value, out) => {
    if (value.includes('\0')) throw new RangeError('a string with a NUL inside')
    encodeText(value, out)
    out.u8(0)
  },
  decode: decodeText,
}

/** As encodeText: a decoder would take longer to start than a name is long. */
function decodeText(input: Reader): string {
  let value = ''
  for (let at = 0; at < input.length; at++) {
    const code = input.u8(at)
    if (code === 0) return value
    if (code > 0x7f) {
      const end = input.bytes.indexOf(0)
      return text.decode(end < 0 ? input.bytes : input.bytes.subarray(0, end))
    }
    value += String.fromCharCode(code)
  }
  return value
}

/** `struct ip_vs_flags`: which of the masked bits to set. */
export const flags: FieldType<{readonly flags: number; readonly mask: number}> = {
  name: 'flags',
  size: 8,
  encode: (value, out) => {
    out.u32(inU32(value.flags))
    out.u32(inU32(value.mask))
  },
  decode: (input) => ({flags: input.u32(0), mask: input.u32(4)}),
}

/** Only there to align what follows it: never sent, ignored when received. */
export const pad: FieldType<never> = {name: 'pad', encode: () => {}, decode: () => undefined as never}

/**
 * Attributes inside an attribute. Kernels take them with or without NLA_F_NESTED, except that strictly checked requests
 * need it; `unflagged` spells them as tools older than the flag do.
 */
export function nested<Table extends FieldTable>(inner: Table, spelling?: 'unflagged'): FieldType<RecordOf<Table>> {
  return {
    name: inner.name,
    table: inner,
    flagged: spelling !== 'unflagged',
    encode: (value, out) => encodeFields(inner, value, out),
    decode: (input) => decodeFields(inner, input),
  }
}
