// From the text of options to services and servers: pure, strict, and telling everything that is wrong at once, each
// problem pointing at its option. What values make sense together is domain/validate.ts's business.

import type {ForwardingMethod} from '../domain/forwarding.ts'
import {parseInteger} from '../domain/integer.ts'
import {parseNetmask} from '../domain/netmask.ts'
import {type Parsed, reject} from '../domain/parsed.ts'
import {parseScheduler, parseSchedulerFlags} from '../domain/schedulers.ts'
import type {ServerKey} from '../domain/server.ts'
import {defaultScheduler, familyOfKey, type ServiceKey} from '../domain/service.ts'
import {
  defaultServerPort,
  type ProtocolPortNames,
  parseServerAddress,
  parseServiceKey,
  parseServiceOptions,
} from '../domain/service-key.ts'
import {chooseForwarding, chooseTunnelChecksum, parseTunnelType} from '../domain/tunnel.ts'
import type {GivenServer, GivenService} from '../plan/patch.ts'
import {given, OptionReader} from './option-reader.ts'

export interface ServiceNaming {
  readonly 'tcp-service'?: string | undefined
  readonly 'udp-service'?: string | undefined
  readonly 'sctp-service'?: string | undefined
  readonly 'fwmark-service'?: string | undefined
  readonly ipv6?: boolean | undefined
}

export interface ServiceSettings {
  readonly scheduler?: string | undefined
  readonly 'sched-flags'?: string | undefined
  readonly persistent?: string | undefined
  readonly netmask?: string | undefined
  readonly pe?: string | undefined
  readonly ops?: boolean | undefined
  readonly 'no-persistent'?: boolean | undefined
  readonly 'no-netmask'?: boolean | undefined
  readonly 'no-pe'?: boolean | undefined
  readonly 'no-ops'?: boolean | undefined
}

export interface ServerSettings {
  readonly gatewaying?: boolean | undefined
  readonly ipip?: boolean | undefined
  readonly masquerading?: boolean | undefined
  readonly weight?: string | undefined
  readonly 'u-threshold'?: string | undefined
  readonly 'l-threshold'?: string | undefined
  readonly 'tun-type'?: string | undefined
  readonly 'tun-port'?: string | undefined
  readonly 'tun-nocsum'?: boolean | undefined
  readonly 'tun-csum'?: boolean | undefined
  readonly 'tun-remcsum'?: boolean | undefined
}

/** From `-t`, `-u`, `--sctp-service`, `-f` and `-6`, or from the service as one word. */
export function readServiceKey(flags: ServiceNaming, word?: string, names?: ProtocolPortNames): ServiceKey {
  const reader = new OptionReader()
  const key = reader.take(parseServiceNaming(flags, word, names))
  reader.check()
  return key as ServiceKey
}

/** The same where no service at all means all of them. */
export function readOptionalServiceKey(
  flags: ServiceNaming,
  word?: string,
  names?: ProtocolPortNames,
): ServiceKey | undefined {
  return word === undefined && optionsOf(flags).length === 0 && !flags.ipv6
    ? undefined
    : readServiceKey(flags, word, names)
}

function parseServiceNaming(flags: ServiceNaming, word?: string, names?: ProtocolPortNames): Parsed<ServiceKey> {
  if (word === undefined)
    return parseServiceOptions(
      {
        tcp: flags['tcp-service'],
        udp: flags['udp-service'],
        sctp: flags['sctp-service'],
        fwmark: flags['fwmark-service'],
        ipv6: flags.ipv6,
      },
      names,
    )
  const [option] = optionsOf(flags)
  if (option === undefined) return parseServiceKey(word, 'SERVICE', names)
  return reject('service-ambiguous', `${option} and "${word}" name two services`, {
    where: option,
    hint: 'One command is about one service',
  })
}

const serviceLetters = [
  ['tcp-service', '-t'],
  ['udp-service', '-u'],
  ['sctp-service', '--sctp-service'],
  ['fwmark-service', '-f'],
] as const

const optionsOf = (flags: ServiceNaming): readonly string[] =>
  serviceLetters.filter(([name]) => flags[name] !== undefined).map(([, letter]) => letter)

/** `scheduler`: the one that runs, for an edit that names flags only. */
export function readServiceSettings(
  flags: ServiceSettings,
  key: ServiceKey,
  scheduler: string = defaultScheduler,
): GivenService {
  const reader = new OptionReader()
  for (const name of ['persistent', 'netmask', 'pe', 'ops'] as const)
    if (flags[name] && flags[`no-${name}`]) reader.conflict(settingLetters[name], `--no-${name}`)
  const named = reader.take(given(flags.scheduler, parseScheduler))
  const settings: GivenService = {
    scheduler: named,
    schedulerFlags: reader.take(
      given(flags['sched-flags'], (text) =>
        text === 'none' ? {ok: true, value: []} : parseSchedulerFlags(flags.scheduler ?? scheduler, text),
      ),
    ),
    persistence: flags['no-persistent']
      ? null
      : reader.take(given(flags.persistent, (text) => parseInteger(text, 'persistence'))),
    netmask: flags['no-netmask']
      ? null
      : reader.take(given(flags.netmask, (text) => parseNetmask(text, familyOfKey(key)))),
    engine: flags['no-pe'] ? null : flags.pe,
    onePacket: flags['no-ops'] ? false : flags.ops || undefined,
  }
  reader.check()
  return settings
}

const settingLetters = {persistent: '-p', netmask: '-M', pe: '--pe', ops: '-o'} as const

/** The port of the service where none is given. */
export function readServerKey(
  flags: {readonly 'real-server'?: string | undefined},
  service: ServiceKey,
  word?: string,
  names?: ProtocolPortNames,
): ServerKey {
  const text = flags['real-server'] ?? word
  const reader = new OptionReader()
  const protocol = service.kind === 'address' ? service.protocol : 'tcp'
  const endpoint = reader.take(
    text === undefined
      ? reject('server-missing', 'no server is named', {hint: 'Name it with -r ADDRESS[:PORT]'})
      : flags['real-server'] !== undefined && word !== undefined
        ? reject('server-ambiguous', `-r and "${word}" name two servers`, {where: '-r'})
        : parseServerAddress(
            text,
            names && ((name) => names(name, protocol as 'tcp')),
            word === undefined ? '-r' : 'SERVER',
          ),
  )
  reader.check()
  const {address, port} = endpoint as NonNullable<typeof endpoint>
  return {address, port: port ?? defaultServerPort(service)}
}

export function readServerSettings(flags: ServerSettings): GivenServer {
  const reader = new OptionReader()
  const tunnel = {
    type: reader.take(given(flags['tun-type'], parseTunnelType)),
    port: reader.take(given(flags['tun-port'], (text) => parseInteger(text, 'tunnelPort'))),
    checksum: reader.take(
      chooseTunnelChecksum(
        ['tun-nocsum', 'tun-csum', 'tun-remcsum'].filter((name) => set(flags, name)).map((name) => `--${name}`),
      ),
    ),
  }
  const settings: GivenServer = {
    forwarding: reader.take<ForwardingMethod | undefined>(
      chooseForwarding(methodLetters.filter(([name]) => set(flags, name)).map(([, letter]) => letter)),
    ),
    weight: reader.take(given(flags.weight, (text) => parseInteger(text, 'weight'))),
    upperThreshold: reader.take(given(flags['u-threshold'], (text) => parseInteger(text, 'upperThreshold'))),
    lowerThreshold: reader.take(given(flags['l-threshold'], (text) => parseInteger(text, 'lowerThreshold'))),
    tunnel: Object.values(tunnel).every((one) => one === undefined) ? undefined : tunnel,
  }
  reader.check()
  return settings
}

const methodLetters = [
  ['gatewaying', '-g'],
  ['ipip', '-i'],
  ['masquerading', '-m'],
] as const

const set = (flags: ServerSettings, name: string): boolean => flags[name as keyof ServerSettings] === true
