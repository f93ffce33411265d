// What is wrong with a state that is to be restored. domain/validate.ts says what an operator should not ask for; a save
// must bring back whatever the kernel took, so only what the kernel refuses is an error here, and the rest is worth a
// warning. What the kernel refuses is in net/netfilter/ipvs/ip_vs_ctl.c.

import type {Address} from '../../domain/address.ts'
import {familyOf} from '../../domain/address.ts'
import {classOf} from '../../domain/address-class.ts'
import {plainTunnel} from '../../domain/forwarding.ts'
import {integerRow, isInRange} from '../../domain/integer.ts'
import {type Problem, warning} from '../../domain/problem.ts'
import {schedulerRow} from '../../domain/schedulers.ts'
import type {Server} from '../../domain/server.ts'
import {familyOfKey, fullMask, type Service} from '../../domain/service.ts'
import type {SyncDaemon} from '../../domain/sync.ts'
import type {Timeouts} from '../../domain/timeouts.ts'
import {validateServer, validateService} from '../../domain/validate.ts'
import {canHold} from './held.ts'

/** Whether the kernel refuses what validation calls an error. The others it takes without a word. */
const refusedService: Readonly<Record<string, (service: Service) => boolean>> = {
  'port-invalid': () => true,
  'fwmark-invalid': () => true,
  'persistence-invalid': ({persistence}) => !canHold('persistence', persistence as number),
  // IPv4 masks are bits like any other; prefix lengths are looked at.
  'netmask-invalid': ({key}) => familyOfKey(key) === 'ipv6',
}

const refusedServer: Readonly<Record<string, (server: Server) => boolean>> = {
  // A link-local address of this very host passes as a local one.
  'server-address-not-unicast': ({address}) => classOf(address) !== 'link-local',
  'server-family': () => true,
  'server-family-sync': () => true,
  'port-invalid': () => true,
  'weight-invalid': () => true,
  'upper-threshold-invalid': ({upperThreshold}) => !canHold('upperThreshold', upperThreshold),
  'lower-threshold-invalid': ({lowerThreshold}) => !canHold('lowerThreshold', lowerThreshold),
  'threshold-order': () => true,
  'tunnel-port-missing': () => true,
  'tunnel-port-invalid': () => true,
}

export function judgeService(service: Service): readonly Problem[] {
  return isPlainService(service) ? none : weigh(validateService(service), refusedService, service)
}

/** `syncDaemonRuns`: one will, when all of the state is restored. */
export function judgeServer(service: Service, server: Server, syncDaemonRuns: boolean): readonly Problem[] {
  if (isPlainServer(service, server)) return none
  return weigh(validateServer(service, server, {syncDaemonRuns}), refusedServer, server)
}

export function judgeTimeouts(timeouts: Timeouts): readonly Problem[] {
  return Object.values(timeouts).flatMap((seconds) => beyond('timeout', seconds, '--set'))
}

export function judgeDaemon({syncId, maxLength, ttl}: SyncDaemon): readonly Problem[] {
  return [
    ...beyond('syncId', syncId, '--syncid'),
    ...(maxLength === undefined ? [] : beyond('syncMaxLength', maxLength, '--sync-maxlen')),
    ...(ttl === undefined ? [] : beyond('multicastTtl', ttl, '--mcast-ttl')),
  ]
}

function beyond(
  kind: 'timeout' | 'syncId' | 'syncMaxLength' | 'multicastTtl',
  value: number,
  where: string,
): Problem[] {
  if (isInRange(kind, value)) return []
  const {noun, code, min, max} = integerRow(kind)
  return [warning(code, `${value} is not ${noun}`, {where, hint: `From ${min} to ${max}`})]
}

function weigh<Subject>(
  problems: readonly Problem[],
  refused: Readonly<Record<string, (subject: Subject) => boolean>>,
  subject: Subject,
): readonly Problem[] {
  return problems.map((one) => (refused[one.code]?.(subject) ? one : {...one, severity: 'warning' as const}))
}

const none: readonly Problem[] = []

/**
 * The service that nearly every rule is about, of which validation has nothing to say: a table of 20,000 would wait for
 * thirteen checks each.
 */
function isPlainService({key, scheduler, schedulerFlags, persistence, netmask, engine, onePacket}: Service): boolean {
  if (key.kind !== 'address' || key.port === 0 || key.port > 65_535 || !isPlainAddress(key.address)) return false
  if (scheduler === 'none' || scheduler === 'ovf' || schedulerFlags.length > 0 || onePacket || engine !== undefined)
    return false
  if (!schedulerRow(scheduler) || netmask !== fullMask[familyOf(key.address)]) return false
  return persistence === undefined || isInRange('persistence', persistence)
}

/** The like of servers. */
function isPlainServer({key}: Service, server: Server): boolean {
  const {address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel} = server
  if (key.kind !== 'address' || tunnel !== plainTunnel || upperThreshold !== 0 || lowerThreshold !== 0) return false
  if (weight > 65_535 || port === 0 || address === key.address || !isPlainAddress(address)) return false
  if (familyOf(address) !== familyOf(key.address) || key.port === 0) return false
  return port === key.port || (forwarding === 'masquerading' && port <= 65_535)
}

/** Certainly unicast and of the usual kind: 1.0.0.0 to 223.255.255.255 without loopback and 169.254/16; 2000::/3; fd00::/8. */
function isPlainAddress(address: Address): boolean {
  const dot = address.indexOf('.')
  if (dot < 0) return /^(?:[23][\da-f]{3}|fd[\da-f]{2}):/.test(address)
  let octet = 0
  for (let at = 0; at < dot; at++) octet = octet * 10 + address.charCodeAt(at) - 0x30
  return octet > 0 && octet < 224 && octet !== 127 && octet !== 169
}
