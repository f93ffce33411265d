// A service or a server of the table by its name, or an error that tells the nearest that there are.

import {nearestServers, nearestServices} from '../domain/nearest-keys.ts'
import {LvsctlError} from '../domain/problem.ts'
import {formatServerKey, type ServerKey, serverKeyEquals} from '../domain/server.ts'
import {formatServiceKey, type ServiceKey} from '../domain/service.ts'
import type {RunningServer, RunningService} from '../domain/table.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {namingArguments} from './edit-arguments.ts'

/** What to do about a service that is not there: make it, where something is to be put into it, or look what there is. */
type Remedy = 'create' | 'look'

/** Throws `missing` with the nearest that there are. */
export function requireService(client: IpvsClient, key: ServiceKey, remedy: Remedy = 'look'): RunningService {
  const found = client.service(key)
  if (found) return found
  throw missingService(
    key,
    client.services().map((one) => one.service.key),
    remedy,
  )
}

export function missingService(key: ServiceKey, there: readonly ServiceKey[], remedy: Remedy = 'look'): LvsctlError {
  const create = `Create it: lvsctl service add ${namingArguments(key).join(' ')}`
  const look = there.length === 0 ? 'The table is empty' : 'All: lvsctl list'
  return new LvsctlError({
    failure: 'missing',
    code: 'service-missing',
    message: `no service ${formatServiceKey(key)}`,
    hint: nearestWords(nearestServices(key, there).map(formatServiceKey)) + (remedy === 'create' ? create : look),
  })
}

export function requireServer(client: IpvsClient, serviceKey: ServiceKey, key: ServerKey): RunningServer {
  const servers = client.servers(serviceKey)
  const found = findServer(servers, key)
  if (found) return found
  const near = nearestServers(
    key,
    servers.map((one) => one.server),
  )
  throw new LvsctlError({
    failure: 'missing',
    code: 'server-missing',
    message: `no server ${formatServerKey(key)} in ${formatServiceKey(serviceKey)}`,
    hint:
      servers.length === 0
        ? 'It has no servers'
        : `${nearestWords(near.map(formatServerKey))}All: lvsctl server list ${namingArguments(serviceKey).join(' ')}`,
  })
}

const nearestWords = (near: readonly string[]): string => (near.length === 0 ? '' : `Nearest: ${near.join(', ')}. `)

export const findServer = (servers: readonly RunningServer[], key: ServerKey): RunningServer | undefined =>
  servers.find((one) => serverKeyEquals(one.server, key))
