// What undoes an operation, worked out from the state before it. What comes back are settings: counters, connections and
// the place of a server in the kernel's list do not.

import {formatServerKey, type Server} from '../domain/server.ts'
import {formatServiceKey, type Service, type ServiceKey} from '../domain/service.ts'
import type {SyncDaemon, SyncRole} from '../domain/sync.ts'
import type {Configuration} from '../domain/table.ts'
import type {Timeouts} from '../domain/timeouts.ts'
import type {Step} from './execute.ts'
import type {Operation} from './operation.ts'

export interface Before {
  readonly configuration: Configuration
  /** Absent: not read, so a change of them cannot be undone. */
  readonly timeouts?: Timeouts | undefined
  readonly daemons?: readonly SyncDaemon[] | undefined
}

/** The operations that lead back, in order; undefined: there is no way back (counters are gone when they are zeroed). */
export function inverseOf(operation: Operation, before: Before): readonly Operation[] | undefined {
  return inverse(operation, remember(before))
}

/** A plan with its way back: each inverse starts from the state that the operations before it have made. */
export function withInverses(operations: readonly Operation[], before: Before): readonly Step<Operation>[] {
  const state = remember(before)
  return operations.map((operation) => {
    const back = inverse(operation, state)
    follow(operation, state)
    return back ? {operation, inverse: back} : {operation}
  })
}

/** The state after operations, as far as the kernel would carry them out. */
export function configurationAfter(operations: readonly Operation[], before: Configuration): Configuration {
  const state = remember({configuration: before})
  for (const operation of operations) follow(operation, state)
  return [...state.services.values()].map(({service, servers}) => ({service, servers: [...servers.values()]}))
}

interface State {
  readonly services: Map<string, {service: Service; readonly servers: Map<string, Server>}>
  timeouts: Timeouts | undefined
  readonly daemons: Map<SyncRole, SyncDaemon> | undefined
}

function remember({configuration, timeouts, daemons}: Before): State {
  return {
    services: new Map(
      configuration.map(({service, servers}) => [
        formatServiceKey(service.key),
        {service, servers: new Map(servers.map((server) => [formatServerKey(server), server]))},
      ]),
    ),
    timeouts,
    daemons: daemons && new Map(daemons.map((daemon) => [daemon.role, daemon])),
  }
}

function inverse(operation: Operation, {services, timeouts, daemons}: State): readonly Operation[] | undefined {
  const find = (key: ServiceKey) => services.get(formatServiceKey(key))
  switch (operation.do) {
    case 'add-service':
      return [{do: 'delete-service', service: operation.service.key}]
    case 'edit-service': {
      const found = find(operation.service.key)
      return found ? [{do: 'edit-service', service: found.service}] : []
    }
    case 'delete-service': {
      const found = find(operation.service)
      return found ? addAll(found) : []
    }
    case 'add-server': {
      const {address, port} = operation.server
      return [{do: 'delete-server', service: operation.service, server: {address, port}}]
    }
    case 'edit-server': {
      const found = find(operation.service)?.servers.get(formatServerKey(operation.server))
      return found ? [{do: 'edit-server', service: operation.service, server: found}] : []
    }
    case 'delete-server': {
      const found = find(operation.service)?.servers.get(formatServerKey(operation.server))
      return found ? [{do: 'add-server', service: operation.service, server: found}] : []
    }
    case 'zero':
      return undefined
    case 'flush':
      return [...services.values()].flatMap(addAll)
    case 'set-timeouts':
      return timeouts && [{do: 'set-timeouts', timeouts: pick(timeouts, operation.timeouts)}]
    case 'start-daemon':
      return [{do: 'stop-daemon', role: operation.daemon.role}]
    case 'stop-daemon': {
      const found = daemons?.get(operation.role)
      return found ? [{do: 'start-daemon', daemon: found}] : daemons && []
    }
  }
}

function addAll({service, servers}: {service: Service; servers: ReadonlyMap<string, Server>}): readonly Operation[] {
  return [
    {do: 'add-service', service},
    ...[...servers.values()].map((server): Operation => ({do: 'add-server', service: service.key, server})),
  ]
}

/** Of all timeouts those that were set; 0 sets nothing. */
function pick(all: Timeouts, set: Partial<Timeouts>): Partial<Timeouts> {
  return {
    ...(set.tcp && {tcp: all.tcp}),
    ...(set.tcpFin && {tcpFin: all.tcpFin}),
    ...(set.udp && {udp: all.udp}),
  }
}

/** What the operation makes of the state; one that the kernel would refuse makes nothing of it. */
function follow(operation: Operation, state: State): void {
  const {services, daemons} = state
  switch (operation.do) {
    case 'add-service': {
      const id = formatServiceKey(operation.service.key)
      if (!services.has(id)) services.set(id, {service: operation.service, servers: new Map()})
      return
    }
    case 'edit-service': {
      const found = services.get(formatServiceKey(operation.service.key))
      if (found) found.service = operation.service
      return
    }
    case 'delete-service':
      services.delete(formatServiceKey(operation.service))
      return
    case 'add-server':
    case 'edit-server': {
      const servers = services.get(formatServiceKey(operation.service))?.servers
      const id = formatServerKey(operation.server)
      if (servers?.has(id) === (operation.do === 'edit-server')) servers.set(id, operation.server)
      return
    }
    case 'delete-server':
      services.get(formatServiceKey(operation.service))?.servers.delete(formatServerKey(operation.server))
      return
    case 'flush':
      services.clear()
      return
    case 'set-timeouts':
      if (state.timeouts)
        state.timeouts = {...state.timeouts, ...pick({...state.timeouts, ...operation.timeouts}, operation.timeouts)}
      return
    case 'start-daemon':
      if (!daemons?.has(operation.daemon.role)) daemons?.set(operation.daemon.role, operation.daemon)
      return
    case 'stop-daemon':
      daemons?.delete(operation.role)
      return
    case 'zero':
      return
  }
}
