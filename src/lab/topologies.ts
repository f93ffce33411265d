// The lab networks on offer, one per forwarding method. They share names and last address parts: whoever knows one knows
// all. The virtual address is nobody's until a director takes it.

import {LvsctlError} from '../domain/problem.ts'
import type {Interface, LabHost, Topology} from './topology.ts'

export const labVip = {ipv4: '192.168.1.200', ipv6: '2001:db8:1::200'} as const
export const labPort = 8080

const lan = (last: number, name = 'eth0'): Interface => ({
  name,
  segment: 'lan',
  addresses: [`192.168.1.${last}/24`, `2001:db8:1::${last}/64`],
})

const backend = (last: number, name = 'eth0'): Interface => ({
  name,
  segment: 'backend',
  addresses: [`10.0.0.${last}/24`, `2001:db8:2::${last}/64`],
})

const client: LabHost = {name: 'client', interfaces: [lan(10)]}
const director: LabHost = {name: 'director', interfaces: [lan(114)]}
const realServers: readonly LabHost[] = [
  {name: 'rs1', interfaces: [lan(111)], http: labPort},
  {name: 'rs2', interfaces: [lan(115)], http: labPort},
]

export const dr: Topology = {
  name: 'dr',
  summary: 'direct routing: everybody on one segment, real servers answer the client themselves',
  modules: [],
  hosts: [client, director, ...realServers],
}

export const nat: Topology = {
  name: 'nat',
  summary: 'masquerading: the real servers live behind the director, which forwards and translates',
  modules: [],
  hosts: [
    client,
    {
      name: 'director',
      interfaces: [lan(114), backend(1, 'eth1')],
      sysctls: {'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1},
    },
    ...[111, 115].map(
      (last, index): LabHost => ({
        name: `rs${index + 1}`,
        interfaces: [backend(last)],
        gateways: ['10.0.0.1', '2001:db8:2::1'],
        http: labPort,
      }),
    ),
  ],
}

export const tun: Topology = {
  name: 'tun',
  summary: 'tunnelling: the director wraps each packet in IPIP, real servers unwrap it at tunl0',
  modules: ['ipip'],
  hosts: [
    client,
    director,
    ...realServers.map(
      (host): LabHost => ({
        ...host,
        devices: ['tunl0'],
        // An unwrapped packet comes from the client but enters at tunl0, where no route leads back: a reverse path
        // filter drops it. The larger of `all` and the interface counts (Documentation/networking/ip-sysctl).
        sysctls: {'net.ipv4.conf.all.rp_filter': 0, 'net.ipv4.conf.tunl0.rp_filter': 0},
      }),
    ),
  ],
}

export const topologies = {dr, nat, tun} as const
export type TopologyName = keyof typeof topologies
export const topologyNames = Object.keys(topologies) as TopologyName[]

export function findTopology(name: string): Topology {
  const found = topologyNames.find((one) => one === name)
  if (found) return topologies[found]
  throw new LvsctlError({
    failure: 'missing',
    code: 'lab-topology-unknown',
    message: `no lab network "${name}"`,
    hint: `There are ${new Intl.ListFormat('en').format(topologyNames)}`,
  })
}
