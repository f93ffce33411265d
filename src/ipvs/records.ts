// Wire record ⇄ domain value. The only file that knows flag bits, which netmask is written how, how addresses are padded
// and what the kernel leaves out. Attributes and their byte orders are in attributes.ts.
//
// The kernel checks little of what it stores, so whatever it can hold is read as it is: numbers without a name keep
// their number. An answer that lacks an attribute every kernel sends is a DecodeError.

import {type Address, addressBytes, type Family, familyOf, formatAddress, parseAddress} from '../domain/address.ts'
import {forwardingMethods, plainTunnel, type Tunnel, tunnelChecksums, tunnelTypes} from '../domain/forwarding.ts'
import {nameOf, numberOf} from '../domain/numbered.ts'
import type {Server, ServerKey} from '../domain/server.ts'
import {
  familyOfKey,
  fullMask,
  protocolName,
  protocolNumber,
  type SchedulerFlag,
  type Service,
  type ServiceKey,
} from '../domain/service.ts'
import {type ConnectionCounts, noStatistics, type Statistics} from '../domain/statistics.ts'
import {type SyncDaemon, type SyncRole, syncRoles} from '../domain/sync.ts'
import type {CountedServer, RunningServer, RunningService} from '../domain/table.ts'
import type {Timeouts} from '../domain/timeouts.ts'
import {littleEndian} from '../netlink/bytes.ts'
import {DecodeError} from '../netlink/fields.ts'
import type {DaemonRecord, InfoRecord, MessageRecord, ServerRecord, ServiceRecord} from './attributes.ts'
import type {IpvsInfo} from './client.ts'

/** AF_INET and AF_INET6. */
const familyNumbers: Readonly<Record<Family, number>> = {ipv4: 2, ipv6: 10}

/** IP_VS_SVC_F_*. Bit 0x2 (hashed) is the kernel's own: always set in answers, without meaning in requests. */
const persistentFlag = 0x01
const onePacketFlag = 0x04
const schedulerFlags: readonly (readonly [bit: number, name: SchedulerFlag])[] = [
  [0x08, 'flag-1'],
  [0x10, 'flag-2'],
  [0x20, 'flag-3'],
]

const anySchedulerFlag = 0x38

/** A request says which bits it sets; ours, like ipvsadm's, always says all of them. */
const allFlags = 0xffff_ffff

export function encodeServiceKey(key: ServiceKey): ServiceRecord {
  const family = familyNumbers[familyOfKey(key)]
  if (key.kind === 'fwmark') return {family, mark: key.mark}
  return {family, protocol: protocolNumber(key.protocol), address: addressBytes(key.address), port: key.port}
}

/** A mark of 0 is none: the kernel then takes the service for TCP on the address and port that were not given. */
export function decodeServiceKey(record: ServiceRecord): ServiceKey {
  const family = decodeFamily(need(record.family, 'service.family'))
  if (record.mark) return {kind: 'fwmark', mark: record.mark, family}
  if (record.mark === 0)
    return {kind: 'address', protocol: 'tcp', address: decodeAddress(new Uint8Array(16), family), port: 0}
  return {
    kind: 'address',
    protocol: protocolName(need(record.protocol, 'service.protocol')),
    address: decodeAddress(need(record.address, 'service.address'), family),
    port: need(record.port, 'service.port'),
  }
}

export function encodeService(service: Service): ServiceRecord {
  const {key, scheduler, engine, persistence = 0, netmask} = service
  return {
    ...encodeServiceKey(key),
    scheduler,
    flags: {flags: encodeFlags(service), mask: allFlags},
    timeout: persistence,
    netmask: encodeNetmask(netmask, familyOfKey(key)),
    ...(engine === undefined ? {} : {engine}),
  }
}

export function decodeService(record: ServiceRecord): Service {
  const key = decodeServiceKey(record)
  const {flags, mask} = need(record.flags, 'service.flags')
  const bits = flags & mask
  const timeout = need(record.timeout, 'service.timeout')
  return {
    key,
    scheduler: need(record.scheduler, 'service.scheduler'),
    schedulerFlags: bits & anySchedulerFlag ? schedulerFlags.filter(([bit]) => bits & bit).map(([, name]) => name) : [],
    // A timeout without the flag is stored by the kernel and used for nothing.
    ...(bits & persistentFlag ? {persistence: timeout} : {}),
    netmask: decodeNetmask(need(record.netmask, 'service.netmask'), familyOfKey(key)),
    // An empty name is no engine.
    ...(record.engine ? {engine: record.engine} : {}),
    onePacket: (bits & onePacketFlag) !== 0,
  }
}

export function decodeRunningService(record: ServiceRecord): RunningService {
  return {service: decodeService(record), statistics: decodeStatistics(record)}
}

/** The family is always said: without it the kernel takes the service's. */
export function encodeServerKey({address, port}: ServerKey): ServerRecord {
  return {address: addressBytes(address), port, family: familyNumbers[familyOf(address)]}
}

/** Kernels before 3.18 say no family: there it is always the service's. */
export function decodeServerKey(record: ServerRecord, serviceFamily: Family): ServerKey {
  const family = record.family ? decodeFamily(record.family) : serviceFamily
  return {
    address: decodeAddress(need(record.address, 'server.address'), family),
    port: need(record.port, 'server.port'),
  }
}

/** Tunnel attributes are always said: SET_DEST without them makes the tunnel a plain one. */
export function encodeServer(server: Server): ServerRecord {
  const {address, port} = server
  return {
    address: addressBytes(address),
    port,
    family: familyNumbers[familyOf(address)],
    forwarding: numberOf(forwardingMethods, server.forwarding),
    weight: server.weight,
    upperThreshold: server.upperThreshold,
    lowerThreshold: server.lowerThreshold,
    tunnelType: numberOf(tunnelTypes, server.tunnel.type),
    tunnelPort: server.tunnel.port,
    tunnelFlags: numberOf(tunnelChecksums, server.tunnel.checksum),
  }
}

export function decodeServer(record: ServerRecord, serviceFamily: Family): Server {
  const {address, port} = decodeServerKey(record, serviceFamily)
  return {
    address,
    port,
    // Of the connection flags these three bits are the method (IP_VS_CONN_F_FWD_MASK).
    forwarding: nameOf(forwardingMethods, 'method', need(record.forwarding, 'server.forwarding') & 7),
    weight: need(record.weight, 'server.weight'),
    upperThreshold: need(record.upperThreshold, 'server.upperThreshold'),
    lowerThreshold: need(record.lowerThreshold, 'server.lowerThreshold'),
    tunnel: decodeTunnel(record),
  }
}

/** Tunnel settings of a server that is not tunnelled, which the kernel keeps and never looks at, are left out. */
export function decodeCountedServer(record: ServerRecord, serviceFamily: Family): CountedServer {
  const server = decodeServer(record, serviceFamily)
  return {
    server: server.forwarding === 'tunneling' ? server : {...server, tunnel: plainTunnel},
    connections: decodeCounts(record),
  }
}

const decodeCounts = (record: ServerRecord): ConnectionCounts => ({
  active: record.activeConnections ?? 0,
  inactive: record.inactiveConnections ?? 0,
  persistent: record.persistentConnections ?? 0,
})

export function decodeRunningServer(record: ServerRecord, serviceFamily: Family): RunningServer {
  return {
    server: decodeServer(record, serviceFamily),
    connections: decodeCounts(record),
    statistics: decodeStatistics(record),
  }
}

export function encodeDaemon({role, interface: name, syncId, maxLength, group, port, ttl}: SyncDaemon): DaemonRecord {
  return {
    state: syncRoles[role],
    interface: name,
    syncId,
    ...(maxLength === undefined ? {} : {maxLength}),
    ...(group === undefined ? {} : {[familyOf(group) === 'ipv4' ? 'group' : 'group6']: addressBytes(group)}),
    ...(port === undefined ? {} : {port}),
    ...(ttl === undefined ? {} : {ttl}),
  }
}

/** Of two groups the kernel takes the IPv4 one. */
export function decodeDaemon(record: DaemonRecord): SyncDaemon {
  const {maxLength, port, ttl} = record
  const group = record.group ?? record.group6
  return {
    role: decodeRole(record),
    interface: need(record.interface, 'daemon.interface'),
    syncId: need(record.syncId, 'daemon.syncId'),
    ...(maxLength === undefined ? {} : {maxLength}),
    ...(group === undefined ? {} : {group: formatAddress(group)}),
    ...(port === undefined ? {} : {port}),
    ...(ttl === undefined ? {} : {ttl}),
  }
}

export function decodeRole({state}: DaemonRecord): SyncRole {
  for (const [role, number] of Object.entries(syncRoles)) if (number === state) return role as SyncRole
  throw new DecodeError(`daemon.state: ${state} is neither master nor backup`)
}

export function encodeTimeouts({tcp, tcpFin, udp}: Partial<Timeouts>): MessageRecord {
  return {
    ...(tcp === undefined ? {} : {timeoutTcp: tcp}),
    ...(tcpFin === undefined ? {} : {timeoutTcpFin: tcpFin}),
    ...(udp === undefined ? {} : {timeoutUdp: udp}),
  }
}

/** Of a request: what it sets. Kernels built without TCP or UDP balancing answer without those timeouts. */
export function decodeTimeouts({timeoutTcp, timeoutTcpFin, timeoutUdp}: MessageRecord): Partial<Timeouts> {
  return {
    ...(timeoutTcp === undefined ? {} : {tcp: timeoutTcp}),
    ...(timeoutTcpFin === undefined ? {} : {tcpFin: timeoutTcpFin}),
    ...(timeoutUdp === undefined ? {} : {udp: timeoutUdp}),
  }
}

/** 0x010201 is 1.2.1. */
export function decodeInfo(record: InfoRecord): IpvsInfo {
  const version = need(record.version, 'info.version')
  return {
    version: [version >>> 16, (version >>> 8) & 0xff, version & 0xff].join('.'),
    connectionTableSize: need(record.connectionTableSize, 'info.connectionTableSize'),
  }
}

function encodeFlags({persistence, onePacket, schedulerFlags: names}: Service): number {
  let bits = persistence === undefined ? 0 : persistentFlag
  if (onePacket) bits |= onePacketFlag
  for (const [bit, name] of schedulerFlags) if (names.includes(name)) bits |= bit
  return bits
}

/** The mask of IPv4 is an address and travels as one; the prefix length of IPv6 is a number of this machine. */
function encodeNetmask(netmask: string, family: Family): Uint8Array {
  if (family === 'ipv4') {
    const mask = parseAddress(netmask)
    if (!mask || familyOf(mask) !== 'ipv4') throw new TypeError(`not an IPv4 netmask: ${netmask}`)
    return addressBytes(mask)
  }
  if (!/^\d{1,9}$/.test(netmask)) throw new TypeError(`not an IPv6 prefix length: ${netmask}`)
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, Number(netmask), littleEndian)
  return bytes
}

function decodeNetmask(bytes: Uint8Array, family: Family): string {
  // Nearly always.
  if (family === 'ipv4') return bytes.every((byte) => byte === 0xff) ? fullMask.ipv4 : formatAddress(bytes)
  return String(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, littleEndian))
}

function decodeFamily(number: number): Family {
  if (number === familyNumbers.ipv4) return 'ipv4'
  if (number === familyNumbers.ipv6) return 'ipv6'
  throw new DecodeError(`address family ${number} is neither IPv4 nor IPv6`)
}

/** Requests may carry fewer than sixteen bytes; the kernel takes the missing ones for zeros. */
function decodeAddress(bytes: Uint8Array, family: Family): Address {
  if (family === 'ipv4') return formatAddress(bytes.subarray(0, 4))
  if (bytes.length === 16) return formatAddress(bytes)
  const padded = new Uint8Array(16)
  padded.set(bytes)
  return formatAddress(padded)
}

/** Absent before Linux 5.2 (type and port) and 5.3 (flags), where every tunnel is a plain one. */
function decodeTunnel({tunnelType = 0, tunnelPort = 0, tunnelFlags = 0}: ServerRecord): Tunnel {
  if (tunnelType === 0 && tunnelPort === 0 && tunnelFlags === 0) return plainTunnel
  return {
    type: nameOf(tunnelTypes, 'type', tunnelType),
    port: tunnelPort,
    checksum: nameOf(tunnelChecksums, 'flags', tunnelFlags),
  }
}

/** The 64-bit numbers where the kernel has them (4.1), else the 32-bit ones. */
function decodeStatistics({statistics64, statistics}: ServiceRecord | ServerRecord): Statistics {
  const found = statistics64 ?? statistics
  return found ? statisticsOf(found) : noStatistics
}

function statisticsOf(found: NonNullable<ServerRecord['statistics64' | 'statistics']>): Statistics {
  return {
    connections: BigInt(found.connections ?? 0),
    inPackets: BigInt(found.inPackets ?? 0),
    outPackets: BigInt(found.outPackets ?? 0),
    inBytes: BigInt(found.inBytes ?? 0),
    outBytes: BigInt(found.outBytes ?? 0),
    connectionsPerSecond: BigInt(found.connectionsPerSecond ?? 0),
    inPacketsPerSecond: BigInt(found.inPacketsPerSecond ?? 0),
    outPacketsPerSecond: BigInt(found.outPacketsPerSecond ?? 0),
    inBytesPerSecond: BigInt(found.inBytesPerSecond ?? 0),
    outBytesPerSecond: BigInt(found.outBytesPerSecond ?? 0),
  }
}

function need<Value>(value: Value | undefined, where: string): Value {
  if (value === undefined) throw new DecodeError(`${where} is missing`)
  return value
}
