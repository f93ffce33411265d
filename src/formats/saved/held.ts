// What the kernel can hold beyond what a command should set: numbers above ipvsadm's limits, names without a meaning.
// A save may contain all of it and must bring it back, so these parsers accept it; judge.ts then says that it is odd.

import {type Family, familyOf, parseAddress} from '../../domain/address.ts'
import {shown} from '../../domain/foreign-characters.ts'
import {
  type ForwardingMethod,
  forwardingMethods,
  type TunnelChecksum,
  type TunnelType,
  tunnelChecksums,
  tunnelTypes,
} from '../../domain/forwarding.ts'
import {type IntegerKind, isInRange, parseInteger} from '../../domain/integer.ts'
import {nearest} from '../../domain/nearest.ts'
import {parseNetmask} from '../../domain/netmask.ts'
import {accept, type Parsed, reject} from '../../domain/parsed.ts'
import {schedulerRow, suggestScheduler} from '../../domain/schedulers.ts'
import {parseTunnelType} from '../../domain/tunnel.ts'

const unsigned = 4_294_967_295

/**
 * The kernel keeps times in jiffies of 32 bits: of seconds the most that fit where there are 100 a second (CONFIG_HZ),
 * for persistence unsigned (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_add_service), for timeouts signed
 * (ip_vs_set_timeout).
 */
const widest: Readonly<Partial<Record<IntegerKind, number>>> = {
  persistence: 42_949_672,
  upperThreshold: unsigned,
  lowerThreshold: unsigned,
  timeout: 21_474_836,
  syncId: unsigned,
  syncMaxLength: 65_535,
  tunnelPort: 65_535,
}

/** Whether the kernel can hold the number, wise or not. */
export function canHold(kind: IntegerKind, value: number): boolean {
  const most = widest[kind]
  return most !== undefined && Number.isInteger(value) && value >= 0 && value <= most
}

/** As parseInteger, and wider where the kernel is. */
export function parseHeld(text: string, kind: IntegerKind, where?: string): Parsed<number> {
  const number = plainDecimal(text)
  return number >= 0 && (isInRange(kind, number) || canHold(kind, number))
    ? accept(number)
    : parseInteger(text, kind, where)
}

/** The number that at most ten digits spell in the one way; -1 for anything else. */
export function plainDecimal(text: string, from = 0, to = text.length): number {
  const length = to - from
  if (length <= 0 || length > 10) return -1
  if (length > 1 && text.charCodeAt(from) === zero) return -1
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - zero
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}

const zero = 0x30

/** Longer names the kernel refuses (IP_VS_SCHEDNAME_MAXLEN, IP_VS_PENAME_MAXLEN in include/uapi/linux/ip_vs.h). */
const longestName = {scheduler: 15, engine: 15} as const

/** Any name that a module could have; judge.ts says which are known. */
export function parseSchedulerName(text: string, where = '-s'): Parsed<string> {
  if (schedulerRow(text) || isModuleName(text, longestName.scheduler)) return accept(text)
  const message = text === '' ? 'the scheduler is missing' : `no scheduler can be called ${shown(text)}`
  return reject('scheduler-unknown', message, {where, hint: suggestScheduler(text)})
}

export function parseEngineName(text: string, where = '--pe'): Parsed<string> {
  if (isModuleName(text, longestName.engine)) return accept(text)
  const message =
    text === '' ? 'the persistence engine is missing' : `no persistence engine can be called ${shown(text)}`
  return reject('engine-unknown', message, {where, hint: 'The only one is sip'})
}

const isModuleName = (text: string, longest: number): boolean => text.length <= longest && /^[\w.+-]+$/.test(text)

/** Any dotted mask for IPv4, as the kernel has it; the odd ones are judge.ts's to name. */
export function parseHeldNetmask(text: string, family: Family, where = '-M'): Parsed<string> {
  const parsed = parseNetmask(text, family, where)
  if (parsed.ok || family === 'ipv6') return parsed
  const mask = parseAddress(text)
  return mask !== undefined && familyOf(mask) === 'ipv4' ? accept(mask) : parsed
}

/** By name, the nameless ones by number: `bypass`, `method-5`. */
export function parseForwarding(text: string, where = '--forwarding'): Parsed<ForwardingMethod> {
  const row = forwardingMethods.find(({name}) => name === text)
  if (row) return accept(row.name)
  // The kernel keeps three bits.
  if (/^method-[5-7]$/.test(text)) return accept(text as ForwardingMethod)
  return rejectName('forwarding-unknown', 'forwarding method', text, forwardingMethods, where)
}

/** `gue`, `type-9`. */
export function parseHeldTunnelType(text: string, where = '--tun-type'): Parsed<TunnelType> {
  const number = numberBehind(text, 'type-')
  return number > 0xff || number < tunnelTypes.length ? parseTunnelType(text, where) : accept(text as TunnelType)
}

/** `full`, `flags-3`. */
export function parseChecksum(text: string, where: string): Parsed<TunnelChecksum> {
  const row = tunnelChecksums.find(({name}) => name === text)
  if (row) return accept(row.name)
  const number = numberBehind(text, 'flags-')
  if (number >= tunnelChecksums.length && number <= 0xffff) return accept(text as TunnelChecksum)
  return rejectName('tunnel-checksum-unknown', 'tunnel checksum', text, tunnelChecksums, where)
}

/** -1 where there is none. */
function numberBehind(text: string, prefix: string): number {
  return text.startsWith(prefix) ? plainDecimal(text.slice(prefix.length)) : -1
}

function rejectName(
  code: string,
  noun: string,
  text: string,
  rows: readonly {readonly name: string}[],
  where: string,
): Parsed<never> {
  const names = rows.map(({name}) => name)
  const [meant] = nearest(text.toLowerCase(), names)
  return reject(code, text === '' ? `the ${noun} is missing` : `no ${noun} ${shown(text)}`, {
    where,
    meant,
    hint: `One of ${names.join(', ')}`,
  })
}
