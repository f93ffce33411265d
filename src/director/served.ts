// What the IPVS table says that matters to the host around it. The caller reads the table.

import type {Address} from '../domain/address.ts'
import type {ForwardingMethod} from '../domain/forwarding.ts'
import type {ServiceKey} from '../domain/service.ts'

/** A listed service, as far as it is looked at here. */
export interface ServedService {
  readonly id: string
  readonly key: ServiceKey
  readonly scheduler: string
  readonly servers: readonly {readonly address: Address; readonly forwarding: ForwardingMethod}[]
  readonly running: {readonly service: {readonly persistence?: number}} | undefined
  readonly proc: {readonly persistent: boolean} | undefined
}

export function isPersistent({running, proc}: ServedService): boolean {
  return running?.service.persistence !== undefined || proc?.persistent === true
}

/** Addresses of the servers reached so, each once. */
export function serversReached(services: readonly ServedService[], forwarding: ForwardingMethod): readonly Address[] {
  const found = services.flatMap(({servers}) => servers.filter((one) => one.forwarding === forwarding))
  return [...new Set(found.map(({address}) => address))]
}

export function serviceAddresses(services: readonly ServedService[]): readonly Address[] {
  return services.flatMap(({key}) => (key.kind === 'address' ? [key.address] : []))
}

/** Of IPVS and of every scheduler in use, by the kernel's names. ip_vs_ftp is nobody's but the operator's to load. */
export function modulesFor(services: readonly ServedService[]): readonly string[] {
  const schedulers = services.map(({scheduler}) => scheduler).filter((name) => name !== 'none')
  return ['ip_vs', ...[...new Set(schedulers)].sort().map((name) => `ip_vs_${name}`)]
}
