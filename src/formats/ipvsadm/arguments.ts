// A command line of ipvsadm (without the program's name) read to its end: what is to be done, or what ipvsadm says
// instead. Options take effect as they come, which can be seen: `-M` goes by the family known so far, `-r` inherits port
// and protocol from the service before it, `-6` needs its mark first. What is checked only when all was read is at the end.

import {type Address, address, addressBytes, type Family, familyOf, parseAddress} from '../../domain/address.ts'
import type {ForwardingMethod, TunnelChecksum, TunnelType} from '../../domain/forwarding.ts'
import {schedulers} from '../../domain/schedulers.ts'
import {
  defaultScheduler,
  fullMask,
  type Protocol,
  type SchedulerFlag,
  type Service,
  type ServiceKey,
} from '../../domain/service.ts'
import type {SyncDaemon, SyncRole} from '../../domain/sync.ts'
import type {Timeouts} from '../../domain/timeouts.ts'
import {
  type Choice,
  type CommandName,
  checkOptions,
  checkTunnel,
  choiceOf,
  isTunnelSetting,
  type OptionName,
} from './acceptance.ts'
import {readLong, readPrefix, readWithin} from './c-values.ts'
import {readHost, readHostAndPort} from './host-and-port.ts'
import type {KnownNames} from './names.ts'
import {commandRows, optionRows} from './options.ts'
import {indexOptions, OptionReader} from './popt.ts'
import {type Change, exits, type Failure, type ListingOptions, type Request, refusal, tryHelp} from './request.ts'

export type Reading = Request | Failure

type Name = CommandName | OptionName

const index = indexOptions<Name>([...commandRows, ...optionRows])
const commands = new Set<Name>(commandRows.map(({name}) => name))

/** A day more than which no timeout lasts: 31 of them, in seconds. */
const longestTimeout = 31 * 24 * 3600
/** Of `-p` without a value. */
const defaultPersistence = 360
const greatest = 2 ** 31 - 1

/** Everything that options leave behind, at its default. */
interface Draft {
  readonly given: Set<Choice>
  role: SyncRole | undefined
  protocol: Protocol | undefined
  address: Address | undefined
  port: number
  mark: number
  family: Family | undefined
  scheduler: string
  schedulerFlags: string
  persistence: number | undefined
  netmask: string
  engine: string
  onePacket: boolean
  server: {readonly address: Address; readonly port: number} | undefined
  forwarding: ForwardingMethod
  weight: number
  upperThreshold: number
  lowerThreshold: number
  tunnelType: TunnelType
  tunnelPort: number
  checksum: TunnelChecksum
  interface: string
  syncId: number
  maxLength: number | undefined
  group: Address | undefined
  groupPort: number | undefined
  ttl: number | undefined
}

/** `known`: a name that is not in it counts as unknown, and what was read has to be read again once it was looked up. */
export function readArguments(words: readonly string[], known: KnownNames): Reading {
  const reader = new OptionReader<Name>(words, index)
  const first = reader.read()
  if (first.kind !== 'option' || !commands.has(first.name)) return tryHelp
  const command = first.name as CommandName
  if (command === 'help' || command === 'version') return {do: command}
  const draft = blank()
  if (command === 'start-daemon' || command === 'stop-daemon') {
    if (first.value !== 'master' && first.value !== 'backup')
      return refusal(`illegal ${command === 'start-daemon' ? 'start-daemon parameter' : 'start_daemon'} specified`)
    draft.role = first.value
  }
  for (;;) {
    const read = reader.read()
    if (read.kind === 'end') break
    if (read.kind === 'problem') return poptFailure(reader.lastWord, read.text)
    if (commands.has(read.name)) return refusal(`invalid option \`${reader.lastWord}'`)
    const failure = take(draft, read.name as OptionName, read.value, known)
    if (failure) return failure
  }
  return conclude(command, draft, reader.others)
}

const poptFailure = (word: string, text: string): Failure => ({
  do: 'fail',
  text: `${word}: ${text}\n`,
  exit: exits.failed,
  ends: false,
})

function blank(): Draft {
  return {
    given: new Set(),
    role: undefined,
    protocol: undefined,
    address: undefined,
    port: 0,
    mark: 0,
    family: undefined,
    scheduler: '',
    schedulerFlags: '',
    persistence: undefined,
    netmask: fullMask.ipv4,
    engine: '',
    onePacket: false,
    server: undefined,
    forwarding: 'gatewaying',
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnelType: 'ipip',
    tunnelPort: 0,
    checksum: 'none',
    interface: '',
    syncId: 0,
    maxLength: undefined,
    group: undefined,
    groupPort: undefined,
    ttl: undefined,
  }
}

function take(draft: Draft, name: OptionName, value: string | undefined, known: KnownNames): Failure | undefined {
  const choice = choiceOf(name)
  if (choice) {
    if (draft.given.has(choice)) return refusal(`multiple '${choice}' options specified`)
    draft.given.add(choice)
  }
  return effects[name]?.(draft, value ?? '', known, value !== undefined)
}

type Effect = (draft: Draft, value: string, known: KnownNames, given: boolean) => Failure | undefined

/** What has no row only has to be there. */
const effects: Partial<Record<OptionName, Effect>> = {
  'tcp-service': (draft, value, known) => takeService(draft, 'tcp', value, known),
  'udp-service': (draft, value, known) => takeService(draft, 'udp', value, known),
  'sctp-service': (draft, value, known) => takeService(draft, 'sctp', value, known),
  'fwmark-service': takeMark,
  ipv6: (draft) => {
    // With an empty line of its own.
    if (draft.mark === 0) return refusal('-6 used before -f\n')
    draft.family = 'ipv6'
    draft.netmask = fullMask.ipv6
    return undefined
  },
  scheduler: set((draft, value) => {
    draft.scheduler = firstBytes(value, 15)
  }),
  persistent: (draft, value, _known, given) => {
    const seconds = given ? readWithin(value, 1, longestTimeout) : defaultPersistence
    if (seconds === undefined) return badTimeout(value)
    draft.persistence = seconds
    return undefined
  },
  netmask: takeNetmask,
  pe: set((draft, value) => {
    draft.engine = firstBytes(value, 15)
  }),
  ops: set((draft) => {
    draft.onePacket = true
  }),
  'sched-flags': set((draft, value) => {
    draft.schedulerFlags = firstBytes(value, 127)
  }),
  'real-server': takeServer,
  gatewaying: set((draft) => {
    draft.forwarding = 'gatewaying'
  }),
  ipip: set((draft) => {
    draft.forwarding = 'tunneling'
  }),
  masquerading: set((draft) => {
    draft.forwarding = 'masquerading'
  }),
  weight: numeric('illegal weight specified', 0, greatest, (draft, value) => {
    draft.weight = value
  }),
  'u-threshold': numeric('illegal u_threshold specified', 0, greatest, (draft, value) => {
    draft.upperThreshold = value
  }),
  'l-threshold': numeric('illegal l_threshold specified', 0, greatest, (draft, value) => {
    draft.lowerThreshold = value
  }),
  'tun-type': (draft, value) => {
    if (value !== 'ipip' && value !== 'gue' && value !== 'gre') return refusal('illegal tunnel type specified')
    draft.tunnelType = value
    return undefined
  },
  'tun-port': numeric('illegal tunnel port specified', 1, 65_535, (draft, value) => {
    draft.tunnelPort = value
  }),
  'tun-nocsum': set((draft) => {
    draft.checksum = 'none'
  }),
  'tun-csum': set((draft) => {
    draft.checksum = 'full'
  }),
  'tun-remcsum': set((draft) => {
    draft.checksum = 'remote'
  }),
  syncid: numeric('illegal syncid specified', 0, 255, (draft, value) => {
    draft.syncId = value
  }),
  'mcast-interface': set((draft, value) => {
    draft.interface = firstBytes(value, 15)
  }),
  'mcast-group': takeGroup,
  'mcast-port': numeric('illegal mcast-port specified', 1, 65_535, (draft, value) => {
    draft.groupPort = value
  }),
  'mcast-ttl': numeric('illegal mcast-ttl specified', 1, 255, (draft, value) => {
    draft.ttl = value
  }),
  'sync-maxlen': numeric('illegal sync-maxlen specified', 1, 65_507, (draft, value) => {
    draft.maxLength = value
  }),
}

function set(assign: (draft: Draft, value: string) => void): Effect {
  return (draft, value) => {
    assign(draft, value)
    return undefined
  }
}

function numeric(
  complaint: string,
  least: number,
  most: number,
  assign: (draft: Draft, value: number) => void,
): Effect {
  return (draft, text) => {
    const value = readWithin(text, least, most)
    if (value === undefined) return refusal(complaint)
    assign(draft, value)
    return undefined
  }
}

function takeService(draft: Draft, protocol: Protocol, text: string, known: KnownNames): Failure | undefined {
  const found = readHostAndPort(text, protocol, known)
  if (!found) return refusal('illegal virtual server address[:port] specified')
  draft.protocol = protocol
  draft.address = found.address
  draft.family = familyOf(found.address)
  if (draft.family === 'ipv6') draft.netmask = fullMask.ipv6
  draft.port = found.port ?? 0
  return undefined
}

function takeMark(draft: Draft, text: string): Failure | undefined {
  const mark = readLong(text)
  if (mark === undefined || mark < 1n || mark > 0xffff_ffffn)
    return refusal(`invalid fwmark value \`${text}' specified`)
  draft.family = 'ipv4'
  // Of no meaning to the kernel, but port names are looked up by it.
  draft.protocol = 'tcp'
  draft.mark = Number(mark)
  return undefined
}

function takeNetmask(draft: Draft, text: string, known: KnownNames): Failure | undefined {
  if (draft.family === 'ipv6') {
    const length = readPrefix(text)
    if (length < 1 || length > 128) return refusal('illegal ipv6 netmask specified')
    draft.netmask = `${length}`
    return undefined
  }
  const mask = readHost(text, known)
  if (mask === undefined) return refusal('illegal virtual server persistent mask specified')
  draft.netmask = mask
  return undefined
}

function takeServer(draft: Draft, text: string, known: KnownNames): Failure | undefined {
  const found = readHostAndPort(text, draft.protocol, known)
  if (!found) return refusal('illegal real server address[:port] specified')
  draft.server = {address: found.address, port: found.port ?? draft.port}
  return undefined
}

function takeGroup(draft: Draft, text: string): Failure | undefined {
  const family = text.includes(':') ? 'ipv6' : 'ipv4'
  const group = parseAddress(text)
  const first = group === undefined ? 0 : (addressBytes(group)[0] as number)
  if (group === undefined || (family === 'ipv6' ? first !== 0xff : first >> 4 !== 0xe))
    return refusal(`invalid ${family === 'ipv6' ? 'IPv6' : 'IPv4'} mcast-group \`${text}'`)
  draft.group = group
  return undefined
}

const badTimeout = (text: string): Failure => refusal(`invalid timeout value \`${text}' specified`)

/** Names are cut to what the kernel's structures hold. */
function firstBytes(text: string, most: number): string {
  if (text.length * 3 <= most || /^[\0-\x7f]*$/.test(text)) return text.slice(0, most)
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, most)).replace(/\ufffd+$/, '')
}

function conclude(command: Exclude<CommandName, 'help' | 'version'>, draft: Draft, others: readonly string[]): Reading {
  const timeouts = command === 'set' ? readTimeouts(others) : undefined
  if (timeouts && 'do' in timeouts) return timeouts
  const extra = others[timeouts ? 3 : 0]
  if (extra !== undefined) return refusal(`unexpected argument ${extra}`)
  const flags = readFlags(draft)
  if ('do' in flags) return flags
  const failure = checkOptions(command, draft.given)
  if (failure) return failure
  switch (command) {
    case 'add-service':
    case 'edit-service':
      return changeService(command, draft, flags.bits)
    case 'delete-service':
      return change({do: command, service: keyOf(draft)})
    case 'add-server':
    case 'edit-server':
      return changeServer(command, draft)
    case 'delete-server':
      return change({do: command, service: keyOf(draft), server: serverOf(draft)})
    case 'clear':
      return change({do: 'flush'})
    case 'zero':
      return change(draft.given.has('service-address') ? {do: 'zero', service: keyOf(draft)} : {do: 'zero'})
    case 'set':
      return timeouts ? change({do: 'set-timeouts', timeouts}) : tryHelp
    case 'start-daemon':
      return change({do: command, daemon: daemonOf(draft)})
    case 'stop-daemon':
      return change({do: command, role: draft.role ?? 'master'})
    case 'list':
      return list(draft)
    case 'save':
      return {do: 'save', numeric: draft.given.has('numeric')}
    case 'restore':
      return {do: 'restore'}
  }
}

const change = (operation: Change): Request => ({do: 'change', operation})

/** 0 keeps what there is. */
function readTimeouts(words: readonly string[]): Timeouts | Failure {
  const [tcp, tcpFin, udp] = words
  if (tcp === undefined || tcpFin === undefined || udp === undefined)
    return refusal('--set option requires 3 timeout values')
  const seconds = [tcp, tcpFin, udp].map((text) => readWithin(text, 0, longestTimeout))
  const wrong = seconds.indexOf(undefined)
  if (wrong >= 0) return badTimeout(words[wrong] as string)
  const [first = 0, second = 0, third = 0] = seconds
  return {tcp: first, tcpFin: second, udp: third}
}

const bitNames = ['flag-1', 'flag-2', 'flag-3'] as const

/** Every name that a flag has, with its scheduler where it is of one only. */
const flagNames: ReadonlyMap<string, {readonly bit: SchedulerFlag; readonly scheduler?: string}> = new Map([
  ...bitNames.map((bit) => [bit, {bit}] as const),
  ...schedulers.flatMap(({name, flags = {}}) =>
    Object.entries(flags).map(([bit, flag]) => [flag, {bit: bit as SchedulerFlag, scheduler: name}] as const),
  ),
])

/** Commas may stand anywhere, but a text of nothing else names no flag. */
function readFlags({scheduler, schedulerFlags: text}: Draft): {readonly bits: readonly SchedulerFlag[]} | Failure {
  if (text === '') return {bits: []}
  const names = text.split(',').filter((name) => name !== '')
  if (names.length === 0) return refusal(`invalid scheduler flag \`${text}'`)
  const bits = new Set<SchedulerFlag>()
  for (const name of names) {
    const flag = flagNames.get(name)
    if (!flag) return refusal(`invalid scheduler flag \`${name}'`)
    if (flag.scheduler !== undefined && flag.scheduler !== (scheduler || defaultScheduler))
      return refusal(`incompatible scheduler flag \`${name}'`)
    bits.add(flag.bit)
  }
  return {bits: bitNames.filter((bit) => bits.has(bit))}
}

function changeService(
  command: 'add-service' | 'edit-service',
  draft: Draft,
  schedulerFlags: readonly SchedulerFlag[],
): Reading {
  const {mark, port, persistence, onePacket, protocol, netmask, engine} = draft
  if (mark === 0 && port === 0 && persistence === undefined)
    return refusal('Zero port specified for non-persistent service')
  if (onePacket && mark === 0 && protocol !== 'udp')
    return refusal('One-Packet Scheduling is only for UDP virtual services')
  const service: Service = {
    key: keyOf(draft),
    scheduler: draft.scheduler || defaultScheduler,
    schedulerFlags,
    netmask,
    onePacket,
    ...(persistence !== undefined && {persistence}),
    ...(engine !== '' && {engine}),
  }
  return change({do: command, service})
}

function changeServer(command: 'add-server' | 'edit-server', draft: Draft): Reading {
  const {forwarding, weight, upperThreshold, lowerThreshold, given} = draft
  const key = keyOf(draft)
  const server = serverOf(draft)
  // Packets that are not rewritten keep their port; a mark has none.
  const port = key.kind === 'address' && forwarding !== 'masquerading' ? key.port : server.port
  if (familyOf(server.address) !== draft.family && forwarding !== 'tunneling')
    return refusal('Different address family is allowed only for tunneling servers')
  if (forwarding !== 'tunneling' && [...given].some(isTunnelSetting))
    return refusal('Tunnel options conflict with forward method')
  const failure = checkTunnel(draft.tunnelType, given)
  if (failure) return failure
  const tunnel = {type: draft.tunnelType, port: draft.tunnelPort, checksum: draft.checksum}
  return change({
    do: command,
    service: key,
    server: {address: server.address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel},
  })
}

const nowhere = address('0.0.0.0')

function keyOf({mark, family = 'ipv4', protocol = 'tcp', address = nowhere, port}: Draft): ServiceKey {
  return mark === 0 ? {kind: 'address', protocol, address, port} : {kind: 'fwmark', mark, family}
}

const serverOf = ({server}: Draft): {readonly address: Address; readonly port: number} =>
  server ?? {address: nowhere, port: 0}

const defaultInterface = 'eth0'

function daemonOf({role = 'master', syncId, maxLength, group, groupPort, ttl, interface: name}: Draft): SyncDaemon {
  return {
    role,
    interface: name || defaultInterface,
    syncId,
    ...(maxLength !== undefined && {maxLength}),
    ...(group !== undefined && {group}),
    ...(groupPort !== undefined && {port: groupPort}),
    ...(ttl !== undefined && {ttl}),
  }
}

/** Of several the first. */
const columnSets = ['stats', 'rate', 'thresholds', 'persistent-conn', 'tun-info'] as const

function list(draft: Draft): Reading {
  const {given} = draft
  const has = (...some: readonly Choice[]): boolean => some.some((one) => given.has(one))
  if (
    (has('connection', 'timeout', 'daemon') && has('stats', 'rate', 'thresholds')) ||
    (has('timeout', 'daemon') && has('persistent-conn'))
  )
    return refusal('options conflicts in the list command')
  const numeric = has('numeric')
  const options: ListingOptions = {
    columns: columnSets.find((one) => given.has(one)) ?? 'plain',
    numeric,
    exact: has('exact'),
    sorted: !has('nosort'),
  }
  if (has('connection')) return {do: 'list-connections', numeric, engineData: has('persistent-conn')}
  if (has('service-address')) return {do: 'list-service', key: keyOf(draft), options}
  if (has('timeout')) return {do: 'list-timeouts'}
  if (has('daemon')) return {do: 'list-daemons'}
  return {do: 'list-table', options}
}
