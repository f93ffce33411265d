// A listing for pipes: one record a line, fields between tabs, the same fields in every line of a kind, numbers exact,
// `-` for nothing. No layout: this is also what must be fast for a table of ten thousand servers.

import type {ForwardingMethod} from '../domain/forwarding.ts'
import {formatServerKey} from '../domain/server.ts'
import type {Statistics} from '../domain/statistics.ts'
import type {ListedServer, ListedService} from '../table/listing.ts'
import {type Figures, figureRows, figuresOf} from './figures.ts'

/**
 * `service  ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE`
 * `server   ID  SERVER     METHOD    WEIGHT   ACTIVE  INACTIVE`
 */
export const tableLines = (services: readonly ListedService[]): string => endLines(services.map(blockOf))

function blockOf(one: ListedService): string {
  const lines = [`service\t${serviceFields(one)}`]
  const start = `server\t${one.id}\t`
  for (const server of one.servers) lines.push(start + serverLine(server))
  return lines.join('\n')
}

/** `ID  SCHEDULER  SETTINGS  SERVERS  ACTIVE  INACTIVE` */
export const serviceLines = (services: readonly ListedService[]): string => endLines(services.map(serviceFields))

/** `SERVER  METHOD  WEIGHT  ACTIVE  INACTIVE` */
export const serverLines = (servers: readonly ListedServer[]): string => endLines(servers.map(serverLine))

/**
 * `service  ID  -       CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT`
 * `server   ID  SERVER  …`
 */
export function figureLines(services: readonly ListedService[], figures: Figures): string {
  return endLines(
    services.flatMap((one) => [
      `service\t${one.id}\t-\t${serviceFigures(one, figures)}`,
      ...one.servers.map(
        (server) => `server\t${one.id}\t${formatServerKey(server)}\t${serverFigures(server, figures)}`,
      ),
    ]),
  )
}

/** `ID  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT` */
export const serviceFigureLines = (services: readonly ListedService[], figures: Figures): string =>
  endLines(services.map((one) => `${one.id}\t${serviceFigures(one, figures)}`))

/** `SERVER  CONNECTIONS  PACKETS-IN  PACKETS-OUT  BYTES-IN  BYTES-OUT` */
export const serverFigureLines = (servers: readonly ListedServer[], figures: Figures): string =>
  endLines(servers.map((one) => `${formatServerKey(one)}\t${serverFigures(one, figures)}`))

const serviceFigures = ({running, servers}: ListedService, figures: Figures): string =>
  figureFields(running?.statistics, figures, servers)

const serverFigures = (server: ListedServer, figures: Figures): string =>
  figureFields(server.running?.statistics, figures, [server])

function figureFields(
  statistics: Statistics | undefined,
  figures: Figures,
  servers: readonly {readonly forwarding: ForwardingMethod}[],
): string {
  const fields = statistics ? figuresOf(statistics, figures, servers) : figureRows.map(() => undefined)
  return fields.map((figure) => (figure === undefined ? '-' : String(figure))).join('\t')
}

function serviceFields({id, scheduler, settings, servers, active, inactive}: ListedService): string {
  const set = settings.length === 0 ? '-' : settings.map((one) => one.replace(/ s$/, '').replace(' ', '=')).join(',')
  return `${id}\t${scheduler}\t${set}\t${servers.length}\t${active}\t${inactive}`
}

/** Joined from an array: pieces put together by a template are copied once more in the end. */
function serverLine(one: ListedServer): string {
  const method = one.tunnel === undefined ? one.forwarding : `${one.forwarding},${one.tunnel}`
  return [formatServerKey(one), method, one.weight, one.active, one.inactive].join('\t')
}

const endLines = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n')}\n`)
