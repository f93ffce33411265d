// What speaks against a sync daemon before the kernel is asked: it answers EINVAL or ENETUNREACH without a reason
// (start_sync_thread in net/netfilter/ipvs/ip_vs_sync.c), or takes what cannot work.

import {type Address, familyOf} from './address.ts'
import {classOf, classSentence} from './address-class.ts'
import {type Problem, problem, warning} from './problem.ts'
import {formatServerKey} from './server.ts'
import {familyOfKey, formatServiceKey} from './service.ts'
import {type SyncDaemon, withSyncDefaults} from './sync.ts'
import type {Configuration} from './table.ts'

export interface SyncFacts {
  /** The interface is known to be there; what else is known of it. */
  readonly up: boolean
  readonly addresses: readonly Address[]
}

/** A datagram is 65535 bytes at most with its headers: IPv4 or IPv6, and UDP. */
const longest = {ipv4: 65_535 - 28, ipv6: 65_535 - 48} as const
/** A backup gets a buffer of that many bytes at least, whatever is asked. */
const shortestOfBackup = 1024

export function validateSyncDaemon(daemon: SyncDaemon, {up, addresses}: SyncFacts): readonly Problem[] {
  const {role, interface: device, maxLength} = daemon
  const {group} = withSyncDefaults(daemon)
  const family = familyOf(group)
  const problems: Problem[] = []
  if (classOf(group) !== 'multicast')
    problems.push(
      problem('sync-group-invalid', `${classSentence(group)}, and a multicast address is needed`, {
        where: '--group',
        hint: 'Such as 224.0.0.81, which is the default, or ff02::81',
      }),
    )
  if (maxLength !== undefined && maxLength > longest[family])
    problems.push(
      problem('sync-length-invalid', `${maxLength} bytes do not fit into one datagram of ${words[family]}`, {
        where: '--max-length',
        hint: `At most ${longest[family]}`,
      }),
    )
  if (role === 'backup' && maxLength !== undefined && maxLength < shortestOfBackup)
    problems.push(
      problem('sync-length-invalid', `a backup is ready for messages of ${shortestOfBackup} bytes at least`, {
        where: '--max-length',
        hint: 'Leave it out: then it follows the MTU of the interface',
      }),
    )
  if (!up)
    problems.push(
      problem('interface-down', `${device} is down: no daemon can ${role === 'master' ? 'send' : 'hear'} there`, {
        where: '--interface',
        hint: `Bring it up: ip link set ${device} up`,
      }),
    )
  if (up && role === 'master' && !addresses.some((one) => canBeSource(one, family)))
    problems.push(withoutSource(device, family))
  return problems
}

const words = {ipv4: 'IPv4', ipv6: 'IPv6'} as const

const canBeSource = (address: Address, family: 'ipv4' | 'ipv6'): boolean =>
  familyOf(address) === family && (family === 'ipv4' || classOf(address) === 'link-local')

/** IPv4 starts and sends from 0.0.0.0; IPv6 is refused with EADDRNOTAVAIL. */
function withoutSource(device: string, family: 'ipv4' | 'ipv6'): Problem {
  const options = {where: '--interface', hint: `See: ip addr show dev ${device}`}
  return family === 'ipv4'
    ? warning('sync-no-source', `${device} has no IPv4 address, so what the master sends has no source`, options)
    : problem('sync-no-source', `${device} has no link-local IPv6 address to send from`, options)
}

/** The message format has one family for a connection and its server: start_sync_thread refuses while there are others. */
export function mixedFamilies(table: Configuration): readonly Problem[] {
  const mixed = table.flatMap(({service, servers}) =>
    servers
      .filter(({address}) => familyOf(address) !== familyOfKey(service.key))
      .map((server) => `${formatServerKey(server)} in ${formatServiceKey(service.key)}`),
  )
  const [first] = mixed
  if (first === undefined) return []
  const others = mixed.length === 1 ? '' : ` (and ${mixed.length - 1} more)`
  return [
    problem(
      'sync-mixed-families',
      `${first}${others} is of another family than its service: no daemon can tell of it`,
      {
        hint: 'The kernel starts no sync daemon while there are such servers: remove them first',
      },
    ),
  ]
}
