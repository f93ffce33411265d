// The table as `ipvsadm -L` prints it: titles, a line for each service, a line for each of its servers, in one of six
// sets of columns. Blanks at line ends are part of it.

import {familyOf} from '../../domain/address.ts'
import {familyOfKey, type Service, type ServiceKey} from '../../domain/service.ts'
import {noStatistics, type Statistics} from '../../domain/statistics.ts'
import type {CountedServer, RunningServer, RunningService} from '../../domain/table.ts'
import {endpointText} from './endpoint-text.ts'
import type {KnownNames} from './names.ts'
import type {Columns, ListingOptions} from './request.ts'
import {flagsText, maskText, methodWords, namedProtocol} from './service-text.ts'
import {tunnelInfo} from './tunnel-info.ts'

const serviceWidth = 33
const serverWidth = 28

const plainServers = '  -> RemoteAddress:Port'

const titles: Readonly<Record<Columns, readonly [string, string]>> = {
  plain: ['Prot LocalAddress:Port Scheduler Flags', `${plainServers}           Forward Weight ActiveConn InActConn`],
  stats: ['Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes', plainServers],
  rate: ['Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS', plainServers],
  thresholds: ['Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn ', plainServers],
  'persistent-conn': ['Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn ', plainServers],
  'tun-info': [
    'Prot LocalAddress:Port Scheduler Flags',
    `${plainServers}           Forward TunnelInfo    Weight ActiveConn InActConn`,
  ],
}

export const versionLine = (version: string, connectionTableSize: number): string =>
  `IP Virtual Server version ${version} (size=${connectionTableSize})\n`

export const titleLines = (columns: Columns): string => `${titles[columns].join('\n')}\n`

/** Figures are there where the columns show them. */
export interface ListedEntry extends Partial<RunningService> {
  readonly service: Service
  readonly servers: readonly ListedServer[]
}

type ListedServer = CountedServer & Partial<RunningServer>

/** A service with its servers, in the order given. */
export function listingOf(
  running: Omit<ListedEntry, 'servers'>,
  servers: readonly ListedServer[],
  {columns, exact}: Pick<ListingOptions, 'columns' | 'exact'>,
  names: KnownNames | undefined,
): string {
  const {key} = running.service
  const protocol = namedProtocol(key)
  const lines = [serviceLine(running, columns, exact, names)]
  for (const one of servers) {
    const {address, port} = one.server
    const endpoint = endpointText(address, port, protocol, names)
    const name = familyOf(address) === 'ipv4' ? endpoint.slice(0, serverWidth) : endpoint
    lines.push(`  -> ${name.padEnd(serverWidth)}${serverColumns[columns](one, exact)}`)
  }
  return `${lines.join('\n')}\n`
}

function serviceLine(
  {service, statistics = noStatistics}: Omit<ListedEntry, 'servers'>,
  columns: Columns,
  exact: boolean,
  names: KnownNames | undefined,
): string {
  const name = serviceName(service.key, names)
  if (columns === 'stats') return `${name.padEnd(serviceWidth)}${figures(totals(statistics), exact)}`
  if (columns === 'rate') return `${name.padEnd(serviceWidth)}${figures(rates(statistics), exact)}`
  const {persistence, engine, onePacket, scheduler} = service
  const flags = flagsText(service)
  const mask = maskText(service, familyOfKey(service.key))
  return [
    `${name} ${scheduler}`,
    flags !== undefined && `(${flags})`,
    persistence !== undefined && `persistent ${persistence}`,
    mask !== undefined && `mask ${mask}`,
    persistence !== undefined && engine !== undefined && `pe ${engine}`,
    onePacket && 'ops',
  ]
    .filter((part) => part !== false)
    .join(' ')
}

function serviceName(key: ServiceKey, names: KnownNames | undefined): string {
  if (key.kind === 'fwmark') return `FWM  ${key.mark}${key.family === 'ipv6' ? ' IPv6' : ''}`
  const protocol = namedProtocol(key)
  const name = `${(protocol?.toUpperCase() ?? '?').padEnd(4)} ${endpointText(key.address, key.port, protocol, names)}`
  return familyOf(key.address) === 'ipv4' ? name.slice(0, serviceWidth) : name
}

type ServerColumns = (server: ListedServer, exact: boolean) => string

const serverColumns: Readonly<Record<Columns, ServerColumns>> = {
  plain: ({server, connections: {active, inactive}}) =>
    cells([methodWords(server.forwarding).listed, 7], [server.weight, 6], [active, 10], [inactive, 10]),
  stats: ({statistics = noStatistics}, exact) => figures(totals(statistics), exact),
  // Of a server's rates ipvsadm scales the last two only.
  rate: ({statistics = noStatistics}, exact) => {
    const all = rates(statistics)
    const inFull = all.slice(0, 3).map((value) => ` ${`${value}`.padStart(8)}`)
    return inFull.join('') + figures(all.slice(3), exact)
  },
  thresholds: ({server, connections: {active, inactive}}) =>
    cells([server.upperThreshold, 10], [server.lowerThreshold, 10], [active, 10], [inactive, 10]),
  'persistent-conn': ({server, connections: {active, inactive, persistent}}) =>
    cells([server.weight, 9], [persistent, 11], [active, 10], [inactive, 10]),
  'tun-info': ({server, connections: {active, inactive}}) =>
    cells(
      [methodWords(server.forwarding).listed, 7],
      [tunnelInfo(server), 13],
      [server.weight, 6],
      [active, 10],
      [inactive, 10],
    ),
}

const cells = (...all: readonly (readonly [value: string | number, width: number])[]): string =>
  all.map(([value, width]) => ` ${`${value}`.padEnd(width)}`).join('')

const totals = ({connections, inPackets, outPackets, inBytes, outBytes}: Statistics): readonly bigint[] => [
  connections,
  inPackets,
  outPackets,
  inBytes,
  outBytes,
]

const rates = (all: Statistics): readonly bigint[] => [
  all.connectionsPerSecond,
  all.inPacketsPerSecond,
  all.outPacketsPerSecond,
  all.inBytesPerSecond,
  all.outBytesPerSecond,
]

const figures = (values: readonly bigint[], exact: boolean): string =>
  values.map((value) => figure(value, exact)).join('')

/** From where on figures are cut, by what, and the letter that says so. Nothing is rounded. */
const scales = [
  [100_000_000_000_000n, 1_000_000_000_000n, 'T'],
  [100_000_000_000n, 1_000_000_000n, 'G'],
  [1_000_000_000n, 1_000_000n, 'M'],
  [100_000_000n, 1000n, 'K'],
] as const

/** Nine columns, the first of them a blank; in full as many as it takes. */
function figure(value: bigint, exact: boolean): string {
  if (value < 100_000_000n || exact) return ` ${`${value}`.padStart(8)}`
  for (const [from, unit, letter] of scales) if (value >= from) return `${value / unit}`.padStart(8) + letter
  return ` ${`${value}`.padStart(8)}`
}
