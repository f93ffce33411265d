// The kernel's side of a netlink socket, scripted: checks what is sent as strictly as a kernel would, answers as told, and
// can be as awkward as a real one: answers split over datagrams, mixed with late ones, or lost.

import {Writer} from '../../src/netlink/bytes.ts'
import {errnoNumber, NetlinkError} from '../../src/netlink/errors.ts'
import {encodeFields, type RecordOf} from '../../src/netlink/fields.ts'
import {
  decodeMessages,
  encodeMessage,
  extendedAck,
  headerLength,
  type Message,
  messageFlags,
  messageTypes,
} from '../../src/netlink/message.ts'
import type {Transport} from '../../src/netlink/transport.ts'

export interface Reply {
  readonly data?: readonly {readonly type: number; readonly payload: Uint8Array; readonly flags?: number}[]
  /** Of a dump: told by its DONE. */
  readonly errno?: string
  readonly extended?: RecordOf<typeof extendedAck>
  /** A handler that was interrupted: no ack at all. */
  readonly silent?: true
  /** A dump that fails before it begins: an error message instead of DONE. */
  readonly refused?: true
}

export interface Awkwardness {
  /** Data messages a datagram; all in one unless given. */
  readonly perDatagram?: number
  /** Before each answer, one to an earlier exchange and one to another socket. */
  readonly strangers?: boolean
  /** How many answers the socket's queue holds; what does not fit is lost (ENOBUFS). */
  readonly queue?: number
  /** The answer with this index never arrives. */
  readonly lose?: number
  readonly echoRequests?: boolean
  /** Nothing is there until it is waited for. */
  readonly late?: boolean
}

export class FakeKernel implements Transport {
  readonly port = 4711
  /** Every request that was worked through, without barriers. */
  readonly requests: Message[] = []
  readonly sends: Uint8Array[] = []
  readonly waits: number[] = []
  time = 0
  closed = false
  private readonly handle: (request: Message, index: number) => Reply
  private readonly awkward: Awkwardness
  private queue: Uint8Array[] = []
  private overrun = false
  private answers = 0

  constructor(handle: (request: Message, index: number) => Reply = () => ({}), awkward: Awkwardness = {}) {
    this.handle = handle
    this.awkward = awkward
  }

  readonly now = (): number => this.time

  send(bytes: Uint8Array): void {
    this.sends.push(bytes.slice())
    for (const request of decodeMessages(bytes.slice())) this.work(request)
  }

  receive(timeoutMs: number): Uint8Array | undefined {
    if (!(timeoutMs >= 0)) throw new Error(`a wait of ${timeoutMs} ms`)
    // A look at what is there already takes no time.
    if (timeoutMs === 0 && this.awkward.late) return undefined
    if (timeoutMs > 0) {
      this.waits.push(timeoutMs)
      this.time += 1
    }
    if (this.overrun) {
      this.overrun = false
      throw new NetlinkError('recv', 'ENOBUFS')
    }
    const datagram = this.queue.shift()
    if (datagram === undefined) this.time += timeoutMs
    return datagram
  }

  close(): void {
    this.closed = true
  }

  /** Puts in the queue what nobody asked for. */
  push(...datagrams: Uint8Array[]): void {
    this.queue.push(...datagrams)
  }

  private work(request: Message): void {
    const {flags, type, sequence, port} = request
    if (!(flags & messageFlags.request)) throw new Error(`message ${sequence} has no NLM_F_REQUEST`)
    if (sequence === 0) throw new Error('sequence number 0 belongs to notifications')
    if (port !== 0 && port !== this.port) throw new Error(`message ${sequence} comes from port ${port}`)
    if (type === messageTypes.noop) this.acknowledge(request, {})
    else {
      this.requests.push(request)
      this.reply(request, this.handle(request, this.requests.length - 1))
    }
  }

  private reply(request: Message, reply: Reply): void {
    const dump = (request.flags & messageFlags.dump) === messageFlags.dump
    if (dump && !reply.refused) this.dump(request, reply)
    else {
      this.data(request, reply, 0)
      if (!reply.silent) this.acknowledge(request, reply)
    }
  }

  private dump(request: Message, reply: Reply): void {
    this.data(request, reply, messageFlags.multi)
    const out = new Writer()
    out.s32(-codeOf(reply))
    const extra = this.extended(reply, out)
    this.answer(request, messageTypes.done, messageFlags.multi | extra, out.bytes())
  }

  private data(request: Message, {data = []}: Reply, flags: number): void {
    const size = this.awkward.perDatagram ?? Math.max(1, data.length)
    for (let at = 0; at < data.length; at += size) {
      const out = new Writer()
      for (const one of data.slice(at, at + size))
        encodeMessage(out, one.type, flags | (one.flags ?? 0), request.sequence, this.port, one.payload)
      this.deliver(out.bytes().slice())
    }
  }

  private acknowledge(request: Message, reply: Reply): void {
    if (codeOf(reply) === 0 && !(request.flags & messageFlags.ack)) return
    const out = new Writer()
    out.s32(-codeOf(reply))
    const whole = this.awkward.echoRequests === true && codeOf(reply) !== 0
    encodeMessage(out, request.type, request.flags, request.sequence, request.port, whole ? request.payload : empty)
    // The echoed header keeps the request's own length, capped or not.
    out.patchU32(4, headerLength + request.payload.length)
    const extra = this.extended(reply, out)
    this.answer(request, messageTypes.error, (whole ? 0 : messageFlags.capped) | extra, out.bytes())
  }

  private extended({extended}: Reply, out: Writer): number {
    if (!extended) return 0
    encodeFields(extendedAck, extended, out)
    return messageFlags.ackTlvs
  }

  private answer(request: Message, type: number, flags: number, payload: Uint8Array): void {
    const out = new Writer()
    encodeMessage(out, type, flags, request.sequence, this.port, payload)
    this.deliver(out.bytes().slice())
  }

  private deliver(datagram: Uint8Array): void {
    const index = this.answers++
    if (this.awkward.strangers) {
      this.queue.push(failure(0xffff_fff0, this.port), failure(decodeMessages(datagram)[0]?.sequence ?? 1, 99))
    }
    if (index === this.awkward.lose) return
    if (this.awkward.queue !== undefined && this.queue.length >= this.awkward.queue) this.overrun = true
    else this.queue.push(datagram)
  }
}

const empty = new Uint8Array(0)

const codeOf = ({errno}: Reply): number => (errno === undefined ? 0 : errnoNumber(errno))

/** An EIO for somebody or something else: whoever believes it has not looked at sequence and port. */
function failure(sequence: number, port: number): Uint8Array {
  const out = new Writer()
  const payload = new Writer()
  payload.s32(-errnoNumber('EIO'))
  encodeMessage(payload, 16, messageFlags.request, sequence, port, empty)
  encodeMessage(out, messageTypes.error, messageFlags.capped, sequence, port, payload.bytes())
  return out.bytes().slice()
}
