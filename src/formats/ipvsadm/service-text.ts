// What listings and saved rules have in common: how a service is set, and the words for methods and tunnels.

import type {Family} from '../../domain/address.ts'
import {type ForwardingMethod, forwardingMethods} from '../../domain/forwarding.ts'
import {schedulerFlagNames} from '../../domain/schedulers.ts'
import {type OtherProtocol, type Protocol, protocols, type Service, type ServiceKey} from '../../domain/service.ts'

/** undefined for a mark, and for what ipvsadm has no option for. */
export function namedProtocol(key: ServiceKey): Protocol | undefined {
  return key.kind === 'address' && isNamed(key.protocol) ? key.protocol : undefined
}

const isNamed = (protocol: Protocol | OtherProtocol): protocol is Protocol => Object.hasOwn(protocols, protocol)

/** `sh-fallback,sh-port`; undefined for none. A bit that the scheduler has no name for goes by its number. */
export function flagsText({scheduler, schedulerFlags}: Service): string | undefined {
  if (schedulerFlags.length === 0) return undefined
  return schedulerFlagNames(scheduler, schedulerFlags).join(',')
}

const full: Readonly<Record<Family, string>> = {ipv4: '255.255.255.255', ipv6: '128'}

/** undefined where it groups nothing, or would group nobody. */
export function maskText({persistence, netmask}: Service, family: Family): string | undefined {
  return persistence === undefined || netmask === full[family] ? undefined : netmask
}

interface MethodWords {
  readonly listed: string
  readonly option: string
}

const methods = new Map<ForwardingMethod, MethodWords>(
  forwardingMethods.flatMap(({name, shown, option}): [ForwardingMethod, MethodWords][] => {
    if (name === 'local') return [[name, {listed: shown, option: '-g'}]]
    return option === undefined ? [] : [[name, {listed: shown, option}]]
  }),
)

/** Other tools can leave methods behind that ipvsadm knows no word for; this is what it makes of them. */
const nameless: MethodWords = {listed: '(null)', option: '(null)'}

export const methodWords = (method: ForwardingMethod): MethodWords => methods.get(method) ?? nameless
