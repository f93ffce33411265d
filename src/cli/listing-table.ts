// A listing for people: services with their servers below, aligned, figures scaled, the share of each server as a bar.

import {formatServerKey} from '../domain/server.ts'
import {countServers, type ListedServer, type ListedService, takesClients} from '../table/listing.ts'
import {type Figures, figureRows, figuresOf} from './figures.ts'
import {bar, countOf, type Output, type Paint, paintFor, percent, scaleNumber} from './output.ts'
import {type Cell, renderTable, type TableLine, type TableRow} from './table.ts'

export interface TableLook {
  readonly out: Output
  /** Numbers in full instead of `12.3k`. */
  readonly exact: boolean
}

/** The whole table, or one service of it; `summary` counts what was shown. */
export async function tableText(services: readonly ListedService[], look: TableLook): Promise<string> {
  const paint = paintFor(look.out)
  const widths = countWidths(services, look)
  const rows = services.flatMap((one, index): (TableRow | TableLine)[] => [
    ...(index === 0 ? [] : ['']),
    serviceRow(one, paint, widths, look),
    ...one.servers.map((server) => serverRow(server, one, paint, widths, look)),
    ...refusal(one, paint),
  ])
  return `${await renderTable(rows, {columns: look.out.columns, optional: [shareColumn]})}${summary(services)}`
}

/** Services alone, a row each. */
export async function servicesText(services: readonly ListedService[], look: TableLook): Promise<string> {
  const paint = paintFor(look.out)
  const widths = countWidths(services, look)
  const rows = services.map(
    (one): TableRow => [
      {text: one.id, paint: paint.bold},
      {text: schedulerAndSettings(one)},
      {text: countOf(one.servers.length, 'server'), paint: one.servers.length === 0 ? paint.yellow : undefined},
      ...counts(one, widths, look),
      {text: takesClients(one) ? '' : 'takes no clients', paint: paint.yellow},
    ],
  )
  const none = services.length === 0 ? 'no services\n' : ''
  return `${none}${await renderTable(rows, {columns: look.out.columns})}`
}

/** The servers of one service. */
export async function serversText(service: ListedService, look: TableLook): Promise<string> {
  const paint = paintFor(look.out)
  const widths = countWidths([service], look)
  const rows = [
    ...service.servers.map((server) => serverRow(server, service, paint, widths, look, '')),
    ...refusal(service, paint).map((line) => line.trim()),
  ]
  return renderTable(rows, {columns: look.out.columns, optional: [shareColumn]})
}

/** --stats and --rate: columns with units in their heading, `–` for what the director cannot see. */
export async function figuresText(
  services: readonly ListedService[],
  figures: Figures,
  look: TableLook,
): Promise<string> {
  if (services.length === 0) return summary(services)
  const rows = services.flatMap((one) => [
    serviceFigures(one, figures, look),
    ...one.servers.map((server) => serverFigures(server, figures, look, '  ')),
  ])
  return `${await renderFigures(rows, figures, look)}${summary(services)}`
}

export const serviceFiguresText = (
  services: readonly ListedService[],
  figures: Figures,
  look: TableLook,
): Promise<string> =>
  renderFigures(
    services.map((one) => serviceFigures(one, figures, look)),
    figures,
    look,
  )

export const serverFiguresText = (
  servers: readonly ListedServer[],
  figures: Figures,
  look: TableLook,
): Promise<string> =>
  renderFigures(
    servers.map((one) => serverFigures(one, figures, look, '')),
    figures,
    look,
  )

function serviceFigures({id, running, servers}: ListedService, figures: Figures, look: TableLook): TableRow {
  const {bold} = paintFor(look.out)
  return [
    {text: id, paint: bold},
    ...figureCells(running?.statistics && figuresOf(running.statistics, figures, servers), look),
  ]
}

function serverFigures(server: ListedServer, figures: Figures, look: TableLook, indent: string): TableRow {
  const values = server.running?.statistics && figuresOf(server.running.statistics, figures, [server])
  return [{text: `${indent}${formatServerKey(server)}`}, ...figureCells(values, look)]
}

function figureCells(values: readonly (bigint | undefined)[] | undefined, look: TableLook): readonly Cell[] {
  return figureRows.map((_row, index) => {
    const value = values?.[index]
    return {text: value === undefined ? unseen : scaled(value, look), align: 'right'}
  })
}

const unseen = '–'

async function renderFigures(rows: readonly TableRow[], figures: Figures, look: TableLook): Promise<string> {
  const {dim} = paintFor(look.out)
  const heading = figureRows.map((row): Cell => ({text: row.heading[figures], align: 'right', paint: dim}))
  const table = await renderTable([[{text: ''}, ...heading], ...rows], {columns: look.out.columns})
  return rows.some((row) => row.some(({text}) => text === unseen)) ? `${table}${dim(footnote)}\n` : table
}

const footnote = '– servers behind direct routing and tunnels answer clients themselves: the director cannot count that'

const shareColumn = 5
const barWidth = 8

function serviceRow(one: ListedService, paint: Paint, widths: CountWidths, look: TableLook): TableRow {
  return [
    {text: one.id, paint: paint.bold},
    {text: schedulerAndSettings(one), span: 2},
    ...counts(one, widths, look),
    {text: ''},
  ]
}

function serverRow(
  server: ListedServer,
  service: ListedService,
  paint: Paint,
  widths: CountWidths,
  look: TableLook,
  indent = '  ',
): TableRow {
  const quiesced = server.weight === 0
  const method = server.tunnel === undefined ? server.forwarding : `${server.forwarding} (${server.tunnel})`
  return [
    {text: `${indent}${formatServerKey(server)}`},
    {text: method},
    {text: quiesced ? 'quiesced' : `weight ${server.weight}`, paint: quiesced ? paint.yellow : undefined},
    ...counts(server, widths, look),
    {text: share(server, service)},
  ]
}

const schedulerAndSettings = ({scheduler, settings}: ListedService): string => [scheduler, ...settings].join(', ')

/** Of the service's active connections; nothing to say where there are none, or only one server has them all. */
function share(server: ListedServer, service: ListedService): string {
  if (service.active === 0 || service.servers.length < 2) return ''
  const part = server.active / service.active
  return `${bar(part, barWidth).padEnd(barWidth)} ${percent(part)}`
}

interface CountWidths {
  readonly active: number
  readonly inactive: number
}

/** The numbers stand under each other behind their words. */
function countWidths(services: readonly ListedService[], look: TableLook): CountWidths {
  const widest = (of: 'active' | 'inactive'): number =>
    services
      .flatMap((one) => [one[of], ...one.servers.map((server) => server[of])])
      .reduce((width, count) => Math.max(width, scaled(BigInt(count), look).length), 1)
  return {active: widest('active'), inactive: widest('inactive')}
}

function counts(
  of: {readonly active: number; readonly inactive: number},
  widths: CountWidths,
  look: TableLook,
): Cell[] {
  return [
    {text: `active ${scaled(BigInt(of.active), look).padStart(widths.active)}`},
    {text: `inactive ${scaled(BigInt(of.inactive), look).padStart(widths.inactive)}`},
  ]
}

const scaled = (value: bigint, {exact}: TableLook): string => (exact ? String(value) : scaleNumber(value))

function refusal(service: ListedService, paint: Paint): readonly TableLine[] {
  if (takesClients(service)) return []
  const why =
    service.servers.length === 0
      ? 'no servers'
      : service.scheduler === 'none'
        ? 'no scheduler'
        : 'no server takes new connections'
  return [`  ${paint.yellow(`(${why}: clients are refused)`)}`]
}

function summary(services: readonly ListedService[]): string {
  if (services.length === 0) return 'no services\n'
  const counted = `${countOf(services.length, 'service')}, ${countOf(countServers(services), 'server')}`
  return `\n${counted}\n`
}
