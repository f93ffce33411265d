// The JSON of `lvsctl list` put into the words of ipvsadm 1.31, written from its manual and its output alone: what both
// say of a table can then be compared line by line.

export interface ListedService {
  readonly id: string
  readonly protocol: string | null
  readonly address: string | null
  readonly port: number | null
  readonly mark: number | null
  readonly family: string
  readonly scheduler: string
  readonly schedulerFlags: readonly string[]
  readonly persistence: number | null
  readonly netmask: string
  readonly engine: string | null
  readonly onePacket: boolean
  readonly servers: readonly ListedServer[]
}

export interface ListedServer {
  readonly id: string
  readonly address: string
  readonly port: number
  readonly forwarding: string
  readonly weight: number
  readonly upperThreshold: number
  readonly lowerThreshold: number
  readonly tunnel: {readonly type: string; readonly port: number; readonly checksum: string} | null
  readonly connections: {readonly active: number; readonly inactive: number; readonly persistent: number}
}

const endpoint = (address: string | null, port: number | null): string =>
  address?.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** Printed as a signed number: a defect of 1.31 that its successor has no more. */
const mark = (service: ListedService): number => (service.mark ?? 0) | 0

/** `-Sn` */
export const asSavedRules = (services: readonly ListedService[]): readonly string[] =>
  services.flatMap((service) => [
    words('-A', saveOption(service), '-s', service.scheduler, ...saveSettings(service)),
    ...service.servers.map((server) =>
      words('-a', saveOption(service), '-r', endpoint(server.address, server.port), ...saveServer(server)),
    ),
  ])

function saveOption(service: ListedService): string {
  const {protocol, address, port, family} = service
  if (protocol === null) return `-f ${mark(service)}${family === 'ipv6' ? ' -6' : ''}`
  return `${{tcp: '-t', udp: '-u', sctp: '--sctp-service'}[protocol]} ${endpoint(address, port)}`
}

const hasMask = ({persistence, netmask, family}: ListedService): boolean =>
  persistence !== null && netmask !== (family === 'ipv6' ? '128' : '255.255.255.255')

const saveSettings = (service: ListedService): readonly (string | false)[] => [
  service.persistence !== null && `-p ${service.persistence}`,
  hasMask(service) && `-M ${service.netmask}`,
  service.engine !== null && `--pe ${service.engine}`,
  service.onePacket && '-o',
  service.schedulerFlags.length > 0 && `-b ${service.schedulerFlags.join(',')}`,
]

const saveServer = ({forwarding, weight, tunnel}: ListedServer): readonly (string | false)[] => [
  {gatewaying: '-g', tunneling: '-i', masquerading: '-m'}[forwarding] ?? '?',
  `-w ${weight}`,
  tunnel !== null && `--tun-type ${tunnel.type}`,
  tunnel !== null && tunnel.port !== 0 && `--tun-port ${tunnel.port}`,
  tunnel !== null &&
    tunnel.type !== 'ipip' &&
    ({none: '--tun-nocsum', full: '--tun-csum', remote: '--tun-remcsum'}[tunnel.checksum] ?? '?'),
]

/** `-Ln` with columns for a server; rows as in test/support/ipvsadm.ts. */
export const asListing = (
  services: readonly ListedService[],
  columns: (server: ListedServer) => readonly (string | number)[],
): readonly string[] =>
  services.flatMap((service) => [
    words(listName(service), service.scheduler, ...listSettings(service)),
    ...service.servers.map((server) =>
      words(listName(service), '->', endpoint(server.address, server.port), ...columns(server)),
    ),
  ])

function listName(service: ListedService): string {
  const {protocol, address, port, family} = service
  if (protocol === null) return `FWM ${mark(service)}${family === 'ipv6' ? ' IPv6' : ''}`
  return `${protocol.toUpperCase()} ${endpoint(address, port)}`
}

const listSettings = (service: ListedService): readonly (string | false)[] => [
  service.schedulerFlags.length > 0 && `(${service.schedulerFlags.join(',')})`,
  service.persistence !== null && `persistent ${service.persistence}`,
  hasMask(service) && `mask ${service.netmask}`,
  service.engine !== null && service.persistence !== null && `pe ${service.engine}`,
  service.onePacket && 'ops',
]

/** What stands in the columns of each of ipvsadm's listings. */
export const columns = {
  '': (server: ListedServer) => [method(server), server.weight, ...counts(server)],
  '--thresholds': (server: ListedServer) => [server.upperThreshold, server.lowerThreshold, ...counts(server)],
  '--persistent-conn': (server: ListedServer) => [server.weight, server.connections.persistent, ...counts(server)],
  '--tun-info': (server: ListedServer) => [method(server), tunnelInfo(server), server.weight, ...counts(server)],
} as const

const method = ({forwarding}: ListedServer): string =>
  ({gatewaying: 'Route', tunneling: 'Tunnel', masquerading: 'Masq'})[forwarding] ?? '?'

const counts = ({connections: {active, inactive}}: ListedServer): readonly number[] => [active, inactive]

function tunnelInfo({tunnel}: ListedServer): string {
  if (tunnel === null) return 'n/a'
  if (tunnel.type === 'ipip') return 'ipip'
  const sign = {none: '-c', full: '+c', remote: 'r+c'}[tunnel.checksum] ?? '?'
  return tunnel.port === 0 ? `${tunnel.type}:${sign}` : `${tunnel.type}:${tunnel.port}:${sign}`
}

const words = (...parts: readonly (string | number | false)[]): string => parts.filter((one) => one !== false).join(' ')
