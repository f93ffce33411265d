// A virtual service: what identifies it (ServiceKey), what it is set to (Service), and how it is spelled.

import {type Address, addressOrder, compareOrders, type Family, familyOf, formatEndpoint} from './address.ts'
import {nameOf, numberOf} from './numbered.ts'

/** IANA numbers of the protocols that ipvsadm has options for (-t, -u, --sctp-service). */
export const protocols = {tcp: 6, udp: 17, sctp: 132} as const
export type Protocol = keyof typeof protocols

/** The kernel takes any number (0, 1, 50 and 51 are known to work), so other tools can leave such services behind. */
export type OtherProtocol = `protocol-${number}`

const protocolRows = Object.entries(protocols).map(([name, number]) => ({name: name as Protocol, number}))

export const protocolName = (number: number): Protocol | OtherProtocol => nameOf(protocolRows, 'protocol', number)
export const protocolNumber = (name: Protocol | OtherProtocol): number => numberOf(protocolRows, name)

/** What identifies a service in the kernel. A firewall mark is 32 bits, unsigned, and has a family of its own. */
export type ServiceKey =
  | {
      readonly kind: 'address'
      readonly protocol: Protocol | OtherProtocol
      readonly address: Address
      readonly port: number
    }
  | {readonly kind: 'fwmark'; readonly mark: number; readonly family: Family}

/**
 * The scheduler's three option bits (IP_VS_SVC_F_SCHED1..3 in include/uapi/linux/ip_vs.h). What a bit means depends on
 * the scheduler; `schedulers.ts` knows its name there (`sh-port`).
 */
export type SchedulerFlag = 'flag-1' | 'flag-2' | 'flag-3'

export interface Service {
  readonly key: ServiceKey
  /** `none` is the kernel's word for a service without a scheduler: it takes no new connections. */
  readonly scheduler: string
  readonly schedulerFlags: readonly SchedulerFlag[]
  /** Persistence timeout in seconds; undefined: not persistent. */
  readonly persistence?: number
  /** How clients are grouped for persistence: `255.255.255.0` for IPv4, a prefix length `64` for IPv6. */
  readonly netmask: string
  /** Persistence engine (`sip`). */
  readonly engine?: string
  /** One-packet scheduling: every packet is a connection of its own (UDP and firewall marks). */
  readonly onePacket: boolean
}

/** The kernel's and ipvsadm's mask when none is given: every client by itself. */
export const fullMask: Readonly<Record<Family, string>> = {ipv4: '255.255.255.255', ipv6: '128'}

export const defaultScheduler = 'wlc'

/** A service with every setting at its default except those given. */
export function service(key: ServiceKey, settings: Partial<Omit<Service, 'key'>> = {}): Service {
  return {
    key,
    scheduler: defaultScheduler,
    schedulerFlags: [],
    netmask: fullMask[familyOfKey(key)],
    onePacket: false,
    ...settings,
  }
}

export function familyOfKey(key: ServiceKey): Family {
  return key.kind === 'fwmark' ? key.family : familyOf(key.address)
}

/** The one spelling of a service in messages, JSON and logs: `tcp://192.0.2.10:80`, `fwmark://7`, `fwmark6://7`. */
export function formatServiceKey(key: ServiceKey): string {
  if (key.kind === 'address') return `${key.protocol}://${formatEndpoint(key.address, key.port)}`
  return key.family === 'ipv6' ? `fwmark6://${key.mark}` : `fwmark://${key.mark}`
}

export function serviceKeyEquals(left: ServiceKey, right: ServiceKey): boolean {
  if (left.kind === 'fwmark') return right.kind === 'fwmark' && left.mark === right.mark && left.family === right.family
  return (
    right.kind === 'address' &&
    left.protocol === right.protocol &&
    left.address === right.address &&
    left.port === right.port
  )
}

/** Every setting the same, as the kernel stores it: flags are bits, so their order and repetition do not count. */
export function serviceEquals(left: Service, right: Service): boolean {
  return (
    serviceKeyEquals(left.key, right.key) &&
    left.scheduler === right.scheduler &&
    schedulerFlagsEqual(left.schedulerFlags, right.schedulerFlags) &&
    left.persistence === right.persistence &&
    left.netmask === right.netmask &&
    left.engine === right.engine &&
    left.onePacket === right.onePacket
  )
}

export function schedulerFlagsEqual(left: readonly SchedulerFlag[], right: readonly SchedulerFlag[]): boolean {
  return left.every((flag) => right.includes(flag)) && right.every((flag) => left.includes(flag))
}

/**
 * By family, protocol number, address and port; firewall marks after all addresses, by mark and family. It is the order
 * of `ipvsadm -L`, which compares marks first (an address has mark 0), but with unsigned numbers.
 */
export function compareServiceKeys(left: ServiceKey, right: ServiceKey): number {
  return compareOrders(serviceOrder(left), serviceOrder(right))
}

/** Texts whose order, as `<` tells it, is that of compareServiceKeys: made once each where many are sorted. */
export function serviceOrder(key: ServiceKey): string {
  if (key.kind === 'fwmark')
    return String.fromCharCode(0xffff, key.mark >>> 16, key.mark & 0xffff, key.family === 'ipv4' ? 4 : 6)
  const {address, protocol, port} = key
  const family = familyOf(address) === 'ipv4' ? 4 : 6
  return String.fromCharCode(family, protocolNumber(protocol)) + addressOrder(address) + String.fromCharCode(port)
}
