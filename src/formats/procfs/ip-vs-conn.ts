// The lines of /proc/net/ip_vs_conn and /proc/net/ip_vs_conn_sync, read. There can be millions, so a line is taken apart
// where it lies, byte by byte, into one ConnectionLine that the next line uses again; what is to be shown becomes a
// Connection. Where the lines come from, and which of them are wanted, is not known here.
//
// The columns (net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_seq_show and ip_vs_conn_sync_seq_show), the same in every
// kernel that has IPv6, and shifted where a name is longer than its column:
//   TCP C0000202 9A10 CB00710A 0050 0A01010B 0050 ESTABLISHED     894
//   UDP C0000202 0000 CB00710A 13C4 0A01010B 13C4 ASSURED          54 sip abcdef@host.example
//   TCP C0000202 9A00 CB00710A 0050 0A01010B 0050 TIME_WAIT   LOCAL      111

import {type Address, type Family, formatAddress} from '../../domain/address.ts'
import {protocolName, protocolNumber, type ServiceKey} from '../../domain/service.ts'
import {protocolOf} from './ip-vs.ts'

/**
 * The kernel's names: ip_vs_proto_tcp.c, ip_vs_proto_udp.c, ip_vs_proto_sctp.c, and of templates
 * (ip_vs_ctpl_state_name_table in ip_vs_proto.c, since Linux 4.19). The last rows are those of SCTP in older kernels,
 * its slip included, and what the kernel says when it has no word.
 */
export const connectionStates = [
  ...['NONE', 'ASSURED', 'ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT'],
  ...['LAST_ACK', 'LISTEN', 'SYNACK', 'UDP', 'INIT1', 'INIT', 'C-SENT', 'C-REPLIED', 'C-WAIT', 'COOKIE', 'C-ECHOED'],
  ...['S-SENT', 'S-RECEIVED', 'S-ACK-SENT', 'REJECTED', 'CLOSED'],
  ...['INIT_CLI', 'INIT_SER', 'INIT_ACK_CLI', 'INIT_ACK_SER', 'COOKIE_ECHO_CLI', 'COOKIE_ECHO_SER', 'ESTABISHED'],
  ...['SHUTDOWN_CLI', 'SHUTDOWN_SER', 'SHUTDOWN_ACK_CLI', 'SHUTDOWN_ACK_SER', 'ERR!', 'BUG!', '?'],
] as const

const none = connectionStates.indexOf('NONE')
const assured = connectionStates.indexOf('ASSURED')

/** An address as four words of 32 bits; of an IPv4 address, and of a firewall mark, the first. */
export type AddressWords = Uint32Array

type Origin = 'local' | 'sync'

/** One line in numbers; the next line is read into the same. */
export interface ConnectionLine {
  protocol: number
  /** Of the client and of what it asked for; a tunnelled server may have the other. */
  ipv6: boolean
  serverIpv6: boolean
  readonly client: AddressWords
  readonly virtual: AddressWords
  readonly server: AddressWords
  clientPort: number
  virtualPort: number
  serverPort: number
  /** Place in the reader's `states`. */
  state: number
  /** Seconds. */
  expires: number
  /** Only ip_vs_conn_sync tells. */
  origin: Origin | undefined
  /** Where the name of a persistence engine and its data are in the bytes; both 0: none. */
  engineStart: number
  engineEnd: number
}

/** What people and programs get to see of a line. */
export interface Connection {
  /** A template sends the next connections of a client to the same server; nothing flows through it. */
  readonly kind: 'connection' | 'template'
  readonly client: {readonly address: Address; readonly port: number}
  /** What the client asked for; of a firewall mark's template the mark. */
  readonly service: ServiceKey
  readonly server: {readonly address: Address; readonly port: number}
  readonly state: string
  /** Seconds. */
  readonly expires: number
  readonly origin: Origin | undefined
  readonly engine: {readonly name: string; readonly data: string} | undefined
}

/**
 * Nothing in a line says "template", but with Linux 4.19 and later it can be told: ASSURED is a state of templates only,
 * and NONE with client port 0 is a template that no connection has confirmed yet. Port 0 alone means little: an FTP data
 * connection that is awaited has it too (LISTEN), and so may a datagram. Before 4.19 a template has its protocol's state
 * number 0, which is NONE, but UDP for UDP: those are taken for connections.
 */
export const isTemplate = ({state, clientPort}: ConnectionLine): boolean =>
  state === assured || (state === none && clientPort === 0)

/** Only the template of a firewall mark has protocol 0 (ip_vs_sched_persist in ip_vs_core.c). */
export const isMark = ({protocol, clientPort, virtualPort}: ConnectionLine): boolean =>
  protocol === 0 && clientPort === 0 && virtualPort === 0

const space = 0x20
const colon = 0x3a
const notHex = 255

/** By character code. */
const hexDigits = new Uint8Array(256).fill(notHex)
for (let value = 0; value < 16; value++) {
  hexDigits[value.toString(16).charCodeAt(0)] = value
  hexDigits[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/** More than the kernel has words for, by far: a file that goes on is none of its. */
const mostStates = 128

/** Longer than any name. */
const longestWord = 20

/** In older kernels a timer that has just run out shows as a difference below zero, unsigned. */
const longestExpiry = 2 ** 32

export class ConnectionReader {
  readonly line: ConnectionLine = {
    protocol: 0,
    ipv6: false,
    serverIpv6: false,
    client: new Uint32Array(4),
    virtual: new Uint32Array(4),
    server: new Uint32Array(4),
    clientPort: 0,
    virtualPort: 0,
    serverPort: 0,
    state: 0,
    expires: 0,
    origin: undefined,
    engineStart: 0,
    engineEnd: 0,
  }
  /** Names by number: those that are known, then those that were met. */
  readonly states: string[] = [...connectionStates]
  private readonly stateByHash = new Map<number, number>(this.states.map((name, index) => [hashText(name), index]))
  private readonly protocols = new Map<string, number>()
  private at = 0

  /** Whether these bytes, without the newline, are a connection; `line` has it then. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const {line} = this
    this.at = start
    const protocol = this.readProtocol(bytes, end)
    if (protocol < 0) return false
    line.protocol = protocol
    line.ipv6 = bytes[this.at + 4] === colon
    if (!this.readAddress(bytes, end, line.client, line.ipv6)) return false
    line.clientPort = this.readPort(bytes, end)
    if (line.clientPort < 0 || !this.readAddress(bytes, end, line.virtual, line.ipv6)) return false
    line.virtualPort = this.readPort(bytes, end)
    line.serverIpv6 = bytes[this.at + 4] === colon
    if (line.virtualPort < 0 || !this.readAddress(bytes, end, line.server, line.serverIpv6)) return false
    line.serverPort = this.readPort(bytes, end)
    if (line.serverPort < 0) return false
    line.state = this.readState(bytes, end)
    if (line.state < 0 || !this.readOrigin(bytes, end)) return false
    line.expires = this.readNumber(bytes, end)
    return line.expires >= 0 && this.readEngine(bytes, end)
  }

  /** Of the line just read. */
  get template(): boolean {
    return isTemplate(this.line)
  }

  /** For showing: costs what a few objects and texts cost. */
  connection(bytes: Uint8Array): Connection {
    const {line} = this
    const {engineStart, engineEnd} = line
    return {
      kind: isTemplate(line) ? 'template' : 'connection',
      client: {address: addressOf(line.client, line.ipv6), port: line.clientPort},
      service: serviceOf(line),
      server: {address: addressOf(line.server, line.serverIpv6), port: line.serverPort},
      state: this.states[line.state] as string,
      expires: line.expires,
      origin: line.origin,
      engine: engineEnd > engineStart ? engineOf(bytes.subarray(engineStart, engineEnd)) : undefined,
    }
  }

  /** -1: none. Leaves `at` on the next column, as the others do. */
  private readProtocol(bytes: Uint8Array, end: number): number {
    const start = this.at
    const length = this.readWord(bytes, end)
    if (length === 3) {
      const first = bytes[start]
      if (first === 0x54 && bytes[start + 1] === 0x43 && bytes[start + 2] === 0x50) return 6
      if (first === 0x55 && bytes[start + 1] === 0x44 && bytes[start + 2] === 0x50) return 17
    }
    if (length === 0) return -1
    const word = textOf(bytes, start, start + length)
    const known = this.protocols.get(word)
    if (known !== undefined) return known
    const name = protocolOf(word)
    if (name === undefined) return -1
    const number = protocolNumber(name)
    this.protocols.set(word, number)
    return number
  }

  private readAddress(bytes: Uint8Array, end: number, into: AddressWords, ipv6: boolean): boolean {
    let {at} = this
    const length = ipv6 ? 39 : 8
    if (at + length >= end || bytes[at + length] !== space) return false
    if (!ipv6) {
      const high = hex4(bytes, at)
      const low = hex4(bytes, at + 4)
      if ((high | low) > 0xffff) return false
      into[0] = (high << 16) | low
      into[1] = into[2] = into[3] = 0
    } else
      for (let word = 0; word < 4; word++) {
        const high = hex4(bytes, at)
        const low = hex4(bytes, at + 5)
        if ((high | low) > 0xffff || bytes[at + 4] !== colon || (word < 3 && bytes[at + 9] !== colon)) return false
        into[word] = (high << 16) | low
        at += 10
      }
    this.at += length + 1
    return true
  }

  private readPort(bytes: Uint8Array, end: number): number {
    const {at} = this
    if (at + 4 >= end || bytes[at + 4] !== space) return -1
    const port = hex4(bytes, at)
    this.at = at + 5
    return port > 0xffff ? -1 : port
  }

  private readState(bytes: Uint8Array, end: number): number {
    const start = this.at
    const length = this.readWord(bytes, end)
    if (length === 0) return -1
    let hash = 0
    for (let at = start; at < start + length; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
    const known = this.stateByHash.get(hash)
    if (known !== undefined) return sameText(this.states[known] as string, bytes, start, length) ? known : -1
    if (this.states.length === mostStates) return -1
    const name = textOf(bytes, start, start + length)
    if (!/^[A-Z][A-Z\d_!?-]*$/.test(name)) return -1
    this.stateByHash.set(hash, this.states.length)
    return this.states.push(name) - 1
  }

  /** A word where only ip_vs_conn_sync has one. */
  private readOrigin(bytes: Uint8Array, end: number): boolean {
    const first = bytes[this.at] as number
    const {line} = this
    line.origin = undefined
    if (first !== 0x4c && first !== 0x53) return true
    const start = this.at
    const length = this.readWord(bytes, end)
    line.origin = sameText('LOCAL', bytes, start, length)
      ? 'local'
      : sameText('SYNC', bytes, start, length)
        ? 'sync'
        : undefined
    return line.origin !== undefined
  }

  private readNumber(bytes: Uint8Array, end: number): number {
    let {at} = this
    const start = at
    let value = 0
    for (let digit = (bytes[at] as number) - 0x30; at < end && digit >= 0 && digit <= 9; ) {
      value = value * 10 + digit
      digit = (bytes[++at] as number) - 0x30
    }
    this.at = at
    if (at === start || (at < end && bytes[at] !== space)) return -1
    return value < longestExpiry ? value : 0
  }

  /** The rest of the line. */
  private readEngine(bytes: Uint8Array, end: number): boolean {
    const {line, at} = this
    const some = at + 1 < end
    line.engineStart = some ? at + 1 : 0
    line.engineEnd = some ? end : 0
    return !some || bytes[at + 1] !== space
  }

  /** Its length; 0: none, or one that ends the line. The blanks behind it are passed over. */
  private readWord(bytes: Uint8Array, end: number): number {
    const start = this.at
    let at = start
    while (at < end && bytes[at] !== space) at++
    const length = at - start
    if (at === end || length > longestWord) return 0
    while (at < end && bytes[at] === space) at++
    if (at === end) return 0
    this.at = at
    return length
  }
}

/** The line above the columns. */
export const isHeading = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start > 10 && sameText('Pro FromIP', bytes, start, 10)

/** Above 65535: not hexadecimal. */
function hex4(bytes: Uint8Array, at: number): number {
  const a = hexDigits[bytes[at] as number] as number
  const b = hexDigits[bytes[at + 1] as number] as number
  const c = hexDigits[bytes[at + 2] as number] as number
  const d = hexDigits[bytes[at + 3] as number] as number
  return (a | b | c | d) > 15 ? notHex << 16 : (a << 12) | (b << 8) | (c << 4) | d
}

function hashText(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash
}

function sameText(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false
  for (let at = 0; at < length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false
  return true
}

const utf8 = new TextDecoder()
const textOf = (bytes: Uint8Array, start: number, end: number): string => utf8.decode(bytes.subarray(start, end))

export function addressOf(words: AddressWords | readonly number[], ipv6: boolean): Address {
  const first = words[0] as number
  if (!ipv6) return `${first >>> 24}.${(first >>> 16) & 0xff}.${(first >>> 8) & 0xff}.${first & 0xff}` as Address
  const bytes = new Uint8Array(16)
  for (let word = 0; word < 4; word++)
    for (let byte = 0; byte < 4; byte++) bytes[word * 4 + byte] = (words[word] as number) >>> (24 - 8 * byte)
  return formatAddress(bytes)
}

function serviceOf(line: ConnectionLine): ServiceKey {
  const family: Family = line.ipv6 ? 'ipv6' : 'ipv4'
  if (isMark(line)) return {kind: 'fwmark', mark: line.virtual[0] as number, family}
  return {
    kind: 'address',
    protocol: protocolName(line.protocol),
    address: addressOf(line.virtual, line.ipv6),
    port: line.virtualPort,
  }
}

/** The data are a client's (the Call-ID of SIP) and may be anything. */
function engineOf(bytes: Uint8Array): NonNullable<Connection['engine']> {
  const text = utf8.decode(bytes)
  const blank = text.indexOf(' ')
  return blank < 0 ? {name: text, data: ''} : {name: text.slice(0, blank), data: text.slice(blank + 1)}
}
