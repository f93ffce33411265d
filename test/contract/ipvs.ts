// What every IpvsClient does, as cases that need nothing but a client on an empty table and node:assert: they run under
// vitest on the twin (ipvs.test.ts) and in the lab guest on the real kernel (run-on-kernel.ts).
//
// Cases are mostly rows: what is stored as given, what is refused with which errno, what an edit leaves behind.

import assert from 'node:assert/strict'
import {address, compareAddresses} from '../../src/domain/address.ts'
import {plainTunnel} from '../../src/domain/forwarding.ts'
import {LvsctlError} from '../../src/domain/problem.ts'
import {server as makeServer, type Server, type ServerKey} from '../../src/domain/server.ts'
import {service as makeService, type Protocol, type Service, type ServiceKey} from '../../src/domain/service.ts'
import {noStatistics} from '../../src/domain/statistics.ts'
import type {SyncDaemon} from '../../src/domain/sync.ts'
import type {IpvsClient} from '../../src/ipvs/client.ts'
import type {Operation} from '../../src/plan/operation.ts'

/** What surrounds the table; run-on-kernel.ts makes it so, and ipvs.test.ts tells the twin. */
export const worlds = {
  /** lo up; eth0 (MTU 1500) with 192.0.2.1/24, 2001:db8:1::1/64 and fe80::1, eth1 (MTU 9000) with 198.51.100.1/24. */
  lab: 'an ordinary namespace',
  bare: 'a namespace whose lo was never up',
  denied: 'the lab, without CAP_NET_ADMIN',
  'without-ipv6': 'a kernel whose ipv6 is disabled',
} as const

export type World = keyof typeof worlds

export interface ContractCase {
  readonly name: string
  readonly world: World
  run(client: IpvsClient): void
}

// --- words to write cases with -----------------------------------------------------------------------------------

const at = (protocol: Protocol | `protocol-${number}`, host: string, port = 80): ServiceKey => ({
  kind: 'address',
  protocol,
  address: address(host),
  port,
})
const mark = (number: number, family: 'ipv4' | 'ipv6' = 'ipv4'): ServiceKey => ({kind: 'fwmark', mark: number, family})
const real = (host: string, port = 80): ServerKey => ({address: address(host), port})

const web = at('tcp', '10.9.9.9')
const web6 = at('tcp', '2001:db8::9')
const rs = real('10.1.1.1')
const rs6 = real('2001:db8::11')

type ServiceSettings = Parameters<typeof makeService>[1]
type ServerSettings = Parameters<typeof makeServer>[1]

const addService = (key: ServiceKey, settings?: ServiceSettings): Operation => ({
  do: 'add-service',
  service: makeService(key, settings),
})
const editService = (key: ServiceKey, settings?: ServiceSettings): Operation => ({
  do: 'edit-service',
  service: makeService(key, settings),
})
const deleteService = (service: ServiceKey): Operation => ({do: 'delete-service', service})
const addServer = (service: ServiceKey, key: ServerKey, settings?: ServerSettings): Operation => ({
  do: 'add-server',
  service,
  server: makeServer(key, settings),
})
const editServer = (service: ServiceKey, key: ServerKey, settings?: ServerSettings): Operation => ({
  do: 'edit-server',
  service,
  server: makeServer(key, settings),
})
const deleteServer = (service: ServiceKey, server: ServerKey): Operation => ({do: 'delete-server', service, server})
const setTimeouts = (timeouts: {tcp?: number; tcpFin?: number; udp?: number}): Operation => ({
  do: 'set-timeouts',
  timeouts,
})
const startDaemon = (daemon: Partial<SyncDaemon> = {}): Operation => ({
  do: 'start-daemon',
  daemon: {role: 'master', interface: 'eth0', syncId: 0, ...daemon},
})
const stopDaemon = (role: 'master' | 'backup'): Operation => ({do: 'stop-daemon', role})

/** Does it, and all of it must succeed. */
function make(client: IpvsClient, ...operations: Operation[]): void {
  const failed = client.execute(operations).flatMap((outcome, index) => (outcome.ok ? [] : [{index, ...outcome}]))
  assert.deepEqual(failed, [], 'operations that should succeed')
}

const errnos = (client: IpvsClient, ...operations: Operation[]): string[] =>
  client.execute(operations).map((outcome) => (outcome.ok ? 'ok' : outcome.errno))

/** The table without figures, which the two ways to ask for it must tell alike. */
function settings(client: IpvsClient): {service: Service; servers: Server[]}[] {
  const table = client.table()
  assert.deepEqual(
    [...client.countedTable()],
    table.map(({service, servers}) => ({
      service,
      servers: servers.map(({server, connections}) => ({server: withoutIdleTunnel(server), connections})),
    })),
  )
  return table.map(({service, servers}) => ({service, servers: servers.map(({server}) => server)}))
}

const withoutIdleTunnel = (server: Server): Server =>
  server.forwarding === 'tunneling' ? server : {...server, tunnel: plainTunnel}

const serviceSettings = (client: IpvsClient): Service[] => client.services().map(({service}) => service)

const test = (name: string, run: (client: IpvsClient) => void, world: World = 'lab'): ContractCase => ({
  name,
  world,
  run,
})

// --- what is stored as it was given -----------------------------------------------------------------------------

const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'fo', 'ovf', 'lblc', 'lblcr', 'dh', 'sh', 'mh', 'sed', 'nq', 'none']

/** Everything reads them back equal, alone and in the table. */
const storedServices: readonly (readonly [name: string, key: ServiceKey, settings?: ServiceSettings])[] = [
  ['TCP, IPv4', web],
  ['UDP, IPv4', at('udp', '10.9.9.9', 53)],
  ['SCTP, IPv4', at('sctp', '10.9.9.9', 3868)],
  ['TCP, IPv6', web6],
  ['UDP, IPv6', at('udp', '2001:db8::9', 53)],
  ['SCTP, IPv6', at('sctp', '2001:db8::9', 3868)],
  ['firewall mark', mark(7)],
  ['IPv6 firewall mark', mark(7, 'ipv6')],
  ['the largest firewall mark', mark(0xffff_ffff)],
  ['a firewall mark with the sign bit', mark(0x8000_0000, 'ipv6')],
  ['the largest port', at('tcp', '10.9.9.9', 65535)],
  ['all ports, persistent', at('tcp', '10.9.9.9', 0), {persistence: 300}],
  ['all ports, not persistent', at('tcp', '10.9.9.9', 0)],
  ...schedulers.map((scheduler) => [`scheduler ${scheduler}`, web, {scheduler}] as const),
  ['sh with both of its flags', web, {scheduler: 'sh', schedulerFlags: ['flag-1', 'flag-2']}],
  ['mh with its port flag', web, {scheduler: 'mh', schedulerFlags: ['flag-2']}],
  ['flags that the scheduler does not know', web, {scheduler: 'rr', schedulerFlags: ['flag-1', 'flag-2', 'flag-3']}],
  ['the third flag alone', web, {schedulerFlags: ['flag-3']}],
  ['persistence of a second', web, {persistence: 1}],
  ['persistence of 31 days', web, {persistence: 31 * 86400}],
  ['persistence of no time', web, {persistence: 0}],
  ['persistence of a mark', mark(11), {persistence: 50}],
  ['a netmask', web, {persistence: 300, netmask: '255.255.255.0'}],
  ['a netmask with a hole', web, {persistence: 300, netmask: '255.0.255.0'}],
  ['a netmask that is none', web, {persistence: 300, netmask: '0.0.0.0'}],
  ['a netmask of odd bits', web, {netmask: '0.0.0.24'}],
  ['a netmask without persistence', web, {netmask: '255.255.0.0'}],
  ['a prefix length', web6, {persistence: 300, netmask: '64'}],
  ['the shortest prefix length', web6, {persistence: 300, netmask: '1'}],
  ['the prefix length of a mark', mark(7, 'ipv6'), {persistence: 10, netmask: '48'}],
  ['the netmask of a mark', mark(7), {persistence: 10, netmask: '255.255.255.0'}],
  ['the sip engine', at('udp', '10.9.9.12', 5060), {engine: 'sip', persistence: 60}],
  ['the sip engine on TCP', at('tcp', '10.9.9.12', 5060), {engine: 'sip', persistence: 60}],
  ['the sip engine without persistence', at('udp', '10.9.9.12', 5060), {engine: 'sip'}],
  ['one-packet UDP', at('udp', '10.9.9.9', 53), {onePacket: true}],
  ['one-packet mark', mark(53), {onePacket: true}],
  ['one-packet TCP, which the kernel does not refuse', web, {onePacket: true}],
  ['one-packet and persistent', at('udp', '10.9.9.9', 53), {onePacket: true, persistence: 100}],
  ['the unspecified address', at('tcp', '0.0.0.0')],
  ['the broadcast address', at('tcp', '255.255.255.255')],
  ['a multicast address', at('udp', '224.0.0.1')],
  ['a link-local address', at('tcp', 'fe80::9')],
  ['an IPv4-mapped address', at('tcp', '::ffff:10.9.9.9')],
  ['protocol 0', at('protocol-0', '10.9.9.9')],
  ['ICMP', at('protocol-1', '10.9.9.9')],
  ['ESP', at('protocol-50', '10.9.9.9')],
  ['AH, IPv6', at('protocol-51', '2001:db8::9')],
  ['a protocol beyond eight bits', at('protocol-300', '10.9.9.9')],
  [
    'everything at once',
    at('udp', '10.9.9.9', 5060),
    {
      scheduler: 'mh',
      schedulerFlags: ['flag-1', 'flag-2', 'flag-3'],
      persistence: 77,
      netmask: '255.255.240.0',
      engine: 'sip',
      onePacket: true,
    },
  ],
]

const storedServers: readonly (readonly [
  name: string,
  service: ServiceKey,
  server: ServerKey,
  settings?: ServerSettings,
])[] = [
  ['gatewaying', web, rs],
  ['masquerading to another port', web, real('10.1.1.1', 8080), {forwarding: 'masquerading'}],
  ['tunneling', web, rs, {forwarding: 'tunneling'}],
  ['local', web, rs, {forwarding: 'local'}],
  ['bypass', web, rs, {forwarding: 'bypass'}],
  ['method 5', web, rs, {forwarding: 'method-5'}],
  ['method 6', web, rs, {forwarding: 'method-6'}],
  ['method 7', web, rs, {forwarding: 'method-7'}],
  ['gatewaying to another port, which the kernel does not refuse', web, real('10.1.1.1', 8080)],
  ['masquerading to port 0', web, real('10.1.1.1', 0), {forwarding: 'masquerading'}],
  ['IPv6', web6, rs6],
  ['IPv6 masquerading', web6, real('2001:db8::11', 8080), {forwarding: 'masquerading'}],
  ['of a mark', mark(7), real('10.1.1.1', 0)],
  ['of an IPv6 mark', mark(7, 'ipv6'), real('2001:db8::11', 0), {forwarding: 'masquerading'}],
  ['weight 0', web, rs, {weight: 0}],
  ['weight 65535', web, rs, {weight: 65535}],
  ['the largest weight', web, rs, {weight: 0x7fff_ffff}],
  ['upper threshold', web, rs, {upperThreshold: 1000}],
  ['both thresholds', web, rs, {upperThreshold: 1000, lowerThreshold: 500}],
  ['equal thresholds', web, rs, {upperThreshold: 5, lowerThreshold: 5}],
  ['the largest thresholds', web, rs, {upperThreshold: 0x7fff_ffff, lowerThreshold: 0x7fff_ffff}],
  ...(
    [
      ['ipip', 0, 'none'],
      ['gue', 6080, 'none'],
      ['gue', 6080, 'full'],
      ['gue', 65535, 'remote'],
      ['gre', 0, 'none'],
      ['gre', 0, 'full'],
      ['gre', 47, 'remote'],
      ['gue', 6080, 'flags-3'],
      ['ipip', 0, 'flags-65535'],
      ['type-9', 0, 'none'],
      ['type-255', 255, 'full'],
    ] as const
  ).map(
    ([type, port, checksum]) =>
      [
        `tunnel ${type}, port ${port}, checksum ${checksum}`,
        web,
        rs,
        {forwarding: 'tunneling', tunnel: {type, port, checksum}},
      ] as const,
  ),
  [
    'tunnel settings that the method has no use for',
    web,
    rs,
    {forwarding: 'masquerading', tunnel: {type: 'gue', port: 6080, checksum: 'full'}},
  ],
  ['an IPv6 tunnel in an IPv4 service', web, rs6, {forwarding: 'tunneling'}],
  ['an IPv4 tunnel in an IPv6 service', web6, rs, {forwarding: 'tunneling'}],
  ['an IPv4 tunnel of an IPv6 mark', mark(7, 'ipv6'), real('10.1.1.1', 0), {forwarding: 'tunneling'}],
  [
    'an IPv6 gue tunnel of a mark',
    mark(7),
    real('2001:db8::11', 0),
    {forwarding: 'tunneling', tunnel: {type: 'gue', port: 6080, checksum: 'remote'}},
  ],
  ['its own address', web, real('192.0.2.1')],
  ['a loopback address', web, real('127.0.0.1')],
  ['the virtual address itself', web, real('10.9.9.9')],
  ['class E', web, real('240.0.0.1')],
  ['network 0', web, real('0.1.2.3')],
  ['the lowest address of a network', web, real('192.0.2.0')],
  ['::1', web6, real('::1')],
  ['a unique local address', web6, real('fd00::1')],
  ['a site-local address', web6, real('fec0::1')],
  ['an IPv4-compatible address', web6, real('::10.1.1.1')],
  ['its own link-local address', web6, real('fe80::1')],
]

// --- what is refused --------------------------------------------------------------------------------------------

type Refused = readonly [name: string, before: readonly Operation[], operation: Operation, errno: string]

const aService = addService(web)
const aServer = addServer(web, rs)
const tunnel6 = addServer(web, rs6, {forwarding: 'tunneling'})

/** Refused with that errno, and all is as before. */
export const refused: readonly Refused[] = [
  ['a service that exists', [aService], addService(web, {scheduler: 'rr'}), 'EEXIST'],
  ['a mark that exists', [addService(mark(7))], addService(mark(7)), 'EEXIST'],
  ['a service that exists, with an unknown scheduler', [aService], addService(web, {scheduler: 'nosuch'}), 'EEXIST'],
  ['an unknown scheduler', [], addService(web, {scheduler: 'nosuch'}), 'ENOENT'],
  ['the scheduler twos, which came later', [], addService(web, {scheduler: 'twos'}), 'ENOENT'],
  ['a scheduler in capitals', [], addService(web, {scheduler: 'RR'}), 'ENOENT'],
  ['a scheduler without a name', [], addService(web, {scheduler: ''}), 'ENOENT'],
  ['a scheduler name of 15 characters', [], addService(web, {scheduler: 'x'.repeat(15)}), 'ENOENT'],
  ['a scheduler name of 16 characters', [], addService(web, {scheduler: 'x'.repeat(16)}), 'EINVAL'],
  ['an unknown engine', [], addService(web, {engine: 'nosuch'}), 'ENOENT'],
  ['an engine name of 16 characters', [], addService(web, {engine: 'x'.repeat(16)}), 'ENOENT'],
  ['an engine name of 17 characters', [], addService(web, {engine: 'x'.repeat(17)}), 'EINVAL'],
  ['IPv6 prefix length 0', [], addService(web6, {netmask: '0'}), 'EINVAL'],
  ['IPv6 prefix length 129', [], addService(web6, {netmask: '129'}), 'EINVAL'],
  ['IPv6 mark with prefix length 0', [], addService(mark(7, 'ipv6'), {netmask: '0'}), 'EINVAL'],
  ['an unknown scheduler and a bad prefix', [], addService(web6, {scheduler: 'nosuch', netmask: '0'}), 'ENOENT'],

  ['to edit a service that is not there', [], editService(web), 'ESRCH'],
  ['to edit a mark of the other family', [addService(mark(7))], editService(mark(7, 'ipv6')), 'ESRCH'],
  ['to edit into an unknown scheduler', [aService], editService(web, {scheduler: 'nosuch', persistence: 5}), 'ENOENT'],
  ['to edit into an unknown engine', [aService], editService(web, {engine: 'nosuch', onePacket: true}), 'ENOENT'],
  [
    'to edit into a bad prefix length',
    [addService(web6)],
    editService(web6, {scheduler: 'rr', netmask: '0'}),
    'EINVAL',
  ],
  ['to edit into a long scheduler name', [aService], editService(web, {scheduler: 'x'.repeat(16)}), 'EINVAL'],

  ['to delete a service that is not there', [aService], deleteService(at('tcp', '10.9.9.9', 81)), 'ESRCH'],
  ['to delete a service of another protocol', [aService], deleteService(at('udp', '10.9.9.9')), 'ESRCH'],
  ['to delete a mark that is not there', [addService(mark(7))], deleteService(mark(8)), 'ESRCH'],
  ['to zero a service that is not there', [aService], {do: 'zero', service: mark(80)}, 'ESRCH'],

  ['a server without its service', [], aServer, 'ESRCH'],
  ['a server that exists', [aService, aServer], addServer(web, rs, {forwarding: 'masquerading'}), 'EEXIST'],
  ['a negative weight', [aService], addServer(web, rs, {weight: -1}), 'ERANGE'],
  ['reversed thresholds', [aService], addServer(web, rs, {upperThreshold: 100, lowerThreshold: 200}), 'ERANGE'],
  ['a lower threshold alone', [aService], addServer(web, rs, {lowerThreshold: 10}), 'ERANGE'],
  [
    'a gue tunnel without port',
    [aService],
    addServer(web, rs, {forwarding: 'tunneling', tunnel: {type: 'gue', port: 0, checksum: 'none'}}),
    'EINVAL',
  ],
  [
    'a gue tunnel without port that would not be used',
    [aService],
    addServer(web, rs, {forwarding: 'masquerading', tunnel: {type: 'gue', port: 0, checksum: 'none'}}),
    'EINVAL',
  ],
  ...(
    [
      ['0.0.0.0', web],
      ['255.255.255.255', web],
      ['224.0.0.5', web],
      ['239.255.255.255', web],
      ['192.0.2.255', web],
      ['127.255.255.255', web],
      ['::', web6],
      ['ff02::1', web6],
      ['fe80::2', web6],
      ['::ffff:10.1.1.1', web6],
    ] as const
  ).map(
    ([host, service]): Refused => [
      `real server ${host}`,
      [addService(service)],
      addServer(service, real(host)),
      'EINVAL',
    ],
  ),
  ['a multicast server with a bad weight', [aService], addServer(web, real('224.0.0.5'), {weight: -1}), 'ERANGE'],
  ['an IPv6 server behind IPv4 by gatewaying', [aService], addServer(web, rs6), 'EINVAL'],
  [
    'an IPv6 server behind IPv4 by masquerading',
    [aService],
    addServer(web, rs6, {forwarding: 'masquerading'}),
    'EINVAL',
  ],
  ['an IPv4 server behind IPv6 by gatewaying', [addService(web6)], addServer(web6, rs), 'EINVAL'],
  ['an IPv6 tunnel behind IPv4 while a daemon runs', [aService, startDaemon()], tunnel6, 'EINVAL'],
  [
    'to make an IPv6 server behind IPv4 no tunnel any more',
    [aService, tunnel6],
    editServer(web, rs6, {forwarding: 'gatewaying'}),
    'EINVAL',
  ],

  ['to edit a server without its service', [], editServer(web, rs), 'ESRCH'],
  ['to edit a server that is not there', [aService], editServer(web, rs), 'ENOENT'],
  ['to edit a server on another port', [aService, aServer], editServer(web, real('10.1.1.1', 81)), 'ENOENT'],
  ['to edit in a negative weight', [aService, aServer], editServer(web, rs, {weight: -1}), 'ERANGE'],
  ['to edit in reversed thresholds', [aService, aServer], editServer(web, rs, {lowerThreshold: 1}), 'ERANGE'],
  [
    'to edit in a gue tunnel without port',
    [aService, aServer],
    editServer(web, rs, {forwarding: 'tunneling', tunnel: {type: 'gue', port: 0, checksum: 'none'}}),
    'EINVAL',
  ],
  ['to edit a multicast server, which cannot be there', [aService], editServer(web, real('224.0.0.5')), 'ENOENT'],

  ['to delete a server without its service', [], deleteServer(web, rs), 'ESRCH'],
  ['to delete a server that is not there', [aService, aServer], deleteServer(web, real('10.1.1.2')), 'ENOENT'],
  ['to delete a server on another port', [aService, aServer], deleteServer(web, real('10.1.1.1', 81)), 'ENOENT'],
  ['to delete a server of another family', [aService, aServer], deleteServer(web, real('a01:101::')), 'ENOENT'],

  ['a daemon on an unknown interface', [], startDaemon({interface: 'nosuch0'}), 'ENODEV'],
  ['a daemon on an interface name of 16 characters', [], startDaemon({interface: 'x'.repeat(16)}), 'EINVAL'],
  ['a daemon group that is not multicast', [], startDaemon({group: address('10.0.0.1')}), 'EINVAL'],
  ['an IPv6 daemon group that is not multicast', [], startDaemon({group: address('2001:db8::1')}), 'EINVAL'],
  ['a master daemon beside another', [startDaemon()], startDaemon({syncId: 2}), 'EEXIST'],
  ['a backup daemon beside another', [startDaemon({role: 'backup'})], startDaemon({role: 'backup'}), 'EEXIST'],
  ['a daemon while a server is of another family', [aService, tunnel6], startDaemon(), 'EINVAL'],
  ['to stop a master that does not run', [startDaemon({role: 'backup'})], stopDaemon('master'), 'ESRCH'],
  ['to stop a backup that does not run', [], stopDaemon('backup'), 'ESRCH'],

  ["a timeout beyond every kernel's clock", [], setTimeouts({tcp: 10, udp: 0x7fff_ffff}), 'EINVAL'],
  ['a timeout with the sign bit', [], setTimeouts({tcpFin: 0xffff_ffff}), 'EINVAL'],
]

// --- the rest ---------------------------------------------------------------------------------------------------

const rest: readonly ContractCase[] = [
  test('an empty table is an empty list', (client) => {
    assert.deepEqual(client.table(), [])
    assert.deepEqual(client.services(), [])
    assert.deepEqual(client.daemons(), [])
    assert.deepEqual(client.execute([]), [])
  }),

  test('info says the version and a table size', (client) => {
    const {version, connectionTableSize} = client.info()
    assert.match(version, /^1\.2\.\d+$/)
    assert.ok(connectionTableSize >= 256)
  }),

  test('a service that is not there', (client) => {
    make(client, aService, aServer)
    assert.equal(client.service(at('tcp', '10.9.9.9', 81)), undefined)
    assert.equal(client.service(web6), undefined)
    assert.equal(client.service(mark(1)), undefined)
    assert.deepEqual(client.servers(at('udp', '10.9.9.9')), [])
  }),

  test('figures of what never saw traffic are zero', (client) => {
    make(client, aService, aServer)
    const [entry] = client.table()
    assert.deepEqual(entry?.statistics, noStatistics)
    assert.deepEqual(entry?.servers[0]?.statistics, noStatistics)
    assert.deepEqual(entry?.servers[0]?.connections, {active: 0, inactive: 0, persistent: 0})
    assert.deepEqual(client.service(web)?.statistics, noStatistics)
  }),

  test('services come in canonical order, whatever the order they were added in', (client) => {
    const keys = [
      at('protocol-1', '10.9.9.9'),
      at('tcp', '2.0.0.1', 443),
      at('tcp', '10.9.9.9', 80),
      at('tcp', '10.9.9.9', 443),
      at('tcp', '255.255.255.255', 80),
      at('udp', '10.9.9.9', 53),
      at('sctp', '10.9.9.9', 53),
      at('tcp', '2001:db8::9', 80),
      at('udp', '2001:db8::1', 53),
      mark(7),
      mark(7, 'ipv6'),
      mark(0x8000_0000),
    ]
    const order = [5, 0, 11, 3, 8, 1, 9, 2, 10, 4, 7, 6]
    make(client, ...order.map((index) => addService(keys[index] as ServiceKey)))
    assert.deepEqual(
      serviceSettings(client).map(({key}) => key),
      keys,
    )
    assert.deepEqual(
      client.table().map(({service}) => service.key),
      keys,
    )
  }),

  test('servers come in canonical order: IPv4 first, by address, by port', (client) => {
    const keys = [real('2.0.0.1', 443), real('10.1.1.1', 80), real('10.1.1.1', 443), real('200.1.1.1', 80), rs6]
    make(client, aService)
    for (const index of [3, 1, 4, 0, 2])
      make(client, addServer(web, keys[index] as ServerKey, {forwarding: 'tunneling'}))
    assert.deepEqual(
      client.servers(web).map(({server: {address, port}}) => ({address, port})),
      keys,
    )
  }),

  test("in the kernel's order the newest server comes first", (client) => {
    make(client, aService, ...[3, 1, 2].map((last) => addServer(web, real(`10.1.1.${last}`, 80))))
    assert.deepEqual(
      client.servers(web, 'kernel').map(({server}) => server.address),
      ['10.1.1.2', '10.1.1.1', '10.1.1.3'],
    )
    assert.deepEqual(client.services('kernel'), client.services())
  }),

  test('the same address on two protocols and two ports is four services', (client) => {
    const keys = [
      at('tcp', '10.9.9.9', 53),
      at('tcp', '10.9.9.9', 54),
      at('udp', '10.9.9.9', 53),
      at('udp', '10.9.9.9', 54),
    ]
    make(client, ...keys.map((key) => addService(key)))
    make(client, ...keys.map((key, index) => addServer(key, rs, {weight: index})))
    assert.deepEqual(
      client.table().map(({servers}) => servers.map(({server}) => server.weight)),
      [[0], [1], [2], [3]],
    )
  }),

  test('a mark of 0 is none: what remains is TCP on no address', (client) => {
    make(client, addService(mark(0)))
    assert.deepEqual(
      serviceSettings(client).map(({key}) => key),
      [at('tcp', '0.0.0.0', 0)],
    )
    assert.deepEqual(errnos(client, addService(at('tcp', '0.0.0.0', 0)), deleteService(mark(0))), ['EEXIST', 'ok'])
    assert.deepEqual(client.table(), [])
  }),

  test('an IPv6 mark of 0 is TCP on ::', (client) => {
    make(client, addService(mark(0, 'ipv6')))
    assert.deepEqual(
      serviceSettings(client).map(({key}) => key),
      [at('tcp', '::', 0)],
    )
  }),

  test('of the method three bits are kept', (client) => {
    make(client, aService, addServer(web, rs, {forwarding: 'method-10'}))
    assert.equal(client.servers(web)[0]?.server.forwarding, 'tunneling')
  }),

  test("a persistence that overflows the kernel's ticks is kept wrong, not refused", (client) => {
    make(client, addService(web, {persistence: 0xffff_ffff}))
    const {persistence = 0} = client.service(web)?.service ?? {}
    assert.ok(persistence < 0xffff_ffff, `${persistence} s`)
  }),

  // editing
  test('an edit replaces every setting of a service', (client) => {
    const full = {
      scheduler: 'sh',
      schedulerFlags: ['flag-1', 'flag-2'],
      persistence: 300,
      netmask: '255.255.255.0',
      engine: 'sip',
      onePacket: true,
    } as const
    make(client, addService(web, full))
    make(client, editService(web, {scheduler: 'rr'}))
    assert.deepEqual(serviceSettings(client), [makeService(web, {scheduler: 'rr'})])
    make(client, editService(web, full))
    assert.deepEqual(serviceSettings(client), [makeService(web, full)])
  }),

  test('an edit of a service keeps its servers', (client) => {
    make(client, aService, addServer(web, rs, {weight: 3}), editService(web, {scheduler: 'sh'}))
    assert.deepEqual(settings(client), [
      {service: makeService(web, {scheduler: 'sh'}), servers: [makeServer(rs, {weight: 3})]},
    ])
  }),

  test('a service can be edited to no scheduler and back', (client) => {
    make(client, aService, aServer, editService(web, {scheduler: 'none'}))
    assert.equal(client.service(web)?.service.scheduler, 'none')
    make(client, editService(web, {scheduler: 'wrr'}))
    assert.equal(client.service(web)?.service.scheduler, 'wrr')
  }),

  test('an edit of an IPv6 service changes its prefix length', (client) => {
    make(client, addService(web6), editService(web6, {persistence: 60, netmask: '56'}))
    assert.deepEqual(serviceSettings(client), [makeService(web6, {persistence: 60, netmask: '56'})])
  }),

  test('an edit replaces every setting of a server', (client) => {
    const full = {
      forwarding: 'tunneling',
      weight: 9,
      upperThreshold: 100,
      lowerThreshold: 50,
      tunnel: {type: 'gue', port: 6080, checksum: 'remote'},
    } as const
    make(client, aService, addServer(web, rs, full), editServer(web, rs))
    assert.deepEqual(settings(client)[0]?.servers, [makeServer(rs)])
    make(client, editServer(web, rs, full))
    assert.deepEqual(settings(client)[0]?.servers, [makeServer(rs, full)])
  }),

  test('an edit touches no other server', (client) => {
    const other = real('10.1.1.2')
    make(client, aService, addServer(web, rs, {weight: 1}), addServer(web, other, {weight: 2}))
    make(client, editServer(web, rs, {weight: 0}))
    assert.deepEqual(settings(client)[0]?.servers, [makeServer(rs, {weight: 0}), makeServer(other, {weight: 2})])
  }),

  test('a server of another family is edited and deleted by its own address', (client) => {
    make(client, aService, tunnel6, editServer(web, rs6, {forwarding: 'tunneling', weight: 5}))
    assert.equal(client.servers(web)[0]?.server.weight, 5)
    make(client, deleteServer(web, rs6))
    assert.deepEqual(client.servers(web), [])
  }),

  // removing
  test('deleting a server leaves the others', (client) => {
    make(client, aService, aServer, addServer(web, real('10.1.1.2')), deleteServer(web, rs))
    assert.deepEqual(settings(client)[0]?.servers, [makeServer(real('10.1.1.2'))])
  }),

  test('deleting a service takes its servers along', (client) => {
    make(client, aService, aServer, addService(web6), deleteService(web))
    assert.deepEqual(
      serviceSettings(client).map(({key}) => key),
      [web6],
    )
    assert.deepEqual(client.servers(web), [])
    make(client, aService)
    assert.deepEqual(client.servers(web), [])
  }),

  test('a removed server can be added again, with other settings', (client) => {
    make(client, aService, aServer, deleteServer(web, rs), addServer(web, rs, {forwarding: 'masquerading', weight: 7}))
    assert.deepEqual(settings(client)[0]?.servers, [makeServer(rs, {forwarding: 'masquerading', weight: 7})])
  }),

  test("a removed mixed-family server no longer stands in a daemon's way", (client) => {
    make(client, aService, tunnel6, deleteServer(web, rs6), startDaemon())
    assert.equal(client.daemons().length, 1)
  }),

  test('services of every kind are told alike with and without figures', (client) => {
    const mixed = at('udp', '10.9.9.7', 5060)
    make(client, aService, aServer, addServer(web, real('10.1.1.2', 0), {upperThreshold: 100, lowerThreshold: 50}))
    make(client, addService(web6), addServer(web6, rs6, {forwarding: 'masquerading', weight: 0}))
    make(client, addService(mark(7)), addServer(mark(7), real('10.1.1.3', 8080), {forwarding: 'masquerading'}))
    make(client, addService(mark(0xffff_ffff)), addService({kind: 'fwmark', mark: 7, family: 'ipv6'}))
    make(client, addService(mixed, {engine: 'sip', persistence: 60, netmask: '255.255.255.0', onePacket: true}))
    make(
      client,
      addServer(mixed, real('10.1.1.4', 5060)),
      addServer(mixed, {...rs6, port: 5060}, {forwarding: 'tunneling'}),
    )
    make(
      client,
      addServer(mixed, real('10.1.1.5', 5060), {
        forwarding: 'tunneling',
        tunnel: {type: 'gue', port: 6080, checksum: 'full'},
      }),
    )
    make(client, addServer(mixed, real('10.1.1.6', 5060), {tunnel: {type: 'gre', port: 0, checksum: 'full'}}))
    assert.equal(settings(client).length, 6)
  }),

  test('flush removes everything but timeouts and daemons', (client) => {
    make(client, aService, aServer, addService(web6), addService(mark(7)), setTimeouts({tcp: 1000}), startDaemon())
    make(client, {do: 'flush'})
    assert.deepEqual(client.table(), [])
    assert.equal(client.timeouts().tcp, 1000)
    assert.equal(client.daemons().length, 1)
  }),

  test('flush of an empty table is no failure', (client) => make(client, {do: 'flush'}, {do: 'flush'})),

  test('zero, of one service and of all', (client) => {
    make(client, aService, aServer, addService(mark(7)), {do: 'zero', service: web}, {do: 'zero', service: mark(7)})
    make(client, {do: 'zero'})
    assert.deepEqual(
      client.table().map(({statistics}) => statistics),
      [noStatistics, noStatistics],
    )
  }),

  test('zero of an empty table is no failure', (client) => make(client, {do: 'zero'})),

  // batches
  test('a batch goes on after failures and says which they were', (client) => {
    assert.deepEqual(
      errnos(
        client,
        aService,
        addService(web),
        addService(web6, {scheduler: 'nosuch'}),
        aServer,
        addServer(web, rs),
        addServer(web6, rs6),
        editServer(web, real('10.1.1.9')),
        addServer(web, real('10.1.1.2'), {weight: -1}),
        {do: 'zero'},
      ),
      ['ok', 'EEXIST', 'ENOENT', 'ok', 'EEXIST', 'ESRCH', 'ENOENT', 'ERANGE', 'ok'],
    )
    assert.deepEqual(settings(client), [{service: makeService(web), servers: [makeServer(rs)]}])
  }),

  test('5 of 300 fail: these are named, the rest is done', (client) => {
    const bad = [0, 127, 128, 200, 299]
    const operations = Array.from({length: 300}, (_, index) =>
      bad.includes(index) ? addServer(mark(999), rs) : addService(mark(index + 1)),
    )
    const outcomes = client.execute(operations)
    assert.deepEqual(
      outcomes.flatMap((outcome, index) => (outcome.ok ? [] : [[index, outcome.errno]])),
      bad.map((index) => [index, 'ESRCH']),
    )
    assert.equal(client.services().length, 295)
  }),

  test('all of 700 fail', (client) => {
    make(client, aService)
    const outcomes = client.execute(Array.from({length: 700}, () => aService))
    assert.equal(outcomes.length, 700)
    assert.ok(outcomes.every((outcome) => !outcome.ok && outcome.errno === 'EEXIST'))
  }),

  test('a batch of 1,000 services and as many servers', (client) => {
    const keys = Array.from({length: 1000}, (_, index) => at('tcp', `10.${index >> 8}.${index & 255}.1`))
    make(client, ...keys.flatMap((key) => [addService(key), addServer(key, rs)]))
    const table = client.table()
    assert.deepEqual(
      table.map(({service}) => service.key),
      keys,
    )
    assert.ok(table.every(({servers}) => servers.length === 1))
  }),

  test('100 servers of one service come whole, though the kernel answers in parts', (client) => {
    const keys = Array.from({length: 100}, (_, index) => real(`10.1.1.${index + 1}`))
    make(client, aService, ...keys.map((key) => addServer(web, key)))
    assert.equal(settings(client)[0]?.servers.length, 100)
    const found = client.servers(web).map(({server}) => server.address)
    assert.deepEqual(found, keys.map((key) => key.address).sort(compareAddresses))
  }),

  test('what no message can say is thrown before anything is done', (client) => {
    const wrong: readonly Operation[] = [
      addServer(web, rs, {weight: 0x8000_0000}),
      addServer(web, rs, {upperThreshold: 2 ** 32}),
      addServer(web, real('10.1.1.1', 65536)),
      addServer(web, real('10.1.1.1', -1)),
      addService(mark(2 ** 32)),
      addService(web, {persistence: 1.5}),
      addService(web, {scheduler: 'r\0r'}),
      startDaemon({ttl: 256}),
    ]
    for (const operation of wrong) assert.throws(() => client.execute([aService, operation]), RangeError)
    assert.throws(() => client.execute([aService, addService(at('tcp', '10.9.9.8'), {netmask: '24'})]), TypeError)
    assert.throws(() => client.execute([aService, addService(web6, {netmask: 'ffff::'})]), TypeError)
    assert.deepEqual(client.table(), [])
  }),

  test('one batch may build, change and clear', (client) => {
    make(
      client,
      aService,
      aServer,
      editServer(web, rs, {weight: 0}),
      deleteServer(web, rs),
      deleteService(web),
      aService,
    )
    assert.deepEqual(settings(client), [{service: makeService(web), servers: []}])
  }),

  // timeouts
  test("timeouts are the kernel's at first", (client) => {
    assert.deepEqual(client.timeouts(), {tcp: 900, tcpFin: 120, udp: 300})
  }),
  test('all three timeouts can be set', (client) => {
    make(client, setTimeouts({tcp: 7200, tcpFin: 30, udp: 60}))
    assert.deepEqual(client.timeouts(), {tcp: 7200, tcpFin: 30, udp: 60})
  }),
  test('a timeout that is not given, or 0, stays', (client) => {
    make(client, setTimeouts({udp: 77}), setTimeouts({tcp: 0, tcpFin: 33, udp: 0}), setTimeouts({}))
    assert.deepEqual(client.timeouts(), {tcp: 900, tcpFin: 33, udp: 77})
  }),
  test('2147483 seconds is a timeout that every kernel takes', (client) => {
    make(client, setTimeouts({tcp: 2147483}))
    assert.equal(client.timeouts().tcp, 2147483)
  }),
  test('one timeout too long and none is set', (client) => {
    assert.deepEqual(errnos(client, setTimeouts({tcp: 1, tcpFin: 2, udp: 0x7fff_ffff})), ['EINVAL'])
    assert.deepEqual(client.timeouts(), {tcp: 900, tcpFin: 120, udp: 300})
  }),

  // daemons
  ...(
    [
      ['master, by default', {}, {maxLength: 1472, group: '224.0.0.81', port: 8848, ttl: 1}],
      ['backup, by default', {role: 'backup'}, {maxLength: 1472, group: '224.0.0.81', port: 8848, ttl: 1}],
      ['master on a large MTU', {interface: 'eth1'}, {maxLength: 1472}],
      ['backup on a large MTU', {role: 'backup', interface: 'eth1'}, {maxLength: 8972}],
      ['master with its own length', {maxLength: 1000}, {maxLength: 1000}],
      ['master of the least length', {maxLength: 1}, {maxLength: 1}],
      ['master of too great a length', {maxLength: 65535}, {maxLength: 65507}],
      ['backup of too small a length', {role: 'backup', maxLength: 1}, {maxLength: 1024}],
      ['an IPv4 group', {group: '239.1.2.3'}, {group: '239.1.2.3', maxLength: 1472}],
      ['an IPv6 group', {group: 'ff02::81'}, {group: 'ff02::81', maxLength: 1452}],
      ['an IPv6 backup group', {role: 'backup', group: 'ff02::81'}, {group: 'ff02::81', maxLength: 1452}],
      ['a port', {port: 0x1234}, {port: 0x1234}],
      ['a time to live', {ttl: 255}, {ttl: 255}],
      ['the largest usual id', {syncId: 255}, {syncId: 255}],
      ['an id beyond a byte, which the kernel does not refuse', {syncId: 1000}, {syncId: 1000}],
      [
        'all at once',
        {role: 'backup', syncId: 9, maxLength: 2000, group: '239.9.9.9', port: 9999, ttl: 5},
        {maxLength: 2000, port: 9999, ttl: 5},
      ],
    ] as readonly (readonly [string, Partial<SyncDaemon>, Partial<SyncDaemon>])[]
  ).map(([name, given, answered]) =>
    test(`daemon: ${name}`, (client) => {
      const asked = {role: 'master', interface: 'eth0', syncId: 0, ...given} as const
      make(client, {do: 'start-daemon', daemon: asked})
      const defaults = {maxLength: 1472, group: address('224.0.0.81'), port: 8848, ttl: 1}
      assert.deepEqual(client.daemons(), [{...defaults, ...asked, ...answered}])
    }),
  ),

  test('master and backup run side by side, and are told in that order', (client) => {
    make(client, startDaemon({role: 'backup', syncId: 2}), startDaemon({syncId: 1}))
    assert.deepEqual(
      client.daemons().map(({role, syncId}) => [role, syncId]),
      [
        ['master', 1],
        ['backup', 2],
      ],
    )
    make(client, stopDaemon('master'))
    assert.deepEqual(
      client.daemons().map(({role}) => role),
      ['backup'],
    )
  }),

  test('daemons stopped as soon as they were started are stopped', (client) => {
    for (let round = 0; round < 20; round++) {
      make(client, startDaemon(), startDaemon({role: 'backup'}), stopDaemon('backup'), stopDaemon('master'))
      assert.deepEqual(client.daemons(), [])
      make(client, startDaemon())
      make(client, stopDaemon('master'))
      assert.deepEqual(client.daemons(), [])
    }
  }),

  // a namespace whose lo was never up
  test(
    'without lo no IPv4 server is unicast',
    (client) => {
      make(client, aService)
      assert.deepEqual(errnos(client, aServer, addServer(web, real('127.0.0.1'))), ['EINVAL', 'EINVAL'])
      assert.deepEqual(client.servers(web), [])
    },
    'bare',
  ),
  test(
    'without lo IPv6 servers are taken',
    (client) => {
      make(client, addService(web6), addServer(web6, rs6))
      assert.equal(client.servers(web6).length, 1)
    },
    'bare',
  ),
  test('without lo an IPv6 tunnel of an IPv4 service is taken', (client) => make(client, aService, tunnel6), 'bare'),

  // without CAP_NET_ADMIN
  ...Object.entries({
    info: (client: IpvsClient) => client.info(),
    table: (client: IpvsClient) => client.table(),
    services: (client: IpvsClient) => client.services(),
    service: (client: IpvsClient) => client.service(web),
    servers: (client: IpvsClient) => client.servers(web),
    timeouts: (client: IpvsClient) => client.timeouts(),
    daemons: (client: IpvsClient) => client.daemons(),
    'execute: add-service': (client: IpvsClient) => client.execute([aService]),
    'execute: flush': (client: IpvsClient) => client.execute([{do: 'flush'}]),
    'execute: stop-daemon': (client: IpvsClient) => client.execute([stopDaemon('master')]),
  }).map(([name, act]) =>
    test(
      `not permitted: ${name}`,
      (client) => {
        assert.throws(
          () => act(client),
          (error) =>
            error instanceof LvsctlError && error.failure === 'permission' && /CAP_NET_ADMIN/.test(error.message),
        )
      },
      'denied',
    ),
  ),

  // a kernel whose IPv6 is off
  test(
    'without IPv6 its services are refused, and are not there',
    (client) => {
      assert.deepEqual(
        errnos(client, addService(web6), editService(web6), deleteService(web6), addService(mark(7, 'ipv6')), {
          do: 'zero',
          service: web6,
        }),
        ['EAFNOSUPPORT', 'EAFNOSUPPORT', 'EAFNOSUPPORT', 'EAFNOSUPPORT', 'EAFNOSUPPORT'],
      )
      assert.equal(client.service(web6), undefined)
      assert.deepEqual(client.servers(web6), [])
    },
    'without-ipv6',
  ),
  test(
    'without IPv6 its servers are refused',
    (client) => {
      make(client, aService, aServer)
      assert.deepEqual(errnos(client, tunnel6, addServer(web6, rs6), editServer(web, rs6), deleteServer(web, rs6)), [
        'EAFNOSUPPORT',
        'EAFNOSUPPORT',
        'EAFNOSUPPORT',
        'EAFNOSUPPORT',
      ])
      assert.equal(client.table().length, 1)
    },
    'without-ipv6',
  ),
]

export const contract: readonly ContractCase[] = [
  ...storedServices.map(([name, key, given]) =>
    test(`service stored as given: ${name}`, (client) => {
      const wanted = makeService(key, given)
      make(client, {do: 'add-service', service: wanted})
      assert.deepEqual(serviceSettings(client), [wanted])
      assert.deepEqual(client.service(key)?.service, wanted)
      assert.deepEqual(settings(client), [{service: wanted, servers: []}])
      make(client, deleteService(key))
      assert.deepEqual(client.table(), [])
    }),
  ),
  ...storedServers.map(([name, service, key, given]) =>
    test(`server stored as given: ${name}`, (client) => {
      const wanted = makeServer(key, given)
      make(client, addService(service), {do: 'add-server', service, server: wanted})
      assert.deepEqual(settings(client), [{service: makeService(service), servers: [wanted]}])
      assert.deepEqual(
        client.servers(service).map(({server}) => server),
        [wanted],
      )
      make(client, {do: 'edit-server', service, server: {...wanted, weight: 42}})
      assert.deepEqual(settings(client)[0]?.servers, [{...wanted, weight: 42}])
      make(client, deleteServer(service, key))
      assert.deepEqual(client.servers(service), [])
    }),
  ),
  ...refused.map(([name, before, operation, errno]) =>
    test(`refused with ${errno}: ${name}`, (client) => {
      make(client, ...before)
      const state = () => [client.table(), client.daemons(), client.timeouts()]
      const was = state()
      assert.deepEqual(client.execute([operation]), [{ok: false, errno}])
      assert.deepEqual(state(), was)
    }),
  ),
  ...rest,
]
