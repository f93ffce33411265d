// One service with everything about it: a line a setting, then its servers with all their columns. On a terminal
// aligned, in a pipe with tabs.

import {schedulerRow} from '../domain/schedulers.ts'
import {formatServerKey} from '../domain/server.ts'
import {serviceSettings} from '../domain/settings-words.ts'
import type {ListedServer, ListedService} from '../table/listing.ts'
import {figureRows, figuresOf} from './figures.ts'
import type {Output} from './output.ts'
import {whyRefused} from './refusal.ts'

export async function serviceDetails(service: ListedService, out: Output): Promise<string> {
  const settings = settingRows(service)
  const servers = serverRows(service.servers)
  if (!out.terminal) return [...settings, ...servers].map((row) => `${row.join('\t')}\n`).join('')
  const [{paintFor}, {renderTable}, {layOut}] = await Promise.all([
    import('./output.ts'),
    import('./table.ts'),
    import('./layout.ts'),
  ])
  const {bold, dim} = paintFor(out)
  const top = await renderTable(
    settings.map(([label, value]) => [
      {text: label as string, paint: dim},
      {text: value as string, paint: label === 'service' ? bold : undefined},
    ]),
  )
  if (service.servers.length === 0) return top
  const heading = serverColumns.map(({name}) => ({text: name, paint: dim}))
  const rows = servers.map((row) =>
    row.slice(1).map((text, index) => ({text, align: index < 2 ? 'left' : 'right'}) as const),
  )
  return `${top}\n${layOut([heading, ...rows], {columns: out.columns})}`
}

const unknown = '?'
const nothing = '-'

function settingRows(one: ListedService): readonly (readonly string[])[] {
  const {running, scheduler, servers} = one
  const settings = running ? serviceSettings(running.service) : one.settings
  const title = schedulerRow(scheduler)?.title
  const rows: (readonly string[])[] = [
    ['service', one.id],
    ['scheduler', title === undefined ? scheduler : `${scheduler} (${title})`],
    ['settings', settings.length === 0 ? nothing : settings.join(', ')],
  ]
  const refused = whyRefused(one)
  rows.push(['takes new clients', refused === undefined ? 'yes' : `no (${refused})`])
  rows.push(['active connections', String(one.active)], ['inactive connections', String(one.inactive)])
  if (running?.statistics) {
    const values = figuresOf(running.statistics, 'totals', servers)
    for (const [index, {name}] of figureRows.entries())
      rows.push([`total ${name}`, values[index] === undefined ? nothing : String(values[index])])
  }
  rows.push(['servers', String(servers.length)])
  return rows
}

interface Column {
  readonly name: string
  readonly value: (server: ListedServer) => string
}

const serverColumns: readonly Column[] = [
  {name: 'server', value: formatServerKey},
  {
    name: 'method',
    value: ({forwarding, tunnel}) => (tunnel === undefined ? forwarding : `${forwarding},${tunnel}`),
  },
  {name: 'weight', value: ({weight}) => String(weight)},
  {name: 'active', value: ({active}) => String(active)},
  {name: 'inactive', value: ({inactive}) => String(inactive)},
  {name: 'persistent', value: ({running}) => String(running?.connections.persistent ?? unknown)},
  {name: 'upper', value: ({running}) => String(running?.server.upperThreshold ?? unknown)},
  {name: 'lower', value: ({running}) => String(running?.server.lowerThreshold ?? unknown)},
]

/** The word `server` first, for those who look for it in a pipe. */
const serverRows = (servers: readonly ListedServer[]): readonly (readonly string[])[] =>
  servers.map((one) => ['server', ...serverColumns.map(({value}) => value(one))])
