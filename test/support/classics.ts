// The four classic set-ups, each as its network and as what an operator types on each host. Real servers answer on port 80.

import type {Distribution} from '../../src/lab/demo.ts'
import type {Interface, LabHost, Topology} from '../../src/lab/topology.ts'

export interface Classic {
  readonly topology: Topology
  /** In the order in which they are set up. `--persist` is said where a set-up can be made to last. */
  readonly realServers: Readonly<Record<string, string>>
  readonly directors: Readonly<Record<string, DirectorWords>>
  /** What 30 requests to an address come to. */
  readonly spread: Readonly<Record<string, Distribution>>
}

interface DirectorWords {
  readonly setup: string
  readonly table: readonly string[]
}

const on =
  (segment: string, subnet: string, name = 'eth0') =>
  (last: number): Interface => ({
    name,
    segment,
    addresses: [`${subnet}.${last}/24`],
  })
const outside = on('outside', '192.168.100')
const inside = on('inside', '192.168.2')

const client: LabHost = {name: 'client', interfaces: [outside(50)]}

const server = (name: string, address: Interface, gateways: readonly string[] = []): LabHost => ({
  name,
  interfaces: [address],
  gateways,
  http: 80,
})

const nat: Classic = {
  topology: {
    name: 'classic-nat',
    summary: 'real servers behind the director, which is their gateway',
    modules: [],
    hosts: [
      client,
      {name: 'director', interfaces: [outside(10), on('inside', '192.168.2', 'eth1')(1)]},
      server('rs1', inside(100)),
      server('rs2', inside(101)),
    ],
  },
  realServers: {
    rs1: '--method nat --gateway 192.168.2.1',
    rs2: '--method nat --gateway 192.168.2.1',
  },
  directors: {
    director: {
      setup: '--vip 192.168.100.123 --dev eth0 --method nat',
      table: [
        'service add -t 192.168.100.123:80 -s rr',
        'server add -t 192.168.100.123:80 -r 192.168.2.100:80 -m',
        'server add -t 192.168.100.123:80 -r 192.168.2.101:80 -m',
      ],
    },
  },
  spread: {'192.168.100.123': {rs1: 15, rs2: 15}},
}

const dr: Classic = {
  topology: {
    name: 'classic-dr',
    summary: 'everybody on one segment, real servers answer the client themselves',
    modules: [],
    hosts: [
      client,
      {name: 'director', interfaces: [outside(10)]},
      server('rs1', outside(124)),
      server('rs2', outside(125)),
    ],
  },
  realServers: {rs1: '--vip 192.168.100.100', rs2: '--vip 192.168.100.100'},
  directors: {
    director: {
      setup: '--vip 192.168.100.100 --dev eth0',
      table: [
        'service add -t 192.168.100.100:80 -s rr',
        'server add -t 192.168.100.100:80 -r 192.168.100.124 -g',
        'server add -t 192.168.100.100:80 -r 192.168.100.125 -g',
      ],
    },
  },
  spread: {'192.168.100.100': {rs1: 15, rs2: 15}},
}

const weighted = (vip: string): DirectorWords => ({
  setup: `--vip ${vip} --dev eth0`,
  table: [
    `service add -t ${vip}:80 -s wlc`,
    `server add -t ${vip}:80 -r 192.168.100.124 -g -w 1`,
    `server add -t ${vip}:80 -r 192.168.100.125 -g -w 2`,
  ],
})

const twoDirectors: Classic = {
  topology: {
    ...dr.topology,
    name: 'classic-two-directors',
    summary: 'a VIP on each of two directors, both on all real servers',
    hosts: [
      client,
      {name: 'director1', interfaces: [outside(10)]},
      {name: 'director2', interfaces: [outside(11)]},
      server('rs1', outside(124)),
      server('rs2', outside(125)),
    ],
  },
  realServers: {rs1: '--vip 192.168.100.100,192.168.100.101', rs2: '--vip 192.168.100.100,192.168.100.101'},
  directors: {director1: weighted('192.168.100.100'), director2: weighted('192.168.100.101')},
  spread: {'192.168.100.100': {rs1: 10, rs2: 20}, '192.168.100.101': {rs1: 10, rs2: 20}},
}

const tun: Classic = {
  topology: {
    name: 'classic-tun',
    summary: 'real servers in a subnet of their own behind a router, in tunnels',
    modules: ['ipip'],
    hosts: [
      client,
      {
        name: 'router',
        interfaces: [outside(1), on('inside', '192.168.2', 'eth1')(1)],
        sysctls: {'net.ipv4.ip_forward': 1},
      },
      {name: 'director', interfaces: [outside(10)], gateways: ['192.168.100.1']},
      server('rs1', inside(100), ['192.168.2.1']),
      server('rs2', inside(101), ['192.168.2.1']),
    ],
  },
  realServers: {
    rs1: '--method tun --mtu-cure clamp --vip 192.168.100.100',
    rs2: '--method tun --mtu-cure clamp --vip 192.168.100.100',
  },
  directors: {
    director: {
      setup: '--vip 192.168.100.100 --dev eth0 --method tun',
      table: [
        'service add -t 192.168.100.100:80 -s rr',
        'server add -t 192.168.100.100:80 -r 192.168.2.100 -i',
        'server add -t 192.168.100.100:80 -r 192.168.2.101 -i',
      ],
    },
  },
  spread: {'192.168.100.100': {rs1: 15, rs2: 15}},
}

export const classics = {
  NAT: nat,
  'direct routing': dr,
  'direct routing with two VIPs on two directors': twoDirectors,
  'tunnels across two subnets': tun,
} as const satisfies Readonly<Record<string, Classic>>
