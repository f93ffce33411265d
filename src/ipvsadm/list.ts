// What `-L` and `-S` show, read from the kernel and put out. How it looks is in formats/ipvsadm.

import type {Service, ServiceKey} from '../domain/service.ts'
import type {CountedServer} from '../domain/table.ts'
import {type ListedEntry, listingOf, titleLines, versionLine} from '../formats/ipvsadm/listing.ts'
import {sortServers, sortServices} from '../formats/ipvsadm/order.ts'
import type {ListingOptions} from '../formats/ipvsadm/request.ts'
import {rulesOf} from '../formats/ipvsadm/saved-rules.ts'
import {daemonsText, timeoutsText} from '../formats/ipvsadm/settings-text.ts'
import {kernelWords} from './kernel-words.ts'
import {withNames} from './look-up.ts'
import type {Session} from './session.ts'

export async function listTable(options: ListingOptions, session: Session): Promise<void> {
  const {info, world} = session
  world.out(versionLine(info.version, info.connectionTableSize) + titleLines(options.columns))
  await writeEntries(readEntries(options, session), options, session, (entry, names) =>
    listingOf(entry, entry.servers, options, names),
  )
}

/** False: there is none. */
export async function listService(key: ServiceKey, options: ListingOptions, session: Session): Promise<boolean> {
  const {client, world} = session
  const running = client.service(key)
  if (!running) {
    world.err(`${kernelWords('ESRCH', 'zero')}\n`)
    return false
  }
  world.out(titleLines(options.columns))
  const servers = sortedServers(client.servers(key, 'kernel'), options)
  await writeEntries([{...running, servers}], options, session, (entry, names) =>
    listingOf(entry, entry.servers, options, names),
  )
  return true
}

export async function save(numeric: boolean, session: Session): Promise<void> {
  const options = {numeric, sorted: true}
  await writeEntries(readEntries(options, session), options, session, ({service, servers}, names) =>
    rulesOf(
      service,
      servers.map(({server}) => server),
      names,
    ),
  )
}

export function listTimeouts({client, world}: Session): void {
  world.out(timeoutsText(client.timeouts()))
}

export function listDaemons({client, world}: Session): void {
  world.out(daemonsText(client.daemons()))
}

type Order = Pick<ListingOptions, 'numeric' | 'sorted'>

/** Figures cost the most, and few listings show them: those are read a service at a time, as they are put out. */
function* readEntries(options: Order & Partial<ListingOptions>, {client}: Session): Generator<ListedEntry> {
  if (options.columns === 'stats' || options.columns === 'rate') {
    for (const running of sortedServices(client.services('kernel'), options))
      yield {...running, servers: sortedServers(client.servers(running.service.key, 'kernel'), options)}
    return
  }
  for (const {service, servers} of sortedServices([...client.countedTable('kernel')], options))
    yield {service, servers: sortedServers(servers, options)}
}

const sortedServices = <Entry extends {readonly service: Service}>(
  entries: readonly Entry[],
  {sorted}: Pick<ListingOptions, 'sorted'>,
): readonly Entry[] => (sorted ? sortServices(entries, ({service}) => service.key) : entries)

const sortedServers = <Entry extends CountedServer>(
  servers: readonly Entry[],
  {sorted}: Pick<ListingOptions, 'sorted'>,
): readonly Entry[] => (sorted ? sortServers(servers, ({server}) => server) : servers)

/** Characters after which what there is so far is put out. */
const enough = 256 * 1024

async function writeEntries(
  entries: Iterable<ListedEntry>,
  {numeric}: Order,
  {known, world}: Session,
  write: (entry: ListedEntry, names: Session['known'] | undefined) => string,
): Promise<void> {
  let text = ''
  for (const entry of entries) {
    text += numeric ? write(entry, undefined) : await withNames(known, world.names, () => write(entry, known))
    if (text.length < enough) continue
    world.out(text)
    text = ''
  }
  if (text !== '') world.out(text)
}
