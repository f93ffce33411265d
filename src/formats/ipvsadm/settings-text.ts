// `ipvsadm -L --timeout` and `ipvsadm -L --daemon`.

import type {SyncDaemon} from '../../domain/sync.ts'
import type {Timeouts} from '../../domain/timeouts.ts'

export const timeoutsText = ({tcp, tcpFin, udp}: Timeouts): string =>
  `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`

/** Nothing where none runs. What a kernel before 4.3 does not tell is left out. */
export const daemonsText = (daemons: readonly SyncDaemon[]): string => daemons.map(daemonLine).join('')

function daemonLine({role, interface: name, syncId, maxLength, group, port, ttl}: SyncDaemon): string {
  const rest = [
    maxLength !== undefined && `maxlen=${maxLength}`,
    group !== undefined && `group=${group}`,
    port !== undefined && `port=${port}`,
    ttl !== undefined && `ttl=${ttl}`,
  ]
  const settings = [`mcast=${name}`, `syncid=${syncId}`, ...rest].filter((part) => part !== false)
  return `${role} sync daemon (${settings.join(', ')})\n`
}
