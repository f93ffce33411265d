// What the wizard wants to know, as values. How each is asked for, read and judged is a row of questions.ts.

import type {Address} from '../domain/address.ts'
import type {ForwardingMethod} from '../domain/forwarding.ts'
import type {ServerKey} from '../domain/server.ts'
import type {ServiceKey} from '../domain/service.ts'

/** The three forwarding methods by the names that the host roles have for them, with the option of `server add`. */
export const methods = {
  dr: {forwarding: 'gatewaying', option: '-g', title: 'direct routing'},
  nat: {forwarding: 'masquerading', option: '-m', title: 'masquerading'},
  tun: {forwarding: 'tunneling', option: '-i', title: 'tunneling'},
} as const satisfies Record<string, {forwarding: ForwardingMethod; option: string; title: string}>
export type Method = keyof typeof methods

export const roles = ['director', 'real-server', 'other'] as const
export type Role = (typeof roles)[number]

/** What is done about packets that are too large once they are wrapped: the words of `realserver setup --mtu-cure`. */
export const cures = {
  clamp: 'a real server asks clients for smaller segments; TCP only, and nothing else is needed',
  director: 'the director fragments what it wraps; to be switched on there besides',
  path: 'larger frames, where everything between director and real servers takes them',
  none: 'nothing: clients depend on ICMP messages, which many networks filter',
} as const
export type Cure = keyof typeof cures

export interface RealServer extends ServerKey {
  readonly weight: number
}

export interface Answers {
  /** Of a protocol that has ports; its address is the VIP. */
  readonly service: Extract<ServiceKey, {kind: 'address'}>
  readonly servers: readonly RealServer[]
  readonly method: Method
  readonly scheduler: string
  /** In seconds; 0: none. */
  readonly persistence: number
  /** What this host, where the wizard runs, is to be. */
  readonly role: Role
  /** The director's interface on which clients arrive. */
  readonly device: string
  /** NAT: the director puts its own address in place of the client's. */
  readonly masquerade: boolean
  /** NAT without that: where the real servers send what is for clients, an address of the director. */
  readonly gateway: Address
  /** Tunnels: what real servers do about packets that grow. */
  readonly cure: Cure
  /** Over a reboot: by what starts at boot, in a file, or not. */
  readonly keep: Keep
}

export type Keep = {readonly by: 'boot'} | {readonly by: 'file'; readonly path: string} | {readonly by: 'nothing'}

export type Key = keyof Answers

/** Answers as they were typed, given as options, or read from a file. */
export type Texts = {readonly [One in Key]?: string}
