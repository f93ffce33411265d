// The whole IPVS table as it runs: services with their servers and figures, in canonical order.

import {compareServerKeys, type Server} from './server.ts'
import {compareServiceKeys, type Service} from './service.ts'
import type {ConnectionCounts, Statistics} from './statistics.ts'

/** Without traffic figures, which are most of what there is to read of a server. */
export interface CountedServer {
  readonly server: Server
  readonly connections: ConnectionCounts
}

export interface RunningServer extends CountedServer {
  readonly statistics: Statistics
}

export interface RunningService {
  readonly service: Service
  readonly statistics: Statistics
}

export interface TableEntry extends RunningService {
  readonly servers: readonly RunningServer[]
}

export type Table = readonly TableEntry[]

export interface CountedEntry {
  readonly service: Service
  readonly servers: readonly CountedServer[]
}

export type CountedTable = readonly CountedEntry[]

/** What of a table can be set: no figures. The state that plans start from and lead to. */
export interface ConfiguredService {
  readonly service: Service
  readonly servers: readonly Server[]
}

export type Configuration = readonly ConfiguredService[]

export function configurationOf(table: CountedTable): Configuration {
  return table.map(configured)
}

export function configured({service, servers}: CountedEntry): ConfiguredService {
  return {service, servers: servers.map(({server}) => server)}
}

/** Services and servers in the order people read them; the kernel answers in hash order, newest first. */
export function sortTable(table: Table): Table {
  return table
    .map((entry) => ({
      ...entry,
      servers: [...entry.servers].sort((a, b) => compareServerKeys(a.server, b.server)),
    }))
    .sort((a, b) => compareServiceKeys(a.service.key, b.service.key))
}
