// Why a new client of a service would be turned away, as far as its table tells.

import {type ListedServer, type ListedService, takesClients} from '../table/listing.ts'

/** undefined: it would be served. */
export function whyRefused(service: ListedService): string | undefined {
  const {scheduler, servers} = service
  if (servers.length === 0) return 'no servers'
  if (scheduler === 'none') return 'no scheduler'
  const serves = takesClients(service) && servers.some((one) => one.weight > 0 && !isFull(one))
  return serves ? undefined : 'no server takes new connections'
}

/**
 * At its upper threshold, where the kernel marks a server as overloaded (ip_vs_bind_dest in ip_vs_conn.c). It stays so
 * down to the lower one, which cannot be seen from outside.
 */
export function isFull({running, active, inactive}: ListedServer): boolean {
  const most = running?.server.upperThreshold ?? 0
  return most > 0 && active + inactive >= most
}
