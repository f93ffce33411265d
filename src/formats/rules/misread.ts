// What ipvsadm would not read back from rules as it is: refuse, take for something else, or not know at all. ipvsadm(8)
// and what ipvsadm 1.31 answers; the kernel takes all of it.

import {familyOf} from '../../domain/address.ts'
import {plainTunnel, tunnelTypes} from '../../domain/forwarding.ts'
import {isInRange} from '../../domain/integer.ts'
import type {Server} from '../../domain/server.ts'
import {familyOfKey, type Service} from '../../domain/service.ts'
import {serviceOption} from '../../domain/service-key.ts'
import type {SyncDaemon} from '../../domain/sync.ts'
import type {Timeouts} from '../../domain/timeouts.ts'

export interface Misread {
  readonly code: string
  /** What ipvsadm does with it, to stand behind what it is about. */
  readonly message: string
  readonly hint?: string
}

interface Row<Subject> extends Misread {
  readonly applies: (subject: Subject) => boolean
}

const services: readonly Row<Service>[] = [
  {
    code: 'ipvsadm-protocol',
    message: 'ipvsadm has no option for the protocol',
    applies: ({key}) => serviceOption(key) === undefined,
  },
  {
    code: 'ipvsadm-port-zero',
    message: 'ipvsadm refuses port 0 without -p',
    applies: ({key, persistence}) => key.kind === 'address' && key.port === 0 && persistence === undefined,
  },
  {
    code: 'ipvsadm-persistence',
    message: 'ipvsadm refuses -p below 1 and above 2678400',
    applies: ({persistence}) => persistence !== undefined && !isInRange('persistence', persistence),
  },
  {
    code: 'ipvsadm-one-packet',
    message: 'ipvsadm takes -o for UDP and firewall marks only',
    applies: ({key, onePacket}) => onePacket && key.kind === 'address' && key.protocol !== 'udp',
  },
]

const servers: readonly Row<{readonly service: Service; readonly server: Server}>[] = [
  {
    code: 'ipvsadm-forwarding',
    message: 'ipvsadm has no option for the forwarding method',
    applies: ({server: {forwarding}}) => !methodsOfIpvsadm.includes(forwarding),
  },
  {
    code: 'ipvsadm-server-port',
    message: "ipvsadm puts the service's port in the place of the server's, for -g and -i",
    applies: ({service: {key}, server: {forwarding, port}}) =>
      key.kind === 'address' && ['gatewaying', 'tunneling'].includes(forwarding) && port !== key.port,
  },
  {
    code: 'ipvsadm-weight',
    message: 'ipvsadm as released takes weights up to 65535',
    hint: "Debian's ipvsadm reads them",
    applies: ({server: {weight}}) => weight > 65_535,
  },
  {
    code: 'ipvsadm-threshold',
    message: 'ipvsadm takes thresholds up to 2147483647',
    applies: ({server: {upperThreshold, lowerThreshold}}) =>
      !isInRange('upperThreshold', upperThreshold) || !isInRange('lowerThreshold', lowerThreshold),
  },
  {
    code: 'ipvsadm-tunnel',
    message: 'ipvsadm has no way to say these tunnel settings',
    applies: ({server: {forwarding, tunnel}}) => {
      if (tunnel === plainTunnel) return false
      const {type, port, checksum} = tunnel
      const row = tunnelTypes.find(({name}) => name === type)
      if (forwarding !== 'tunneling') return type !== 'ipip' || port !== 0 || checksum !== 'none'
      return !row || row.needsPort !== (port !== 0) || !row.checksums.some((one: string) => one === checksum)
    },
  },
  {
    code: 'ipvsadm-family',
    message: 'ipvsadm takes a server of the other address family with -i only',
    applies: ({service, server: {address, forwarding}}) =>
      forwarding !== 'tunneling' && familyOf(address) !== familyOfKey(service.key),
  },
]

const methodsOfIpvsadm: readonly string[] = ['masquerading', 'gatewaying', 'tunneling']

export const misreadService = (service: Service): Misread | undefined => services.find(({applies}) => applies(service))

export function misreadServer(service: Service, server: Server): Misread | undefined {
  // Nearly all: 100,000 servers are not to be held against six rows each.
  if (server.forwarding === 'masquerading' && server.weight < 65_536 && server.tunnel === plainTunnel && isLow(server))
    if (familyOf(server.address) === familyOfKey(service.key)) return undefined
  const subject = {service, server}
  return servers.find(({applies}) => applies(subject))
}

const isLow = ({upperThreshold, lowerThreshold}: Server): boolean =>
  upperThreshold < 2 ** 31 && lowerThreshold < 2 ** 31

export function misreadTimeouts(timeouts: Timeouts): Misread | undefined {
  if (Object.values(timeouts).every((seconds) => isInRange('timeout', seconds))) return undefined
  return {code: 'ipvsadm-timeout', message: 'ipvsadm takes timeouts up to 2678400'}
}

export function misreadDaemon({syncId, maxLength, port, ttl, interface: device}: SyncDaemon): Misread | undefined {
  if (!/^[\x21-\x7e]+$/.test(device) || /^(["']).*\1$/.test(device))
    return {code: 'rules-interface', message: 'rules have no way to write the name of its interface', hint: 'YAML has'}
  const fits =
    isInRange('syncId', syncId) &&
    (maxLength === undefined || isInRange('syncMaxLength', maxLength)) &&
    (port === undefined || isInRange('multicastPort', port)) &&
    (ttl === undefined || isInRange('multicastTtl', ttl))
  return fits ? undefined : {code: 'ipvsadm-daemon', message: 'ipvsadm refuses its numbers'}
}
