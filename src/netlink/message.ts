// Framing: the header every netlink message begins with, and the messages of netlink itself (error, done). What the
// payload of all others means is not known here. include/uapi/linux/netlink.h

import {align, Reader, type Writer} from './bytes.ts'
import {bytes, DecodeError, decodeFields, type RecordOf, string, table, u32} from './fields.ts'

export interface Message {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  readonly port: number
  /** All that follows the header. */
  readonly payload: Uint8Array
}

export const headerLength = 16

/** Types below 16 (NLMSG_MIN_TYPE) are netlink's own; the rest belongs to the family. */
export const messageTypes = {noop: 1, error: 2, done: 3, overrun: 4} as const

export const messageFlags = {
  request: 0x1,
  multi: 0x2,
  ack: 0x4,
  echo: 0x8,
  dumpInterrupted: 0x10,
  dumpFiltered: 0x20,
  // of GET requests
  root: 0x100,
  match: 0x200,
  dump: 0x300,
  // of NEW requests
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
  // of acks and of DONE
  capped: 0x100,
  ackTlvs: 0x200,
} as const

/** Writes header and payload, padded to a multiple of 4. */
export function encodeMessage(
  out: Writer,
  type: number,
  flags: number,
  sequence: number,
  port: number,
  payload: Uint8Array,
): void {
  const start = beginMessage(out, flags, sequence, port)
  out.raw(payload)
  endMessage(out, start, type)
}

/** Writes the header of a message whose payload is written behind it; answers where it begins. */
export function beginMessage(out: Writer, flags: number, sequence: number, port = 0): number {
  const start = out.length
  out.u32(0)
  out.u16(0)
  out.u16(flags)
  out.u32(sequence)
  out.u32(port)
  return start
}

export function endMessage(out: Writer, start: number, type: number): void {
  out.patchU32(start, out.length - start)
  out.patchU16(start + 4, type)
  out.pad()
}

/** All messages of a datagram. Their payloads are windows on it. */
export function decodeMessages(datagram: Uint8Array): Message[] {
  const input = new Reader(datagram)
  const messages: Message[] = []
  let at = 0
  while (at < input.length) {
    if (input.length - at < headerLength)
      throw new DecodeError(`netlink: ${input.length - at} stray bytes after the last message`)
    const length = input.u32(at)
    if (length < headerLength || length > input.length - at)
      throw new DecodeError(`netlink: a message says ${length} bytes, ${input.length - at} are left`)
    messages.push({
      type: input.u16(at + 4),
      flags: input.u16(at + 6),
      sequence: input.u32(at + 8),
      port: input.u32(at + 12),
      payload: datagram.subarray(at + headerLength, at + length),
    })
    at += align(length)
  }
  return messages
}

/** What the kernel adds to an error when NETLINK_EXT_ACK is on (enum nlmsgerr_attrs). */
export const extendedAck = table('extendedAck', [
  [1, 'message', string],
  [2, 'offset', u32],
  [3, 'cookie', bytes],
  [4, 'policy', bytes],
  [5, 'missingType', u32],
  [6, 'missingNest', u32],
])

export interface Ack {
  /** 0 = success, else a positive errno. */
  readonly error: number
  readonly extended: RecordOf<typeof extendedAck>
}

/** The answer to a request: NLMSG_ERROR, which is also how success is told. */
export function decodeAck(message: Message): Ack {
  const input = new Reader(message.payload)
  if (input.length < 4 + headerLength) throw new DecodeError(`netlink: an error message of ${input.length} bytes`)
  // The request follows the code: its header only (NLM_F_CAPPED), or all of it.
  const echoed = message.flags & messageFlags.capped ? headerLength : input.u32(4)
  if (echoed < headerLength) throw new DecodeError(`netlink: an error echoes a request of ${echoed} bytes`)
  return decodeCode(message, input, 4 + align(echoed))
}

/** The end of a dump carries an error code too: a dump can fail half-way. */
export function decodeDone(message: Message): Ack {
  const input = new Reader(message.payload)
  // Old families end a dump with nothing at all behind the header.
  if (input.length === 0) return {error: 0, extended: {}}
  if (input.length < 4) throw new DecodeError(`netlink: a done message of ${input.length} bytes`)
  return decodeCode(message, input, 4)
}

function decodeCode(message: Message, input: Reader, attributesAt: number): Ack {
  const code = input.s32(0)
  if (code > 0) throw new DecodeError(`netlink: an error code of ${code}, which should not be positive`)
  if (!(message.flags & messageFlags.ackTlvs)) return {error: Math.abs(code), extended: {}}
  if (attributesAt > input.length)
    throw new DecodeError(`netlink: the echo of a request ends ${attributesAt - input.length} bytes after its error`)
  return {error: Math.abs(code), extended: decodeFields(extendedAck, input.slice(attributesAt, input.length))}
}

/** The kernel's reason in words, where it gave one. */
export function reasonOf({extended}: Ack): string | undefined {
  if (extended.message !== undefined) return extended.message
  if (extended.missingType !== undefined) return `attribute ${extended.missingType} is missing`
  return undefined
}
