// The twin: an IPVS table in memory that answers as the kernel does, checks included, and does not check what the kernel
// does not. Operations pass through the same bytes as on their way to the kernel, so that what it stores is what the
// kernel would have read. test/contract holds it to the real one.
//
// Imitates Linux 6.1: ip_vs_genl_set_cmd, ip_vs_add_service, ip_vs_add_dest and their kin in
// net/netfilter/ipvs/ip_vs_ctl.c; start_sync_thread in ip_vs_sync.c. Each operation's checks are in the kernel's order.

import {type Address, familyOf} from '../domain/address.ts'
import {plainTunnel} from '../domain/forwarding.ts'
import {formatServerKey, type Server, type ServerKey} from '../domain/server.ts'
import {familyOfKey, formatServiceKey, type Service, type ServiceKey} from '../domain/service.ts'
import {type ConnectionCounts, noStatistics, type Statistics} from '../domain/statistics.ts'
import {type SyncDaemon, type SyncRole, syncDefaults, syncRoles, withSyncDefaults} from '../domain/sync.ts'
import {type CountedTable, type RunningServer, type RunningService, sortTable, type Table} from '../domain/table.ts'
import {defaultTimeouts, type Timeouts} from '../domain/timeouts.ts'
import {Reader, Writer} from '../netlink/bytes.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {decodeFields, encodeFields} from '../netlink/fields.ts'
import type {Operation} from '../plan/operation.ts'
import {familyName, messageFields} from './attributes.ts'
import type {IpvsClient, IpvsInfo, ListOrder, Outcome} from './client.ts'
import {explainRead} from './errors.ts'
import {decodeServiceKey, encodeServiceKey} from './records.ts'
import {decodeOperation, encodeOperation} from './requests.ts'
import {isMulticast, isUnicast} from './unicast.ts'

/** What the twin takes the machine around it to be. */
export interface MemoryWorld {
  readonly schedulers: readonly string[]
  readonly engines: readonly string[]
  /** Interfaces and their MTU. */
  readonly interfaces: Readonly<Record<string, number>>
  /** Own addresses beside 127.0.0.0/8 and ::1. */
  readonly addresses: readonly Address[]
  /** Broadcast addresses of the networks it is on. */
  readonly broadcasts: readonly Address[]
  /** Was lo ever up? Without it there is no local routing table, and no IPv4 address counts as unicast. */
  readonly loopback: boolean
  readonly ipv6: boolean
  /** CAP_NET_ADMIN: without it every call fails. */
  readonly privileged: boolean
  /** Ticks a second (CONFIG_HZ), which bound timeouts. */
  readonly hz: number
}

/** The kernel of Debian's user-mode-linux: every scheduler but twos. */
const labWorld: MemoryWorld = {
  schedulers: ['rr', 'wrr', 'lc', 'wlc', 'fo', 'ovf', 'lblc', 'lblcr', 'dh', 'sh', 'mh', 'sed', 'nq'],
  engines: ['sip'],
  interfaces: {lo: 65536, eth0: 1500},
  addresses: [],
  broadcasts: [],
  loopback: true,
  ipv6: true,
  privileged: true,
  hz: 100,
}

export interface Figures {
  readonly statistics?: Partial<Statistics>
  /** Of a server only. */
  readonly connections?: Partial<ConnectionCounts>
}

export interface MemoryClient extends IpvsClient {
  /** What traffic would leave behind, on a service or one of its servers. */
  setFigures(figures: Figures, service: ServiceKey, server?: ServerKey): void
}

export const memoryClient = (world: Partial<MemoryWorld> = {}): MemoryClient => new MemoryTable({...labWorld, ...world})

type Errno = 'EEXIST' | 'ESRCH' | 'ENOENT' | 'EINVAL' | 'ERANGE' | 'EAFNOSUPPORT' | 'ENODEV'
type Kind = Operation['do']
type Of<K extends Kind> = Extract<Operation, {do: K}>
type Handlers = {readonly [K in Kind]: (operation: Of<K>) => Errno | undefined}

interface StoredServer {
  server: Server
  connections: ConnectionCounts
  statistics: Statistics
}

interface StoredService {
  service: Service
  statistics: Statistics
  /** By formatServerKey, which tells families apart. */
  readonly servers: Map<string, StoredServer>
}

/** A removed server keeps its figures for when it comes back: to the same service all, to one made anew connections. */
interface Trashed {
  readonly stored: StoredServer
  readonly from: StoredService
}

const noConnections: ConnectionCounts = {active: 0, inactive: 0, persistent: 0}

class MemoryTable implements MemoryClient {
  private readonly world: MemoryWorld
  private readonly stored = new Map<string, StoredService>()
  /** The kernel empties it after a minute or two, once no connection refers to the server; this never. */
  private readonly trash = new Map<string, Trashed>()
  private readonly running = new Map<SyncRole, SyncDaemon>()
  private seconds: Timeouts = defaultTimeouts

  constructor(world: MemoryWorld) {
    this.world = world
  }

  info(): IpvsInfo {
    this.admit()
    return {version: '1.2.1', connectionTableSize: 4096}
  }

  table(): Table {
    this.admit()
    return sortTable(
      [...this.stored.values()].map(({service, statistics, servers}) => ({
        service,
        statistics,
        servers: [...servers.values()].map((one) => ({...one})),
      })),
    )
  }

  countedTable(order?: ListOrder): CountedTable {
    return this.services(order).map(({service}) => ({
      service,
      servers: this.servers(service.key, order).map(({server, connections}) => ({
        server: server.forwarding === 'tunneling' ? server : {...server, tunnel: plainTunnel},
        connections,
      })),
    }))
  }

  /** The kernel's own order of services is by hash; any will do. */
  services(order?: ListOrder): readonly RunningService[] {
    this.admit()
    const services = order === 'kernel' ? [...this.stored.values()] : this.table()
    return services.map(({service, statistics}) => ({service, statistics}))
  }

  service(key: ServiceKey): RunningService | undefined {
    this.admit()
    const entry = this.find(decodeServiceKey(encodeServiceKey(key)))
    return typeof entry === 'string' ? undefined : {service: entry.service, statistics: entry.statistics}
  }

  servers(key: ServiceKey, order?: ListOrder): readonly RunningServer[] {
    const entry = this.service(key)
    const stored = [...this.stored.values()].find(({service}) => service === entry?.service)
    if (order === 'kernel' && stored) return [...stored.servers.values()].reverse().map((one) => ({...one}))
    return this.table().find(({service}) => service === entry?.service)?.servers ?? []
  }

  timeouts(): Timeouts {
    this.admit()
    return this.seconds
  }

  daemons(): readonly SyncDaemon[] {
    this.admit()
    return Object.keys(syncRoles).flatMap((role) => this.running.get(role as SyncRole) ?? [])
  }

  execute(operations: readonly Operation[]): readonly Outcome[] {
    this.admit()
    const received = operations.map(overTheWire)
    return received.map((operation) => {
      const errno = this.longName(operation) ?? this.handle(operation)
      return errno === undefined ? {ok: true} : {ok: false, errno}
    })
  }

  setFigures({statistics, connections}: Figures, service: ServiceKey, server?: ServerKey): void {
    const entry = this.stored.get(formatServiceKey(service))
    const target = server ? entry?.servers.get(formatServerKey(server)) : entry
    if (!target) throw new RangeError(`nothing to set figures of: ${formatServiceKey(service)}`)
    target.statistics = {...target.statistics, ...statistics}
    if ('connections' in target) target.connections = {...target.connections, ...connections}
  }

  close(): void {}

  private handle<K extends Kind>(operation: Of<K>): Errno | undefined {
    return (this.handlers[operation.do] as (operation: Of<K>) => Errno | undefined)(operation)
  }

  private readonly handlers: Handlers = {
    'add-service': ({service}) => {
      if (this.noFamily(familyOfKey(service.key))) return 'EAFNOSUPPORT'
      const name = formatServiceKey(service.key)
      if (this.stored.has(name)) return 'EEXIST'
      const errno = this.checkService(service)
      if (errno) return errno
      this.stored.set(name, {service: this.asStored(service), statistics: noStatistics, servers: new Map()})
    },

    'edit-service': ({service}) => {
      const entry = this.find(service.key)
      if (typeof entry === 'string') return entry
      const errno = this.checkService(service)
      if (errno) return errno
      entry.service = this.asStored(service)
    },

    'delete-service': ({service}) => {
      const entry = this.find(service)
      if (typeof entry === 'string') return entry
      this.removeService(entry)
    },

    'add-server': ({service, server}) => {
      const entry = this.find(service)
      if (typeof entry === 'string') return entry
      const errno = this.checkServer(entry.service, server)
      if (errno) return errno
      const name = formatServerKey(server)
      if (entry.servers.has(name)) return 'EEXIST'
      const trashed = this.trash.get(trashName(entry.service.key, server))
      // Back from the trash its address is not looked at again.
      if (!trashed && !isUnicast(server.address, this.world)) return 'EINVAL'
      const figures = trashed && {
        connections: trashed.stored.connections,
        statistics: trashed.from === entry ? trashed.stored.statistics : noStatistics,
      }
      this.trash.delete(trashName(entry.service.key, server))
      entry.servers.set(name, {server, connections: noConnections, statistics: noStatistics, ...figures})
    },

    'edit-server': ({service, server}) => {
      const entry = this.find(service)
      if (typeof entry === 'string') return entry
      const errno = this.checkServer(entry.service, server)
      if (errno) return errno
      const stored = entry.servers.get(formatServerKey(server))
      if (!stored) return 'ENOENT'
      stored.server = server
    },

    'delete-server': ({service, server}) => {
      const entry = this.find(service)
      if (typeof entry === 'string') return entry
      if (this.noFamily(familyOf(server.address))) return 'EAFNOSUPPORT'
      const stored = entry.servers.get(formatServerKey(server))
      if (!stored) return 'ENOENT'
      this.removeServer(entry, stored)
    },

    zero: ({service}) => {
      const entries = service ? this.find(service) : [...this.stored.values()]
      if (typeof entries === 'string') return entries
      for (const entry of [entries].flat()) {
        entry.statistics = noStatistics
        for (const stored of entry.servers.values()) stored.statistics = noStatistics
      }
    },

    flush: () => {
      for (const entry of this.stored.values()) this.removeService(entry)
    },

    'set-timeouts': ({timeouts}) => {
      const longest = Math.floor(0x7fff_ffff / this.world.hz)
      if (Object.values(timeouts).some((seconds) => seconds > longest)) return 'EINVAL'
      const {tcp, tcpFin, udp} = timeouts
      // 0 is "leave it".
      this.seconds = {
        tcp: tcp || this.seconds.tcp,
        tcpFin: tcpFin || this.seconds.tcpFin,
        udp: udp || this.seconds.udp,
      }
    },

    'start-daemon': ({daemon}) => {
      if (daemon.group !== undefined && !isMulticast(daemon.group)) return 'EINVAL'
      // The synchronisation protocol has one family per connection.
      if (this.hasMixedFamilies()) return 'EINVAL'
      const mtu = this.world.interfaces[daemon.interface]
      if (mtu === undefined) return 'ENODEV'
      if (this.running.has(daemon.role)) return 'EEXIST'
      this.running.set(daemon.role, withDefaults(daemon, mtu))
    },

    'stop-daemon': ({role}) => {
      if (!this.running.delete(role)) return 'ESRCH'
    },
  }

  /** Strings too long for the attribute policies (ip_vs_svc_policy, ip_vs_daemon_policy). */
  private longName(operation: Operation): Errno | undefined {
    const names: readonly (readonly [text: string, most: number])[] =
      operation.do === 'add-service' || operation.do === 'edit-service'
        ? [
            [operation.service.scheduler, 15],
            [operation.service.engine ?? '', 16],
          ]
        : operation.do === 'start-daemon'
          ? [[operation.daemon.interface, 15]]
          : []
    return names.some(([text, most]) => new TextEncoder().encode(text).length > most) ? 'EINVAL' : undefined
  }

  private find(key: ServiceKey): StoredService | Errno {
    if (this.noFamily(familyOfKey(key))) return 'EAFNOSUPPORT'
    return this.stored.get(formatServiceKey(key)) ?? 'ESRCH'
  }

  private noFamily(family: string): boolean {
    return family === 'ipv6' && !this.world.ipv6
  }

  private checkService({key, scheduler, engine, netmask}: Service): Errno | undefined {
    if (scheduler !== 'none' && !this.world.schedulers.includes(scheduler)) return 'ENOENT'
    if (engine !== undefined && !this.world.engines.includes(engine)) return 'ENOENT'
    if (familyOfKey(key) === 'ipv6' && (Number(netmask) < 1 || Number(netmask) > 128)) return 'EINVAL'
  }

  private checkServer(service: Service, server: Server): Errno | undefined {
    if (this.noFamily(familyOf(server.address))) return 'EAFNOSUPPORT'
    if (familyOf(server.address) !== familyOfKey(service.key))
      if (this.running.size > 0 || server.forwarding !== 'tunneling') return 'EINVAL'
    if (server.weight < 0) return 'ERANGE'
    if (server.lowerThreshold > server.upperThreshold) return 'ERANGE'
    if (server.tunnel.type === 'gue' && server.tunnel.port === 0) return 'EINVAL'
  }

  /** The timeout is kept in ticks, 32 bits of them. */
  private asStored(service: Service): Service {
    if (service.persistence === undefined) return service
    const ticks = (service.persistence * this.world.hz) % 2 ** 32
    return {...service, persistence: Math.floor(ticks / this.world.hz)}
  }

  private removeService(entry: StoredService): void {
    for (const stored of entry.servers.values()) this.removeServer(entry, stored)
    this.stored.delete(formatServiceKey(entry.service.key))
  }

  private removeServer(entry: StoredService, stored: StoredServer): void {
    entry.servers.delete(formatServerKey(stored.server))
    this.trash.set(trashName(entry.service.key, stored.server), {stored, from: entry})
  }

  private hasMixedFamilies(): boolean {
    return [...this.stored.values()].some(({service, servers}) =>
      [...servers.values()].some(({server}) => familyOf(server.address) !== familyOfKey(service.key)),
    )
  }

  /** Throws what the kernel client would throw. */
  private admit(): void {
    if (!this.world.privileged) throw explainRead(new NetlinkError(familyName, 'EPERM'))
  }
}

/** What the kernel reads out of the bytes. What no bytes can say throws, before anything is done. */
function overTheWire(operation: Operation): Operation {
  const {command, record} = encodeOperation(operation)
  const out = new Writer()
  encodeFields(messageFields, record, out)
  return decodeOperation({command, record: decodeFields(messageFields, new Reader(out.bytes()))})
}

const trashName = (service: ServiceKey, server: ServerKey): string =>
  `${formatServiceKey(service)} ${formatServerKey(server)}`

/** As the kernel answers them: everything is said. */
function withDefaults(daemon: SyncDaemon, mtu: number): SyncDaemon {
  const full = withSyncDefaults(daemon)
  const headers = familyOf(full.group) === 'ipv4' ? 20 + 8 : 40 + 8
  const backup = daemon.role === 'backup'
  const longest = (backup ? Math.min(Math.max(mtu, 1500), 65535) : 1500) - headers
  const clamped = Math.min(Math.max(daemon.maxLength ?? 0, backup ? 1024 : 1), 65535 - headers)
  return {
    ...full,
    maxLength: daemon.maxLength ? clamped : longest,
    // 0 is "not given" to the kernel.
    port: full.port || syncDefaults.port,
    ttl: full.ttl || syncDefaults.ttl,
  }
}
