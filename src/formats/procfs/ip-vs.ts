// The text of /proc/net/ip_vs, read. World-readable and one read for the whole table, but made for people of another
// time: addresses in hexadecimal, persistence in jiffies (whose length nobody outside the kernel knows), no scheduler
// flags, no engines, no thresholds, no tunnels, no statistics, and a firewall mark without its family
// (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show). What cannot be known is undefined here, never a guess.

import {type Address, type Family, formatAddress} from '../../domain/address.ts'
import {type ForwardingMethod, forwardingMethods} from '../../domain/forwarding.ts'
import type {Problem} from '../../domain/problem.ts'
import type {ServerKey} from '../../domain/server.ts'
import {
  type OtherProtocol,
  type Protocol,
  protocolName,
  protocolNumber,
  protocols,
  type ServiceKey,
} from '../../domain/service.ts'
import {type UnreadableLine, unreadableLines} from './unreadable.ts'

interface ProcServer extends ServerKey {
  /** Of its address: an IPv4 one as 32 bits with a sign, an IPv6 one as fixed-width text. */
  readonly order: number | string
  readonly forwarding: ForwardingMethod
  readonly weight: number
  readonly active: number
  readonly inactive: number
}

export interface ProcService {
  /** A mark's family is that of its servers where they show it, else IPv4. */
  readonly key: ServiceKey
  /** Whether the family of the key is certain. */
  readonly familyTold: boolean
  readonly scheduler: string
  readonly persistent: boolean
  /** Only for a persistent service whose family is certain. */
  readonly netmask: string | undefined
  /** IPv6 lines never say it. */
  readonly onePacket: boolean | undefined
  readonly servers: readonly ProcServer[]
}

export interface ProcTable {
  /** In canonical order, as their servers are. */
  readonly services: readonly ProcService[]
}

/** What the file does not tell, as the JSON output calls it. */
export const unknownInProc = [
  'schedulerFlags',
  'persistence',
  'netmask',
  'engine',
  'onePacket',
  'upperThreshold',
  'lowerThreshold',
  'tunnel',
  'connections.persistent',
  'statistics',
] as const

interface OpenService {
  readonly order: string
  readonly key: Extract<ServiceKey, {kind: 'address'}> | {readonly kind: 'fwmark'; readonly mark: number}
  readonly scheduler: string
  readonly onePacket: boolean | undefined
  readonly mask: string | undefined
  readonly servers: ProcServer[]
}

const ipv4 = '([0-9A-F]{4})([0-9A-F]{4})'
const ipv6 = String.raw`\[((?:[0-9a-f]{4}:){7}[0-9a-f]{4})\]`
const columns = String.raw`:([0-9A-F]{4}) +(\w+) +(\d+) +(\d+) +(\d+)\s*$`
const persistence = String.raw`(?:persistent -?\d+ ([0-9A-F]{8}))?\s*$`
const ipv4Server = new RegExp(`^ {2}-> ${ipv4}${columns}`)
const ipv6Server = new RegExp(`^ {2}-> ${ipv6}${columns}`)
const serviceLine = new RegExp(String.raw`^(\w+) +(?:${ipv4}|${ipv6}):([0-9A-F]{4}) +(\S+) +(ops +)?${persistence}`)
const markLine = new RegExp(String.raw`^FWM +([0-9A-F]{8}) (\S+) (ops )?${persistence}`)
const headings = 3
const title = 'IP Virtual Server version '

/** `path` is where the text came from. A text without the kernel's first line is none of its. */
export function parseProcIpVs(
  text: string,
  path = '/proc/net/ip_vs',
): {value: ProcTable; problems: readonly Problem[]} {
  let unreadable = 0
  let first: UnreadableLine | undefined
  const services: OpenService[] = []
  const addressOf = ipv4Addresses()
  let open: OpenService | undefined
  let number = 0
  const complain = (line: string): void => {
    unreadable++
    first ??= {line: Math.max(number, 1), text: line}
  }
  for (const line of linesOf(text)) {
    if (++number <= headings) {
      if (number === 1 && !line.startsWith(title)) complain(line)
    } else if (line.startsWith('  ->')) {
      const server = parseIpv4Server(line, addressOf) ?? parseIpv6Server(line)
      if (server && open) open.servers.push(server)
      else complain(line)
    } else {
      open = line.startsWith('FWM ') ? parseMark(line) : parseService(line, addressOf)
      if (open) services.push(open)
      else complain(line)
    }
  }
  if (number === 0) complain('')
  return {
    value: {services: tellMarksApart(services.sort(byOrder).map(closeService))},
    problems: unreadableLines(path, first, unreadable),
  }
}

/** One after the other, and not all at once: there can be ten thousand. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    yield text.slice(start, end < 0 ? undefined : end)
    start = end < 0 ? text.length : end + 1
  }
}

/** The address comes in halves, each of which fits the numbers that V8 keeps without taking memory for them. */
function parseIpv4Server(line: string, addressOf: Ipv4Addresses): ProcServer | undefined {
  const match = ipv4Server.exec(line)
  if (!match) return undefined
  const high = hexadecimal(match[1])
  const low = hexadecimal(match[2])
  return serverOf(((high << 16) | low) ^ 0x8000_0000, addressOf(high, low), match, 3)
}

function parseIpv6Server(line: string): ProcServer | undefined {
  const match = ipv6Server.exec(line)
  if (!match) return undefined
  const groups = match[1] as string
  return serverOf(groups, ipv6Address(groups), match, 2)
}

/** `first`: which match is the port. */
function serverOf(
  order: ProcServer['order'],
  address: Address,
  match: RegExpExecArray,
  first: number,
): ProcServer | undefined {
  const forwarding = methodsByWord.get(match[first + 1] as string)
  if (!forwarding) return undefined
  return {
    order,
    address,
    port: hexadecimal(match[first]),
    forwarding,
    weight: Number(match[first + 2]),
    active: Number(match[first + 3]),
    inactive: Number(match[first + 4]),
  }
}

const hexadecimal = (digits: string | undefined): number => Number.parseInt(digits as string, 16)

const methodsByWord = new Map<string, ForwardingMethod>(forwardingMethods.map((row) => [row.shown, row.name]))

function parseService(line: string, addressOf: Ipv4Addresses): OpenService | undefined {
  const match = serviceLine.exec(line)
  if (!match) return undefined
  const {1: word, 2: high = '', 3: low = '', 4: groups, 5: port, 6: scheduler, 7: ops, 8: mask} = match
  const protocol = protocolOf(word as string)
  if (!protocol) return undefined
  const isIpv4 = groups === undefined
  const address = isIpv4 ? addressOf(hexadecimal(high), hexadecimal(low)) : ipv6Address(groups)
  return {
    order: `${isIpv4 ? 1 : 2}${protocolOrder(protocol)}${groups ?? high + low}${port}`,
    key: {kind: 'address', protocol, address, port: hexadecimal(port)},
    scheduler: scheduler as string,
    onePacket: isIpv4 ? ops !== undefined : ops !== undefined || undefined,
    mask,
    servers: [],
  }
}

function parseMark(line: string): OpenService | undefined {
  const [, mark, scheduler, ops, mask] = markLine.exec(line) ?? []
  if (!mark || !scheduler) return undefined
  const key = {kind: 'fwmark', mark: Number.parseInt(mark, 16)} as const
  return {order: `9${mark}`, key, scheduler, onePacket: ops !== undefined, mask, servers: []}
}

/** ip_vs_proto_name(): what it has no word for is `IP_50`. */
export function protocolOf(word: string): Protocol | OtherProtocol | undefined {
  const lower = word.toLowerCase()
  if (Object.hasOwn(protocols, lower)) return lower as Protocol
  const number = /^IP_(\d+)$/.exec(word)?.[1] ?? otherWords[word]
  return number === undefined ? undefined : protocolName(Number(number))
}

const otherWords: Readonly<Record<string, number>> = {IP: 0, ICMP: 1, IPIP: 4, GRE: 47, ICMPv6: 58}

const protocolOrder = (protocol: Protocol | OtherProtocol): string => String(protocolNumber(protocol)).padStart(5, '0')

function closeService({key, scheduler, onePacket, mask, servers}: OpenService): ProcService {
  const sorted = servers.sort(byServerOrder)
  const family = key.kind === 'address' ? undefined : familyOfServers(sorted)
  const familyTold = key.kind === 'address' || family !== undefined
  const settings = {familyTold, scheduler, onePacket, persistent: mask !== undefined, servers: sorted}
  if (key.kind === 'address')
    return {...settings, key, netmask: mask && readMask(mask, key.address.includes(':') ? 'ipv6' : 'ipv4')}
  return {
    ...settings,
    key: {...key, family: family ?? 'ipv4'},
    netmask: mask !== undefined && family ? readMask(mask, family) : undefined,
  }
}

/** Two services of one mark are of different families, and neither needs servers to show its own. IPv4 first. */
function tellMarksApart(services: readonly ProcService[]): readonly ProcService[] {
  const apart = [...services]
  for (let index = 1; index < apart.length; index++) {
    const pair = [apart[index - 1], apart[index]] as [ProcService, ProcService]
    const [{key: first}, {key: second}] = pair
    if (first.kind !== 'fwmark' || second.kind !== 'fwmark' || first.mark !== second.mark) continue
    const [one, other] = pair.map(({servers}) => familyOfServers(servers))
    if (one === 'ipv6' || other === 'ipv4') pair.reverse()
    apart[index - 1] = {...pair[0], key: {...first, family: 'ipv4'}, familyTold: true}
    apart[index] = {...pair[1], key: {...first, family: 'ipv6'}, familyTold: true}
  }
  return apart
}

/** Only a tunnelled server may be of another family than its service. */
function familyOfServers(servers: readonly ProcServer[]): Family | undefined {
  const telling = servers.find((one) => one.forwarding !== 'tunneling')
  return telling && (telling.address.includes(':') ? 'ipv6' : 'ipv4')
}

/** IPv6: a prefix length in host order that went through ntohl() all the same: `40000000` is 64 on a little endian. */
function readMask(hex: string, family: Family): string {
  const bytes = hexBytes(hex)
  return family === 'ipv4' ? formatAddress(bytes) : String((bytes[0] as number) || (bytes[3] as number))
}

type Ipv4Addresses = (high: number, low: number) => Address

/** Servers stand in few networks: the front of an address is made once. */
function ipv4Addresses(): Ipv4Addresses {
  const fronts = new Map<number, string>()
  return (high, low) => {
    const network = (high << 8) | (low >> 8)
    let front = fronts.get(network)
    if (front === undefined) {
      front = `${high >> 8}.${high & 0xff}.${low >> 8}.`
      fronts.set(network, front)
    }
    return (front + (low & 0xff)) as Address
  }
}

/** Every digit is written out. */
const ipv6Address = (groups: string): Address => formatAddress(hexBytes(groups.replaceAll(':', '')))

function hexBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)
  return bytes
}

const byOrder = (left: OpenService, right: OpenService): number =>
  left.order < right.order ? -1 : left.order > right.order ? 1 : 0

/** Numbers, which are IPv4, before texts, which are IPv6. */
function byServerOrder(left: ProcServer, right: ProcServer): number {
  if (typeof left.order !== typeof right.order) return typeof left.order === 'number' ? -1 : 1
  return left.order < right.order ? -1 : left.order > right.order ? 1 : left.port - right.port
}
