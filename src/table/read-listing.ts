// Where a listing comes from. The kernel's netlink interface tells everything, to root only, and answers the servers of
// one service at a time; /proc/net/ip_vs tells less, to anybody, and is one read for the whole table. A plain list is
// read from /proc, and netlink is asked about those services of which /proc does not tell enough.

import {LvsctlError} from '../domain/problem.ts'
import {schedulerRow} from '../domain/schedulers.ts'
import {formatServiceKey, type ServiceKey, serviceKeyEquals} from '../domain/service.ts'
import {type ProcService, parseProcIpVs} from '../formats/procfs/ip-vs.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {missingService, requireService} from './find.ts'
import {type ListedServer, type ListedService, listEntry, listProcService, listServer, listService} from './listing.ts'

/** What is asked: the command's context has it all. */
export interface TableSource {
  readonly env: Readonly<Record<string, string | undefined>>
  ipvs(): Promise<IpvsClient>
  readFile(path: string, most?: number): string | undefined
  workOnce(): void
}

export interface Listing {
  readonly services: readonly ListedService[]
  readonly source: 'netlink' | 'procfs'
  /** Something that this listing would show is not known: netlink would have told it. */
  readonly hidden: boolean
  /** Every service is in it, for certain. */
  readonly whole: boolean
}

/** All there is to know, thresholds and statistics too. Without root, what /proc tells. */
export async function readTable(source: TableSource): Promise<Listing> {
  return asRoot(
    source,
    async () => fromNetlink((await source.ipvs()).table().map(listEntry)),
    () => fromProc(readProc(source)),
  )
}

/** What a plain list shows. */
export async function readListing(source: TableSource): Promise<Listing> {
  // Without the file the module is not loaded, and netlink loads it.
  if (source.readFile(procFile(source), 1) === undefined) return readTable(source)
  const {services, whole} = readProc(source)
  if (whole && !services.some(isUnclear)) return fromNetlink(services.map(listProcService))
  return asRoot(
    source,
    async () => fromNetlink(clarify(services, whole, await source.ipvs())),
    () => fromProc({services, whole}),
  )
}

/** One service with all there is to know; throws `missing` where it is not. */
export async function readService(source: TableSource, key: ServiceKey): Promise<Listing> {
  return asRoot(
    source,
    async () => {
      const client = await source.ipvs()
      const running = requireService(client, key)
      return fromNetlink([listService(running, client.servers(key).map(listServer))])
    },
    () => {
      const {services, whole} = readProc(source)
      const found = services.find((one) => serviceKeyEquals(one.key, key))
      if (found) return {...fromProc({services: [found], whole: true}), hidden: true}
      const missing = missingService(
        key,
        services.map((one) => one.key),
      )
      throw whole
        ? missing
        : new LvsctlError({...missing, message: `${missing.message} to be seen here`, hint: maybeMore})
    },
  )
}

/** Beside what /proc tells a user of a table larger than a page. */
export const maybeMore = 'Services may be missing, if other network namespaces have some: root sees all'

/** Of this thread, because --netns moved no other. */
export const procPath = '/proc/thread-self/net/ip_vs'

/** LVSCTL_PROC names another /proc, the one of a container's host or one that was saved: then nothing else is asked. */
const procFile = ({env}: TableSource): string => (env.LVSCTL_PROC ? `${env.LVSCTL_PROC}/net/ip_vs` : procPath)

const fromNetlink = (services: readonly ListedService[]): Listing => ({
  services,
  source: 'netlink',
  hidden: false,
  whole: true,
})

const fromProc = ({services, whole}: ProcReading): Listing => ({
  services: services.map(listProcService),
  source: 'procfs',
  hidden: services.some(isUnclear),
  whole,
})

async function asRoot<Result>(
  source: TableSource,
  read: () => Promise<Result>,
  otherwise: () => Result,
): Promise<Result> {
  if (source.env.LVSCTL_PROC) return otherwise()
  try {
    return await read()
  } catch (error) {
    if (error instanceof LvsctlError && error.failure === 'permission') return otherwise()
    throw error
  }
}

interface ProcReading {
  readonly services: readonly ProcService[]
  readonly whole: boolean
}

/**
 * The kernel gives the file a page at a time, and to go on counts the services of this network namespace only, where on
 * the way it had counted those of all (ip_vs_info_array and ip_vs_info_seq_next in ip_vs_ctl.c, up to Linux 6.12): when
 * others have services too, some of ours are left out at every page.
 */
const page = 4096

/** A thousand servers. */
const large = 64 * 1024

function readProc(source: TableSource): ProcReading {
  const text = source.readFile(procFile(source))
  if (text !== undefined) {
    if (text.length > large) source.workOnce()
    return {services: parseProcIpVs(text).value.services, whole: text.length < page}
  }
  if (source.env.LVSCTL_PROC)
    throw new LvsctlError({
      failure: 'missing',
      code: 'proc-missing',
      message: `no file ${procFile(source)}, and LVSCTL_PROC says that the table is there`,
    })
  throw new LvsctlError({
    failure: 'unsupported',
    code: 'ipvs-unavailable',
    message: 'this kernel has no IPVS, or its module ip_vs is not loaded',
    hint: 'Load it: sudo modprobe ip_vs. To rehearse without it: lvsctl lab',
  })
}

/** Whether netlink could tell more of what a plain list shows. */
function isUnclear(one: ProcService): boolean {
  const {key, scheduler, persistent, onePacket, servers} = one
  return (
    key.kind === 'fwmark' ||
    persistent ||
    schedulerRow(scheduler)?.flags !== undefined ||
    (onePacket === undefined && key.protocol === 'udp') ||
    servers.some(({forwarding}) => forwarding === 'tunneling')
  )
}

/** More than this, and one dump of all services is quicker than asking for each. */
const few = 32

/** Firewall marks come from netlink altogether: /proc does not tell two of different families apart. */
function clarify(found: readonly ProcService[], whole: boolean, client: IpvsClient): readonly ListedService[] {
  const unclear = found.filter(isUnclear)
  const marked = unclear.some(({key}) => key.kind === 'fwmark')
  if (marked || unclear.length > few || (!whole && client.serviceCount() !== found.length)) {
    const known = new Map(found.map((one) => [formatServiceKey(one.key), one]))
    return client.services().map((one) => {
      const {key} = one.service
      return listService(one, clearServers(key, known.get(formatServiceKey(key)), client))
    })
  }
  return found.map((one) => {
    const running = isUnclear(one) ? client.service(one.key) : undefined
    return running ? listService(running, clearServers(one.key, one, client)) : listProcService(one)
  })
}

/** Netlink is asked where /proc left the service out, and where it does not tell: the kind of a tunnel, a mark's family. */
function clearServers(key: ServiceKey, found: ProcService | undefined, client: IpvsClient): readonly ListedServer[] {
  const enough = found && key.kind === 'address' && found.servers.every(({forwarding}) => forwarding !== 'tunneling')
  return enough ? found.servers : client.servers(key).map(listServer)
}
