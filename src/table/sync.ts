// Sync daemons, started and stopped: what is asked against what runs. An interface that is there and fit for it is the
// caller's to check (domain/validate-sync.ts).

import {LvsctlError, refuse} from '../domain/problem.ts'
import {asAsked, type SyncDaemon, type SyncRole} from '../domain/sync.ts'
import {configurationOf} from '../domain/table.ts'
import {mixedFamilies} from '../domain/validate-sync.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {daemonChanges} from '../plan/changes.ts'
import {describeDaemon} from '../plan/describe.ts'
import type {Operation} from '../plan/operation.ts'
import type {SettingsChange} from './settings.ts'

export interface SyncChange extends SettingsChange {
  /** What runs in the role(s) before, as the kernel tells it. */
  readonly before: readonly SyncDaemon[]
}

/**
 * One that runs as asked is left alone. One that runs otherwise is an error, or with `replace` stopped and started anew,
 * which the kernel has no other word for; what a master has not sent yet is lost then, connections are not.
 */
export function startDaemon(client: IpvsClient, asked: SyncDaemon, {replace}: {readonly replace: boolean}): SyncChange {
  const running = client.daemons().find(({role}) => role === asked.role)
  const start: Operation = {do: 'start-daemon', daemon: asked}
  if (!running) {
    refuse(mixedFamilies(configurationOf([...client.countedTable()])))
    return {operations: [start], warnings: [], before: []}
  }
  const changes = daemonChanges(running, asAsked(asked, running))
  const before = [running]
  if (changes.length === 0) return {operations: [], changes, warnings: [], before}
  if (replace) return {operations: [{do: 'stop-daemon', role: asked.role}, start], changes, warnings: [], before}
  throw new LvsctlError({
    failure: 'exists',
    code: 'daemon-exists',
    message: `a ${asked.role} runs already, and not as asked: ${describeDaemon(running)}`,
    hint: `Asked for would be: ${changes.map(({text}) => text).join(', ')}\nTo stop it and start it so: add --replace`,
  })
}

/** Those of the roles that run; none is no error, since it is as asked. */
export function stopDaemons(client: IpvsClient, roles: readonly SyncRole[]): SyncChange {
  const before = client.daemons().filter(({role}) => roles.includes(role))
  return {operations: before.map(({role}) => ({do: 'stop-daemon', role})), warnings: [], before}
}
