// A service or a server of the table by its name, or an error that tells the nearest that there are.

import {nearest} from '../domain/nearest.ts'
import {LvsctlError} from '../domain/problem.ts'
import {formatServerKey, type ServerKey, serverKeyEquals} from '../domain/server.ts'
import {formatServiceKey, type ServiceKey} from '../domain/service.ts'
import type {RunningServer, RunningService} from '../domain/table.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {namingArguments} from './edit-arguments.ts'

/** Throws `missing` with the nearest that there are. */
export function requireService(client: IpvsClient, key: ServiceKey): RunningService {
  const found = client.service(key)
  if (found) return found
  throw missingService(
    key,
    client.services().map((one) => formatServiceKey(one.service.key)),
  )
}

export function missingService(key: ServiceKey, there: readonly string[]): LvsctlError {
  const id = formatServiceKey(key)
  return new LvsctlError({
    failure: 'missing',
    code: 'service-missing',
    message: `no service ${id}`,
    hint: `${nearestWords(nearest(id, there))}Create it: lvsctl service add ${namingArguments(key).join(' ')}`,
  })
}

export function requireServer(client: IpvsClient, serviceKey: ServiceKey, key: ServerKey): RunningServer {
  const servers = client.servers(serviceKey)
  const found = findServer(servers, key)
  if (found) return found
  const id = formatServerKey(key)
  const there = servers.map((one) => formatServerKey(one.server))
  // A forgotten port is the likeliest slip: any server of the same address comes first.
  const near = [
    ...servers.filter((one) => one.server.address === key.address).map((one) => formatServerKey(one.server)),
    ...nearest(id, there),
  ]
  throw new LvsctlError({
    failure: 'missing',
    code: 'server-missing',
    message: `no server ${id} in ${formatServiceKey(serviceKey)}`,
    hint:
      there.length === 0
        ? 'It has no servers'
        : `${nearestWords([...new Set(near)].slice(0, 3))}All: lvsctl server list ${namingArguments(serviceKey).join(' ')}`,
  })
}

const nearestWords = (near: readonly string[]): string => (near.length === 0 ? '' : `Nearest: ${near.join(', ')}. `)

export const findServer = (servers: readonly RunningServer[], key: ServerKey): RunningServer | undefined =>
  servers.find((one) => serverKeyEquals(one.server, key))
