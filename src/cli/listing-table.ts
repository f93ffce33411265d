// A listing for people: services with their servers below, aligned, figures scaled, the share of each server as a bar.
// Four sets of columns, each as the whole table, as services alone and as the servers of one service.

import {formatServerKey} from '../domain/server.ts'
import {serviceSettings} from '../domain/settings-words.ts'
import {countServers, type ListedServer, type ListedService} from '../table/listing.ts'
import {type Columns, type Figures, figureRows, figuresOf} from './figures.ts'
import type {Cell, TableLine, TableRow} from './fit-layout.ts'
import {layOut} from './layout.ts'
import {bar, countOf, type Output, type Paint, paintFor, percent, scaleNumber} from './output.ts'
import {isFull, whyRefused} from './refusal.ts'
import {type ShownService, wholeOf} from './shown-service.ts'

export interface TableLook {
  readonly out: Pick<Output, 'columns' | 'colour'>
  readonly columns: Columns
  /** Numbers in full instead of `12.3k`. */
  readonly exact: boolean
  /** Not all of the table was to be listed. */
  readonly filtered: boolean
  /** Of a screen that cannot be scrolled: what is below is not worked out. */
  readonly rows?: number
  /** Sees every row by its name, and may paint what is new in it. */
  readonly mark?: (name: string, row: TableRow) => TableRow
}

/** The whole table; the summary counts what was shown. */
export function tableText(services: readonly ShownService[], look: TableLook): string {
  const seen = withinRows(services, look, (one) => one.servers.length + 1)
  const style = styleOf(seen, look)
  const rows = seen.flatMap((one, index): (TableRow | TableLine)[] => [
    ...(index > 0 && style.apart ? [''] : []),
    marked(look, one.id, style.service(one)),
    ...one.servers.map((server) => markedServer(look, one, server, indented(style.server(server, one)))),
    ...(style.apart ? refusal(one, style.paint) : []),
  ])
  return render(rows, style, look) + summary(services, look)
}

/** Services alone, a row each. */
export function servicesText(services: readonly ShownService[], look: TableLook): string {
  const seen = withinRows(services, look, () => 1)
  const style = styleOf(seen, look)
  const rows = seen.map((one) => marked(look, one.id, style.serviceAlone(one)))
  if (services.length === 0) return summary(services, look)
  const {optionalAlone: optional = [], heading, headingAlone = heading} = style
  return render(rows, {...style, optional, ...(headingAlone && {heading: headingAlone})}, look)
}

/** The servers of one service, or of none where it is gone. */
export function serversText(services: readonly ShownService[], look: TableLook): string {
  const style = styleOf(services, look)
  const rows = services.flatMap((one) => [
    ...one.servers.map((server) => markedServer(look, one, server, style.server(server, one))),
    ...(style.apart ? refusal(one, style.paint).map((line) => line.trim()) : []),
  ])
  if (services.length === 0) return summary(services, look)
  const {heading: _, ...bare} = style
  // No columns, no heading above them.
  return services.some(({servers}) => servers.length > 0)
    ? render(rows, style, look)
    : render(
        services.flatMap((one) => refusal(one, style.paint).map((line) => line.trim())),
        bare,
        look,
      )
}

/** How the rows of one set of columns look. */
interface Style {
  readonly paint: Paint
  readonly heading?: TableRow
  /** Above services alone, where it is another. */
  readonly headingAlone?: TableRow
  readonly service: (one: ShownService) => TableRow
  readonly serviceAlone: (one: ShownService) => TableRow
  readonly server: (one: ListedServer, of: ShownService) => TableRow
  /** Services stand apart from each other, with a word where clients are refused. */
  readonly apart: boolean
  /** See LayoutOptions. */
  readonly optional?: readonly number[]
  readonly optionalAlone?: readonly number[]
  readonly notes?: boolean
}

function styleOf(services: readonly ShownService[], look: TableLook): Style {
  switch (look.columns) {
    case 'plain':
      return plainStyle(services, look)
    case 'wide':
      return wideStyle(look)
    default:
      return figureStyle(look.columns, look)
  }
}

function render(rows: readonly (TableRow | TableLine)[], style: Style, look: TableLook): string {
  if (rows.length === 0) return ''
  const {heading, optional = [], notes = false, paint} = style
  const all = heading ? [heading, ...rows] : rows
  const table = layOut(all, {columns: look.out.columns, optional, notes})
  const unseen = rows.some((row) => typeof row !== 'string' && row.some(({text}) => text === cannotBeSeen))
  return unseen ? `${table}${paint.dim(footnote)}\n` : table
}

function plainStyle(services: readonly ShownService[], look: TableLook): Style {
  const paint = paintFor(look.out)
  const widths = countWidths(services, look)
  return {
    paint,
    apart: true,
    optional: [5],
    optionalAlone: [2],
    notes: true,
    service: (one) => [
      {text: one.id, paint: paint.bold},
      {text: [one.scheduler, ...one.settings].join(', '), span: 2},
      ...counts(one, widths, look),
      ...[{text: ''}, {text: ''}, {text: ''}],
    ],
    serviceAlone: (one) => {
      const {servers} = wholeOf(one)
      return [
        {text: one.id, paint: paint.bold},
        {text: [one.scheduler, ...one.settings].join(', '), span: 1},
        {text: countOf(servers.length, 'server'), paint: servers.length === 0 ? paint.yellow : undefined},
        ...counts(one, widths, look),
        {text: whyRefused(wholeOf(one)) === undefined ? '' : 'takes no clients', paint: paint.yellow},
      ]
    },
    server: (one, of) => {
      const [block, part] = shareOf(one, of)
      return [
        {text: formatServerKey(one)},
        {text: one.forwarding},
        {
          text: one.weight === 0 ? 'quiesced' : `weight ${one.weight}`,
          paint: one.weight === 0 ? paint.yellow : undefined,
        },
        ...counts(one, widths, look),
        {text: block},
        {text: part, align: 'right'},
        {text: notesOn(one, look), paint: isFull(one) ? paint.yellow : undefined},
      ]
    },
  }
}

const barWidth = 8

/** Of the service's active connections; nothing to say where there are none, or only one server has them all. */
function shareOf(server: ListedServer, of: ShownService): readonly [bar: string, percent: string] {
  const {active, servers} = wholeOf(of)
  if (active === 0 || servers.length < 2) return ['', '']
  const part = server.active / active
  return [bar(part, barWidth), percent(part)]
}

/** What not every server has. */
function notesOn(server: ListedServer, look: TableLook): string {
  const {running, tunnel} = server
  const {upperThreshold: most = 0, lowerThreshold: again = 0} = running?.server ?? {}
  const persistent = running?.connections.persistent ?? 0
  return [
    ...(tunnel === undefined ? [] : [`tunnel ${tunnel}`]),
    ...(isFull(server) ? ['full'] : []),
    ...(most > 0 ? [`at most ${scaled(most, look)}`] : []),
    ...(again > 0 ? [`again below ${scaled(again, look)}`] : []),
    ...(persistent > 0 ? [`${scaled(persistent, look)} persistent`] : []),
  ].join(', ')
}

interface CountWidths {
  readonly active: number
  readonly inactive: number
}

/** The numbers stand under each other behind their words. */
function countWidths(services: readonly ShownService[], look: TableLook): CountWidths {
  const widest = (of: 'active' | 'inactive'): number =>
    services
      .flatMap((one) => [one[of], ...one.servers.map((server) => server[of])])
      .reduce((width, count) => Math.max(width, scaled(count, look).length), 1)
  return {active: widest('active'), inactive: widest('inactive')}
}

function counts(of: CountWidths, widths: CountWidths, look: TableLook): readonly Cell[] {
  return [
    {text: `active ${scaled(of.active, look).padStart(widths.active)}`},
    {text: `inactive ${scaled(of.inactive, look).padStart(widths.inactive)}`},
  ]
}

/** Everything, settings without effect too; `?` is for what only root is told. */
function wideStyle(look: TableLook): Style {
  const paint = paintFor(look.out)
  const right = (value: number | undefined): Cell => ({
    text: value === undefined ? '?' : scaled(value, look),
    align: 'right',
  })
  const sum = (servers: readonly ListedServer[], of: (server: ListedServer) => number | undefined): Cell =>
    right(servers.reduce<number | undefined>((total, one) => add(total, of(one)), 0))
  const persistent = ({running}: ListedServer) => running?.connections.persistent
  const settings = (one: ShownService): string =>
    [one.scheduler, ...(one.running ? serviceSettings(one.running.service) : one.settings)].join(', ')
  const numbers = (one: ShownService): readonly Cell[] => [
    right(one.active),
    right(one.inactive),
    sum(wholeOf(one).servers, persistent),
  ]
  const refused = (one: ShownService): Cell => ({
    text: whyRefused(wholeOf(one)) === undefined ? '' : 'takes no clients',
    paint: paint.yellow,
  })
  const heading = (...names: readonly string[]): TableRow =>
    ['', '', ...names, ''].map((text) => ({text, paint: paint.dim, align: 'right'}))
  return {
    paint,
    apart: false,
    optional: [8],
    optionalAlone: [],
    notes: true,
    heading: heading('weight', 'active', 'inactive', 'persistent', 'upper', 'lower', 'share'),
    headingAlone: heading('active', 'inactive', 'persistent'),
    service: (one) => [
      {text: one.id, paint: paint.bold},
      {text: settings(one), span: 2},
      ...numbers(one),
      ...[{text: ''}, {text: ''}, {text: ''}],
      refused(one),
    ],
    serviceAlone: (one) => [
      {text: one.id, paint: paint.bold},
      {text: settings(one), span: 1},
      ...numbers(one),
      refused(one),
    ],
    server: (one, of) => [
      {text: formatServerKey(one)},
      {text: one.forwarding},
      {...right(one.weight), paint: one.weight === 0 ? paint.yellow : undefined},
      right(one.active),
      right(one.inactive),
      right(persistent(one)),
      right(one.running?.server.upperThreshold),
      right(one.running?.server.lowerThreshold),
      {text: shareOf(one, of)[1], align: 'right'},
      {
        text: [...(one.tunnel === undefined ? [] : [`tunnel ${one.tunnel}`]), ...(isFull(one) ? ['full'] : [])].join(
          ', ',
        ),
      },
    ],
  }
}

const add = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : left + right

/** --stats and --rate: columns with units in their heading, `–` for what the director cannot see. */
function figureStyle(figures: Figures, look: TableLook): Style {
  const paint = paintFor(look.out)
  const cells = (
    of: {readonly statistics?: Parameters<typeof figuresOf>[0]} | undefined,
    servers: readonly ListedServer[],
  ) => {
    const values = of?.statistics && figuresOf(of.statistics, figures, servers)
    return figureRows.map((_row, index): Cell => {
      const value = values?.[index]
      return {text: value === undefined ? cannotBeSeen : scaled(value, look), align: 'right'}
    })
  }
  const service = (one: ShownService): TableRow => [
    {text: one.id, paint: paint.bold},
    ...cells(one.running, wholeOf(one).servers),
  ]
  return {
    paint,
    apart: false,
    heading: [
      {text: ''},
      ...figureRows.map((row): Cell => ({text: row.heading[figures], align: 'right', paint: paint.dim})),
    ],
    service,
    serviceAlone: service,
    server: (one) => [{text: formatServerKey(one)}, ...cells(one.running, [one])],
  }
}

const cannotBeSeen = '–'

const footnote = '– not seen by the director: direct routing and tunnels answer past it'

const scaled = (value: bigint | number, {exact}: TableLook): string =>
  exact ? String(value) : scaleNumber(BigInt(value))

const marked = ({mark}: TableLook, name: string, row: TableRow): TableRow => (mark ? mark(name, row) : row)

const markedServer = (look: TableLook, of: ListedService, server: ListedServer, row: TableRow): TableRow =>
  marked(look, `${of.id} ${formatServerKey(server)}`, row)

function indented([head, ...rest]: TableRow): TableRow {
  return head ? [{...head, text: `  ${head.text}`}, ...rest] : rest
}

/** The first services, as many as can be seen at all and one line more: whoever cuts it off sees that there are more. */
function withinRows(
  services: readonly ShownService[],
  {rows}: TableLook,
  atLeast: (one: ShownService) => number,
): readonly ShownService[] {
  if (rows === undefined) return services
  let used = 0
  const end = services.findIndex((one) => {
    used += atLeast(one)
    return used > rows
  })
  return end < 0 ? services : services.slice(0, end + 1)
}

function refusal(service: ShownService, paint: Paint): readonly TableLine[] {
  const why = whyRefused(wholeOf(service))
  return why === undefined ? [] : [`  ${paint.yellow(`(${why}: clients are refused)`)}`]
}

function summary(services: readonly ShownService[], {filtered}: TableLook): string {
  if (services.length === 0) return filtered ? 'nothing matches\n' : 'no services\n'
  const [listed, all] = [countServers(services), countServers(services.map(wholeOf))]
  const servers = listed === all ? countOf(all, 'server') : `${countOf(listed, 'server')} of ${all}`
  return `\n${countOf(services.length, 'service')}, ${servers}\n`
}
