// Where VIPs go on this host, and what must be there for it: modules, and interfaces without hardware.

import {type Address, type Family, familyOf} from '../domain/address.ts'
import {type Problem, problem} from '../domain/problem.ts'
import type {Effect, FouPort, NewLink} from '../host/host.ts'
import {speaksArp} from './arp.ts'
import {foresee, hasFouPort, isSilent, linkNamed, type Observed} from './observe.ts'
import type {SetupRequest, Tunnel} from './request.ts'
import {isDummy, isTunnelDevice, tunnelRow} from './tunnels.ts'

export interface Place {
  readonly problems: readonly Problem[]
  /** Modules first, then interfaces; they come up later. */
  readonly effects: readonly Effect[]
  /** Interfaces that set-up makes. */
  readonly links: readonly NewLink[]
  readonly fouPorts: readonly FouPort[]
  /** Interfaces that must be up. */
  readonly devices: readonly string[]
  /** As it will be when all this is there. */
  readonly foreseen: Observed
}

/** What must be asked about before `placeFor` can say anything. */
export function modulesFor({vips, tunnel, device}: SetupRequest): readonly string[] {
  const modules = tunnel ? familiesOf(vips).flatMap((family) => tunnelRow(tunnel.type, family).modules) : []
  return [...new Set([...modules, ...(isDummy(device) ? ['dummy'] : [])])]
}

export const familiesOf = (vips: readonly Address[]): readonly Family[] => [...new Set(vips.map(familyOf))]

export function deviceFor(vip: Address, {device, tunnel}: SetupRequest): string {
  return device ?? (tunnel ? tunnelRow(tunnel.type, familyOf(vip)).device.name : 'lo')
}

export function placeFor(request: SetupRequest, observed: Observed): Place {
  const {vips, tunnel, device} = request
  const missing = modulesFor(request).filter((name) => observed.modules.get(name) === 'missing')
  const rows = tunnel ? familiesOf(vips).map((family) => tunnelRow(tunnel.type, family)) : []
  const toLoad = [...new Set(rows.flatMap(({modules}) => modules))].filter(
    (name) => observed.modules.get(name) === 'available',
  )
  const coming: readonly NewLink[] = [
    // A module that is loaded and did not bring its device: net.core.fb_tunnels_only_for_init_net keeps it from doing so.
    ...rows.map((row) => row.device),
    ...(isDummy(device) ? [{name: device, kind: 'dummy'} as const] : []),
  ].filter(({name}) => !linkNamed(observed, name))
  const links = coming.filter(
    ({kind}) =>
      kind === 'dummy' ||
      rows.some(
        (row) => row.device.kind === kind && !row.modules.some((name) => toLoad.includes(name) && name !== 'fou'),
      ),
  )
  const foreseen = foresee(observed, coming)
  return {
    problems: [
      ...missing.map((name) => moduleMissing(name, tunnel)),
      ...wrongDevice(device, foreseen),
      ...wrongFamily(
        request,
        rows.map((row) => row.device.name),
      ),
    ],
    effects: [
      ...toLoad.map((module): Effect => ({do: 'load-module', module})),
      ...links.map((link): Effect => ({do: 'add-link', link})),
    ],
    links,
    fouPorts: portsFor(vips, tunnel).filter((port) => !hasFouPort(observed.fouPorts, port)),
    devices: [...new Set([...vips.map((vip) => deviceFor(vip, request)), ...rows.map((row) => row.device.name)])],
    foreseen,
  }
}

function portsFor(vips: readonly Address[], tunnel: Tunnel | undefined): readonly FouPort[] {
  const port = tunnel?.type === 'gue' ? tunnel.port : undefined
  if (port === undefined) return []
  return familiesOf(vips).map((family) => ({port, family, encapsulation: 'gue'}))
}

function moduleMissing(name: string, tunnel: Tunnel | undefined): Problem {
  return problem('module-missing', `this kernel has no module ${name}`, {
    where: name === 'dummy' ? '--interface' : '--tun-type',
    hint: `${name === 'dummy' ? 'Use lo' : `Without it nothing unwraps ${tunnel?.type}`}; it may be in a package of its own (linux-modules-extra-…), and in a container its host has to load it`,
  })
}

function wrongDevice(device: string | undefined, {links}: Observed): readonly Problem[] {
  const link = links.find(({name}) => name === device)
  if (!link || isSilent(link)) return []
  const why = speaksArp({...link, up: true})
    ? `neighbours ask for addresses on ${device}, and arp_ignore does not keep it from answering for its own`
    : `${device} is no interface that a VIP can hide on`
  return [
    problem('device-speaks', why, {
      where: '--interface',
      hint: 'Use lo, a dummy interface (dummy0) or the device of the tunnel',
    }),
  ]
}

/** A tunnel device that is named, and that of the VIP's own family is another. */
function wrongFamily(request: SetupRequest, own: readonly string[]): readonly Problem[] {
  const {vips, tunnel, device} = request
  if (!tunnel || device === undefined || !isTunnelDevice(device)) return []
  return vips
    .filter((vip) => tunnelRow(tunnel.type, familyOf(vip)).device.name !== device)
    .map((vip) =>
      problem('vip-family', `packets for ${vip} do not come out of ${device}`, {
        where: '--interface',
        hint: `Leave it out: VIPs go on ${own.join(' and ')}`,
      }),
    )
}
