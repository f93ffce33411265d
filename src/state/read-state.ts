// What runs, as it is saved.

import type {SavedState} from '../domain/saved-state.ts'
import {type Machine, readTable} from './machine.ts'
import {changedSysctls} from './sysctls.ts'

/** `all`: beside the rules also timeouts, sync daemons and sysctls. Waits for an lvsctl that is just changing the table. */
export function readState(machine: Machine, {all}: {readonly all: boolean}): SavedState {
  const {client, host} = machine
  return host.exclusively('table', () => {
    const {configuration} = readTable(machine)
    if (!all) return {configuration}
    return {configuration, timeouts: client.timeouts(), daemons: client.daemons(), sysctls: changedSysctls(host)}
  })
}
