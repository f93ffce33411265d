// Says in words what goes over a netlink socket, a line a message, through the same tables that encode and decode it. A
// dictionary tells what a message type means; what has no word in it is shown as hex.

import {Reader} from './bytes.ts'
import {errnoName} from './errors.ts'
import {DecodeError, decodeFields, type FieldTable, type RawAttribute, typeMask} from './fields.ts'
import {
  type Ack,
  decodeAck,
  decodeDone,
  decodeMessages,
  type Message,
  messageFlags,
  messageTypes,
  reasonOf,
} from './message.ts'
import {decodeStruct, type Struct} from './struct.ts'

/** How to read the messages of one type: a name, the fixed headers after nlmsghdr, and the attributes after those. */
export interface Wording {
  readonly name: string
  readonly headers?: readonly Struct[]
  readonly fields?: FieldTable
}

export type Dictionary = (type: number, payload: Uint8Array) => Wording | undefined

/** What a connection tells of its traffic: whole datagrams. */
export interface Trace {
  sent(datagram: Uint8Array): void
  received(datagram: Uint8Array): void
}

export function createTrace(dictionary: Dictionary, sink: (line: string) => void): Trace {
  const describe = (arrow: string, datagram: Uint8Array): void => {
    for (const line of describeDatagram(dictionary, datagram)) sink(`${arrow} ${line}`)
  }
  return {sent: (datagram) => describe('→', datagram), received: (datagram) => describe('←', datagram)}
}

/** Never throws: a trace is for looking at what went wrong. */
export function describeDatagram(dictionary: Dictionary, datagram: Uint8Array): string[] {
  return readable(datagram, () => decodeMessages(datagram).map((message) => describeMessage(dictionary, message)))
}

function describeMessage(dictionary: Dictionary, message: Message): string {
  const {type, payload, sequence} = message
  const own = ownMessages[type]
  const wording = own ? undefined : dictionary(type, payload)
  const name = own?.name(message) ?? wording?.name ?? `type ${type}`
  const words = flagWords(message)
  const head = `${name} seq ${sequence}${words.length > 0 ? ` ${words.join('|')}` : ''}`
  const body = own ? own.body(message) : readable(payload, () => describePayload(wording, payload))
  return [head, ...body].join(' ')
}

interface OwnMessage {
  name(message: Message): string
  body(message: Message): readonly string[]
}

const codeOf = (message: Message): Ack =>
  message.type === messageTypes.error ? decodeAck(message) : decodeDone(message)

const withCode = (success: string): OwnMessage => ({
  name: (message) =>
    readable(message.payload, () => {
      const {error} = codeOf(message)
      return [error === 0 ? success : `error ${errnoName(error)}`]
    }).join(' '),
  body: (message) =>
    readable(message.payload, () => {
      const reason = reasonOf(codeOf(message))
      return reason === undefined ? [] : [JSON.stringify(reason)]
    }),
})

const ownMessages: Readonly<Record<number, OwnMessage>> = {
  [messageTypes.noop]: {name: () => 'barrier', body: () => []},
  [messageTypes.error]: withCode('ack'),
  [messageTypes.done]: withCode('done'),
  [messageTypes.overrun]: {name: () => 'overrun', body: () => []},
}

/** Bits mean different things in different places: the first row that fits takes them. */
const flagTable: readonly (readonly [bits: number, word: string, where: 'request' | 'code' | 'answer' | 'any'])[] = [
  [messageFlags.request, 'request', 'any'],
  [messageFlags.multi, 'multi', 'any'],
  [messageFlags.ack, 'ack', 'any'],
  [messageFlags.echo, 'echo', 'any'],
  [messageFlags.dumpInterrupted, 'dump-interrupted', 'answer'],
  [messageFlags.dumpInterrupted, 'dump-interrupted', 'code'],
  [messageFlags.dumpFiltered, 'dump-filtered', 'answer'],
  [messageFlags.capped, 'capped', 'code'],
  [messageFlags.ackTlvs, 'extended', 'code'],
  [messageFlags.dump, 'dump', 'request'],
  [messageFlags.replace, 'replace', 'request'],
  [messageFlags.exclusive, 'exclusive', 'request'],
  [messageFlags.create, 'create', 'request'],
  [messageFlags.append, 'append', 'request'],
]

function flagWords({type, flags}: Message): string[] {
  const code = type === messageTypes.error || type === messageTypes.done
  const where = flags & messageFlags.request ? 'request' : code ? 'code' : 'answer'
  const words: string[] = []
  let left = flags
  for (const [bits, word, place] of flagTable) {
    if ((place !== 'any' && place !== where) || (left & bits) !== bits) continue
    words.push(word)
    left &= ~bits
  }
  return left === 0 ? words : [...words, `0x${left.toString(16)}`]
}

function describePayload(wording: Wording | undefined, payload: Uint8Array): string[] {
  if (!wording?.fields) return payload.length === 0 ? [] : [hex(payload)]
  const input = new Reader(payload)
  const words: string[] = []
  let at = 0
  for (const header of wording.headers ?? []) {
    words.push(`[${describeRecord(decodeStruct(header, input.slice(at, input.length))).join(' ')}]`)
    at += header.size
  }
  words.push(...describeRecord(decodeFields(wording.fields, input.slice(at, input.length))))
  return words
}

function describeRecord(record: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(record).flatMap(([name, value]) =>
    name === 'unknown' ? describeUnknown(value as readonly RawAttribute[]) : [`${name}=${describeValue(value)}`],
  )
}

const describeUnknown = (attributes: readonly RawAttribute[]): string[] =>
  attributes.map(({type, bytes}) => `#${type & typeMask}=${hex(bytes)}`)

function describeValue(value: unknown): string {
  if (value instanceof Uint8Array) return hex(value)
  if (typeof value === 'string') return /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(describeValue).join(' ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${describeRecord(value as Readonly<Record<string, unknown>>).join(' ')}}`
  return String(value)
}

function readable(bytes: Uint8Array, read: () => string[]): string[] {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return [`unreadable (${error.message}): ${hex(bytes)}`]
  }
}

const shownBytes = 64

const hex = (bytes: Uint8Array): string => {
  const shown = Array.from(bytes.subarray(0, shownBytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > shownBytes ? `0x${shown}… (${bytes.length} bytes)` : `0x${shown}`
}
