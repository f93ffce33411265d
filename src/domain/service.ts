// A virtual service: what identifies it (ServiceKey), what it is set to (Service), and how it is spelled.

import {type Address, compareAddresses, type Family, familyOf, formatEndpoint} from './address.ts'

/** IANA numbers as the kernel knows them; no other protocol can be a virtual service (ipvsadm -t, -u, --sctp-service). */
export const protocols = {tcp: 6, udp: 17, sctp: 132} as const
export type Protocol = keyof typeof protocols

/** What identifies a service in the kernel. A firewall mark is 32 bits, unsigned, and has a family of its own. */
export type ServiceKey =
  | {readonly kind: 'address'; readonly protocol: Protocol; readonly address: Address; readonly port: number}
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

/** Marks first, then by family, protocol number, address and port: the order of `ipvsadm -L`, but unsigned. */
export function compareServiceKeys(left: ServiceKey, right: ServiceKey): number {
  if (left.kind === 'fwmark' || right.kind === 'fwmark') {
    if (left.kind !== right.kind) return left.kind === 'fwmark' ? -1 : 1
    const [a, b] = [left, right] as Extract<ServiceKey, {kind: 'fwmark'}>[]
    if (!a || !b) return 0
    return a.mark - b.mark || a.family.localeCompare(b.family)
  }
  const byFamily = familyOf(left.address).localeCompare(familyOf(right.address))
  return (
    byFamily ||
    protocols[left.protocol] - protocols[right.protocol] ||
    compareAddresses(left.address, right.address) ||
    left.port - right.port
  )
}
