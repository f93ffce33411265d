// What `-L` and `-S` show, read from the kernel and put out. How it looks is in formats/ipvsadm.

import type {ServiceKey} from '../domain/service.ts'
import type {RunningServer, RunningService} from '../domain/table.ts'
import {listingOf, titleLines, versionLine} from '../formats/ipvsadm/listing.ts'
import {sortServers, sortServices} from '../formats/ipvsadm/order.ts'
import type {ListingOptions} from '../formats/ipvsadm/request.ts'
import {rulesOf} from '../formats/ipvsadm/saved-rules.ts'
import {daemonsText, timeoutsText} from '../formats/ipvsadm/settings-text.ts'
import {kernelWords} from './kernel-words.ts'
import {withNames} from './look-up.ts'
import {manyServices, procServers} from './proc-servers.ts'
import type {Session} from './session.ts'

export async function listTable(options: ListingOptions, session: Session): Promise<void> {
  const {client, info, world} = session
  const services = client.services('kernel')
  world.out(versionLine(info.version, info.connectionTableSize) + titleLines(options.columns))
  const sorted = options.sorted ? sortServices(services, ({service}) => service.key) : services
  const isLarge = options.sorted && options.columns === 'plain' && services.length >= manyServices
  const shortCut = isLarge ? procServers(world) : undefined
  await writeServices(
    sorted,
    options,
    session,
    (running, servers, names) => listingOf(running, servers, options, names),
    shortCut,
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
  await writeServices([running], options, session, (one, servers, names) => listingOf(one, servers, options, names))
  return true
}

export async function save(numeric: boolean, session: Session): Promise<void> {
  const services = sortServices(session.client.services('kernel'), ({service}) => service.key)
  await writeServices(services, {numeric, sorted: true}, session, ({service}, servers, names) =>
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

type WriteService = (
  running: RunningService,
  servers: readonly RunningServer[],
  names: Session['known'] | undefined,
) => string

/** Characters after which what there is so far is put out. */
const enough = 256 * 1024

async function writeServices(
  services: readonly RunningService[],
  {numeric, sorted}: Pick<ListingOptions, 'numeric' | 'sorted'>,
  {client, known, world}: Session,
  write: WriteService,
  shortCut?: ReturnType<typeof procServers>,
): Promise<void> {
  const serversOf = (key: ServiceKey): readonly RunningServer[] => {
    const servers = client.servers(key, 'kernel')
    return sorted ? sortServers(servers, ({server}) => server) : servers
  }
  let text = ''
  for (const running of services) {
    const {key} = running.service
    const servers = shortCut?.(key) ?? serversOf(key)
    text += numeric
      ? write(running, servers, undefined)
      : await withNames(known, world.names, () => write(running, servers, known))
    if (text.length < enough) continue
    world.out(text)
    text = ''
  }
  if (text !== '') world.out(text)
}
