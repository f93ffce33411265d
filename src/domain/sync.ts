// The connection synchronisation daemon of a director: one per role.

import type {Address} from './address.ts'

export const syncRoles = {master: 1, backup: 2} as const
export type SyncRole = keyof typeof syncRoles

export interface SyncDaemon {
  readonly role: SyncRole
  readonly interface: string
  /** 0…255; directors with the same id share connections. */
  readonly syncId: number
  /** Longest message in bytes; undefined: the kernel derives it from the MTU. */
  readonly maxLength?: number
  /** Multicast group, default 224.0.0.81. */
  readonly group?: Address
  /** UDP port, default 8848. */
  readonly port?: number
  /** Multicast time to live, default 1. */
  readonly ttl?: number
}
