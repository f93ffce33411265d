// What the value of an option or of an argument can be: a row each, by its name. A name that means something else in one
// command has a row with the command in front of it. Options with a list of their own (`options` in the definition) need
// no row; switches have no value.

import {forwardingMethods, tunnelTypes} from '../domain/forwarding.ts'
import {schedulerRow, schedulers} from '../domain/schedulers.ts'
import {syncRoles} from '../domain/sync.ts'
import type {Candidate} from './candidate.ts'
import {shellNames} from './shells.ts'
import {
  givenValue,
  interfaces,
  knownServers,
  newEndpoints,
  otherServers,
  runningService,
  type Situation,
  serviceEndpoints,
  serviceMarks,
  serviceWords,
  virtualAddresses,
} from './situation.ts'

export type ValueRow =
  | {
      readonly words: readonly Candidate[] | ((situation: Situation) => Promise<readonly Candidate[]>)
      /** Several, with commas between them. */
      readonly commas?: boolean
    }
  | {readonly files: true}
  /** Not to be guessed; says what it is. */
  | {readonly free: string}

const words = (...rows: readonly (readonly [value: string, about?: string])[]): ValueRow => ({
  words: rows.map(([value, about]) => ({value, about})),
})
const files: ValueRow = {files: true}
const free = (what: string): ValueRow => ({free: what})
const seconds = free('seconds')
const number = free('a number')
const service: ValueRow = {words: serviceWords}

/** The kernel's names: ip_vs_proto_tcp.c, ip_vs_proto_udp.c, ip_vs_proto_sctp.c, and of templates ip_vs_proto.c. */
const states = words(
  ['ESTABLISHED', 'TCP, SCTP'],
  ['SYN_SENT', 'TCP'],
  ['SYN_RECV', 'TCP'],
  ['FIN_WAIT', 'TCP'],
  ['TIME_WAIT', 'TCP'],
  ['CLOSE', 'TCP'],
  ['CLOSE_WAIT', 'TCP'],
  ['LAST_ACK', 'TCP'],
  ['LISTEN', 'TCP'],
  ['SYNACK', 'TCP'],
  ['UDP', 'UDP'],
  ['INIT1', 'SCTP'],
  ['INIT', 'SCTP'],
  ['COOKIE', 'SCTP'],
  ['CLOSED', 'SCTP'],
  ['NONE', 'templates, until a connection confirms them'],
  ['ASSURED', 'templates'],
)

export const flagValues: Readonly<Record<string, ValueRow>> = {
  // Which service.
  'tcp-service': {words: (situation) => serviceEndpoints(situation, 'tcp')},
  'udp-service': {words: (situation) => serviceEndpoints(situation, 'udp')},
  'sctp-service': {words: (situation) => serviceEndpoints(situation, 'sctp')},
  'fwmark-service': {words: serviceMarks},
  'service add tcp-service': {words: newEndpoints},
  'service add udp-service': {words: newEndpoints},
  'service add sctp-service': {words: newEndpoints},
  'service add fwmark-service': number,
  service,
  // What it is set to.
  scheduler: {words: schedulers.map(({name, advice}) => ({value: name, about: advice}))},
  'sched-flags': {words: schedulerFlagWords, commas: true},
  persistent: seconds,
  netmask: words(
    ['255.255.255.255', 'IPv4: every client by itself'],
    ['255.255.255.0', 'IPv4: clients of a /24 count as one'],
    ['255.255.0.0', 'IPv4: clients of a /16 count as one'],
    ['128', 'IPv6: every client by itself'],
    ['64', 'IPv6: clients of a /64 count as one'],
  ),
  pe: words(['sip', 'calls of SIP stay together by their Call-ID']),
  // Which server, and what it is set to.
  'real-server': {words: knownServers},
  'server add real-server': {words: otherServers},
  server: {words: knownServers},
  weight: number,
  'u-threshold': number,
  'l-threshold': number,
  'tun-type': {
    words: tunnelTypes.map(({name, needsPort}) => ({value: name, about: needsPort ? 'needs --tun-port' : ''})),
  },
  'tun-port': free('a UDP port'),
  forwarding: {words: forwardingMethods.map(({name, short}) => ({value: name, about: short === name ? '' : short}))},
  // Hosts.
  vip: {words: virtualAddresses, commas: true},
  method: words(['dr', 'direct routing'], ['tun', 'tunnelling'], ['nat', 'NAT: answers through the director']),
  gateway: free('an address of the director'),
  'arp-scope': {
    words: async (situation) => [{value: 'all', about: 'every interface'}, ...(await interfaces(situation))],
  },
  'mtu-cure': words(
    ['clamp', 'this host asks clients for smaller segments'],
    ['director', 'the director fragments what it wraps'],
    ['path', 'larger frames between director and real servers'],
    ['none', 'nothing: clients get the ICMP messages of the director'],
  ),
  dev: {words: interfaces},
  interface: {words: interfaces},
  'mcast-interface': {words: interfaces},
  netns: {words: async ({live}) => (await live.namespaces()).map((value) => ({value}))},
  // Connections.
  state: states,
  client: free('an address or a network'),
  top: number,
  // Sync daemons and timeouts.
  role: {words: Object.keys(syncRoles).map((value) => ({value}))},
  id: free('0 to 255'),
  'max-length': free('bytes'),
  // As ipvsadm calls them.
  'mcast-group': words(['224.0.0.81', 'the default']),
  'mcast-port': words(['8848', 'the default']),
  'mcast-ttl': words(['1', 'the default: this network only']),
  group: words(['224.0.0.81', 'the default']),
  port: words(['8848', 'the default']),
  ttl: words(['1', 'the default: this network only']),
  tcp: words(['900', 'the default: 15 minutes']),
  'tcp-fin': words(['120', 'the default: 2 minutes']),
  udp: words(['300', 'the default: 5 minutes']),
  // The wizard's answers.
  'wizard service': {words: newEndpoints},
  'wizard server': free('an address, a port, a weight'),
  persistence: words(['no', 'every connection is placed anew'], ['300', 'five minutes']),
  'wizard role': words(
    ['director', 'takes the VIP'],
    ['real-server', 'does the work'],
    ['other', 'only say what to do elsewhere'],
  ),
  masquerade: words(['no'], ['yes']),
  keep: words(['boot', 'by systemd'], ['no', 'until the next boot']),
  answers: files,
  // Files and how they are written.
  format: words(['rules', 'what ipvsadm -R reads'], ['yaml'], ['json']),
  output: files,
  file: files,
  'save-first': files,
  // Time.
  watch: seconds,
  interval: seconds,
  deadline: seconds,
  timeout: seconds,
  // The lab.
  topology: words(
    ['dr', 'direct routing: one segment'],
    ['nat', 'real servers behind the director'],
    ['tun', 'with IPIP tunnels'],
  ),
}

export const argumentValues: Readonly<Record<string, ValueRow>> = {
  service,
  'service add service': {words: newServiceWords},
  server: {words: knownServers},
  'server add server': {words: otherServers},
  shell: {words: shellNames.map((value) => ({value}))},
  script: files,
  file: files,
  role: {words: Object.keys(syncRoles).map((value) => ({value}))},
  interface: {words: interfaces},
  address: {words: virtualAddresses},
}

/** `command`: oclif's id of it. */
export function flagRow(command: string, name: string): ValueRow | undefined {
  return rowIn(flagValues, command, name)
}

export function argumentRow(command: string, name: string): ValueRow | undefined {
  return rowIn(argumentValues, command, name)
}

function rowIn(rows: Readonly<Record<string, ValueRow>>, command: string, name: string): ValueRow | undefined {
  const own = `${command.replaceAll(':', ' ')} ${name}`
  return Object.hasOwn(rows, own) ? rows[own] : Object.hasOwn(rows, name) ? rows[name] : undefined
}

/** Of the scheduler that is given, or that the service has; of all where neither is known. */
async function schedulerFlagWords(situation: Situation): Promise<readonly Candidate[]> {
  const name = givenValue(situation, 'scheduler') ?? (await runningService(situation))?.scheduler
  const flags = name === undefined ? undefined : schedulerRow(name)?.flags
  const rows = flags ? [{name, flags}] : schedulers
  return rows.flatMap((row) =>
    Object.values(row.flags ?? {}).map((value) => ({
      value,
      about: value.endsWith('fallback') ? 'another server when the chosen one takes no clients' : 'ports count too',
    })),
  )
}

async function newServiceWords(situation: Situation): Promise<readonly Candidate[]> {
  const endpoints = await newEndpoints(situation)
  return ['tcp', 'udp', 'sctp'].flatMap((protocol) =>
    endpoints.map((one) => ({...one, value: `${protocol}://${one.value}`})),
  )
}
