// What the commands that list share: where figures come from, what to say where the source is poor.

import {LvsctlError} from '../domain/problem.ts'
import type {ServiceKey} from '../domain/service.ts'
import type {ListedService} from '../table/listing.ts'
import type {Listing} from '../table/read-listing.ts'
import {maybeMore, readListing, readService, readTable} from '../table/read-listing.ts'
import {BaseCommand} from './base-command.ts'
import type {Figures} from './figures.ts'
import {needsStatistics, type SortField, sortListing} from './sort-listing.ts'

export interface ListFlags {
  readonly stats?: boolean
  readonly rate?: boolean
  readonly sort: string
}

export abstract class ListCommand extends BaseCommand {
  protected figures({stats, rate}: ListFlags): Figures | undefined {
    if (stats && rate)
      throw new LvsctlError({
        failure: 'usage',
        code: 'options-conflict',
        message: '--stats and --rate exclude each other',
        hint: 'List twice; --json without either has both',
      })
    return stats ? 'totals' : rate ? 'rates' : undefined
  }

  /** The table, sorted as asked. */
  protected async list(flags: ListFlags): Promise<Listing> {
    const figures = this.figures(flags)
    const sort = flags.sort as SortField
    const statistics = figures !== undefined || needsStatistics(sort)
    const listing = await (statistics || this.jsonEnabled() ? readTable(this.context) : readListing(this.context))
    this.tellSource(listing, statistics)
    return {...listing, services: sortListing(listing.services, sort, figures)}
  }

  /** One service with all about it; throws where there is none. */
  protected async listOne(
    key: ServiceKey,
    flags: Omit<ListFlags, 'sort'> & {readonly sort?: string} = {},
  ): Promise<ListedService> {
    const {sort = 'name'} = flags
    const figures = this.figures({...flags, sort})
    const listing = await readService(this.context, key)
    this.tellSource(listing, figures !== undefined || needsStatistics(sort as SortField))
    const [service] = sortListing(listing.services, sort as SortField, figures)
    return service as ListedService
  }

  private tellSource({source, hidden, whole}: Listing, statistics: boolean): void {
    if (source === 'netlink') return
    if (statistics)
      throw new LvsctlError({
        failure: 'permission',
        code: 'not-permitted',
        message: 'not permitted: the kernel tells its figures to root only (CAP_NET_ADMIN)',
        hint: 'Try: sudo lvsctl … (without root there is the plain list)',
      })
    if (hidden)
      this.note(
        'not shown without root: scheduler flags, persistence times and engines, tunnel types, thresholds, figures, one-packet on IPv6, the family of firewall marks',
      )
    if (!whole) this.note(maybeMore)
  }
}
