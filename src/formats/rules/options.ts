// Which options a rule can have: ipvsadm's (formats/ipvsadm/options.ts) as far as they set something, and three of our
// own for what the kernel can hold and ipvsadm has no word for. Each has a bit, so that one number says what a line has
// and another what its command accepts.

import {commandRows, type OptionRow, optionRows} from '../ipvsadm/options.ts'

/**
 * `--service protocol-50://192.0.2.1:0` names a service of any protocol; `--forwarding bypass` any method;
 * `--tun-flags 3` any bits of a tunnel's checksum.
 */
const ownRows = [
  {name: 'service', letters: '', value: 'required'},
  {name: 'forwarding', letters: '', value: 'required'},
  {name: 'tun-flags', letters: '', value: 'required'},
] as const satisfies readonly OptionRow[]

export type CommandName = (typeof commandRows)[number]['name']
export type OptionName = (typeof optionRows)[number]['name'] | (typeof ownRows)[number]['name']

const serviceNaming = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service', 'ipv6', 'service'] as const
const serviceSetting = ['scheduler', 'persistent', 'netmask', 'pe', 'ops', 'sched-flags'] as const
const methods = ['gatewaying', 'ipip', 'masquerading', 'forwarding'] as const
const checksums = ['tun-nocsum', 'tun-csum', 'tun-remcsum', 'tun-flags'] as const
const serverSetting = [
  'real-server',
  ...methods,
  'weight',
  'u-threshold',
  'l-threshold',
  'tun-type',
  'tun-port',
  ...checksums,
] as const
const daemonSetting = ['mcast-interface', 'syncid', 'sync-maxlen', 'mcast-group', 'mcast-port', 'mcast-ttl'] as const

/** Of everything that a rule can set: 32 names, as many as there are bits. */
const ruleOptions = [...serviceNaming, ...serviceSetting, ...serverSetting, ...daemonSetting]
export type RuleOption = (typeof ruleOptions)[number]

/** The commands that are rules, and what they accept. */
const accepted = {
  'add-service': [...serviceNaming, ...serviceSetting],
  'edit-service': [...serviceNaming, ...serviceSetting],
  'delete-service': serviceNaming,
  'add-server': [...serviceNaming, ...serverSetting],
  'edit-server': [...serviceNaming, ...serverSetting],
  'delete-server': [...serviceNaming, 'real-server'],
  clear: [],
  set: [],
  'start-daemon': daemonSetting,
} as const satisfies Partial<Record<CommandName, readonly RuleOption[]>>

export type RuleCommand = keyof typeof accepted

export interface Command {
  readonly kind: 'command'
  readonly name: CommandName
  readonly value: OptionRow['value']
  /** undefined: not a rule. */
  readonly rule: RuleCommand | undefined
  /** The bits of the options it accepts. */
  readonly accepts: number
}

export interface Option {
  readonly kind: 'option'
  readonly name: OptionName
  readonly value: OptionRow['value']
  /** Its place among the options of rules; -1 where it is none (`--stats`). */
  readonly index: number
  readonly bit: number
}

/** By word as it is written: `-t`, `--tcp-service`. */
export const words = new Map<string, Command | Option>()

const bitOf = (name: RuleOption): number => 1 << ruleOptions.indexOf(name)

const bitsOf = (names: readonly RuleOption[]): number => names.reduce((bits, name) => bits | bitOf(name), 0)

/** One bit each. */
export const bits = Object.fromEntries(ruleOptions.map((name) => [name, bitOf(name)])) as Readonly<
  Record<RuleOption, number>
>

/** Where the values of a line are kept. */
export const places = Object.fromEntries(ruleOptions.map((name, index) => [name, index])) as Readonly<
  Record<RuleOption, number>
>

/** Of these a line can have one. */
export const alternatives = {
  service: bitsOf(serviceNaming) & ~bitOf('ipv6'),
  method: bitsOf(methods),
  checksum: bitsOf(checksums),
} as const

/** The options of a set of bits, as they are written. */
export function optionsIn(set: number): readonly RuleOption[] {
  return ruleOptions.filter((name) => (set & bitOf(name)) !== 0)
}

/** `-t`, `--sctp-service`. */
export function spelled(name: OptionName | CommandName): string {
  const row = [...commandRows, ...optionRows, ...ownRows].find((one) => one.name === name)
  return row?.letters ? `-${row.letters.charAt(0)}` : `--${name}`
}

for (const {name, letters, value} of commandRows as readonly (OptionRow & {name: CommandName})[]) {
  const rule = name in accepted ? (name as RuleCommand) : undefined
  const command: Command = {kind: 'command', name, value, rule, accepts: rule ? bitsOf(accepted[rule]) : 0}
  words.set(`--${name}`, command)
  for (const letter of letters) words.set(`-${letter}`, command)
}

for (const {name, letters, value} of [...optionRows, ...ownRows] as readonly (OptionRow & {name: OptionName})[]) {
  const index = ruleOptions.indexOf(name as RuleOption)
  const option: Option = {kind: 'option', name, value, index, bit: index < 0 ? 0 : 1 << index}
  words.set(`--${name}`, option)
  for (const letter of letters) words.set(`-${letter}`, option)
}
