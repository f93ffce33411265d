// The timeouts, changed: only what is given, and nothing where it is so already.

import {problem, refuse} from '../domain/problem.ts'
import {type Timeouts, timeoutNames} from '../domain/timeouts.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {timeoutChanges} from '../plan/changes.ts'
import type {SettingsChange} from './settings.ts'

export type GivenTimeouts = {readonly [Name in keyof Timeouts]?: number | undefined}

export interface TimeoutsChange extends SettingsChange {
  readonly before: Timeouts
  readonly after: Timeouts
}

/** Of 1 second and more: 0 is the kernel's word for "leave it". Throws a usage error where nothing is given. */
export function changeTimeouts(client: IpvsClient, given: GivenTimeouts): TimeoutsChange {
  const rows = timeoutNames.filter(({name}) => given[name] !== undefined)
  if (rows.length === 0)
    refuse([
      problem('settings-missing', 'nothing to change: no timeout is given', {
        hint: 'Such as: lvsctl timeouts set --tcp 900 --tcp-fin 120 --udp 300',
      }),
    ])
  const before = client.timeouts()
  const after = {...before, ...Object.fromEntries(rows.map(({name}) => [name, given[name]]))}
  const changed = rows.filter(({name}) => after[name] !== before[name]).map(({name}) => [name, after[name]] as const)
  return {
    operations: changed.length === 0 ? [] : [{do: 'set-timeouts', timeouts: Object.fromEntries(changed)}],
    changes: timeoutChanges(before, after),
    warnings: [],
    before,
    after,
  }
}
