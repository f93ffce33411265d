// The table as `ipvsadm -S` prints it: rules that `-R` reads. No thresholds, which ipvsadm never writes.

import {forwardingMethods, tunnelChecksums} from '../../domain/forwarding.ts'
import type {Server} from '../../domain/server.ts'
import {familyOfKey, type Service, type ServiceKey} from '../../domain/service.ts'
import {endpointText} from './endpoint-text.ts'
import type {KnownNames} from './names.ts'
import {flagsText, maskText, methodWords, namedProtocol} from './service-text.ts'

const serviceOptions: Readonly<Record<string, string>> = {tcp: '-t', udp: '-u', sctp: '--sctp-service'}

/** Of a protocol that ipvsadm has no option for. */
const noOption = '--xxx-service'

/** A service with its servers, in the order given. */
export function rulesOf(service: Service, servers: readonly Server[], names: KnownNames | undefined): string {
  const protocol = namedProtocol(service.key)
  const named = serviceText(service.key, names)
  const rules = [serviceRule(service, named)]
  for (const server of servers) {
    const endpoint = endpointText(server.address, server.port, protocol, names)
    rules.push(
      `-a ${named} -r ${endpoint} ${methodWords(server.forwarding).option} -w ${server.weight}${tunnel(server)}`,
    )
  }
  return `${rules.join('\n')}\n`
}

function serviceText(key: ServiceKey, names: KnownNames | undefined): string {
  if (key.kind === 'fwmark') return `-f ${key.mark}${key.family === 'ipv6' ? ' -6' : ''}`
  const protocol = namedProtocol(key)
  const option = (protocol && serviceOptions[protocol]) ?? noOption
  return `${option} ${endpointText(key.address, key.port, protocol, names)}`
}

function serviceRule(service: Service, named: string): string {
  const {scheduler, persistence, engine, onePacket} = service
  const mask = maskText(service, familyOfKey(service.key))
  const flags = flagsText(service)
  return [
    `-A ${named} -s ${scheduler}`,
    persistence !== undefined && `-p ${persistence}`,
    mask !== undefined && `-M ${mask}`,
    engine !== undefined && `--pe ${engine}`,
    onePacket && '-o',
    flags !== undefined && `-b ${flags}`,
  ]
    .filter((part) => part !== false)
    .join(' ')
}

const tunnelOption = forwardingMethods.find(({name}) => name === 'tunneling')?.option

function tunnel({forwarding, tunnel: {type, port, checksum}}: Server): string {
  if (methodWords(forwarding).option !== tunnelOption) return ''
  const sum = tunnelChecksums.find(({name}) => name === checksum)?.option
  const words = sum === undefined ? '' : ` ${sum}`
  switch (type) {
    case 'ipip':
      return ' --tun-type ipip'
    case 'gue':
      return ` --tun-type gue --tun-port ${port}${words}`
    case 'gre':
      return ` --tun-type gre${words}`
    default:
      return ''
  }
}
