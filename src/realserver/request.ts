// What set-up is asked for, from the words of the command line: which method, and what belongs to it. Everything wrong
// is told at once. What this machine has to say to it: obstacles.ts.

import {type Address, parseAddress} from '../domain/address.ts'
import {parseInteger} from '../domain/integer.ts'
import {nearest} from '../domain/nearest.ts'
import {LvsctlError, type Problem, problem, refuse} from '../domain/problem.ts'
import {unknownInterface} from '../host/failures.ts'
import {parseVips, vipMissing} from '../host/vip.ts'
import {isDummy, isTunnelDevice, type TunnelName, tunnelNames} from './tunnels.ts'

/** The director's forwarding methods, from the real server's side. */
export const methods = {
  dr: 'direct routing',
  tun: 'tunnelling',
  nat: 'NAT',
} as const
export type Method = keyof typeof methods
const methodNames = Object.keys(methods) as Method[]

/** Against packets that do not fit the way once they are wrapped. */
export const mtuCures = {
  clamp: 'this host asks clients for smaller segments',
  director: 'the director fragments what it wraps',
  path: 'larger frames between director and real servers',
  none: 'nothing: clients get the ICMP messages of the director',
} as const
export type MtuCure = keyof typeof mtuCures
const mtuCureNames = Object.keys(mtuCures) as MtuCure[]

export interface Tunnel {
  readonly type: TunnelName
  /** UDP port; gue alone has one. */
  readonly port?: number
}

export interface SetupRequest {
  readonly vips: readonly Address[]
  /** Direct routing unless given. */
  readonly method?: Method
  /** Where VIPs go: `lo`, or the device of the tunnel, unless given. */
  readonly device?: string
  /** Whose ARP settings are touched: those of one interface, or of `all`, which is what counts where it is not given. */
  readonly arpScope?: string
  readonly tunnel?: Tunnel
  readonly mtuCure?: MtuCure
  /** The director's addresses behind which clients are: one for each family. NAT alone has them. */
  readonly gateways?: readonly Address[]
  /** The other end of the connection over which this is typed. */
  readonly sshPeer?: Address
}

export interface SetupWords {
  readonly vip?: readonly string[] | undefined
  readonly method?: string | undefined
  readonly interface?: string | undefined
  readonly 'arp-scope'?: string | undefined
  readonly 'tun-type'?: string | undefined
  readonly 'tun-port'?: string | undefined
  readonly 'mtu-cure'?: string | undefined
  readonly gateway?: readonly string[] | undefined
}

/** Option → the methods that it belongs to. */
const belongs: Readonly<Record<keyof Omit<SetupWords, 'method'>, readonly Method[]>> = {
  vip: ['dr', 'tun'],
  interface: ['dr', 'tun'],
  'arp-scope': ['dr', 'tun'],
  'tun-type': ['tun'],
  'tun-port': ['tun'],
  'mtu-cure': ['tun'],
  gateway: ['nat'],
}

/**
 * Throws one usage error with all problems. `command`: what the words were given to. `interfaces`: those of this machine; a
 * name that is none is told with what else is wrong, and otherwise by who looks for it.
 */
export function parseSetup(
  words: SetupWords,
  command = 'realserver setup',
  interfaces: readonly string[] | undefined = undefined,
): SetupRequest {
  const problems: Problem[] = []
  const method = choice(words.method, methodNames, '--method', problems) ?? 'dr'
  for (const name of Object.keys(belongs) as (keyof typeof belongs)[])
    if (words[name] !== undefined && !belongs[name].includes(method)) problems.push(unexpected(name, method))
  const vips = addresses(words.vip, '--vip', problems)
  const gateways = addresses(words.gateway, '--gateway', problems)
  if (words.vip === undefined && method !== 'nat') problems.push(vipMissing(command))
  if (words.gateway === undefined && method === 'nat') problems.push(gatewayMissing)
  const tunnel = parseTunnel(words, problems)
  const mtuCure = choice(words['mtu-cure'], mtuCureNames, '--mtu-cure', problems)
  const made = isDummy(words.interface) || isTunnelDevice(words.interface ?? '') ? [words.interface ?? ''] : []
  if (problems.length > 0 && interfaces) problems.push(...unknownInterfaces(words, [...interfaces, ...made]))
  refuse(problems)
  return {
    vips,
    method,
    ...(words.interface !== undefined && {device: words.interface}),
    ...(words['arp-scope'] !== undefined && {arpScope: words['arp-scope']}),
    ...(method === 'tun' && {tunnel}),
    ...(mtuCure && {mtuCure}),
    ...(gateways.length > 0 && {gateways}),
  }
}

/** Interfaces that are named and are not there. */
export function unknownInterfaces(
  words: Pick<SetupWords, 'interface' | 'arp-scope'>,
  interfaces: readonly string[],
): readonly Problem[] {
  return (['interface', 'arp-scope'] as const).flatMap((option) => {
    const name = words[option]
    if (name === undefined || interfaces.includes(name) || (option === 'arp-scope' && name === 'all')) return []
    const {code, message, hint = ''} = unknownInterface(name, interfaces)
    return [problem(code, message, {where: `--${option}`, hint})]
  })
}

function parseTunnel(words: SetupWords, problems: Problem[]): Tunnel {
  const type = choice(words['tun-type'], tunnelNames, '--tun-type', problems) ?? 'ipip'
  const text = words['tun-port']
  if (text === undefined) {
    if (type === 'gue')
      problems.push(
        problem('tunnel-port-missing', 'gue needs the UDP port that the director sends to', {
          where: '--tun-port',
          hint: 'Such as --tun-port 6080, the same as for "lvsctl server add -i --tun-type gue"',
        }),
      )
    return {type}
  }
  if (type !== 'gue')
    problems.push(
      problem('tunnel-port-unexpected', `${type} has no port`, {
        where: '--tun-port',
        hint: 'Leave --tun-port out, or use --tun-type gue',
      }),
    )
  const port = parseInteger(text, 'tunnelPort')
  if (!port.ok) problems.push(port.problem)
  return port.ok ? {type, port: port.value} : {type}
}

function choice<Name extends string>(
  text: string | undefined,
  names: readonly Name[],
  where: string,
  problems: Problem[],
): Name | undefined {
  const found = names.find((name) => name === text)
  if (text === undefined || found) return found
  const [near] = nearest(text.toLowerCase(), names)
  const all = `It is one of ${names.join(', ')}`
  problems.push(
    problem('choice-unknown', `no ${where.replace(/^--/, '')} "${text}"`, {
      where,
      hint: near === undefined ? all : `Did you mean ${near}? ${all}`,
    }),
  )
  return undefined
}

function addresses(given: readonly string[] | undefined, where: string, problems: Problem[]): readonly Address[] {
  try {
    return given ? parseVips(given, where) : []
  } catch (error) {
    if (!(error instanceof LvsctlError)) throw error
    problems.push(...error.problems.map((one) => (where === '--gateway' ? asGateway(one) : one)))
    return []
  }
}

const asGateway = (one: Problem): Problem =>
  one.code === 'vip-not-unicast'
    ? {...one, code: 'gateway-not-unicast', message: one.message.replace('a VIP', 'a gateway'), hint: ownGateway}
    : one

const ownGateway = "It is the director's address on the network that it shares with this host"

const gatewayMissing = problem(
  'gateway-missing',
  'a real server behind NAT answers through the director: which is it?',
  {
    where: '--gateway',
    hint: "Name the director's address on this network: --gateway 10.0.0.1",
  },
)

function unexpected(name: keyof typeof belongs, method: Method): Problem {
  if (name === 'vip')
    return problem('vip-unexpected', 'behind NAT the director alone has the VIP', {
      where: '--vip',
      hint: 'Leave --vip out; on the director: lvsctl director setup --vip …',
    })
  const of = belongs[name].map((one) => `--method ${one}`).join(' or ')
  return problem('option-unexpected', `it has no meaning with --method ${method}`, {
    where: `--${name}`,
    hint: `It goes with ${of}`,
  })
}

/** Of SSH_CONNECTION: client, its port, server, its port (ssh(1)). */
export function sshPeer(env: Readonly<Record<string, string | undefined>>): Pick<SetupRequest, 'sshPeer'> {
  const [text = ''] = (env.SSH_CONNECTION ?? '').split(' ')
  const peer = parseAddress(text.replace(/^::ffff:(?=\d+\.)/, ''))
  return peer ? {sshPeer: peer} : {}
}
