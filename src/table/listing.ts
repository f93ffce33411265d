// A table as the list commands show it: the same few facts wherever they were read from. All of it from the kernel's
// netlink interface, or what /proc/net/ip_vs tells anybody. Pure; reading is in read-listing.ts.

import type {ForwardingMethod} from '../domain/forwarding.ts'
import {readsFlag} from '../domain/schedulers.ts'
import type {ServerKey} from '../domain/server.ts'
import {familyOfKey, formatServiceKey, fullMask, type Service, type ServiceKey} from '../domain/service.ts'
import {describeTunnel, maskWord, serviceSettings} from '../domain/settings-words.ts'
import type {CountedEntry, CountedServer, RunningServer, RunningService, TableEntry} from '../domain/table.ts'
import type {ProcService} from '../formats/procfs/ip-vs.ts'

/** A server as /proc tells it is one already: ten thousand of them need not be copied. */
export interface ListedServer extends ServerKey {
  readonly forwarding: ForwardingMethod
  /** `gue:6080`; undefined for plain ipip and where it is not known. */
  readonly tunnel?: string | undefined
  readonly weight: number
  readonly active: number
  readonly inactive: number
  /** Everything, where it was read; figures only where they were asked for. */
  readonly running?: CountedServer & Partial<RunningServer>
}

export interface ListedService {
  /** `tcp://192.0.2.10:80` */
  readonly id: string
  readonly key: ServiceKey
  readonly scheduler: string
  /** What has an effect and is not the default: `sh-port`, `persistent 300 s`, `/24`, `engine sip`, `one-packet`. */
  readonly settings: readonly string[]
  readonly active: number
  readonly inactive: number
  readonly servers: readonly ListedServer[]
  /** Everything, where it was read, figures only where they were asked for; else what /proc says. */
  readonly running: ({readonly service: Service} & Partial<RunningService>) | undefined
  readonly proc: ProcService | undefined
}

export function listEntry(entry: TableEntry | CountedEntry): ListedService {
  return listService(entry, entry.servers.map(listServer))
}

export function listService(
  running: NonNullable<ListedService['running']>,
  servers: readonly ListedServer[],
): ListedService {
  const {service} = running
  return {
    id: formatServiceKey(service.key),
    key: service.key,
    scheduler: service.scheduler,
    settings: serviceSettings(effective(service)),
    ...sums(servers),
    servers,
    running,
    proc: undefined,
  }
}

/** Without what the kernel keeps and never looks at. /proc does not show it either. */
function effective(service: Service): Service {
  const {key, scheduler, schedulerFlags, persistence, netmask, engine, onePacket, ...rest} = service
  return {
    ...rest,
    key,
    scheduler,
    schedulerFlags: schedulerFlags.filter((flag) => readsFlag(scheduler, flag)),
    netmask: persistence === undefined ? fullMask[familyOfKey(key)] : netmask,
    onePacket: onePacket && canBeOnePacket(key),
    ...(persistence !== undefined && {persistence}),
    ...(persistence !== undefined && engine !== undefined && {engine}),
  }
}

/** net/netfilter/ipvs/ip_vs_core.c looks at the flag for UDP only; packets with a mark may be UDP. */
const canBeOnePacket = (key: ServiceKey): boolean => key.kind === 'fwmark' || key.protocol === 'udp'

export function listServer(running: NonNullable<ListedServer['running']>): ListedServer {
  const {server, connections} = running
  return {
    address: server.address,
    port: server.port,
    forwarding: server.forwarding,
    tunnel: describeTunnel(server.tunnel),
    weight: server.weight,
    active: connections.active,
    inactive: connections.inactive,
    running,
  }
}

export function listProcService(one: ProcService): ListedService {
  return {
    id: formatServiceKey(one.key),
    key: one.key,
    scheduler: one.scheduler,
    settings: procSettings(one),
    ...sums(one.servers),
    servers: one.servers,
    running: undefined,
    proc: one,
  }
}

function procSettings({key, persistent, netmask, onePacket}: ProcService): readonly string[] {
  const settings = persistent ? ['persistent', ...maskSetting(key, netmask)] : []
  if (onePacket && canBeOnePacket(key)) settings.push('one-packet')
  return settings
}

/** Whether a new client would be served: a server with a weight, and a scheduler to choose it. */
export function takesClients({scheduler, servers}: ListedService): boolean {
  return scheduler !== 'none' && servers.some(({weight}) => weight > 0)
}

function sums(servers: readonly ListedServer[]): {active: number; inactive: number} {
  let active = 0
  let inactive = 0
  for (const one of servers) {
    active += one.active
    inactive += one.inactive
  }
  return {active, inactive}
}

function maskSetting(key: ServiceKey, netmask: string | undefined): readonly string[] {
  return netmask === undefined || netmask === fullMask[familyOfKey(key)] ? [] : [maskWord(netmask)]
}

export function countServers(services: readonly ListedService[]): number {
  return services.reduce((sum, {servers}) => sum + servers.length, 0)
}
