// Conversations with the kernel over a Transport: a request and its answer, a dump, a batch. Matches answers to requests
// by sequence number and gives every wait an end. Knows no family.
//
// Each exchange of requests ends with an empty message that asks for an ack (a barrier). The kernel works through a
// datagram in order and acks the barrier in any case, whereas a handler that returns EINTR is never acked at all
// (netlink_rcv_skb in net/netlink/af_netlink.c): without it such a request would be waited for until the timeout.

import {Writer} from './bytes.ts'
import {NetlinkError} from './errors.ts'
import {
  type Ack,
  beginMessage,
  decodeAck,
  decodeDone,
  decodeMessages,
  encodeMessage,
  endMessage,
  type Message,
  messageFlags,
  messageTypes,
  reasonOf,
} from './message.ts'
import type {Dictionary, Trace} from './trace.ts'
import type {Transport} from './transport.ts'

export interface ConnectionOptions {
  /** For a whole exchange: one request, one dump, or one send of a batch. 5 seconds unless given. */
  readonly timeoutMs?: number
  /** A monotonic clock in milliseconds. Without one every single read may take the whole timeout. */
  readonly now?: () => number
  readonly trace?: Trace
  /** Names operations in errors. */
  readonly dictionary?: Dictionary
}

export interface Request {
  readonly type: number
  readonly payload: Uint8Array
}

/**
 * Messages a send. More gain nothing (measured), and with every one failing the answers still fit the default receive
 * buffer of a socket, which holds 277.
 */
const batchSize = 128
/** One send must fit the default send buffer (212,992 bytes). */
const batchBytes = 128 * 1024
/** Bytes to begin with for each message of a batch. */
const typicalMessage = 192
const dumpAttempts = 5
/** More answers than any queue holds. */
const queueLimit = 100_000
/**
 * The kernel has mostly answered before it is asked to: so many reads do without the clock, which can be a system call of
 * its own and cost as much as the read.
 */
const quickReads = 16
const empty = new Uint8Array(0)
const {request: requestFlag, ack: ackFlag, dump: dumpFlag, dumpInterrupted} = messageFlags

export class Connection {
  private readonly transport: Transport
  private readonly timeoutMs: number
  private readonly now: () => number
  private readonly trace: Trace | undefined
  private readonly dictionary: Dictionary | undefined
  private readonly out = new Writer(16 * 1024)
  private sequence = 0

  constructor(transport: Transport, options: ConnectionOptions = {}) {
    this.transport = transport
    this.timeoutMs = options.timeoutMs ?? 5000
    this.now = options.now ?? (() => 0)
    this.trace = options.trace
    this.dictionary = options.dictionary
  }

  /** One request; the data messages that come before its ack. `flags` are added to NLM_F_REQUEST and NLM_F_ACK. */
  request(type: number, payload: Uint8Array, flags = 0): Message[] {
    const sequence = this.begin()
    const barrier = this.nextSequence()
    encodeMessage(this.out, type, requestFlag | ackFlag | flags, sequence, 0, payload)
    encodeMessage(this.out, messageTypes.noop, requestFlag | ackFlag, barrier, 0, empty)
    const operation = () => this.operationOf({type, payload})
    const data: Message[] = []
    let ack: Ack | undefined
    this.exchange(operation, (message) => {
      if (message.sequence === sequence) {
        if (message.type === messageTypes.error) ack ??= decodeAck(message)
        else if (message.type >= minimumFamilyType) data.push(kept(message))
        return false
      }
      return message.sequence === barrier && message.type === messageTypes.error
    })
    if (ack === undefined)
      throw new NetlinkError(operation(), 'EINTR', 'interrupted in the kernel, which gives no answer then')
    if (ack.error !== 0) throw new NetlinkError(operation(), ack.error, reasonOf(ack))
    return data
  }

  /** All messages of a list, or what `read` makes of each at once. A list that changed meanwhile is read again. */
  dump<Item = Message>(
    type: number,
    payload: Uint8Array,
    read: (message: Message) => Item = kept as (message: Message) => Item,
  ): Item[] {
    for (let attempt = 0; attempt < dumpAttempts; attempt++) {
      const items = this.dumpOnce(type, payload, read)
      if (items) return items
    }
    throw new NetlinkError(this.operationOf({type, payload}), 'EAGAIN', 'the list kept changing while it was read')
  }

  private dumpOnce<Item>(type: number, payload: Uint8Array, read: (message: Message) => Item): Item[] | undefined {
    const sequence = this.begin()
    encodeMessage(this.out, type, requestFlag | dumpFlag, sequence, 0, payload)
    const operation = () => this.operationOf({type, payload})
    const items: Item[] = []
    let interrupted = false
    let end: Ack | undefined
    this.exchange(operation, (message) => {
      if (message.sequence !== sequence) return false
      if (message.flags & dumpInterrupted) interrupted = true
      if (message.type === messageTypes.error) end = decodeAck(message)
      else if (message.type === messageTypes.done) end = decodeDone(message)
      else if (message.type >= minimumFamilyType) items.push(read(message))
      return end !== undefined
    })
    if (end && end.error !== 0) throw new NetlinkError(operation(), end.error, reasonOf(end))
    return interrupted ? undefined : items
  }

  /**
   * Many requests, the outcome of each: undefined is success. The kernel goes on after a failure, and so does this. What
   * throws leaves unknown how far the kernel got: read the state again.
   */
  batch(requests: readonly Request[]): (NetlinkError | undefined)[] {
    return this.batchOf(requests.length, (index, out) => {
      const {type, payload} = requests[index] as Request
      out.raw(payload)
      return type
    })
  }

  /**
   * The same for payloads that are made one after the other: `write` appends one and answers its type. All are written
   * before the first is sent, so that one that cannot be stops them all.
   */
  batchOf(count: number, write: (index: number, out: Writer) => number): (NetlinkError | undefined)[] {
    const outcomes: (NetlinkError | undefined)[] = new Array(count).fill(undefined)
    const out = new Writer(count * typicalMessage)
    for (const part of this.writeParts(count, write, out)) this.sendPart(part, out.bytes(), outcomes)
    return outcomes
  }

  /** As many messages a part as one datagram should hold, with a barrier behind them. */
  private writeParts(count: number, write: (index: number, out: Writer) => number, out: Writer): Part[] {
    const parts: Part[] = []
    // Sequence numbers start over well before they overflow.
    if (this.sequence + 2 * count > 0xffff_0000) this.sequence = 0
    for (let index = 0; index < count; ) {
      const start = out.length
      const first = this.sequence + 1
      let end = index
      while (end < count && end - index < batchSize && (end === index || out.length - start < batchBytes)) {
        const at = beginMessage(out, requestFlag, this.nextSequence())
        endMessage(out, at, write(end, out))
        end++
      }
      const barrier = this.nextSequence()
      endMessage(out, beginMessage(out, requestFlag | ackFlag, barrier), messageTypes.noop)
      parts.push({index, end, first, barrier, start, length: out.length - start})
      index = end
    }
    return parts
  }

  private sendPart(part: Part, bytes: Uint8Array, outcomes: (NetlinkError | undefined)[]): void {
    const {index, end, first, barrier} = part
    const datagram = bytes.subarray(part.start, part.start + part.length)
    const nameOf = (which: number): string => this.operationOf(decodeMessages(datagram)[which] as Message)
    const operation = () => `${nameOf(0)} and ${end - index - 1} more`
    this.exchange(
      operation,
      (message) => {
        if (message.type !== messageTypes.error) return false
        if (message.sequence === barrier) return true
        const which = message.sequence - first
        if (which < 0 || index + which >= end) return false
        const ack = decodeAck(message)
        if (ack.error !== 0) outcomes[index + which] = new NetlinkError(nameOf(which), ack.error, reasonOf(ack))
        return false
      },
      datagram,
    )
  }

  close(): void {
    this.transport.close()
  }

  /**
   * Sends what has been written and shows every answer to `take` until it says that was the last. Answers to earlier
   * exchanges (after a timeout, say) and to others pass by: `take` looks at the sequence number.
   */
  private exchange(
    operation: () => string,
    take: (message: Message) => boolean,
    datagram: Uint8Array = this.out.bytes(),
  ): void {
    this.trace?.sent(datagram)
    this.named(operation, () => this.transport.send(datagram))
    let deadline: number | undefined
    const wait = (): Uint8Array | undefined => {
      deadline ??= this.now() + this.timeoutMs
      const left = deadline - this.now()
      return left > 0 ? this.transport.receive(left) : undefined
    }
    for (let read = 0; ; read++) {
      const quick = read < quickReads
      const answer = this.named(operation, () => (quick ? this.transport.receive(0) : undefined) ?? wait())
      if (answer === undefined)
        throw new NetlinkError(
          operation(),
          'ETIMEDOUT',
          `no answer within ${this.timeoutMs} ms; what was done is unknown`,
        )
      this.trace?.received(answer)
      let done = false
      for (const message of decodeMessages(answer)) {
        if (this.isForeign(message)) continue
        if (message.type === messageTypes.overrun) throw lostAnswers(operation())
        if (take(message)) done = true
      }
      if (done) return
    }
  }

  /** The socket's errors, told with what was being asked. */
  private named<Result>(operation: () => string, act: () => Result): Result {
    try {
      return act()
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error
      if (error.errno === 'ENOBUFS') {
        this.drain()
        throw lostAnswers(operation())
      }
      throw new NetlinkError(operation(), error.number, `${error.operation}${error.detail ? `: ${error.detail}` : ''}`)
    }
  }

  /** Throws away what a full queue still holds: while it is full, the next exchange would fail as well. */
  private drain(): void {
    for (let read = 0; read < queueLimit; read++) {
      try {
        if (this.transport.receive(1) === undefined) return
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error
        if (error.errno !== 'ENOBUFS') return
      }
    }
  }

  private isForeign({port}: Message): boolean {
    return this.transport.port !== undefined && port !== 0 && port !== this.transport.port
  }

  /** Starts a datagram: the sequence number of its first message. Numbers start over well before they overflow. */
  private begin(): number {
    this.out.clear()
    if (this.sequence > 0xffff_0000) this.sequence = 0
    return this.nextSequence()
  }

  /** Never 0, which notifications carry. */
  private nextSequence(): number {
    return ++this.sequence
  }

  private operationOf({type, payload}: Request): string {
    return this.dictionary?.(type, payload)?.name ?? `netlink message ${type}`
  }
}

/** Requests of a batch, and where in its bytes their datagram is. */
interface Part {
  readonly index: number
  readonly end: number
  /** Sequence number of the first. */
  readonly first: number
  readonly barrier: number
  readonly start: number
  readonly length: number
}

const minimumFamilyType = 16

/** The datagram that it is a window on is there until the next one. */
const kept = (message: Message): Message => ({...message, payload: message.payload.slice()})

const lostAnswers = (operation: string): NetlinkError =>
  new NetlinkError(operation, 'ENOBUFS', 'answers were lost; what was done is unknown: read the state again')
