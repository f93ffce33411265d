// Which option goes with which command, as data, and the check over it. The order of the rows is the order in which
// ipvsadm complains.

import type {commandRows, optionRows} from './options.ts'
import {type Failure, refusal} from './request.ts'

export type CommandName = (typeof commandRows)[number]['name']
export type OptionName = (typeof optionRows)[number]['name']

/** What counts as one: the four ways to name a service, the three methods. */
export type Choice = (typeof choices)[number]

const choices = [
  'numeric',
  'connection',
  'service-address',
  'scheduler',
  'persistent',
  'netmask',
  'real-server',
  'forwarding-method',
  'weight',
  'u-threshold',
  'l-threshold',
  'mcast-interface',
  'timeout',
  'daemon',
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'nosort',
  'syncid',
  'exact',
  'ops',
  'pe',
  'sched-flags',
  'mcast-group',
  'mcast-port',
  'mcast-ttl',
  'sync-maxlen',
  'tun-info',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
] as const

const grouped: Partial<Record<OptionName, Choice>> = {
  'tcp-service': 'service-address',
  'udp-service': 'service-address',
  'sctp-service': 'service-address',
  'fwmark-service': 'service-address',
  gatewaying: 'forwarding-method',
  ipip: 'forwarding-method',
  masquerading: 'forwarding-method',
}

/** Undefined for what may be repeated and goes with everything. */
export function choiceOf(name: OptionName): Choice | undefined {
  return name === 'ipv6' || name === 'sort' ? undefined : (grouped[name] ?? (name as Choice))
}

interface Acceptance {
  /** In messages, where it is not the command's name. */
  readonly called?: string
  readonly needs?: readonly Choice[]
  readonly takes?: readonly Choice[]
  /** Of these one at most. */
  readonly oneOf?: readonly Choice[]
}

const serviceSettings = ['scheduler', 'persistent', 'netmask', 'ops', 'pe', 'sched-flags'] as const
const tunnelSettings = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'] as const
const serverSettings = ['forwarding-method', 'weight', 'u-threshold', 'l-threshold', ...tunnelSettings] as const

const acceptance: Readonly<Record<Exclude<CommandName, 'help' | 'version'>, Acceptance>> = {
  'add-service': {needs: ['service-address'], takes: serviceSettings},
  'edit-service': {needs: ['service-address'], takes: serviceSettings},
  'delete-service': {needs: ['service-address']},
  clear: {called: 'flush'},
  restore: {},
  save: {takes: ['numeric']},
  'add-server': {needs: ['service-address', 'real-server'], takes: serverSettings},
  'edit-server': {needs: ['service-address', 'real-server'], takes: serverSettings},
  'delete-server': {needs: ['service-address', 'real-server']},
  list: {
    takes: ['numeric', 'stats', 'rate', 'thresholds', 'persistent-conn', 'nosort', 'syncid', 'exact', 'tun-info'],
    oneOf: ['connection', 'service-address', 'timeout', 'daemon'],
  },
  zero: {takes: ['service-address']},
  set: {},
  'start-daemon': {
    takes: ['mcast-interface', 'syncid', 'mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen'],
  },
  'stop-daemon': {takes: ['syncid']},
}

export function checkOptions(
  command: Exclude<CommandName, 'help' | 'version'>,
  given: ReadonlySet<Choice>,
): Failure | undefined {
  const {called = command, needs = [], takes = [], oneOf = []} = acceptance[command]
  let chosen: Choice | undefined
  for (const choice of choices) {
    if (!given.has(choice)) {
      if (needs.includes(choice))
        return refusal(`You need to supply the '${choice}' option for the '${called}' command`)
    } else if (oneOf.includes(choice)) {
      if (chosen)
        return refusal(`The option '${choice}' conflicts with the '${chosen}' option in the '${called}' command`)
      chosen = choice
    } else if (!takes.includes(choice) && !needs.includes(choice))
      return refusal(`Illegal '${choice}' option with the '${called}' command`)
  }
  return undefined
}

export const isTunnelSetting = (choice: Choice): boolean => (tunnelSettings as readonly Choice[]).includes(choice)

type TunnelOption = Exclude<(typeof tunnelSettings)[number], 'tun-type'>

const tunnels: Readonly<Record<string, {readonly needs?: TunnelOption; readonly oneOf: readonly TunnelOption[]}>> = {
  ipip: {oneOf: []},
  gue: {needs: 'tun-port', oneOf: ['tun-nocsum', 'tun-csum', 'tun-remcsum']},
  gre: {oneOf: ['tun-nocsum', 'tun-csum']},
}

export function checkTunnel(type: string, given: ReadonlySet<Choice>): Failure | undefined {
  const {needs, oneOf} = tunnels[type] as (typeof tunnels)[string]
  let chosen: Choice | undefined
  for (const option of tunnelSettings.slice(1) as readonly TunnelOption[]) {
    if (!given.has(option)) {
      if (option === needs) return refusal(`You need to supply the '${option}' option for the '${type}' tunnel type`)
    } else if (oneOf.includes(option)) {
      if (chosen)
        return refusal(`The option '${option}' conflicts with the '${chosen}' option in the '${type}' tunnel type`)
      chosen = option
    } else if (option !== needs) return refusal(`Illegal '${option}' option with the '${type}' tunnel type`)
  }
  return undefined
}
