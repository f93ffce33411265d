// Where a listing comes from. The kernel's netlink interface tells everything, to root only, and answers the servers of
// one service at a time; /proc/net/ip_vs tells less, to anybody, and is one read for the whole table. A plain list is
// read from /proc, and netlink is asked about those services of which /proc does not tell enough.

import {LvsctlError} from '../domain/problem.ts'
import {schedulerRow} from '../domain/schedulers.ts'
import {formatServiceKey, type ServiceKey, serviceKeyEquals} from '../domain/service.ts'
import {type ProcService, parseProcIpVs} from '../formats/procfs/ip-vs.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import type {Context} from './context.ts'
import {missingService, requireService} from './find.ts'
import {type ListedServer, type ListedService, listEntry, listProcService, listServer, listService} from './listing.ts'

export interface Listing {
  readonly services: readonly ListedService[]
  readonly source: 'netlink' | 'procfs'
  /** Something that this listing would show is not known: netlink would have told it. */
  readonly hidden: boolean
}

/** All there is to know, thresholds and statistics too. Without root, what /proc tells. */
export async function readTable(context: Context): Promise<Listing> {
  return asRoot(
    context,
    async () => fromNetlink((await context.ipvs()).table().map(listEntry)),
    () => fromProc(readProc(context)),
  )
}

/** What a plain list shows. */
export async function readListing(context: Context): Promise<Listing> {
  // Without the file the module is not loaded, and netlink loads it.
  if (context.readFile(procFile(context), 1) === undefined) return readTable(context)
  const services = readProc(context)
  const unclear = services.filter(isUnclear)
  if (unclear.length === 0) return fromNetlink(services.map(listProcService))
  return asRoot(
    context,
    async () => fromNetlink(clarify(services, unclear, await context.ipvs())),
    () => fromProc(services),
  )
}

/** One service with all there is to know; throws `missing` where it is not. */
export async function readService(context: Context, key: ServiceKey): Promise<Listing> {
  return asRoot(
    context,
    async () => {
      const client = await context.ipvs()
      const running = requireService(client, key)
      return fromNetlink([listService(running, client.servers(key).map(listServer))])
    },
    () => {
      const services = readProc(context)
      const found = services.find((one) => serviceKeyEquals(one.key, key))
      if (found) return {...fromProc([found]), hidden: true}
      throw missingService(
        key,
        services.map((one) => formatServiceKey(one.key)),
      )
    },
  )
}

/** Of this thread, because --netns moved no other. */
export const procPath = '/proc/thread-self/net/ip_vs'

/** LVSCTL_PROC names another /proc, the one of a container's host or one that was saved: then nothing else is asked. */
const procFile = ({env}: Context): string => (env.LVSCTL_PROC ? `${env.LVSCTL_PROC}/net/ip_vs` : procPath)

const fromNetlink = (services: readonly ListedService[]): Listing => ({services, source: 'netlink', hidden: false})

const fromProc = (services: readonly ProcService[]): Listing => ({
  services: services.map(listProcService),
  source: 'procfs',
  hidden: services.some(isUnclear),
})

async function asRoot<Result>(context: Context, read: () => Promise<Result>, otherwise: () => Result): Promise<Result> {
  if (context.env.LVSCTL_PROC) return otherwise()
  try {
    return await read()
  } catch (error) {
    if (error instanceof LvsctlError && error.failure === 'permission') return otherwise()
    throw error
  }
}

function readProc(context: Context): readonly ProcService[] {
  const text = context.readFile(procFile(context))
  if (text !== undefined) {
    if (text.length > large) context.workOnce()
    return parseProcIpVs(text).value.services
  }
  throw new LvsctlError({
    failure: 'unsupported',
    code: 'ipvs-unavailable',
    message: 'this kernel has no IPVS, or its module ip_vs is not loaded',
    hint: 'Load it: sudo modprobe ip_vs. To rehearse without it: lvsctl lab',
  })
}

/** A thousand servers. */
const large = 64 * 1024

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
function clarify(
  services: readonly ProcService[],
  unclear: readonly ProcService[],
  client: IpvsClient,
): readonly ListedService[] {
  const marked = unclear.some(({key}) => key.kind === 'fwmark')
  const dump = marked || unclear.length > few ? client.services() : undefined
  const known = new Map(dump?.map((one) => [formatServiceKey(one.service.key), one]))
  const find = (key: ServiceKey) => (dump ? known.get(formatServiceKey(key)) : client.service(key))
  const addressed = services.filter(({key}) => key.kind === 'address')
  return [
    ...addressed.map((one) => {
      const running = isUnclear(one) ? find(one.key) : undefined
      return running ? listService(running, clearServers(one, client)) : listProcService(one)
    }),
    ...(dump ?? [])
      .filter(({service}) => service.key.kind === 'fwmark')
      .map((one) => listService(one, client.servers(one.service.key).map(listServer))),
  ]
}

/** What kind of tunnel it is, /proc does not tell. */
function clearServers({key, servers}: ProcService, client: IpvsClient): readonly ListedServer[] {
  return servers.some(({forwarding}) => forwarding === 'tunneling') ? client.servers(key).map(listServer) : servers
}
