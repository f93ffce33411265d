// What the commands that list share: where figures come from, what of it is listed and in which order, who gets it (people,
// pipes, programs) and how often, and what to say where the source is poor.

import {LvsctlError, type Problem} from '../domain/problem.ts'
import type {ServiceKey} from '../domain/service.ts'
import type {ListedService} from '../table/listing.ts'
import type {Listing} from '../table/read-listing.ts'
import {maybeMore, readListing, readService, readTable} from '../table/read-listing.ts'
import {BaseCommand} from './base-command.ts'
import type {Context} from './context.ts'
import type {Columns} from './figures.ts'
import {toJson} from './json.ts'
import type {FilterOptions, ListingFilter} from './listing-filter.ts'
import type {TableLook} from './listing-table.ts'
import {problemShape} from './problem-shape.ts'
import type {ShownService} from './shown-service.ts'
import {needsStatistics, type SortField, sortListing} from './sort-listing.ts'

export interface ListFlags extends FilterOptions {
  readonly wide?: boolean
  readonly stats?: boolean
  readonly rate?: boolean
  readonly sort: string
  readonly exact: boolean
  readonly watch?: string | undefined
}

/** The same listing for each of those who may get it. */
export interface ListViews {
  people(services: readonly ShownService[], look: TableLook): Promise<string>
  /** Takes each as it is read. */
  pipe(services: Iterable<ShownService>, columns: Columns): string
  program(services: readonly ShownService[], source: Listing['source']): Promise<object>
}

interface Wanted {
  readonly columns: Columns
  readonly sort: SortField
  readonly filter: ListingFilter | undefined
  /** The one service that the command is about. */
  readonly only: ServiceKey | undefined
}

export abstract class ListCommand extends BaseCommand {
  private watching = false
  private told = false

  /** `only`: of this one service; throws where there is none. The answer is for --json. */
  protected async present(flags: ListFlags, views: ListViews, only?: ServiceKey): Promise<object> {
    const wanted: Wanted = {
      columns: columnsOf(flags),
      sort: flags.sort as SortField,
      filter: await this.readFilter(flags),
      only,
    }
    if (flags.watch !== undefined) return this.watch(flags.watch, flags, wanted, views)
    const listing = await this.list(wanted)
    const {services} = listing
    if (this.jsonEnabled()) return programView(views, listing, wanted)
    const {out} = this.context
    const text = out.terminal
      ? await views.people([...services], lookOf(flags, wanted, out))
      : views.pipe(services, wanted.columns)
    this.print(text)
    return {}
  }

  /** One service with all about it; throws where there is none. */
  protected async listOne(
    key: ServiceKey,
  ): Promise<{readonly service: ListedService; readonly problems: readonly Problem[]}> {
    const listing = await readService(this.context, key)
    this.tellSource(listing, false)
    return {service: listing.services[0] as ListedService, problems: listing.problems}
  }

  /** While one object a line is written, an error is one too, and the end is none. */
  protected override logJson(json: unknown): void {
    if (!this.watching) super.logJson(json)
    else if (json !== ended) this.context.out.write(`${toJson(json, 0)}\n`)
  }

  private async watch(interval: string, flags: ListFlags, wanted: Wanted, views: ListViews): Promise<object> {
    const [{readInterval, watch}, {ChangedCells}] = await Promise.all([
      import('./watch.ts'),
      import('./changed-cells.ts'),
    ])
    const seconds = readInterval(interval) as number
    this.watching = true
    const {out} = this.context
    const json = this.jsonEnabled()
    const people = out.terminal && !json
    const changed = new ChangedCells(this.paint)
    let first = true
    await watch({
      seconds,
      out,
      inPlace: people && this.context.env.TERM !== 'dumb',
      separator: json ? '' : '\n',
      view: async ({columns, rows}) => {
        const listing = await this.list(wanted, {first})
        const {services} = listing
        first = false
        if (json)
          return `${toJson({at: new Date().toISOString(), ...(await programView(views, listing, wanted))}, 0)}\n`
        if (!people) return views.pipe(services, wanted.columns)
        const look = {
          ...lookOf(flags, wanted, {...out, columns}),
          rows,
          mark: (name: string, row: Parameters<typeof changed.mark>[1]) => changed.mark(name, row),
        }
        const text = await views.people([...services], look)
        changed.next()
        return `${this.paint.dim(`every ${seconds} s, ${timeOfDay()}, q ends`)}\n\n${text}`
      },
    })
    return ended
  }

  /** What was asked for, sorted. Once begun to watch, a service that goes away is no error. */
  private async list(wanted: Wanted, {first = true} = {}): Promise<ShownListing> {
    const {columns, sort, filter} = wanted
    const figures = columns === 'totals' || columns === 'rates' ? columns : undefined
    const statistics = figures !== undefined || needsStatistics(sort)
    const everything = statistics || columns === 'wide' || this.jsonEnabled()
    const listing = await this.readFor(wanted, everything, !first)
    this.tellSource(listing, statistics)
    const sorted = sortListing(listing.services, sort, figures)
    if (!filter) return {...listing, services: sorted}
    const {filterListing} = await import('./listing-filter.ts')
    return {...listing, services: filterListing([...sorted], filter)}
  }

  private async readFor(
    {filter, only}: Wanted,
    everything: boolean,
    mayBeGone: boolean,
  ): Promise<Listing<Iterable<ListedService>>> {
    const source = this.watching ? {...this.context, workOnce: () => undefined} : this.context
    const keys = only ? [only] : (filter?.services ?? [])
    if (keys.length === 0) return everything ? readTable(source) : readListing(source)
    const found = []
    for (const key of keys) {
      const listing = await (mayBeGone ? readIfThere(source, key) : readService(source, key))
      if (listing) found.push(listing)
    }
    return {
      ...(found[0] ?? {source: 'netlink', hidden: false, whole: true, problems: []}),
      services: found.flatMap(({services}) => services),
    }
  }

  private async readFilter(flags: ListFlags): Promise<ListingFilter | undefined> {
    if (!flags.service && !flags.server && !flags.forwarding && !flags.quiesced) return undefined
    const {readFilter} = await import('./listing-filter.ts')
    return readFilter(flags, this.portNames)
  }

  private tellSource({source, hidden, whole, problems}: Omit<Listing, 'services'>, statistics: boolean): void {
    if (source === 'netlink' || this.told) return
    this.told = true
    const folder = this.context.env.LVSCTL_PROC
    if (statistics) throw folder ? noFiguresIn(folder) : noFigures
    if (hidden) this.note(`${folder ? `not in ${folder}/net/ip_vs` : 'not shown without root'}: ${hiddenInProc}`)
    if (!whole) this.note(maybeMore)
    this.warnAbout(problems)
  }
}

const hiddenInProc =
  'scheduler flags, persistence times and engines, tunnel types, thresholds, figures, one-packet on IPv6, the family of firewall marks'

const noFigures = new LvsctlError({
  failure: 'permission',
  code: 'not-permitted',
  message: 'not permitted: the kernel tells its figures to root only (CAP_NET_ADMIN)',
  hint: 'Try: sudo lvsctl … (without root there is the plain list)',
})

const noFiguresIn = (folder: string): LvsctlError =>
  new LvsctlError({
    failure: 'unsupported',
    code: 'figures-unknown',
    message: `no figures: LVSCTL_PROC says that the table is in ${folder}/net/ip_vs, which has none`,
    hint: 'Leave LVSCTL_PROC unset to ask the kernel; without figures there is the plain list',
  })

type ShownListing = Omit<Listing, 'services'> & {readonly services: Iterable<ShownService>}

/** `filtered`: some of the table may not be there, and whoever restores from it should know. */
async function programView(views: ListViews, {services, source, problems}: ShownListing, {filter}: Wanted) {
  const view = await views.program([...services], source)
  return {...view, filtered: filter !== undefined, problems: problems.map(problemShape)}
}

/** What a watch answers: everything has been written already. */
const ended = {}

const columnOptions = [
  ['wide', 'wide'],
  ['stats', 'totals'],
  ['rate', 'rates'],
] as const

function columnsOf(flags: ListFlags): Columns {
  const [first, second] = columnOptions.filter(([option]) => flags[option])
  if (first && second)
    throw new LvsctlError({
      failure: 'usage',
      code: 'options-conflict',
      message: `--${first[0]} and --${second[0]} exclude each other`,
      hint: 'List twice; --json without any has everything',
    })
  return first?.[1] ?? 'plain'
}

const lookOf = ({exact}: ListFlags, {columns, filter}: Wanted, out: TableLook['out']): TableLook => ({
  out,
  columns,
  exact,
  filtered: filter !== undefined,
})

async function readIfThere(source: Context, key: ServiceKey): Promise<Listing | undefined> {
  try {
    return await readService(source, key)
  } catch (error) {
    if (error instanceof LvsctlError && error.failure === 'missing') return undefined
    throw error
  }
}

const timeOfDay = (): string => new Date().toTimeString().slice(0, 8)
