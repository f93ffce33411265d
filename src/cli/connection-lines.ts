// How connections are shown, and counts of them: to people in columns, to pipes a record a line with tabs, to programs as
// JSON. Each is written as it comes, because there may be more than fit in memory; what chooses them is in connections/.

import type {Counts} from '../connections/tally.ts'
import {familyOf} from '../domain/address.ts'
import {printable} from '../domain/foreign-characters.ts'
import {formatServiceKey} from '../domain/service.ts'
import type {Connection} from '../formats/procfs/ip-vs-conn.ts'
import type {Batch} from './batch.ts'
import {bar, formatCount, type Paint, percent} from './output.ts'

type Point = Connection['client']

/**
 * As formatEndpoint. V8 keeps the text of every number that it writes, and enlarges its memory for them: a million lines
 * with their ports and times take half as much with texts of our own.
 */
const endpoint = ({address, port}: Point): string =>
  familyOf(address) === 'ipv6' ? `[${address}]:${decimal(port)}` : `${address}:${decimal(port)}`

const decimals: string[] = []
function decimal(value: number): string {
  if (value > 0xffff) return `${value}`
  decimals[value] ??= value.toString()
  return decimals[value]
}

/**
 * `KIND  CLIENT  SERVICE  SERVER  STATE  EXPIRES  ORIGIN  ENGINE  DATA`
 */
export function connectionLine({kind, client, service, server, state, expires, origin, engine}: Connection): string {
  const fields = [
    kind,
    endpoint(client),
    formatServiceKey(service),
    endpoint(server),
    state,
    decimal(expires),
    origin ?? '-',
  ]
  return [...fields, engine ? printable(engine.name) : '-', (engine && printable(engine.data)) || '-']
    .join('\t')
    .concat('\n')
}

/** `KEY  CONNECTIONS  TEMPLATES` */
export const countLine = (key: string, {connections, templates}: Counts): string =>
  `${key}\t${connections}\t${templates}\n`

export function connectionShape({kind, client, service, server, state, expires, origin, engine}: Connection) {
  return {
    kind,
    client: {address: client.address, port: client.port},
    service: formatServiceKey(service),
    server: {address: server.address, port: server.port},
    state,
    expires,
    origin: origin ?? null,
    engine: engine ? {name: engine.name, data: engine.data} : null,
  }
}

/** `14:55`, `1:02:03`, `2d 01:02:03`. */
function duration(seconds: number): string {
  const two = (value: number): string => `${value}`.padStart(2, '0')
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor)
  const clock = `${two(minutes as number)}:${two(seconds % 60)}`
  if (days) return `${days}d ${two(hours as number)}:${clock}`
  return hours ? `${hours}:${clock}` : clock
}

interface Column {
  readonly heading: string
  readonly right?: boolean
}

/** Rows below each other, of which the first screenfuls say how wide the columns are: the rest is not known yet. */
export class Columns {
  private readonly columns: readonly Column[]
  private readonly batch: Batch
  private readonly paint: Paint
  private readonly begin: () => void
  private waiting: string[][] = []
  private widths: readonly number[] | undefined

  /** `begin` is called before the first row goes out. */
  constructor(columns: readonly Column[], batch: Batch, paint: Paint, begin: () => void = () => undefined) {
    this.columns = columns
    this.begin = begin
    this.batch = batch
    this.paint = paint
  }

  /** False: nobody reads any more. */
  add(row: string[]): boolean {
    if (this.widths) return this.write(row)
    this.waiting.push(row)
    return this.waiting.length < measured || this.release()
  }

  /** Whether anything was shown. */
  end(): boolean {
    if (!this.widths && this.waiting.length > 0) this.release()
    return this.widths !== undefined
  }

  private release(): boolean {
    const headings = this.columns.map(({heading}) => heading)
    const rows = [headings, ...this.waiting]
    this.widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
    this.begin()
    this.batch.add(`${this.paint.dim(this.layOut(headings))}\n`)
    const {waiting} = this
    this.waiting = []
    return waiting.every((row) => this.write(row))
  }

  private write(row: readonly string[]): boolean {
    return this.batch.add(`${this.layOut(row)}\n`)
  }

  private layOut(row: readonly string[]): string {
    return row
      .map((text, column) => {
        const width = this.widths?.[column] ?? 0
        return this.columns[column]?.right ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  }
}

const measured = 500

export const connectionColumns: readonly Column[] = [
  {heading: 'client'},
  {heading: 'service'},
  {heading: 'server'},
  {heading: 'state'},
  {heading: 'expires', right: true},
  {heading: ''},
]

export function connectionRow({kind, client, service, server, state, expires, origin, engine}: Connection): string[] {
  const remarks = [
    ...(kind === 'template' ? ['template'] : []),
    ...(origin === 'sync' ? ['from the other director'] : []),
    ...(engine ? [printable(`${engine.name} ${engine.data}`)] : []),
  ]
  return [endpoint(client), formatServiceKey(service), endpoint(server), state, duration(expires), remarks.join(', ')]
}

export const countColumns = (noun: string): readonly Column[] => [
  {heading: noun},
  {heading: 'connections', right: true},
  {heading: 'templates', right: true},
  {heading: ''},
]

const barWidth = 8

/** With its share of the connections, or of the templates where there is nothing else. */
export function countRow(key: string, {connections, templates}: Counts, total: Counts): string[] {
  const share = total.connections > 0 ? connections / total.connections : templates / Math.max(total.templates, 1)
  return [
    key,
    formatCount(connections),
    formatCount(templates),
    `${bar(share, barWidth).padEnd(barWidth)} ${percent(share)}`,
  ]
}
