// From what runs to what should run: the fewest operations, in an order in which no step takes away what a later one
// needs. Data only; carrying them out is execute.ts's.
//
// The order, with its reasons:
//   sync daemons stop first     while one runs, no server of another family than its service can be added
//   timeouts
//   service by service: the service itself, servers to add, weights that rise, other edits
//                               a service is there before its servers, and never without the capacity it will lose
//   servers to remove           after everything that takes over from them
//   services to remove
//   sync daemons start last     none can while such a server of another family is there

import {formatServerKey, type Server, serverEquals} from '../domain/server.ts'
import {formatServiceKey, type Service, serviceEquals} from '../domain/service.ts'
import {asAsked, type SyncDaemon, syncRoles, withSyncDefaults} from '../domain/sync.ts'
import type {Configuration, ConfiguredService} from '../domain/table.ts'
import type {Timeouts} from '../domain/timeouts.ts'
import {daemonChanges} from './changes.ts'
import type {Operation} from './operation.ts'

/** `replace`: nothing else is left; `append`: nothing is removed. */
export type DiffMode = 'replace' | 'append'

/** What is absent is not looked at. */
export interface Settings {
  readonly configuration: Configuration
  readonly timeouts?: Timeouts | undefined
  readonly daemons?: readonly SyncDaemon[] | undefined
}

export interface TablePlan {
  readonly operations: readonly Operation[]
  /** Of every edit: what is there before it. */
  readonly before: ReadonlyMap<Operation, Service | Server | Timeouts>
  /** Wanted services that are with all their servers as they should be. */
  readonly unchanged: number
}

export function planTable(wanted: Settings, found: Settings, mode: DiffMode = 'replace'): TablePlan {
  const before = new Map<Operation, Service | Server | Timeouts>()
  const {operations, unchanged} = planConfiguration(wanted.configuration, found.configuration, mode, before)
  const {stop, start} = planDaemons(wanted.daemons, found.daemons ?? [], mode)
  const timeouts = planTimeouts(wanted.timeouts, found.timeouts, before)
  // Most plans have none of these, and a large one need not be copied for them.
  if (stop.length + start.length + timeouts.length === 0) return {operations, before, unchanged}
  return {operations: [...stop, ...timeouts, ...operations, ...start], before, unchanged}
}

/** A plan in the parts that are to be carried out one after the other: nothing is removed before all else is there. */
export function batchesOf(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const first = operations.findIndex((one) => one.do === 'delete-server' || one.do === 'delete-service')
  return first <= 0 ? [operations] : [operations.slice(0, first), operations.slice(first)]
}

type BeforeMap = Map<Operation, Service | Server | Timeouts>

interface Removals {
  readonly servers: Operation[]
  readonly services: Operation[]
}

function planConfiguration(
  wanted: Configuration,
  found: Configuration,
  mode: DiffMode,
  before: BeforeMap,
): {readonly operations: readonly Operation[]; readonly unchanged: number} {
  const rest = new Map(found.map((one) => [formatServiceKey(one.service.key), one]))
  const operations: Operation[] = []
  const removals: Removals = {servers: [], services: []}
  let unchanged = 0
  for (const one of wanted) {
    const id = rest.size === 0 ? '' : formatServiceKey(one.service.key)
    const there = rest.get(id)
    if (!there) {
      addAll(one, operations)
      continue
    }
    rest.delete(id)
    if (!planService(one, there, operations, removals, before)) unchanged++
  }
  if (mode === 'append') return {operations, unchanged}
  for (const {service} of rest.values()) removals.services.push({do: 'delete-service', service: service.key})
  for (const removal of [...removals.servers, ...removals.services]) operations.push(removal)
  return {operations, unchanged}
}

function addAll({service, servers}: ConfiguredService, operations: Operation[]): void {
  operations.push({do: 'add-service', service})
  for (const server of servers) operations.push({do: 'add-server', service: service.key, server})
}

/** Whether anything is to be done. */
function planService(
  {service, servers}: ConfiguredService,
  found: ConfiguredService,
  operations: Operation[],
  removals: Removals,
  before: BeforeMap,
): boolean {
  const sameService = serviceEquals(service, found.service)
  if (!sameService) note({do: 'edit-service', service}, found.service, operations, before)
  // As saved, both stand in the same order.
  if (
    servers.length === found.servers.length &&
    servers.every((one, at) => serverEquals(one, found.servers[at] as Server))
  )
    return !sameService

  const rest = new Map(found.servers.map((one) => [formatServerKey(one), one]))
  const edits: {readonly server: Server; readonly there: Server}[] = []
  let changed = !sameService
  for (const server of servers) {
    const id = formatServerKey(server)
    const there = rest.get(id)
    rest.delete(id)
    if (!there) operations.push({do: 'add-server', service: service.key, server})
    else if (!serverEquals(server, there)) edits.push({server, there})
    changed ||= !there || edits.length > 0
  }
  const rises = ({server, there}: (typeof edits)[number]): boolean => server.weight > there.weight
  for (const {server, there} of [...edits.filter(rises), ...edits.filter((one) => !rises(one))])
    note({do: 'edit-server', service: service.key, server}, there, operations, before)
  for (const {address, port} of rest.values())
    removals.servers.push({do: 'delete-server', service: service.key, server: {address, port}})
  return changed || rest.size > 0
}

function note(operation: Operation, there: Service | Server, operations: Operation[], before: BeforeMap): void {
  operations.push(operation)
  before.set(operation, there)
}

function planTimeouts(wanted: Timeouts | undefined, found: Timeouts | undefined, before: BeforeMap): Operation[] {
  if (!wanted || !found) return []
  const names = (Object.keys(wanted) as (keyof Timeouts)[]).filter((name) => wanted[name] !== found[name])
  if (names.length === 0) return []
  const operation: Operation = {
    do: 'set-timeouts',
    timeouts: Object.fromEntries(names.map((name) => [name, wanted[name]])),
  }
  before.set(operation, found)
  return [operation]
}

/** A running daemon cannot be changed: one that differs is stopped and started anew. */
function planDaemons(
  wanted: readonly SyncDaemon[] | undefined,
  found: readonly SyncDaemon[],
  mode: DiffMode,
): {readonly stop: readonly Operation[]; readonly start: readonly Operation[]} {
  const stop: Operation[] = []
  const start: Operation[] = []
  if (!wanted) return {stop, start}
  for (const role of Object.keys(syncRoles) as (keyof typeof syncRoles)[]) {
    const [daemon, there] = [wanted, found].map((daemons) => daemons.find((one) => one.role === role))
    if (there && (daemon ? !daemonRunsAs(daemon, there) : mode === 'replace')) stop.push({do: 'stop-daemon', role})
    if (daemon && !(there && daemonRunsAs(daemon, there))) start.push({do: 'start-daemon', daemon})
  }
  return {stop, start}
}

/** The kernel answers every setting; what was not asked for has its default. The longest message follows the MTU. */
function daemonRunsAs(wanted: SyncDaemon, running: SyncDaemon): boolean {
  const there = withSyncDefaults(running)
  return daemonChanges(there, asAsked(wanted, there)).length === 0
}
