// What of a service is listed: all of its servers, or those that a filter left (listing-filter.ts).

import type {ListedService} from '../table/listing.ts'

/** `servers` are those that are listed; `active`, `inactive` and the figures are those of the whole service. */
export type ShownService = ListedService & {
  /** With all its servers; undefined where all of them are listed. */
  readonly whole?: ListedService
}

export const wholeOf = (one: ShownService): ListedService => one.whole ?? one
