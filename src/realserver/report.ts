// What was done, would be done or is so, in words for people. Layout and colour are decided where it is printed.

import {type Address, familyOf} from '../domain/address.ts'
import {managedWords} from '../host/managed.ts'
import type {RolePlan} from '../host/step.ts'
import {listVips} from '../host/vip.ts'
import {isArpKey} from './arp.ts'
import type {Method, SetupRequest} from './request.ts'
import type {VipStatus} from './status.ts'
import type {SettingStatus} from './status-settings.ts'
import type {GatewayStatus} from './status-ways.ts'

export interface Telling {
  readonly dryRun?: boolean
}

export function setupReport(
  {vips, steps, kept, notKept, adopted = []}: RolePlan,
  {method = 'dr', gateways = []}: Pick<SetupRequest, 'method' | 'gateways'>,
  {dryRun = false}: Telling = {},
): readonly string[] {
  const names = listVips(method === 'nat' ? gateways : vips)
  const lasting = notKept === undefined ? [] : [`  ${notKept}`]
  if (steps.length === 0) return [idle(method, names, vips.length), ...lasting]
  if (dryRun) return [unchanged]
  return [
    ready(method, names, vips.length),
    `  ${kept ?? notKept ?? 'not kept over a reboot'}`,
    ...undo(
      method === 'nat',
      vips.filter((vip) => !adopted.includes(vip)),
    ),
    ...before(adopted),
  ]
}

function undo(nat: boolean, added: readonly Address[]): readonly string[] {
  if (nat) return ['  undo: lvsctl realserver teardown']
  return added.length > 0 ? [`  undo: lvsctl realserver teardown --vip ${added.join(',')}`] : []
}

function before(vips: readonly Address[]): readonly string[] {
  if (vips.length === 0) return []
  const [were, they, are] = vips.length === 1 ? ['was', 'it', 'is'] : ['were', 'they', 'are']
  const quiet = vips.some((vip) => familyOf(vip) === 'ipv4')
    ? `, and ARP stays quiet as long as ${they} ${are} here`
    : ''
  return [`  not undone: ${listVips(vips)} ${were} here before${quiet}`]
}

function idle(method: Method, names: string, count: number): string {
  if (method === 'nat') return `nothing to do: answers go through ${names} already`
  return `nothing to do: ${names} ${count === 1 ? 'is' : 'are'} set up here already`
}

function ready(method: Method, names: string, count: number): string {
  if (method === 'nat') return `ready: answers of this host go through ${names}, the director`
  const way = method === 'tun' ? 'from tunnels' : 'by direct routing'
  return `ready: this host takes ${names} ${way} and stays silent about ${count === 1 ? 'it' : 'them'} on the LAN`
}

export function teardownReport({vips, steps, warnings}: RolePlan, {dryRun = false}: Telling = {}): readonly string[] {
  if (steps.length === 0) return ['nothing to do']
  if (dryRun) return [unchanged]
  const arp = steps.some(({effect}) => effect.do === 'set-sysctl' && isArpKey(effect.key))
  const left = warnings.some(({code}) => leftCodes.includes(code))
  const route = steps.find(({effect}) => effect.do === 'replace-route' || effect.do === 'remove-route')
  return [
    vips.length === 0
      ? `done: nothing ${left ? 'that set-up added' : 'of the role'} is left here`
      : `done: this host does not take ${listVips(vips)} any more`,
    ...(arp ? ['  ARP settings are as they were found'] : []),
    ...(route ? ['  routes are as they were found'] : []),
  ]
}

/** Of warnings that say what stays, and why. */
const leftCodes: readonly string[] = ['vip-left', 'arp-kept-quiet', 'link-kept', 'route-changed', 'sysctl-changed']

const unchanged = 'nothing was changed (dry run)'

/** A line per VIP: address, method, and what must be so for it, each with its mark. */
export function statusRows(vips: readonly VipStatus[]): readonly (readonly string[])[] {
  return vips.map(({vip, method, interface: device, present, arpQuiet, listening, managed, problems}) => [
    vip,
    method === 'tunnelling' ? 'tunnelling' : 'direct routing',
    `VIP on ${device} ${mark(present && !problems.some(({code}) => code === 'vip-prefix'))}`,
    ...(method === 'tunnelling' ? [`tunnel open ${mark(!problems.some(({code}) => tunnelCodes.includes(code)))}`] : []),
    `ARP quiet ${mark(arpQuiet)}`,
    listening.length > 0 ? `listening ${ports(listening)} ✓` : 'no TCP listener',
    managedWords[managed],
  ])
}

const tunnelCodes: readonly string[] = ['tunnel-missing', 'tunnel-down', 'rp-filter']

export function gatewayRows(gateways: readonly GatewayStatus[]): readonly (readonly string[])[] {
  return gateways.map(({gateway, ok}) => [gateway, 'NAT', `answers through it ${mark(ok)}`, 'set up by lvsctl'])
}

/** Only what is worth a line: a value that is wrong, or that a file has a word in. */
export function settingRows(settings: readonly SettingStatus[]): readonly (readonly string[])[] {
  return settings
    .filter(({ok, atBoot}) => !ok || atBoot)
    .map(({key, is, should, ok, by, atBoot}) => [
      key,
      ok ? `${is} ✓` : `${is} ✗`,
      should === undefined || should === is ? '' : `should be ${should}`,
      by === undefined ? '' : `set by ${by}`,
      atBoot ? `at boot ${atBoot.value}: ${atBoot.file}:${atBoot.line}` : '',
    ])
}

const mark = (good: boolean): string => (good ? '✓' : '✗')

/** All of them for programs (JSON); a line has room for a few. */
function ports(all: readonly number[]): string {
  const few = all.slice(0, 4).map((port) => `:${port}`)
  return [...few, ...(all.length > few.length ? ['…'] : [])].join(' ')
}
