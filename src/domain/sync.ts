// The connection synchronisation daemon of a director: one per role.

import {type Address, address} from './address.ts'
import {nearest} from './nearest.ts'
import {accept, type Parsed, reject} from './parsed.ts'

export const syncRoles = {master: 1, backup: 2} as const
export type SyncRole = keyof typeof syncRoles
export const syncRoleNames = Object.keys(syncRoles) as readonly SyncRole[]

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

/** What the kernel takes where nothing is said (ip_vs_genl_new_daemon in net/netfilter/ipvs/ip_vs_ctl.c, start_sync_thread). */
export const syncDefaults = {
  syncId: 0,
  group: address('224.0.0.81'),
  port: 8848,
  ttl: 1,
} as const satisfies Partial<SyncDaemon>

/** As the kernel will tell it back; the message length stays open where it is, since it follows the MTU. */
export function withSyncDefaults(
  daemon: SyncDaemon,
): SyncDaemon & Required<Pick<SyncDaemon, 'group' | 'port' | 'ttl'>> {
  const {group, port, ttl} = syncDefaults
  return {...daemon, group: daemon.group ?? group, port: daemon.port ?? port, ttl: daemon.ttl ?? ttl}
}

/** What is asked for, and of what is left open that which runs: a daemon that runs as asked is this. */
export const asAsked = (asked: SyncDaemon, running: SyncDaemon): SyncDaemon => ({
  ...running,
  ...withSyncDefaults(asked),
})

export function parseSyncRole(text: string): Parsed<SyncRole> {
  const known = syncRoleNames.find((name) => name === text)
  if (known) return accept(known)
  const all = 'master sends what it knows of connections, backup receives it; a director may be both'
  const [near] = nearest(text, syncRoleNames)
  return reject('sync-role-unknown', `"${text}" is neither master nor backup`, {
    hint: near === undefined ? all : `Did you mean ${near}?`,
  })
}
