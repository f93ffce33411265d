// The text of /proc/net/ip_vs, read. World-readable and one read for the whole table, but made for people of another
// time: addresses in hexadecimal, persistence in jiffies (whose length nobody outside the kernel knows), no scheduler
// flags, no engines, no thresholds, no tunnels, no statistics, and a firewall mark without its family
// (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show). What cannot be known is undefined here, never a guess.

import {type Address, type Family, formatAddress} from '../../domain/address.ts'
import {type ForwardingMethod, forwardingMethods} from '../../domain/forwarding.ts'
import {type Problem, problem} from '../../domain/problem.ts'
import type {ServerKey} from '../../domain/server.ts'
import {type OtherProtocol, type Protocol, protocolName, protocols, type ServiceKey} from '../../domain/service.ts'
import {Scanner} from './scanner.ts'

export interface ProcServer extends ServerKey {
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
  'engine',
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

const ipv6Server = /^(\[(?:[0-9a-f]{4}:){7}[0-9a-f]{4}\]:[0-9A-F]{4}) +(\w+) +(\d+) +(\d+) +(\d+)\s*$/
const serviceLine =
  /^(\w+) +([0-9A-F]{8}|\[(?:[0-9a-f]{4}:){7}[0-9a-f]{4}\]):([0-9A-F]{4}) +(\S+) +(ops +)?(?:persistent -?\d+ ([0-9A-F]{8}))?\s*$/
const markLine = /^FWM +([0-9A-F]{8}) (\S+) (ops )?(?:persistent -?\d+ ([0-9A-F]{8}))?\s*$/
const headings = 3

export function parseProcIpVs(text: string): {value: ProcTable; problems: readonly Problem[]} {
  const scanner = new Scanner(text)
  for (let index = 0; index < headings; index++) scanner.line()
  const problems: Problem[] = []
  const services: OpenService[] = []
  const addressOf = ipv4Addresses()
  let open: OpenService | undefined
  for (let number = headings + 1; !scanner.done; number++) {
    const start = scanner.position
    if (scanner.take('  -> ')) {
      const server = readServer(scanner, addressOf)
      if (server && open) open.servers.push(server)
      else problems.push(unreadable(number, scanner.lineFrom(start)))
    } else {
      const line = scanner.line()
      open = line.startsWith('FWM ') ? parseMark(line) : parseService(line, addressOf)
      if (open) services.push(open)
      else problems.push(unreadable(number, line))
    }
  }
  return {value: {services: services.sort(byOrder).map(closeService)}, problems}
}

const readServer = (scanner: Scanner, addressOf: Ipv4Addresses): ProcServer | undefined =>
  scanner.isAt('[') ? parseIpv6Server(scanner.line()) : readIpv4Server(scanner, addressOf)

/**
 * `%08X:%04X      %-7s %-6d %-10d %-10d`: `C0A8016F:1F90      Route   3      31         9         `. The address is read in
 * halves: larger numbers would each take a place in memory.
 */
function readIpv4Server(scanner: Scanner, addressOf: Ipv4Addresses): ProcServer | undefined {
  const high = scanner.hexadecimal(4)
  const low = scanner.hexadecimal(4)
  const isEndpoint = scanner.take(':')
  const port = scanner.hexadecimal(4)
  scanner.take('      ')
  const forwarding = methodsByWord.get(scanner.word(7))
  const weight = scanner.decimal(6)
  const active = scanner.decimal(10)
  const inactive = scanner.decimal(10)
  if (!isEndpoint || !forwarding || !scanner.ended('\n')) return undefined
  if (
    isMissing(high) ||
    isMissing(low) ||
    isMissing(port) ||
    isMissing(weight) ||
    isMissing(active) ||
    isMissing(inactive)
  )
    return undefined
  const order = ((high << 16) | low) ^ 0x8000_0000
  return {order, address: addressOf(high, low), port, forwarding, weight, active, inactive}
}

function parseIpv6Server(line: string): ProcServer | undefined {
  const [, endpoint = '', word = '', weight, active, inactive] = ipv6Server.exec(line) ?? []
  const forwarding = methodsByWord.get(word)
  if (!forwarding) return undefined
  return {
    order: endpoint,
    address: ipv6Address(endpoint.slice(0, -5)),
    port: Number.parseInt(endpoint.slice(-4), 16),
    forwarding,
    weight: Number(weight),
    active: Number(active),
    inactive: Number(inactive),
  }
}

const isMissing = Number.isNaN

const methodsByWord = new Map<string, ForwardingMethod>(forwardingMethods.map((row) => [row.shown, row.name]))

function parseService(line: string, addressOf: Ipv4Addresses): OpenService | undefined {
  const [, word = '', host, port = '', scheduler, ops, mask] = serviceLine.exec(line) ?? []
  const protocol = protocolOf(word)
  if (!host || !protocol || !scheduler) return undefined
  const ipv6 = host.startsWith('[')
  return {
    // Fixed-width hexadecimal, so that text order is numeric order.
    order: `${ipv6 ? 2 : 1}${protocolOrder(protocol)}${host}${port}`,
    key: {
      kind: 'address',
      protocol,
      address: ipv6
        ? ipv6Address(host)
        : addressOf(Number.parseInt(host.slice(0, 4), 16), Number.parseInt(host.slice(4), 16)),
      port: Number.parseInt(port, 16),
    },
    scheduler,
    onePacket: ops !== undefined ? true : ipv6 ? undefined : false,
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
function protocolOf(word: string): Protocol | OtherProtocol | undefined {
  const lower = word.toLowerCase()
  if (lower in protocols) return lower as Protocol
  const number = /^IP_(\d+)$/.exec(word)?.[1] ?? otherWords[word]
  return number === undefined ? undefined : protocolName(Number(number))
}

const otherWords: Readonly<Record<string, number>> = {IP: 0, ICMP: 1, ICMPv6: 58}

const protocolOrder = (protocol: Protocol | OtherProtocol): string =>
  String(protocol in protocols ? protocols[protocol as Protocol] : protocol.slice('protocol-'.length)).padStart(5, '0')

function closeService({key, scheduler, onePacket, mask, servers}: OpenService): ProcService {
  const sorted = servers.sort(byServerOrder)
  const family = key.kind === 'address' ? undefined : familyOfServers(sorted)
  const settings = {scheduler, onePacket, persistent: mask !== undefined, servers: sorted}
  if (key.kind === 'address')
    return {...settings, key, netmask: mask && readMask(mask, key.address.includes(':') ? 'ipv6' : 'ipv4')}
  return {
    ...settings,
    key: {...key, family: family ?? 'ipv4'},
    netmask: mask !== undefined && family ? readMask(mask, family) : undefined,
  }
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

/** `[2001:0db8:…]` with every digit written out. */
const ipv6Address = (text: string): Address => formatAddress(hexBytes(text.slice(1, -1).replaceAll(':', '')))

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

const unreadable = (number: number, line: string): Problem =>
  problem('proc-line-unreadable', `cannot read "${line.trimEnd()}"`, {where: `/proc/net/ip_vs:${number}`})
