// What a lab network is made of, as data, and the one function that turns it into a shell script. Each host is a network
// namespace, each segment a bridge in the guest's own namespace. The networks we offer are in topologies.ts.

import {LvsctlError} from '../domain/problem.ts'
import type {Guest} from './guest.ts'
import {shellQuote} from './shell-quote.ts'

export interface Interface {
  readonly name: string
  /** Interfaces of the same segment share a bridge. */
  readonly segment: string
  /** With prefix length, IPv4 or IPv6. */
  readonly addresses: readonly string[]
}

export interface LabHost {
  readonly name: string
  readonly interfaces: readonly Interface[]
  /** Devices that a module brings into every namespace, to set up: tunl0. */
  readonly devices?: readonly string[]
  /** Default routes go there, one per address family. */
  readonly gateways?: readonly string[]
  /** Set before any address exists. */
  readonly sysctls?: Readonly<Record<string, number>>
  /** A web server on this port answers every address of the host; `/` is the host's name. */
  readonly http?: number
}

export interface Topology {
  readonly name: string
  readonly summary: string
  readonly modules: readonly string[]
  readonly hosts: readonly LabHost[]
}

/** Always needed; ipv6 is a module in User-Mode Linux and its sysctls appear only with it. */
const baseModules = ['veth', 'bridge', 'ipv6']

const bridgeOf = (segment: string) => `br-${segment}`
const isIpv6 = (address: string) => address.includes(':')
const withoutPrefix = (address: string) => address.replace(/\/\d+$/, '')

/** The guest runs it once, as root. Few processes, many lines each: a process costs far more there than a system call. */
export function topologyScript({modules, hosts}: Topology): string {
  return [
    'set -e',
    `modprobe -a ${[...baseModules, ...modules].join(' ')}`,
    hereDocument('ip -batch -', wires(hosts)),
    hereDocument('cat >>/etc/hosts', hosts.flatMap(names)),
    ...hosts.flatMap(hostScript),
  ]
    .join('\n')
    .concat('\n')
}

/** Bridges, namespaces and cables: everything that is made from outside the hosts. */
function wires(hosts: readonly LabHost[]): string[] {
  const segments = new Set(hosts.flatMap(({interfaces}) => interfaces.map(({segment}) => segment)))
  return [
    ...[...segments].flatMap((segment) => [
      `link add ${bridgeOf(segment)} type bridge`,
      `link set ${bridgeOf(segment)} up`,
    ]),
    ...hosts.flatMap(({name, interfaces}) => [
      `netns add ${name}`,
      ...interfaces.flatMap((one) => [
        `link add ${name}-${one.name} type veth peer name ${one.name} netns ${name}`,
        `link set ${name}-${one.name} master ${bridgeOf(one.segment)} up`,
      ]),
    ]),
  ]
}

function hostScript(host: LabHost): string[] {
  const links = hereDocument(`ip -n ${host.name} -batch -`, addresses(host))
  const inside = Object.entries(host.sysctls ?? {}).map(
    ([name, value]) => `echo ${value} >/proc/sys/${name.replaceAll('.', '/')}`,
  )
  const site = `/run/www/${host.name}`
  return [
    ...(inside.length > 0 ? [`ip netns exec ${host.name} sh -ec ${shellQuote(inside.join('\n'))}`] : []),
    links,
    ...(host.http === undefined
      ? []
      : [
          `mkdir -p ${site}`,
          `echo ${host.name} >${site}/index.html`,
          `ip netns exec ${host.name} busybox httpd -p ${host.http} -h ${site} </dev/null >/dev/null 2>&1`,
        ]),
  ]
}

/** `lo` too: without it a host cannot reach its own addresses, and IPVS does not answer for local ones. */
function addresses({interfaces, devices = [], gateways = []}: LabHost): string[] {
  return [
    ...['lo', ...devices].map((device) => `link set ${device} up`),
    ...interfaces.flatMap((one) => [
      // Nobody else can have the address: no wait for duplicate address detection.
      ...one.addresses.map((address) => `address add ${address} dev ${one.name}${isIpv6(address) ? ' nodad' : ''}`),
      `link set ${one.name} up`,
    ]),
    ...gateways.map((gateway) => `route add default via ${gateway}`),
  ]
}

function names({name, interfaces}: LabHost): string[] {
  return interfaces.flatMap((one) => one.addresses.map((address) => `${withoutPrefix(address)} ${name}`))
}

function hereDocument(command: string, lines: readonly string[]): string {
  return [`${command} <<'END'`, ...lines, 'END'].join('\n')
}

/** For people: a line per host. */
export function describeTopology({hosts}: Topology): string {
  const width = Math.max(...hosts.map(({name}) => name.length))
  return hosts
    .map(({name, interfaces, http}) => {
      const links = interfaces.map((one) => `${one.name} ${one.addresses.join(' ')}`)
      return `${name.padEnd(width)}  ${[...links, ...(http === undefined ? [] : [`HTTP on ${http}`])].join(', ')}`
    })
    .join('\n')
}

export async function buildTopology(guest: Guest, topology: Topology): Promise<void> {
  const {code, stdout, stderr} = await guest.run(topologyScript(topology))
  if (code === 0) return
  throw new LvsctlError({
    failure: 'unexpected',
    code: 'lab-topology',
    message: `the lab network "${topology.name}" could not be built (exit code ${code}):\n${(stdout + stderr).trimEnd()}`,
  })
}
