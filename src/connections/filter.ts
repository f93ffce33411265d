// Which lines are wanted: what was asked for, compiled once into comparisons of numbers. How it is spelled on the command
// line is in cli/connection-options.ts.

import {type Address, addressBytes, familyOf} from '../domain/address.ts'
import type {Endpoint} from '../domain/endpoint.ts'
import {protocolNumber, type ServiceKey} from '../domain/service.ts'
import {type AddressWords, type ConnectionLine, isMark, isTemplate} from '../formats/procfs/ip-vs-conn.ts'

export interface ClientNetwork {
  readonly address: Address
  /** Leading bits that count. */
  readonly prefix: number
}

/** Everything that is given must be true of an entry. */
export interface ConnectionFilter {
  readonly service?: ServiceKey | undefined
  /** Without a port: any port. */
  readonly server?: Endpoint | undefined
  readonly client?: ClientNetwork | undefined
  /** Any of these names. */
  readonly states?: readonly string[] | undefined
  readonly templates?: 'only' | 'none' | undefined
  /** Only what came from the other director; none of it where the file does not tell. */
  readonly synced?: boolean | undefined
}

type Test = (line: ConnectionLine) => boolean

/** `states`: the names by number of the reader that the lines come from; it may grow meanwhile. */
export function compileFilter(filter: ConnectionFilter, states: readonly string[]): Test {
  const tests = [
    filter.service && testService(filter.service),
    filter.server && testServer(filter.server),
    filter.client && testClient(filter.client),
    filter.states?.length ? testStates(filter.states, states) : undefined,
    filter.templates && testTemplates(filter.templates),
    filter.synced ? ({origin}: ConnectionLine) => origin === 'sync' : undefined,
  ].filter((test) => test !== undefined)
  const [first, second] = tests
  if (!first) return () => true
  return second ? (line) => tests.every((test) => test(line)) : first
}

export const isFiltered = (filter: ConnectionFilter): boolean =>
  Object.values(filter).some((one) => one !== undefined && one !== false && !(Array.isArray(one) && one.length === 0))

/** ip_vs_sched_persist(): `svc->port != FTPPORT`. */
const ftpPort = 21

/**
 * By what an entry shows. A connection of a firewall mark shows the address that its packets came to and not the mark,
 * so only templates are found by mark. A service of port 0 takes every port, and its connections show the one they came
 * to. Templates of port 0 are that service's, or those of FTP, whose data connections come to other ports.
 */
function testService(key: ServiceKey): Test {
  if (key.kind === 'fwmark') {
    const ipv6 = key.family === 'ipv6'
    return (line) => isMark(line) && line.ipv6 === ipv6 && line.virtual[0] === key.mark
  }
  const protocol = protocolNumber(key.protocol)
  const ipv6 = familyOf(key.address) === 'ipv6'
  const words = addressWords(key.address)
  const {port} = key
  const portFits: Test =
    port === 0
      ? () => true
      : port === ftpPort
        ? (line) => line.virtualPort === port || (line.virtualPort === 0 && isTemplate(line))
        : (line) => line.virtualPort === port
  return (line) =>
    line.protocol === protocol &&
    line.ipv6 === ipv6 &&
    sameWords(line.virtual, words) &&
    portFits(line) &&
    !isMark(line)
}

function testServer({address, port}: Endpoint): Test {
  const ipv6 = familyOf(address) === 'ipv6'
  const words = addressWords(address)
  return (line) =>
    line.serverIpv6 === ipv6 && (port === undefined || line.serverPort === port) && sameWords(line.server, words)
}

function testClient({address, prefix}: ClientNetwork): Test {
  const ipv6 = familyOf(address) === 'ipv6'
  const masks = [0, 32, 64, 96].map((before) => maskOf(prefix - before))
  const network = addressWords(address).map((word, index) => word & (masks[index] as number))
  return ({ipv6: family, client}) => {
    if (family !== ipv6) return false
    for (let word = 0; word < 4; word++)
      if (((client[word] as number) & (masks[word] as number)) >>> 0 !== network[word]) return false
    return true
  }
}

/** Of 32 bits, so many in front. */
const maskOf = (bits: number): number => (bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits))

function testStates(wanted: readonly string[], names: readonly string[]): Test {
  const upper = wanted.map((name) => name.toUpperCase())
  // By number, once for each: a name that nobody knows yet gets its number when it is met.
  const answers: boolean[] = []
  return ({state}) => {
    answers[state] ??= upper.includes(names[state] as string)
    return answers[state]
  }
}

const testTemplates = (which: 'only' | 'none'): Test => (which === 'only' ? isTemplate : (line) => !isTemplate(line))

/** As a line has them. */
function addressWords(address: Address): AddressWords {
  const bytes = addressBytes(address)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const words = new Uint32Array(4)
  for (let word = 0; word * 4 < bytes.length; word++) words[word] = view.getUint32(word * 4)
  return words
}

const sameWords = (left: AddressWords, right: AddressWords): boolean =>
  left[0] === right[0] && left[1] === right[1] && left[2] === right[2] && left[3] === right[3]
