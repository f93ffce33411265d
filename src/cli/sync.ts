// Sync daemons as they are shown: rows, JSON.

import {formatEndpoint} from '../domain/address.ts'
import {type SyncDaemon, withSyncDefaults} from '../domain/sync.ts'
import type {Row} from './rows.ts'

export function daemonShape(daemon: SyncDaemon) {
  const {role, interface: device, syncId, group, port, ttl, maxLength = null} = withSyncDefaults(daemon)
  return {role, interface: device, syncId, group, port, ttl, maxLength}
}

export function daemonRow(daemon: SyncDaemon): Row {
  const {role, interface: device, syncId, group, port, ttl, maxLength} = daemonShape(daemon)
  return {
    people: [
      role,
      device,
      `id ${syncId}`,
      formatEndpoint(group, port),
      `ttl ${ttl}`,
      maxLength === null ? '' : `messages up to ${maxLength} bytes`,
    ],
    pipe: [role, device, `${syncId}`, group, `${port}`, `${ttl}`, `${maxLength ?? '-'}`],
  }
}
