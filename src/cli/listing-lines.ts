// A listing for pipes: one record a line, fields between tabs, the same fields in every line of a kind, numbers exact,
// `-` for nothing. No layout: this is also what must be fast for a table of ten thousand servers.

import type {ForwardingMethod} from '../domain/forwarding.ts'
import {formatServerKey} from '../domain/server.ts'
import {serviceSettings} from '../domain/settings-words.ts'
import type {Statistics} from '../domain/statistics.ts'
import type {ListedServer} from '../table/listing.ts'
import {type Columns, type Figures, figureRows, figuresOf} from './figures.ts'
import {type ShownService, wholeOf} from './shown-service.ts'

/**
 * `service  ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE`
 * `server   ID  SERVER     METHOD    WEIGHT   ACTIVE  INACTIVE`
 * and with --wide `PERSISTENT  UPPER  LOWER`; with figures
 * `service  ID  -       CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT`
 * `server   ID  SERVER  …`
 */
export const tableLines = (services: Iterable<ShownService>, columns: Columns): string =>
  endLines(services, (one) => blockOf(one, columns))

function blockOf(one: ShownService, columns: Columns): string {
  const figures = figuresAmong(columns)
  const nobody = figures ? '\t-' : ''
  const lines = [`service\t${one.id}${nobody}\t${serviceFields(one, columns)}${columns === 'wide' ? noThresholds : ''}`]
  const start = `server\t${one.id}\t`
  for (const server of one.servers) lines.push(start + serverLine(server, columns))
  return lines.join('\n')
}

/** `ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE`, and with --wide `PERSISTENT`; or the figures. */
export const serviceLines = (services: Iterable<ShownService>, columns: Columns): string =>
  endLines(services, (one) => `${one.id}\t${serviceFields(one, columns)}`)

/** `SERVER  METHOD  WEIGHT  ACTIVE  INACTIVE`, and with --wide `PERSISTENT  UPPER  LOWER`; or the figures. */
export const serverLines = (servers: readonly ListedServer[], columns: Columns): string =>
  endLines(servers, (one) => serverLine(one, columns))

const figuresAmong = (columns: Columns): Figures | undefined =>
  columns === 'totals' || columns === 'rates' ? columns : undefined

function figureFields(
  statistics: Statistics | undefined,
  figures: Figures,
  servers: readonly {readonly forwarding: ForwardingMethod}[],
): string {
  const fields = statistics ? figuresOf(statistics, figures, servers) : figureRows.map(() => undefined)
  return fields.map((figure) => (figure === undefined ? '-' : String(figure))).join('\t')
}

/** What only servers have. */
const noThresholds = '\t-\t-'

/** What only root is told. */
const unknown = '?'

function serviceFields(one: ShownService, columns: Columns): string {
  const {scheduler, running, active, inactive} = one
  const {servers} = wholeOf(one)
  const figures = figuresAmong(columns)
  if (figures) return figureFields(running?.statistics, figures, servers)
  const wide = columns === 'wide'
  const settings = wide && running ? serviceSettings(running.service) : one.settings
  const set = settings.length === 0 ? '-' : settings.map((one) => one.replace(/ s$/, '').replace(' ', '=')).join(',')
  const plain = `${scheduler}\t${set}\t${servers.length}\t${active}\t${inactive}`
  return wide ? `${plain}\t${persistentSum(servers)}` : plain
}

function persistentSum(servers: readonly ListedServer[]): number | string {
  let sum = 0
  for (const {running} of servers) {
    if (!running) return unknown
    sum += running.connections.persistent
  }
  return sum
}

/** Joined from an array: pieces put together by a template are copied once more in the end. */
function serverLine(one: ListedServer, columns: Columns): string {
  const name = formatServerKey(one)
  const {running} = one
  const figures = figuresAmong(columns)
  if (figures) return `${name}\t${figureFields(running?.statistics, figures, [one])}`
  const method = one.tunnel === undefined ? one.forwarding : `${one.forwarding},${one.tunnel}`
  const fields = [name, method, one.weight, one.active, one.inactive]
  if (columns === 'wide')
    fields.push(
      running?.connections.persistent ?? unknown,
      running?.server.upperThreshold ?? unknown,
      running?.server.lowerThreshold ?? unknown,
    )
  return fields.join('\t')
}

const endLines = <Item>(items: Iterable<Item>, write: (item: Item) => string): string => {
  const lines = Array.from(items, write)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
