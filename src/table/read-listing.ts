// Where a listing comes from: of the kernel's table, which only root may read, or of /proc/net/ip_vs, which tells anybody
// less.

import {LvsctlError, type Problem} from '../domain/problem.ts'
import {schedulerRow} from '../domain/schedulers.ts'
import {formatServiceKey, type ServiceKey, serviceKeyEquals} from '../domain/service.ts'
import type {CountedEntry} from '../domain/table.ts'
import {procAbsent} from '../formats/procfs/absent.ts'
import {type ProcService, parseProcIpVs} from '../formats/procfs/ip-vs.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {missingService, requireService} from './find.ts'
import {type ListedService, listEntry, listProcService, listServer, listService} from './listing.ts'

/** What is asked: the command's context has it all. */
export interface TableSource {
  readonly env: Readonly<Record<string, string | undefined>>
  ipvs(): Promise<IpvsClient>
  readFile(path: string, most?: number): string | undefined
  workOnce(): void
}

/** Services may come one by one, each read as it is taken: those of a large table need not be held. */
export interface Listing<Services extends Iterable<ListedService> = readonly ListedService[]> {
  readonly services: Services
  readonly source: 'netlink' | 'procfs'
  /** Something that this listing would show is not known: netlink would have told it. */
  readonly hidden: boolean
  /** Every service is in it, for certain. */
  readonly whole: boolean
  /** What could not be read. */
  readonly problems: readonly Problem[]
}

/** All there is to know, thresholds and statistics too. Without root, what /proc tells. */
export async function readTable(source: TableSource): Promise<Listing> {
  return asRoot(
    source,
    async () => fromNetlink((await source.ipvs()).table().map(listEntry)),
    () => fromProc(readProc(source)),
  )
}

/** What a plain list shows: no traffic figures. */
export async function readListing(source: TableSource): Promise<Listing<Iterable<ListedService>>> {
  return asRoot(
    source,
    async () => {
      const client = await source.ipvs()
      source.workOnce()
      return fromNetlink(listEntries(client.countedTable()))
    },
    () => fromProc(readProc(source)),
  )
}

function* listEntries(entries: Iterable<CountedEntry>): Generator<ListedService> {
  for (const entry of entries) yield listEntry(entry)
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
      const {services, whole, problems} = readProc(source)
      const found = services.find((one) => serviceKeyEquals(one.key, key))
      if (found) return {...fromProc({services: [found], whole: true, problems}), hidden: true}
      if (services.some((one) => mayBe(one, key))) throw familyHidden(key)
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

/** A mark of this number, of which nothing tells that it is of the other family. */
const mayBe = (one: ProcService, key: ServiceKey): boolean =>
  key.kind === 'fwmark' && one.key.kind === 'fwmark' && one.key.mark === key.mark && !one.familyTold

function familyHidden(key: ServiceKey): LvsctlError {
  const other = key.kind === 'fwmark' && formatServiceKey({...key, family: key.family === 'ipv6' ? 'ipv4' : 'ipv6'})
  return new LvsctlError({
    failure: 'permission',
    code: 'not-permitted',
    message: `not permitted: whether ${other} is ${formatServiceKey(key)} is told to root only (CAP_NET_ADMIN)`,
    hint: 'Try: sudo lvsctl …',
  })
}

/** Beside what /proc tells a user of a table larger than a page. */
export const maybeMore = 'Services may be missing, if other network namespaces have some: root sees all'

/** Of this thread, because --netns moved no other. */
export const procPath = '/proc/thread-self/net/ip_vs'

/** LVSCTL_PROC names another /proc, the one of a container's host or one that was saved: then nothing else is asked. */
const procFile = ({env}: TableSource): string => (env.LVSCTL_PROC ? `${env.LVSCTL_PROC}/net/ip_vs` : procPath)

const fromNetlink = <Services extends Iterable<ListedService>>(services: Services): Listing<Services> => ({
  services,
  source: 'netlink',
  hidden: false,
  whole: true,
  problems: [],
})

const fromProc = ({services, whole, problems}: ProcReading): Listing => ({
  services: services.map(listProcService),
  source: 'procfs',
  hidden: services.some(isUnclear),
  whole,
  problems,
})

async function asRoot<Services extends Iterable<ListedService>>(
  source: TableSource,
  read: () => Promise<Listing<Services>>,
  otherwise: () => Listing,
): Promise<Listing<Services | readonly ListedService[]>> {
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
  readonly problems: readonly Problem[]
}

/**
 * The kernel gives the file a page at a time, and to go on counts the services of this network namespace only, where on
 * the way it had counted those of all (ip_vs_info_array and ip_vs_info_seq_next in ip_vs_ctl.c, up to Linux 6.12): when
 * others have services too, some of ours are left out at every page.
 */
const page = 4096

/** Bytes of a large table, in /proc. */
const large = 64 * 1024

function readProc(source: TableSource): ProcReading {
  const path = procFile(source)
  const text = source.readFile(path)
  if (text !== undefined) {
    if (text.length > large) source.workOnce()
    const {value, problems} = parseProcIpVs(text, path)
    return {services: value.services, whole: text.length < page, problems}
  }
  throw procAbsent(path, {told: Boolean(source.env.LVSCTL_PROC), what: 'the table is'})
}

/** Whether root would see more of it. */
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
