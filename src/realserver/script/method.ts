// What a script does for the method that it is made for: the functions plan, carry_out, differences and close_ways, which
// start, stop and status call, as lists of lines from the tables of the role.

import {type Address, type Family, familyOf} from '../../domain/address.ts'
import {deviceFor, familiesOf} from '../place.ts'
import type {SetupRequest} from '../request.ts'
import {headers} from '../segments.ts'
import {tunnelRow} from '../tunnels.ts'
import {natPart} from './nat.ts'
import {portPart} from './ports.ts'
import {reversePathPart} from './reverse-path.ts'
import {routesPart} from './routes.ts'
import {segmentsPart} from './segments.ts'
import {sh} from './sh.ts'
import {vipPart} from './start.ts'
import {vipDifferencesPart} from './status.ts'
import {devicesPart, noWaysPart, waysPart} from './ways.ts'

const digit: Readonly<Record<Family, string>> = {ipv4: '4', ipv6: '6'}

export function methodPart(request: SetupRequest): string {
  return request.method === 'nat' ? nat(request.gateways ?? []) : withVips(request)
}

interface Steps {
  readonly plan: readonly string[]
  readonly carryOut: readonly string[]
  readonly differences: readonly string[]
}

const fn = (name: string, lines: readonly string[]): string =>
  `\n${name}() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`

function functions({plan, carryOut, differences}: Steps): string {
  return [
    fn('plan', plan),
    fn('carry_out', carryOut),
    '\n# What is not as it must be: $problems.',
    fn('differences', ['problems=', ...differences]),
  ].join('')
}

function withVips(request: SetupRequest): string {
  const {vips, tunnel, mtuCure = '', arpScope = 'all', device} = request
  const families = familiesOf(vips)
  const rows = tunnel ? families.map((family) => tunnelRow(tunnel.type, family)) : []
  const devices = [...new Set([...vips.map((vip) => deviceFor(vip, request)), ...rows.map((row) => row.device.name)])]
  const isDummy = /^dummy\d+$/.test(device ?? '')
  const modules = new Set(rows.flatMap((row) => row.modules.slice(1)))
  const ipv4 = families.includes('ipv4')
  const tun4 = rows.find((row) => row.family === 'ipv4')?.device.name
  const port = tunnel?.type === 'gue' ? tunnel.port : undefined
  const bare = !tunnel && devices.every((one) => one === 'lo')
  const ports = port === undefined ? [] : families.map((family) => `${digit[family]} ${port}`)

  return [
    `arp_scope=${arpScope}\n`,
    bare ? '' : `tunnels='${rows.map((row) => row.device.name).join(' ')}'\n`,
    tunnel ? `mtu_cure=${mtuCure}\n` : '',
    `ready='${listed(vips)} on ${devices.join(' and ')}, nobody on the LAN is told'\n`,
    placeOf(request),
    vipPart,
    vipDifferencesPart,
    devicesPart,
    bare ? noWaysPart : waysPart,
    ...(tunnel ? [ipv4 ? reversePathPart : '', routesPart, segmentsPart, portPart] : []),
    functions({
      plan: [
        ...rows.map((row) => `plan_link ${row.device.name} ${row.device.kind} ${row.modules[0]}`),
        ...(isDummy ? [`plan_link ${device} dummy dummy`] : []),
        ...[...modules].map((module) => `plan_module ${module}`),
        ...(device === undefined ? [] : [`plan_device ${device}`]),
        ...(ipv4 ? ['plan_arp'] : []),
        ...(tun4 ? [`plan_reverse_path ${tun4}`] : []),
        // The widest first: a link that is wide enough for it is left alone by the next.
        ...rows
          .toSorted((a, b) => b.overhead - a.overhead)
          .map((row) => `plan_segments ${digit[row.family]} ${row.overhead} ${headers[row.family]}`),
        ...(tunnel ? ['plan_wider'] : []),
        ...ports.map((words) => `plan_port ${words}`),
        ...devices.map((one) => `plan_up ${one}`),
        'for vip in $vips; do check_vip "$vip"; done',
        'plan_vips',
      ],
      carryOut: [
        'make_devices',
        'set_settings',
        ...(tunnel ? ['set_segments'] : []),
        ...(ports.length > 0 ? ['open_ports'] : []),
        'raise_devices',
        'for vip in $missing; do add_vip "$vip"; done',
      ],
      differences: [
        ...devices.map((one) => `device_differences ${one}`),
        ...(tun4 ? [`reverse_path_differences ${tun4}`] : []),
        // Only root may ask for ports.
        ...ports.map(
          (words) => `has_port ${words} || [ "$(id -u)" -ne 0 ] || problem "nothing unwraps gue at UDP port ${port}"`,
        ),
        ...(tunnel ? ['mtu_differences'] : []),
        'for vip in $vips; do vip_differences "$vip"; done',
      ],
    }),
  ].join('')
}

const listed = (vips: readonly Address[]): string => vips.join(', ')

/** The shell function that knows where a VIP goes. */
function placeOf(request: SetupRequest): string {
  const places = new Map(request.vips.map((vip) => [familyOf(vip), deviceFor(vip, request)]))
  const [first, second] = [places.get('ipv4'), places.get('ipv6')]
  const only = first ?? second ?? 'lo'
  return first === undefined || second === undefined || first === second
    ? sh`
place_of() { # VIP: $device
  device=${only}
}
`
    : sh`
place_of() { # VIP: $device
  case $1 in
    *:*) device=${second} ;;
    *) device=${first} ;;
  esac
}
`
}

function nat(gateways: readonly Address[]): string {
  const words = gateways.map((gateway) => `${digit[familyOf(gateway)]} ${gateway}`)
  return [
    `device=\ntunnels=\nready='answers go through ${listed(gateways)}'\n`,
    routesPart,
    natPart,
    waysPart,
    functions({
      plan: words.map((one) => `plan_gateway ${one}`),
      carryOut: ['set_routes'],
      differences: words.map((one) => `gateway_differences ${one}`),
    }),
  ].join('')
}
