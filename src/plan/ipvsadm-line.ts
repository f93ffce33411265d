// An operation as the ipvsadm command that would do the same: for --dry-run, for learning, for doing it by hand.
//
// Always numeric, marks unsigned. Scheduler, method and weight are always there, as in `ipvsadm -S`; other options where
// they differ from ipvsadm's default. What ipvsadm has no words for (a method or a protocol that another tool left
// behind) has no line: undefined.

import {forwardingRow, tunnelChecksums, tunnelTypes} from '../domain/forwarding.ts'
import {formatSchedulerFlags} from '../domain/schedulers.ts'
import {formatServerKey, type Server} from '../domain/server.ts'
import {familyOfKey, fullMask, type Service} from '../domain/service.ts'
import {serviceArguments} from '../domain/service-key.ts'
import type {SyncDaemon} from '../domain/sync.ts'
import type {Operation} from './operation.ts'

export function ipvsadmLine(operation: Operation): string | undefined {
  const words = ipvsadmArguments(operation)
  return words && ['ipvsadm', ...words].join(' ')
}

/** Without the program's name; no word needs quoting. */
export function ipvsadmArguments(operation: Operation): readonly string[] | undefined {
  switch (operation.do) {
    case 'add-service':
      return join('-A', serviceArguments(operation.service.key), serviceSettings(operation.service))
    case 'edit-service':
      return join('-E', serviceArguments(operation.service.key), serviceSettings(operation.service))
    case 'delete-service':
      return join('-D', serviceArguments(operation.service))
    case 'add-server':
      return join('-a', serviceArguments(operation.service), serverSettings(operation.server))
    case 'edit-server':
      return join('-e', serviceArguments(operation.service), serverSettings(operation.server))
    case 'delete-server':
      return join('-d', serviceArguments(operation.service), ['-r', formatServerKey(operation.server)])
    case 'zero':
      return join('-Z', operation.service ? serviceArguments(operation.service) : [])
    case 'flush':
      return ['-C']
    case 'set-timeouts': {
      const {tcp = 0, tcpFin = 0, udp = 0} = operation.timeouts
      return ['--set', `${tcp}`, `${tcpFin}`, `${udp}`]
    }
    case 'start-daemon':
      return daemonArguments(operation.daemon)
    case 'stop-daemon':
      return ['--stop-daemon', operation.role]
  }
}

function join(command: string, ...parts: (readonly string[] | undefined)[]): readonly string[] | undefined {
  const words = parts.filter((part) => part !== undefined)
  return words.length === parts.length ? [command, ...words.flat()] : undefined
}

function serviceSettings(service: Service): readonly string[] {
  const {key, scheduler, schedulerFlags, persistence, netmask, engine, onePacket} = service
  const flags = formatSchedulerFlags(scheduler, schedulerFlags)
  return [
    '-s',
    scheduler,
    ...(persistence === undefined ? [] : ['-p', `${persistence}`]),
    ...(netmask === fullMask[familyOfKey(key)] ? [] : ['-M', netmask]),
    ...(engine === undefined ? [] : ['--pe', engine]),
    ...(onePacket ? ['-o'] : []),
    ...(flags === '' ? [] : ['-b', flags]),
  ]
}

function serverSettings(server: Server): readonly string[] | undefined {
  const {option} = forwardingRow(server.forwarding)
  const tunnel = server.forwarding === 'tunneling' ? tunnelSettings(server) : []
  if (!option || !tunnel) return undefined
  return [
    '-r',
    formatServerKey(server),
    option,
    '-w',
    `${server.weight}`,
    ...(server.upperThreshold === 0 ? [] : ['-x', `${server.upperThreshold}`]),
    ...(server.lowerThreshold === 0 ? [] : ['-y', `${server.lowerThreshold}`]),
    ...tunnel,
  ]
}

function tunnelSettings({tunnel: {type, port, checksum}}: Server): readonly string[] | undefined {
  const option = tunnelChecksums.find(({name}) => name === checksum)?.option
  if (!option || !tunnelTypes.some(({name}) => name === type)) return undefined
  return [
    ...(type === 'ipip' ? [] : ['--tun-type', type]),
    ...(port === 0 ? [] : ['--tun-port', `${port}`]),
    ...(checksum === 'none' ? [] : [option]),
  ]
}

function daemonArguments({
  role,
  interface: device,
  syncId,
  maxLength,
  group,
  port,
  ttl,
}: SyncDaemon): readonly string[] {
  return [
    '--start-daemon',
    role,
    '--mcast-interface',
    device,
    '--syncid',
    `${syncId}`,
    ...(maxLength === undefined ? [] : ['--sync-maxlen', `${maxLength}`]),
    ...(group === undefined ? [] : ['--mcast-group', group]),
    ...(port === undefined ? [] : ['--mcast-port', `${port}`]),
    ...(ttl === undefined ? [] : ['--mcast-ttl', `${ttl}`]),
  ]
}
