// What runs, as it is saved.

import type {SavedState, StateSource} from '../domain/saved-state.ts'
import {type ConfiguredService, type CountedEntry, configured} from '../domain/table.ts'
import type {Machine} from './machine.ts'
import {changedSysctls} from './sysctls.ts'

export interface StateQuery {
  /** Beside the rules also timeouts, sync daemons and sysctls. */
  readonly all: boolean
}

/** All of it, to keep. */
export function readState(machine: Machine, query: StateQuery): SavedState {
  return withState(machine, query, (state) => ({...state, configuration: [...state.configuration]}))
}

/**
 * What `use` makes of it; services can be taken once, and each is read as it is taken. Waits for an lvsctl that is just
 * changing the table, and has others wait until it is done.
 */
export function withState<Result>(machine: Machine, {all}: StateQuery, use: (state: StateSource) => Result): Result {
  const {client, host} = machine
  return host.exclusively('table', () => {
    const configuration = configuredOf(client.countedTable())
    if (!all) return use({configuration})
    return use({configuration, timeouts: client.timeouts(), daemons: client.daemons(), sysctls: changedSysctls(host)})
  })
}

function* configuredOf(entries: Iterable<CountedEntry>): Generator<ConfiguredService> {
  for (const entry of entries) yield configured(entry)
}
