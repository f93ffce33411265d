// Fixed headers (struct ifaddrmsg and the like) as tables: rows of names and field types, one behind the other. The
// caller orders them so that each lies where C's alignment puts it, with `gap` rows for the holes.

import type {Reader, Writer} from './bytes.ts'
import {DecodeError, type FieldType} from './fields.ts'

// biome-ignore lint/suspicious/noExplicitAny: rows of different value types live in one struct
export type StructRow = readonly [name: string, field: FieldType<any>]

export interface Struct<Rows extends readonly StructRow[] = readonly StructRow[]> {
  readonly name: string
  readonly rows: Rows
  readonly size: number
}

/** The record of a struct that was read: everything is there. */
export type StructOf<S extends Struct> =
  S extends Struct<infer Rows>
    ? {
        readonly [R in Rows[number] as R[1] extends FieldType<never> ? never : R[0]]: R[1] extends FieldType<
          infer Value
        >
          ? Value
          : never
      }
    : never

export function struct<const Rows extends readonly StructRow[]>(name: string, rows: Rows): Struct<Rows> {
  return {name, rows, size: rows.reduce((sum, [, field]) => sum + sizeOf(field), 0)}
}

/** Bytes that hold nothing: written as zero, not read. */
export const gap = (size: number): FieldType<never> => ({
  name: 'gap',
  size,
  encode: (_value, out) => out.zeros(size),
  decode: () => undefined as never,
})

/** What is not given is zero. */
export function encodeStruct<S extends Struct>(layout: S, record: Partial<StructOf<S>>, out: Writer): void {
  const values = record as Readonly<Record<string, unknown>>
  for (const [name, field] of layout.rows) {
    const value = values[name]
    if (value === undefined) out.zeros(sizeOf(field))
    else field.encode(value, out)
  }
}

/** Reads it from the beginning of the input; what follows at `layout.size` is the caller's. */
export function decodeStruct<S extends Struct>(layout: S, input: Reader): StructOf<S> {
  if (input.length < layout.size)
    throw new DecodeError(`${layout.name}: ${input.length} bytes, the struct has ${layout.size}`)
  const record: Record<string, unknown> = {}
  let at = 0
  for (const [name, field] of layout.rows) {
    const size = sizeOf(field)
    const value: unknown = field.decode(input.slice(at, at + size))
    if (value !== undefined) record[name] = value
    at += size
  }
  return record as StructOf<S>
}

/** A struct as the payload of an attribute. */
export const inStruct = <S extends Struct>(layout: S): FieldType<StructOf<S>> => ({
  name: layout.name,
  size: layout.size,
  encode: (value, out) => encodeStruct(layout, value as Partial<StructOf<S>>, out),
  decode: (input) => decodeStruct(layout, input),
})

function sizeOf(field: FieldType<unknown>): number {
  if (field.size === undefined) throw new TypeError(`${field.name} has no fixed size`)
  return field.size
}
