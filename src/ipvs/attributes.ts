// The IPVS family on the wire: commands, and the attributes of each nest, as tables. include/uapi/linux/ip_vs.h
//
// What a value means (flag bits, which netmask is in which byte order) is not known here: see records.ts.

import {
  be16,
  bytes,
  type FieldTable,
  type FieldType,
  flags,
  nested,
  pad,
  type RecordOf,
  type Row,
  s32,
  string,
  table,
  u8,
  u16,
  u32,
  u64,
} from '../netlink/fields.ts'
import type {GenericWords} from '../netlink/generic.ts'

export const familyName = 'IPVS'

/** IPVS_CMD_*, by the kernel's names. Its "destination" is a real server everywhere else in this program. */
export const commands = {
  NEW_SERVICE: 1,
  SET_SERVICE: 2,
  DEL_SERVICE: 3,
  GET_SERVICE: 4,
  NEW_DEST: 5,
  SET_DEST: 6,
  DEL_DEST: 7,
  GET_DEST: 8,
  NEW_DAEMON: 9,
  DEL_DAEMON: 10,
  GET_DAEMON: 11,
  SET_CONFIG: 12,
  GET_CONFIG: 13,
  SET_INFO: 14,
  GET_INFO: 15,
  ZERO: 16,
  FLUSH: 17,
} as const

export type Command = keyof typeof commands

/**
 * union nf_inet_addr: sixteen bytes for either family, an IPv4 address in the first four. The kernel takes shorter ones
 * too; four are the least that can be an address. What is decoded is a window on the message, not a copy.
 */
const unionAddress: FieldType<Uint8Array> = {
  name: 'nf_inet_addr',
  encode: (value, out) => {
    out.raw(value)
    out.raw(zeros.subarray(value.length))
  },
  decode: (input) => {
    if (input.length < 4 || input.length > 16) throw new RangeError(`${input.length} bytes, an address has 4 to 16`)
    return input.bytes
  },
}
const zeros = new Uint8Array(16)

/** Four or sixteen bytes that are never anything else. */
const ipv4: FieldType<Uint8Array> = {...bytes, name: 'in_addr', size: 4}
const ipv6: FieldType<Uint8Array> = {...bytes, name: 'in6_addr', size: 16}
/** A network-order mask for IPv4, a host-order prefix length for IPv6: only the family tells. */
const mask: FieldType<Uint8Array> = {...bytes, name: 'netmask', size: 4}

/** IPVS_STATS_ATTR_* as IPVS_*_ATTR_STATS carries them: 32 bits, but for the bytes. */
export const statistics32 = table('statistics', [
  [1, 'connections', u32],
  [2, 'inPackets', u32],
  [3, 'outPackets', u32],
  [4, 'inBytes', u64],
  [5, 'outBytes', u64],
  [6, 'connectionsPerSecond', u32],
  [7, 'inPacketsPerSecond', u32],
  [8, 'outPacketsPerSecond', u32],
  [9, 'inBytesPerSecond', u32],
  [10, 'outBytesPerSecond', u32],
  [11, 'pad', pad],
])

/** The same numbers in IPVS_*_ATTR_STATS64 (since Linux 4.1): all of 64 bits. */
export const statistics64 = table('statistics64', [
  [1, 'connections', u64],
  [2, 'inPackets', u64],
  [3, 'outPackets', u64],
  [4, 'inBytes', u64],
  [5, 'outBytes', u64],
  [6, 'connectionsPerSecond', u64],
  [7, 'inPacketsPerSecond', u64],
  [8, 'outPacketsPerSecond', u64],
  [9, 'inBytesPerSecond', u64],
  [10, 'outBytesPerSecond', u64],
  [11, 'pad', pad],
])

/** IPVS_SVC_ATTR_* */
export const serviceFields = table('service', [
  [1, 'family', u16],
  [2, 'protocol', u16],
  [3, 'address', unionAddress],
  [4, 'port', be16],
  [5, 'mark', u32],
  [6, 'scheduler', string],
  [7, 'flags', flags],
  [8, 'timeout', u32],
  [9, 'netmask', mask],
  [10, 'statistics', nested(statistics32)],
  [11, 'engine', string],
  [12, 'statistics64', nested(statistics64)],
])

/** IPVS_DEST_ATTR_*. The weight is declared u32 and read as a signed number. */
export const serverFields = table('server', [
  [1, 'address', unionAddress],
  [2, 'port', be16],
  [3, 'forwarding', u32],
  [4, 'weight', s32],
  [5, 'upperThreshold', u32],
  [6, 'lowerThreshold', u32],
  [7, 'activeConnections', u32],
  [8, 'inactiveConnections', u32],
  [9, 'persistentConnections', u32],
  [10, 'statistics', nested(statistics32)],
  [11, 'family', u16],
  [12, 'statistics64', nested(statistics64)],
  [13, 'tunnelType', u8],
  [14, 'tunnelPort', be16],
  [15, 'tunnelFlags', u16],
])

/** IPVS_DAEMON_ATTR_*. The port is in host order here, unlike every other port of the family. */
const daemonFields = table('daemon', [
  [1, 'state', u32],
  [2, 'interface', string],
  [3, 'syncId', u32],
  [4, 'maxLength', u16],
  [5, 'group', ipv4],
  [6, 'group6', ipv6],
  [7, 'port', u16],
  [8, 'ttl', u8],
])

/** IPVS_CMD_ATTR_*: what a message carries. Timeouts are seconds. */
export const messageFields = table('ipvs', [
  [1, 'service', nested(serviceFields)],
  [2, 'server', nested(serverFields)],
  [3, 'daemon', nested(daemonFields)],
  [4, 'timeoutTcp', u32],
  [5, 'timeoutTcpFin', u32],
  [6, 'timeoutUdp', u32],
])

/** The same messages without what a reader has no use for. */
const without = (...names: readonly string[]): typeof messageFields => {
  const lean = <Fields extends FieldTable>({name, rows}: Fields) =>
    nested(
      table(
        name,
        rows.map((row): Row => (names.includes(row[1]) ? [row[0], row[1], pad] : row)),
      ),
    )
  const rows = [[1, 'service', lean(serviceFields)], [2, 'server', lean(serverFields)], ...messageFields.rows.slice(2)]
  return table('ipvs', rows as Row[]) as unknown as typeof messageFields
}

/**
 * The 32-bit statistics only repeat the 64-bit ones, where the kernel has those: a third of what there is to decode in a
 * large table.
 */
export const leanMessageFields = without('statistics')

/** Rules and connection counts: a third of the whole. */
export const plainMessageFields = without('statistics', 'statistics64')

/** IPVS_INFO_ATTR_*: in the answer to GET_INFO they stand where other messages have the attributes above. */
export const infoFields = table('info', [
  [1, 'version', u32],
  [2, 'connectionTableSize', u32],
])

export type ServiceRecord = RecordOf<typeof serviceFields>
export type ServerRecord = RecordOf<typeof serverFields>
export type DaemonRecord = RecordOf<typeof daemonFields>
export type MessageRecord = RecordOf<typeof messageFields>
export type InfoRecord = RecordOf<typeof infoFields>

/** For tracing, and for naming what failed. */
export const ipvsWords: GenericWords = {
  name: familyName,
  commands: new Map(
    Object.entries(commands).map(([name, number]) => [
      number,
      {name, fields: number === commands.SET_INFO ? infoFields : messageFields},
    ]),
  ),
}
