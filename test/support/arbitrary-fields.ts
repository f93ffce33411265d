// Any value of a field type, any record of a table or struct: for round trips and for making messages to spoil.

import fc, {type Arbitrary} from 'fast-check'
import {formatAddress} from '../../src/domain/address.ts'
import {type FieldTable, type FieldType, type RecordOf, typeMask} from '../../src/netlink/fields.ts'
import type {Struct, StructOf} from '../../src/netlink/struct.ts'

const u8 = fc.integer({min: 0, max: 0xff})
const u16 = fc.integer({min: 0, max: 0xffff})
const u32 = fc.integer({min: 0, max: 0xffff_ffff})
const some = fc.uint8Array({maxLength: 40})

/** By the type's name. The family's own types are added by whoever tests them. */
const byName: Readonly<Record<string, Arbitrary<unknown>>> = {
  u8,
  u16,
  be16: u16,
  u32,
  be32: u32,
  s32: fc.integer({min: -0x8000_0000, max: 0x7fff_ffff}),
  u64: fc.bigInt({min: 0n, max: 0xffff_ffff_ffff_ffffn}),
  bytes: some,
  string: fc.string({unit: 'grapheme', maxLength: 20}).map((text) => text.replaceAll('\0', '')),
  flags: fc.record({flags: u32, mask: u32}),
  address: fc
    .oneof(fc.uint8Array({minLength: 4, maxLength: 4}), fc.uint8Array({minLength: 16, maxLength: 16}))
    .map(formatAddress),
  hardwareAddress: fc
    .array(u8, {maxLength: 8})
    .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')),
  ifa_cacheinfo: fc.record({preferred: u32, valid: u32, created: u32, updated: u32}),
}

type More = Readonly<Record<string, Arbitrary<unknown>>>

export function anyOf(field: FieldType<unknown>, more: More = {}): Arbitrary<unknown> {
  const arbitrary = field.table ? recordOf(field.table, more) : (more[field.name] ?? byName[field.name])
  if (!arbitrary) throw new Error(`no values are known for the field type ${field.name}`)
  return arbitrary
}

/** Any of the rows, and attributes that no row knows. */
export function recordOf<Table extends FieldTable>(table: Table, more: More = {}): Arbitrary<RecordOf<Table>> {
  const known = table.rows.filter(([, , field]) => field.name !== 'pad')
  const values = Object.fromEntries(known.map(([, name, field]) => [name, anyOf(field, more)]))
  const strange = fc.record({type: u16, bytes: some}).filter(({type}) => !table.byType[type & typeMask])
  const unknown = fc.option(fc.array(strange, {minLength: 1, maxLength: 3}), {nil: undefined})
  return fc
    .tuple(fc.record(values, {requiredKeys: []}), unknown)
    .map(([record, rest]) => (rest ? {...record, unknown: rest} : record)) as Arbitrary<RecordOf<Table>>
}

export function structOf<S extends Struct>(struct: S, more: More = {}): Arbitrary<StructOf<S>> {
  const known = struct.rows.filter(([, field]) => field.name !== 'gap')
  return fc.record(
    Object.fromEntries(known.map(([name, field]) => [name, anyOf(field, more)])),
  ) as unknown as Arbitrary<StructOf<S>>
}
