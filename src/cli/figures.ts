// The five figures that IPVS counts, as totals or as rates: one row each, in the order of ipvsadm --stats.

import type {ForwardingMethod} from '../domain/forwarding.ts'
import type {Statistics} from '../domain/statistics.ts'

export type Figures = 'totals' | 'rates'

/** Which columns a listing has: the everyday ones, those of --wide, of --stats or of --rate. */
export type Columns = 'plain' | 'wide' | Figures

export interface FigureRow {
  readonly totals: keyof Statistics
  readonly rates: keyof Statistics
  readonly name: string
  /** With its unit. Bytes, never bits: an abbreviation could be either. */
  readonly heading: Readonly<Record<Figures, string>>
  /** Of packets from the servers to the clients. */
  readonly reply: boolean
}

export const figureRows: readonly FigureRow[] = [
  {
    totals: 'connections',
    rates: 'connectionsPerSecond',
    name: 'connections',
    heading: {totals: 'connections', rates: 'conn/s'},
    reply: false,
  },
  {
    totals: 'inPackets',
    rates: 'inPacketsPerSecond',
    name: 'packets in',
    heading: {totals: 'pkt in', rates: 'pkt/s in'},
    reply: false,
  },
  {
    totals: 'outPackets',
    rates: 'outPacketsPerSecond',
    name: 'packets out',
    heading: {totals: 'pkt out', rates: 'pkt/s out'},
    reply: true,
  },
  {
    totals: 'inBytes',
    rates: 'inBytesPerSecond',
    name: 'bytes in',
    heading: {totals: 'bytes in', rates: 'bytes/s in'},
    reply: false,
  },
  {
    totals: 'outBytes',
    rates: 'outBytesPerSecond',
    name: 'bytes out',
    heading: {totals: 'bytes out', rates: 'bytes/s out'},
    reply: true,
  },
]

/** In the order of the rows; undefined: the director cannot see it. */
export function figuresOf(
  statistics: Statistics,
  figures: Figures,
  servers: readonly {readonly forwarding: ForwardingMethod}[],
): readonly (bigint | undefined)[] {
  const unseen = servers.length > 0 && servers.every(({forwarding}) => repliesElsewhere.has(forwarding))
  return figureRows.map((row) => (unseen && row.reply ? undefined : statistics[row[figures]]))
}

/** Servers reached so answer their clients themselves. */
const repliesElsewhere: ReadonlySet<ForwardingMethod> = new Set(['gatewaying', 'tunneling'])
