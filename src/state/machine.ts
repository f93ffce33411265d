// What saving, restoring and clearing need of the machine, and its table as they read it: all of it, from the kernel's
// own interface, because /proc knows neither thresholds nor tunnels nor scheduler flags.

import {type Server, type ServerKey, serverEquals, serverKeyEquals} from '../domain/server.ts'
import {formatServiceKey, serviceEquals} from '../domain/service.ts'
import {type Configuration, type CountedEntry, configurationOf} from '../domain/table.ts'
import type {Host} from '../host/host.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {planTable} from '../plan/diff.ts'
import type {Operation} from '../plan/operation.ts'

export interface Machine {
  readonly client: IpvsClient
  readonly host: Host
}

export interface Found {
  readonly configuration: Configuration
  /** Of the services and servers that these operations remove. */
  activeConnections(removals: readonly Operation[]): number
}

export function readTable({client}: Machine): Found {
  const table = [...client.countedTable()]
  return {
    configuration: configurationOf(table),
    activeConnections(removals) {
      if (removals.length === 0) return 0
      const servers = new Map(table.map((one) => [formatServiceKey(one.service.key), one.servers]))
      let active = 0
      for (const removal of removals)
        if (removal.do === 'delete-service' || removal.do === 'delete-server') {
          const gone: ServerKey | undefined = removal.do === 'delete-server' ? removal.server : undefined
          for (const {server, connections} of servers.get(formatServiceKey(removal.service)) ?? [])
            if (gone === undefined || serverKeyEquals(gone, server)) active += connections.active
        }
      return active
    },
  }
}

/** What it would still take for the table to be as expected; nothing, normally, and that shows without holding it all. */
export function remaining(machine: Machine, configuration: Configuration): readonly Operation[] {
  if (runsAs(configuration, machine.client.countedTable())) return []
  return planTable({configuration}, readTable(machine)).operations
}

/** False also for what is the same in another order. */
function runsAs(configuration: Configuration, running: Iterable<CountedEntry>): boolean {
  let at = 0
  for (const {service, servers} of running) {
    const one = configuration[at++]
    if (!one || !serviceEquals(one.service, service) || one.servers.length !== servers.length) return false
    if (!servers.every(({server}, index) => serverEquals(server, one.servers[index] as Server))) return false
  }
  return at === configuration.length
}
