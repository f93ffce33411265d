// The options of an edit that would make given changes: for the "to change it" of an error, ready to be pasted.

import {forwardingRow, type Tunnel, tunnelChecksums} from '../domain/forwarding.ts'
import {formatSchedulerFlags} from '../domain/schedulers.ts'
import {formatServerKey, type Server} from '../domain/server.ts'
import {familyOfKey, formatServiceKey, fullMask, type Service, type ServiceKey} from '../domain/service.ts'
import {serviceArguments} from '../domain/service-key.ts'
import type {Change} from '../plan/changes.ts'

type Options<Thing> = Readonly<Record<string, (thing: Thing) => readonly string[]>>

const serviceOptions: Options<Service> = {
  scheduler: ({scheduler}) => ['-s', scheduler],
  schedulerFlags: ({scheduler, schedulerFlags}) => ['-b', formatSchedulerFlags(scheduler, schedulerFlags) || 'none'],
  persistence: ({persistence}) => (persistence === undefined ? ['--no-persistent'] : ['-p', `${persistence}`]),
  netmask: ({key, netmask}) => (netmask === fullMask[familyOfKey(key)] ? ['--no-netmask'] : ['-M', netmask]),
  engine: ({engine}) => (engine === undefined ? ['--no-pe'] : ['--pe', engine]),
  onePacket: ({onePacket}) => [onePacket ? '-o' : '--no-ops'],
}

const serverOptions: Options<Server> = {
  forwarding: ({forwarding}) => [forwardingRow(forwarding).option ?? ''],
  weight: ({weight}) => ['-w', `${weight}`],
  upperThreshold: ({upperThreshold}) => ['-x', `${upperThreshold}`],
  lowerThreshold: ({lowerThreshold}) => ['-y', `${lowerThreshold}`],
  tunnel: ({tunnel}) => tunnelArguments(tunnel),
}

/** `lvsctl service edit -t 192.0.2.1:80 -s wrr` */
export function editServiceLine(service: Service, changes: readonly Change[]): string {
  return [
    'lvsctl service edit',
    ...namingArguments(service.key),
    ...argumentsOf(serviceOptions, service, changes),
  ].join(' ')
}

/** `lvsctl server edit -t 192.0.2.1:80 -r 192.0.2.20:80 -w 3` */
export function editServerLine(service: ServiceKey, server: Server, changes: readonly Change[]): string {
  const key = [...namingArguments(service), '-r', formatServerKey(server)]
  return ['lvsctl server edit', ...key, ...argumentsOf(serverOptions, server, changes)].join(' ')
}

/** As options, or as one word for a protocol that has none. */
export function namingArguments(key: ServiceKey): readonly string[] {
  return serviceArguments(key) ?? [formatServiceKey(key)]
}

const argumentsOf = <Thing>(options: Options<Thing>, thing: Thing, changes: readonly Change[]): readonly string[] =>
  changes.flatMap(({property}) => options[property]?.(thing) ?? [])

function tunnelArguments({type, port, checksum}: Tunnel): readonly string[] {
  const option = tunnelChecksums.find(({name}) => name === checksum)?.option
  return ['--tun-type', type, ...(port === 0 ? [] : ['--tun-port', `${port}`]), ...(option ? [option] : [])]
}
