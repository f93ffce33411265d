// The questions about the traffic: what is served, by whom, how packets get there, and who gets which client.

import {type Address, familyOf, formatEndpoint} from '../domain/address.ts'
import {parseDuration} from '../domain/duration.ts'
import {shown} from '../domain/foreign-characters.ts'
import {parseInteger} from '../domain/integer.ts'
import {nearest} from '../domain/nearest.ts'
import {accept, type Parsed, reject} from '../domain/parsed.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'
import {parseScheduler, schedulers} from '../domain/schedulers.ts'
import {formatServerKey, server, serverKeyEquals} from '../domain/server.ts'
import {defaultScheduler, formatServiceKey, protocols, service} from '../domain/service.ts'
import {parseServerAddress, parseServiceAddress, parseServiceKey} from '../domain/service-key.ts'
import {validateServer, validateService} from '../domain/validate.ts'
import {hostPrefixOf, subnetEdges, unusable} from '../host/vip.ts'
import {type Answers, type Method, methods, type RealServer} from './answers.ts'
import {beyond, interfaceLines} from './facts.ts'
import type {Questions, Situation} from './question.ts'
import {recommend} from './recommend.ts'

type TrafficKey = 'service' | 'servers' | 'method' | 'scheduler' | 'persistence'

export const trafficQuestions: Questions<TrafficKey> = {
  service: {
    flag: '--service',
    asks: 'What do clients connect to? VIP:PORT',
    explains: [
      'The virtual IP address (VIP) and the port that clients know, such as 192.168.1.200:80 or 192.168.1.200:http.',
      'It is TCP unless you say otherwise: udp://192.168.1.200:53, sctp://192.168.1.200:2905. IPv6: [2001:db8::200]:80.',
      'The VIP is an address that no host has yet. The director takes it; usually it is one of the network where clients arrive.',
    ],
    remarks: ({facts}) => [`this host has ${interfaceLines(facts).join(', ') || 'no address of its own yet'}`],
    decisive: true,
    parse: parseService,
    judge: ({address: vip}, {facts}) => [
      ...unusable(vip, ''),
      ...subnetEdges(vip, facts.addresses),
      ...facts.addresses
        .filter((one) => one.address === vip && one.prefixLength < hostPrefixOf(vip))
        .map((one) =>
          warning('vip-own-address', `${vip} is this host's own address on ${one.interface}`, {
            hint: 'An address for the service alone can move to another director; this one cannot',
          }),
        ),
    ],
    format: formatServiceKey,
  },
  servers: {
    flag: '--server',
    asks: 'Real server? ADDRESS[:PORT] [WEIGHT]',
    explains: [
      'A machine that does the work, by its own address: 192.168.1.111, or 192.168.1.111:8080 where it listens on another port.',
      'A number behind it is its weight, its share of the clients compared with the others: 192.168.1.111 3. Without, 1.',
      'Each is tried as it is typed: whether it is on a network of this host, and whether something listens there.',
    ],
    decisive: true,
    parse: parseServers,
    judge: judgeServers,
    format: (servers) =>
      servers.map((one) => `${formatServerKey(one)}${one.weight === 1 ? '' : ` ${one.weight}`}`).join(', '),
  },
  method: {
    flag: '--method',
    asks: 'How do packets get to the real servers? dr, nat or tun',
    explains: [
      "dr   the director passes the packet on as it is, to the server's MAC address. The server holds the VIP without answering neighbours that ask for it, and replies to the client itself. Same network and same port only; the director sees half of the traffic, and is rarely the bottleneck.",
      'nat  the director rewrites addresses and ports, and replies have to come back through it. The servers need no VIP; any port will do.',
      'tun  the director puts the packet into another one, addressed to the server, which unpacks it and replies to the client itself. Across routers, same port only; packets grow by 20 bytes or more.',
    ],
    choices: () => [
      ['dr', "direct routing: the servers are on the director's network"],
      ['nat', 'rewriting: they are behind the director, or on another port'],
      ['tun', 'tunneling: they are in other networks'],
    ],
    remarks: ({answers: {service, servers}, facts}) => {
      if (!service || !servers) return []
      const {method, because} = recommend({service, servers}, facts)
      return [`recommended: ${method}, because ${because}`]
    },
    proposes: ({answers: {service, servers}, facts}) =>
      service && servers ? recommend({service, servers}, facts).method : undefined,
    decisive: true,
    parse: parseMethod,
    judge: judgeMethod,
    format: (method) => method,
  },
  scheduler: {
    flag: '--scheduler',
    asks: 'Which server gets the next client? A scheduler',
    explains: schedulers.map(({name, advice}) => `${name.padEnd(5)} ${advice}`),
    choices: () =>
      schedulers.filter(({name}) => usualSchedulers.includes(name)).map(({name, advice}) => [name, advice] as const),
    proposes: () => defaultScheduler,
    parse: (text) => parseScheduler(text.toLowerCase()),
    judge: (scheduler, {answers: {service: key}}) => (key ? validateService(service(key, {scheduler})) : []),
    format: (scheduler) => scheduler,
  },
  persistence: {
    flag: '--persistence',
    asks: 'Does a client stay with its server? Seconds, or no',
    explains: [
      'With persistence a client that comes again goes to the server that it had, until it has stayed away for so long: 300, 15m.',
      'For what a server remembers of its clients (a login, a basket). Without, every connection is placed anew.',
    ],
    proposes: () => 'no',
    parse: (text) => (/^(no|none|n|0)$/i.test(text) ? accept(0) : parseDuration(text, 'persistence')),
    format: (seconds) => (seconds === 0 ? 'no' : `${seconds}`),
  },
}

/** Enough to choose from at first; `?` has them all. */
const usualSchedulers: readonly string[] = ['rr', 'wrr', 'wlc', 'sh', 'mh']

function parseService(text: string, {facts: {portNames}}: Situation): Parsed<Answers['service']> {
  const parsed = text.includes('://')
    ? parseServiceKey(text, '', portNames)
    : parseServiceAddress(text, 'tcp', portNames)
  if (!parsed.ok) return parsed
  const key = parsed.value
  if (key.kind !== 'address' || !(key.protocol in protocols))
    return reject('service-kind', `${formatServiceKey(key)} has no address and port that a client could ask for`, {
      hint: 'The wizard sets up TCP, UDP and SCTP; the rest: lvsctl service add --help',
    })
  if (key.port === 0)
    return reject('port-missing', `${shown(text)} has no port`, {hint: `Such as ${formatEndpoint(key.address, 80)}`})
  return accept(key)
}

function parseServers(text: string, situation: Situation): Parsed<readonly RealServer[]> {
  const servers: RealServer[] = []
  for (const one of text.split(',')) {
    const parsed = parseServer(one.trim(), situation)
    if (!parsed.ok) return parsed
    servers.push(parsed.value)
  }
  return accept(servers)
}

function parseServer(text: string, {answers: {service: key}, facts: {portNames}}: Situation): Parsed<RealServer> {
  const [, word = text, weightText = '1'] = /^(\S+)\s+(?:weight\s+)?(\S+)$/.exec(text) ?? []
  const protocol = key && key.protocol in protocols ? (key.protocol as keyof typeof protocols) : 'tcp'
  const endpoint = parseServerAddress(word, (name) => portNames(name, protocol), '')
  if (!endpoint.ok) return endpoint
  const weight = parseInteger(weightText, 'weight', '')
  if (!weight.ok) return weight
  const {address, port = key?.port ?? 0} = endpoint.value
  return accept({address, port, weight: weight.value})
}

function judgeServers(servers: readonly RealServer[], {answers: {service: key}, facts}: Situation): readonly Problem[] {
  if (!key) return []
  const other = servers.filter(({address}) => familyOf(address) !== familyOf(key.address))
  if (other.length > 0) return other.map((one) => otherFamily(one, key.address))
  const {forwarding} = methods[recommend({service: key, servers}, facts).method]
  const twice = servers.filter((one, at) => servers.findIndex((other) => serverKeyEquals(one, other)) < at)
  return [
    ...twice.map((one) => problem('server-duplicate', `${formatServerKey(one)} is given twice`)),
    ...servers.flatMap((one) => validateServer(service(key), server(one, {...one, forwarding}))),
    ...(servers.every(({weight}) => weight === 0)
      ? [warning('servers-quiesced', 'every weight is 0: no server takes clients')]
      : []),
  ]
}

/** Only a tunnel takes such a packet, and what unwraps it at its end is the operator's to make: set-up of a real server has tunnels of one family. */
function otherFamily({address}: RealServer, vip: Address): Problem {
  const [family, wanted] = familyOf(vip) === 'ipv4' ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6']
  return problem(
    'server-family',
    `${address} is ${family}, the VIP ${wanted}: no real server can be set up for that here`,
    {
      hint: `Name the ${wanted} address of the same server; or serve its ${family} clients by a VIP of ${family}`,
    },
  )
}

function parseMethod(text: string): Parsed<Method> {
  const word = text.toLowerCase()
  const names = Object.keys(methods) as Method[]
  const found = names.find((name) => {
    const {forwarding, option, title} = methods[name]
    return word === name || word === forwarding || word === option || word === title
  })
  if (found) return accept(found)
  return reject('method-unknown', `${shown(text)} is no forwarding method`, {
    meant: nearest(word, names)[0],
    hint: 'dr, nat or tun',
  })
}

function judgeMethod(method: Method, {answers, facts}: Situation): readonly Problem[] {
  const {service: key, servers} = answers
  if (!key || !servers) return []
  const better = recommend({service: key, servers}, facts)
  const hint = `${better.method} would do: ${better.because}`
  const {forwarding} = methods[method]
  const problems = servers
    .flatMap((one) => validateServer(service(key), server(one, {...one, forwarding})))
    .filter(({severity}) => severity === 'error')
    .map((one) => (better.method === method ? one : {...one, hint}))
  if (method !== 'dr') return problems
  return [
    ...problems,
    ...beyond(servers, facts).map((address) =>
      warning('server-off-link', `${address} is in no network of this host: no server for direct routing from here`, {
        hint: `${hint}; or the director is another host`,
      }),
    ),
  ]
}
