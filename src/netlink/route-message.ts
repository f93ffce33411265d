// What all rtnetlink messages share: a fixed header, then attributes; message numbers; field types for addresses.
// include/uapi/linux/rtnetlink.h

import {type Address, addressBytes, formatAddress} from '../domain/address.ts'
import {Reader, Writer} from './bytes.ts'
import {DecodeError, decodeFields, encodeFields, type FieldTable, type FieldType, type RecordOf} from './fields.ts'
import type {Message} from './message.ts'
import {decodeStruct, encodeStruct, type Struct, type StructOf} from './struct.ts'

/** RTM_*: each object has four numbers in a row. */
export const routeTypes = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  setLink: 19,
  newAddress: 20,
  delAddress: 21,
  getAddress: 22,
  newRoute: 24,
  delRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  delNeighbour: 29,
  getNeighbour: 30,
} as const

export const families = {any: 0, ipv4: 2, ipv6: 10} as const

/** How the messages about one kind of object are laid out. */
export interface Layout<Header extends Struct = Struct, Fields extends FieldTable = FieldTable> {
  readonly header: Header
  readonly fields: Fields
}

export interface Body<L extends Layout> {
  readonly header: StructOf<L['header']>
  readonly attributes: RecordOf<L['fields']>
}

export function encodeBody<L extends Layout>(
  layout: L,
  header: Partial<StructOf<L['header']>>,
  attributes: RecordOf<L['fields']> = {} as RecordOf<L['fields']>,
): Uint8Array {
  const out = new Writer(128)
  encodeStruct(layout.header, header, out)
  encodeFields(layout.fields, attributes, out)
  return out.bytes()
}

export function decodeBody<L extends Layout>(layout: L, payload: Uint8Array): Body<L> {
  const input = new Reader(payload)
  return {
    header: decodeStruct(layout.header, input) as StructOf<L['header']>,
    attributes: decodeFields(layout.fields, input.slice(layout.header.size, input.length)) as RecordOf<L['fields']>,
  }
}

/** A dump of any family may bring others too (MPLS, MCTP), whose addresses are no IP addresses. Family comes first. */
export const isIp = ({payload}: Message): boolean => payload[0] === families.ipv4 || payload[0] === families.ipv6

/** 4 or 16 bytes in network order. */
export const address: FieldType<Address> = {
  name: 'address',
  encode: (value, out) => out.raw(addressBytes(value)),
  decode: (input) => formatAddress(input.bytes),
}

/** A link-layer address of any length: `52:54:00:12:34:56`; a tunnel's is an IP address. */
export const hardwareAddress: FieldType<string> = {
  name: 'hardwareAddress',
  encode: (value, out) => {
    if (!/^(?:[\da-f]{2}(?::[\da-f]{2})*)?$/.test(value)) throw new RangeError(`not a link-layer address: ${value}`)
    for (const byte of value === '' ? [] : value.split(':')) out.u8(Number.parseInt(byte, 16))
  },
  decode: (input) => Array.from(input.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':'),
}

/** For what an answer must have: without it the answer is not one. */
export function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new DecodeError(`${what} is missing`)
  return value
}
