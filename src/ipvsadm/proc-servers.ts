// The servers of large tables from /proc/net/ip_vs, for listings that show no more than it tells: one read, where netlink
// has to be asked for every service by itself. With two thousand services `-Ln` took 1.9 times as long as ipvsadm without
// this, and takes 1.2 times as long with it, in the lab, where Node's own start is a quarter of that.

import {plainTunnel} from '../domain/forwarding.ts'
import {formatServiceKey, type ServiceKey} from '../domain/service.ts'
import {noStatistics} from '../domain/statistics.ts'
import type {RunningServer} from '../domain/table.ts'
import {type ProcService, parseProcIpVs} from '../formats/procfs/ip-vs.ts'
import type {World} from './world.ts'

const procTable = '/proc/net/ip_vs'

/** Fewer services are as well asked for one by one. */
export const manyServices = 200

/** Of a service, sorted; undefined where only netlink tells for certain. */
export function procServers({readFile}: World): (key: ServiceKey) => readonly RunningServer[] | undefined {
  const {value, problems} = parseProcIpVs(readFile(procTable) ?? '')
  if (problems.length > 0) return () => undefined
  const services = new Map(value.services.map((one) => [formatServiceKey(one.key), one]))
  return (key) => {
    // A mark is shown without its family.
    const found = key.kind === 'address' ? services.get(formatServiceKey(key)) : undefined
    return found && areNear(found) ? found.servers.map(runningServer) : undefined
  }
}

/** Those further apart come in an order that depends on the kernel's (formats/ipvsadm/order.ts). */
function areNear({servers}: ProcService): boolean {
  const first = servers[0]?.order
  const last = servers.at(-1)?.order
  if (first === undefined || last === undefined) return true
  return typeof first === 'number' && typeof last === 'number' && last - first < 2 ** 31
}

function runningServer(one: ProcService['servers'][number]): RunningServer {
  const {address, port, forwarding, weight, active, inactive} = one
  return {
    server: {address, port, forwarding, weight, upperThreshold: 0, lowerThreshold: 0, tunnel: plainTunnel},
    connections: {active, inactive, persistent: 0},
    statistics: noStatistics,
  }
}
