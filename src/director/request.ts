// What is asked of this role.

import type {Address} from '../domain/address.ts'
import type {ServedService} from './served.ts'

const methods = ['dr', 'tun', 'nat'] as const
export type Method = (typeof methods)[number]

export const methodNamed = (name: string | undefined): Method | undefined => methods.find((one) => one === name)

export interface SetupRequest {
  readonly vips: readonly Address[]
  /** Name of the interface on the clients' side. */
  readonly device: string
  /** How requests reach the servers. Not given: as noted, or `dr`. */
  readonly method?: Method
  /** Servers see this host's address for the client's (one-arm NAT). */
  readonly masquerade?: boolean
  /** Set what is recommended. */
  readonly tune?: boolean
  /** Take a VIP for which another machine answers. */
  readonly takeOver?: boolean
  /** The IPVS table. */
  readonly services?: readonly ServedService[]
}

/** A setting that is needed: its value, or any other that does. */
export interface Wanted {
  readonly key: string
  readonly value: string
  readonly does?: (value: string) => boolean
}

/** With everything decided that may be left open. */
export type FullRequest = SetupRequest & Required<Pick<SetupRequest, 'method' | 'masquerade'>>

export interface TeardownRequest {
  /** Not given: everything that set-up added. Adopted VIPs, which were there before, go only when they are named. */
  readonly vips?: readonly Address[]
  /** Not given: wherever it is. */
  readonly device?: string
  /** The IPVS table. */
  readonly services?: readonly ServedService[]
}
