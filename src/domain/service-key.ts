// Which service is meant: its spelling as one word (`tcp://192.0.2.10:80`) and its spelling as options
// (`-t 192.0.2.10:80`, `-f 7 -6`), both ways.

import {type Family, formatEndpoint} from './address.ts'
import {type Endpoint, type PortNames, parseEndpoint} from './endpoint.ts'
import {shown} from './foreign-characters.ts'
import {parseInteger} from './integer.ts'
import {accept, type Parsed, reject} from './parsed.ts'
import {type OtherProtocol, type Protocol, protocolName, type ServiceKey} from './service.ts'

/** ipvsadm's options that name a service. */
const serviceOptions = [
  {protocol: 'tcp', option: '-t', long: '--tcp-service'},
  {protocol: 'udp', option: '-u', long: '--udp-service'},
  {protocol: 'sctp', option: '--sctp-service', long: '--sctp-service'},
] as const satisfies readonly {protocol: Protocol; option: string; long: string}[]

/** The option that names this service; undefined for a protocol that has none. */
export function serviceOption(key: ServiceKey): string | undefined {
  if (key.kind === 'fwmark') return '-f'
  return serviceOptions.find(({protocol}) => protocol === key.protocol)?.option
}

/** `['-t', '192.0.2.10:80']`, `['-f', '7', '-6']`; undefined for a protocol that has no option. */
export function serviceArguments(key: ServiceKey): readonly string[] | undefined {
  if (key.kind === 'fwmark') return ['-f', `${key.mark}`, ...(key.family === 'ipv6' ? ['-6'] : [])]
  const option = serviceOption(key)
  return option === undefined ? undefined : [option, formatEndpoint(key.address, key.port)]
}

/** What was given on the command line; absent and undefined mean not given. */
export interface ServiceOptions {
  readonly tcp?: string | undefined
  readonly udp?: string | undefined
  readonly sctp?: string | undefined
  readonly fwmark?: string | undefined
  /** `-6`: the mark is of IPv6 packets. */
  readonly ipv6?: boolean | undefined
}

/** Names ports by protocol, as /etc/services does. */
export type ProtocolPortNames = (name: string, protocol: Protocol) => number | undefined

export function parseServiceOptions(given: ServiceOptions, names?: ProtocolPortNames): Parsed<ServiceKey> {
  const named = [...serviceOptions, {protocol: 'fwmark', option: '-f'} as const].filter(
    ({protocol}) => given[protocol] !== undefined,
  )
  const [first, second] = named
  if (!first)
    return reject('service-missing', 'no service is named', {
      hint: 'Name it with -t ADDRESS:PORT, -u ADDRESS:PORT, --sctp-service ADDRESS:PORT or -f MARK',
    })
  if (second)
    return reject('service-ambiguous', `${first.option} and ${second.option} name two services`, {
      where: second.option,
      hint: 'One command is about one service',
    })
  const text = given[first.protocol] as string
  if (first.protocol === 'fwmark') return parseMark(text, given.ipv6 ? 'ipv6' : 'ipv4')
  if (given.ipv6)
    return reject('service-family', `-6 is for firewall marks; ${first.option} shows its family in the address`, {
      where: '-6',
      hint: 'Leave -6 out',
    })
  return parseServiceAddress(text, first.protocol, names)
}

/** The value of `-t`, `-u` or `--sctp-service`. No port is port 0, every port; whether that can be is validate.ts's. */
export function parseServiceAddress(
  text: string,
  protocol: Protocol,
  names?: ProtocolPortNames,
  where = serviceOptions.find((row) => row.protocol === protocol)?.option,
): Parsed<ServiceKey> {
  const endpoint = parseEndpoint(text, where, names && portNames(names, protocol))
  if (!endpoint.ok) return endpoint
  const {address, port = 0} = endpoint.value
  return accept({kind: 'address', protocol, address, port})
}

/** The value of `-r`. The port follows the service where none is given. */
export function parseServerAddress(text: string, names?: PortNames, where = '-r'): Parsed<Endpoint> {
  return parseEndpoint(text, where, names)
}

/** The port a server has when none is given: that of its service; marks have no port. */
export function defaultServerPort(key: ServiceKey): number {
  return key.kind === 'address' ? key.port : 0
}

/** The inverse of formatServiceKey; the port must be there (`:0` for every port). */
export function parseServiceKey(text: string, where = 'service', names?: ProtocolPortNames): Parsed<ServiceKey> {
  const [, scheme, rest] = /^([a-z\d-]+):\/\/(.*)$/s.exec(text) ?? []
  if (scheme === undefined || rest === undefined) return explainSpelling(text, where)
  if (scheme === 'fwmark') return parseMark(rest, 'ipv4', where)
  if (scheme === 'fwmark6') return parseMark(rest, 'ipv6', where)
  const protocol = protocolOf(scheme)
  if (protocol === undefined)
    return reject('service-unknown-scheme', `${shown(scheme)} is not a kind of service`, {where, hint: spellings})
  if (rest.endsWith('/'))
    return reject('service-invalid', `${shown(text)} ends with a slash`, {
      where,
      meant: text.slice(0, -1),
    })
  const endpoint = parseEndpoint(rest, where, names && isNamed(protocol) ? portNames(names, protocol) : undefined)
  if (!endpoint.ok) return endpoint
  const {address, port} = endpoint.value
  if (port === undefined)
    return reject('port-missing', `${shown(text)} has no port`, {
      where,
      hint: `Such as ${scheme}://${formatEndpoint(address, 80)}, or port 0 for every port`,
    })
  return accept({kind: 'address', protocol, address, port})
}

const spellings = 'Services are spelled tcp://192.0.2.10:80, udp://…, sctp://…, fwmark://7 or fwmark6://7'

function explainSpelling(text: string, where: string): Parsed<ServiceKey> {
  const lower = text.toLowerCase()
  if (lower !== text && parseServiceKey(lower).ok)
    return reject('service-invalid', `${shown(text)} has capitals`, {where, meant: lower})
  if (text === '') return reject('service-missing', 'no service is named', {where, hint: spellings})
  const [, scheme, rest] = /^([a-z\d]+):\/?([^/].*)$/.exec(text) ?? []
  const meant = [`tcp://${text}`, `${scheme}://${rest}`].find((one) => parseServiceKey(one).ok)
  return reject('service-invalid', `${shown(text)} does not say what kind of service it is`, {
    where,
    meant,
    hint: spellings,
  })
}

function parseMark(text: string, family: Family, where?: string): Parsed<ServiceKey> {
  const mark = parseInteger(text, 'fwmark', where)
  return mark.ok ? accept({kind: 'fwmark', mark: mark.value, family}) : mark
}

function protocolOf(scheme: string): Protocol | OtherProtocol | undefined {
  const named = serviceOptions.find(({protocol}) => protocol === scheme)
  if (named) return named.protocol
  const [, digits] = /^protocol-(\d+)$/.exec(scheme) ?? []
  const number = digits === undefined ? undefined : parseInteger(digits, 'port')
  // 16 bits, as wide as a port; one that has a name is spelled by it.
  if (!number?.ok || protocolName(number.value) !== scheme) return undefined
  return protocolName(number.value)
}

const isNamed = (protocol: Protocol | OtherProtocol): protocol is Protocol =>
  serviceOptions.some((row) => row.protocol === protocol)

const portNames =
  (names: ProtocolPortNames, protocol: Protocol): PortNames =>
  (name) =>
    names(name, protocol)
