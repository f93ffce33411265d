// --sort: by what services, and servers inside each, can be put in order. By name ascending, by anything else the
// largest first; what is equal stays in canonical order.

import type {Statistics} from '../domain/statistics.ts'
import type {ListedServer, ListedService} from '../table/listing.ts'
import type {Figures} from './figures.ts'

type Value = number | bigint

/** Totals or rates are meant by connections, packets and bytes: whichever is shown. */
interface Field {
  readonly server: (server: ListedServer, figures: Figures) => Value
  readonly service: (service: ListedService, figures: Figures) => Value
  /** Only the kernel's netlink interface tells it. */
  readonly statistic: boolean
}

const traffic = (read: (statistics: Statistics, figures: Figures) => bigint): Field => ({
  server: ({running}, figures) => (running?.statistics ? read(running.statistics, figures) : 0n),
  service: ({running}, figures) => (running?.statistics ? read(running.statistics, figures) : 0n),
  statistic: true,
})

const fields = {
  active: {server: (one) => one.active, service: (one) => one.active, statistic: false},
  inactive: {server: (one) => one.inactive, service: (one) => one.inactive, statistic: false},
  weight: {
    server: (one) => one.weight,
    service: (one) => one.servers.reduce((sum, {weight}) => sum + weight, 0),
    statistic: false,
  },
  servers: {server: () => 0, service: (one) => one.servers.length, statistic: false},
  connections: traffic((of, figures) => (figures === 'rates' ? of.connectionsPerSecond : of.connections)),
  packets: traffic((of, figures) =>
    figures === 'rates' ? of.inPacketsPerSecond + of.outPacketsPerSecond : of.inPackets + of.outPackets,
  ),
  bytes: traffic((of, figures) =>
    figures === 'rates' ? of.inBytesPerSecond + of.outBytesPerSecond : of.inBytes + of.outBytes,
  ),
} satisfies Record<string, Field>

export type SortField = 'name' | keyof typeof fields

export const sortFields = ['name', ...(Object.keys(fields) as (keyof typeof fields)[])] as const

export function needsStatistics(field: SortField): boolean {
  return field !== 'name' && fields[field].statistic
}

export function sortListing(
  services: Iterable<ListedService>,
  field: SortField,
  figures: Figures = 'totals',
): Iterable<ListedService> {
  if (field === 'name') return services
  const {service, server} = fields[field] as Field
  return largestFirst([...services], (one) => service(one, figures)).map((one) => ({
    ...one,
    servers: largestFirst(one.servers, (each) => server(each, figures)),
  }))
}

function largestFirst<Item>(items: readonly Item[], rank: (item: Item) => Value): readonly Item[] {
  return items
    .map((item) => ({item, value: rank(item)}))
    .sort((a, b) => (a.value > b.value ? -1 : a.value < b.value ? 1 : 0))
    .map(({item}) => item)
}
