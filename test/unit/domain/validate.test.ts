import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {plainTunnel, type Tunnel} from '../../../src/domain/forwarding.ts'
import type {Problem} from '../../../src/domain/problem.ts'
import {type Server, server} from '../../../src/domain/server.ts'
import {type Service, type ServiceKey, service} from '../../../src/domain/service.ts'
import {parseServiceKey} from '../../../src/domain/service-key.ts'
import {type ServerFacts, validateServer, validateService} from '../../../src/domain/validate.ts'

const key = (text: string): ServiceKey => {
  const parsed = parseServiceKey(text)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return parsed.value
}

const virtual = (text: string, settings: Partial<Omit<Service, 'key'>> = {}): Service => service(key(text), settings)

const real = (endpoint: string, settings: Partial<Omit<Server, 'address' | 'port'>> = {}): Server => {
  const {address, port} = key(`tcp://${endpoint}`) as Extract<ServiceKey, {kind: 'address'}>
  return server({address, port}, settings)
}

const tunnel = (settings: Partial<Tunnel>): Partial<Server> => ({
  forwarding: 'tunneling',
  tunnel: {...plainTunnel, ...settings},
})

/** `error -t port-zero: message | hint` */
const told = ({severity, where, code, message, hint}: Problem): string =>
  `${severity} ${where ?? '–'} ${code}: ${message}${hint ? ` | ${hint}` : ''}`

describe('services without a problem', () => {
  test.each<[string, Partial<Service>?]>([
    ['tcp://192.168.1.200:8080'],
    ['tcp://192.168.1.200:8080', {scheduler: 'wrr'}],
    ['udp://192.168.1.200:53', {onePacket: true}],
    ['sctp://192.168.1.200:3868'],
    ['tcp://192.168.1.200:0', {persistence: 360}],
    ['tcp://192.168.1.200:443', {persistence: 300, netmask: '255.255.255.0'}],
    ['tcp://[2001:db8::1]:443', {persistence: 1, netmask: '64'}],
    ['udp://192.168.1.200:5060', {persistence: 2_678_400, engine: 'sip'}],
    ['tcp://192.168.1.200:80', {scheduler: 'sh', schedulerFlags: ['flag-1', 'flag-2']}],
    ['fwmark://7', {onePacket: true}],
    ['fwmark6://4294967295', {persistence: 60, netmask: '48', engine: 'sip'}],
    ['protocol-50://192.168.1.200:0'],
    ['udp://169.254.20.10:53'],
    ['tcp://240.0.0.1:80'],
  ])('%s %j', (text, settings) => expect(validateService(virtual(text, settings)).map(told)).toEqual([]))
})

describe('services with one', () => {
  test.each<[string, Partial<Service>, string]>([
    [
      'tcp://0.0.0.0:80',
      {},
      'error -t service-address-not-unicast: 0.0.0.0 stands for "any address", and a service has an address of its own | Give the virtual IP address. To catch many addresses, mark their packets and use -f MARK',
    ],
    [
      'udp://[::]:53',
      {},
      'error -u service-address-not-unicast: :: stands for "any address", and a service has an address of its own | Give the virtual IP address. To catch many addresses, mark their packets and use -f MARK',
    ],
    [
      'tcp://0.1.2.3:80',
      {},
      'error -t service-address-not-unicast: 0.1.2.3 is in 0.0.0.0/8, which no host has, and a service has an address of its own | Give the virtual IP address. To catch many addresses, mark their packets and use -f MARK',
    ],
    [
      'sctp://224.0.0.81:80',
      {},
      'error --sctp-service service-address-not-unicast: 224.0.0.81 is a multicast address, and a service has an address of its own | Give the virtual IP address. To catch many addresses, mark their packets and use -f MARK',
    ],
    [
      'tcp://[ff02::1]:80',
      {},
      'error -t service-address-not-unicast: ff02::1 is a multicast address, and a service has an address of its own | Give the virtual IP address. To catch many addresses, mark their packets and use -f MARK',
    ],
    [
      'tcp://255.255.255.255:80',
      {},
      'error -t service-address-not-unicast: 255.255.255.255 is the broadcast address, and a service has an address of its own | Give the virtual IP address. To catch many addresses, mark their packets and use -f MARK',
    ],
    [
      'tcp://[::ffff:192.0.2.1]:80',
      {},
      'error -t service-address-not-unicast: ::ffff:192.0.2.1 is an IPv4 address mapped into IPv6, and a service has an address of its own | Give it as IPv4: 192.0.2.1:80',
    ],
    [
      'tcp://127.0.0.1:80',
      {},
      'warning -t service-address-loopback: 127.0.0.1 is a loopback address: only programs on this host can reach the service',
    ],
    [
      'tcp://[fe80::1]:80',
      {},
      'warning -t service-address-link-local: fe80::1 is link-local: only hosts on the same link can reach the service',
    ],
    [
      'tcp://192.0.2.1:0',
      {},
      'error -t port-zero: a service without a port takes every port, and only a persistent one can | Give the port (192.0.2.1:80), or make it persistent with -p',
    ],
    [
      'tcp://[2001:db8::1:8080]:0',
      {},
      'error -t port-zero: a service without a port takes every port, and only a persistent one can | Give the port ([2001:db8::1]:8080), or make it persistent with -p',
    ],
    [
      'tcp://192.0.2.1:80',
      {scheduler: 'wrrr'},
      'error -s scheduler-unknown: no scheduler "wrrr" | Did you mean wrr (weighted round robin)?',
    ],
    [
      'tcp://192.0.2.1:80',
      {scheduler: 'none'},
      'warning -s scheduler-none: without a scheduler the service takes no new connections',
    ],
    [
      'udp://192.0.2.1:53',
      {scheduler: 'ovf'},
      'warning -s scheduler-overflow-udp: ovf counts active connections, and those of UDP are all inactive: the first server never overflows',
    ],
    [
      'tcp://192.0.2.1:80',
      {scheduler: 'rr', schedulerFlags: ['flag-1', 'flag-3']},
      'warning -b scheduler-flag-ignored: rr ignores flag-1 and flag-3',
    ],
    [
      'tcp://192.0.2.1:80',
      {scheduler: 'sh', schedulerFlags: ['flag-2', 'flag-3']},
      'warning -b scheduler-flag-ignored: sh ignores flag-3',
    ],
    [
      'tcp://192.0.2.1:80',
      {persistence: 0},
      'error -p persistence-invalid: 0 is not a persistence timeout in seconds | From 1 to 2678400',
    ],
    [
      'tcp://192.0.2.1:80',
      {persistence: 1.5},
      'error -p persistence-invalid: 1.5 is not a persistence timeout in seconds | From 1 to 2678400',
    ],
    [
      'tcp://192.0.2.1:80',
      {persistence: 60, netmask: '0.0.0.24'},
      'error -M netmask-invalid: 0.0.0.24 is not a netmask: its one bits are not all in front | Such as -M 255.255.255.0',
    ],
    [
      'tcp://[2001:db8::1]:80',
      {persistence: 60, netmask: '0'},
      'error -M netmask-invalid: 0 is too low for a prefix length | A prefix length is a whole number from 1 to 128',
    ],
    [
      'tcp://192.0.2.1:80',
      {netmask: '255.255.255.0'},
      'warning -M netmask-without-persistence: the mask groups the clients of a persistent service, and this one is not | Add -p, or leave -M out',
    ],
    [
      'tcp://192.0.2.1:80',
      {onePacket: true},
      'error -o one-packet-not-udp: one-packet scheduling is for UDP, and tcp://192.0.2.1:80 is not | Leave -o out, or name the service with -u or -f',
    ],
    [
      'sctp://192.0.2.1:80',
      {onePacket: true},
      'error -o one-packet-not-udp: one-packet scheduling is for UDP, and sctp://192.0.2.1:80 is not | Leave -o out, or name the service with -u or -f',
    ],
    [
      'udp://192.0.2.1:53',
      {onePacket: true, persistence: 60},
      'warning -o one-packet-persistent: one-packet scheduling sends every packet anew, persistence sends them to one server: persistence wins',
    ],
    [
      'udp://192.0.2.1:5060',
      {engine: 'sips', persistence: 60},
      'error --pe engine-unknown: no persistence engine "sips" | The only one is sip',
    ],
    [
      'tcp://192.0.2.1:5060',
      {engine: 'sip', persistence: 60},
      'error --pe engine-not-udp: the sip engine reads UDP packets, and tcp://192.0.2.1:5060 is not UDP | Leave --pe out, or name the service with -u or -f',
    ],
    [
      'udp://192.0.2.1:5060',
      {engine: 'sip'},
      'error --pe engine-without-persistence: a persistence engine does nothing without persistence | Add -p',
    ],
  ])('%s %j', (text, settings, expected) =>
    expect(validateService(virtual(text, settings)).map(told)).toEqual([expected]),
  )

  test('numbers that no parser let through', () => {
    const wild: Service = service({kind: 'fwmark', mark: 0, family: 'ipv4'})
    const beyond = service({kind: 'address', protocol: 'tcp', address: address('192.0.2.1'), port: 65_536})
    expect(validateService(wild).map(told)).toEqual([
      'error -f fwmark-invalid: 0 is not a firewall mark | From 1 to 4294967295',
    ])
    expect(validateService(beyond).map(told)).toEqual(['error -t port-invalid: 65536 is not a port | From 0 to 65535'])
  })

  test('several at once, each said', () =>
    expect(
      validateService(virtual('tcp://0.0.0.0:0', {scheduler: 'x', onePacket: true, engine: 'sip'})).map(
        ({code}) => code,
      ),
    ).toEqual([
      'service-address-not-unicast',
      'port-zero',
      'scheduler-unknown',
      'one-packet-not-udp',
      'engine-not-udp',
      'engine-without-persistence',
    ]))

  test('an edit answers for what it changes, not for what runs already', () => {
    const current = virtual('tcp://0.0.0.0:80', {scheduler: 'home-made', onePacket: true})
    expect(validateService({...current, persistence: 60}, {current}).map(({code}) => code)).toEqual([
      'one-packet-persistent',
    ])
    expect(validateService({...current, scheduler: 'home-mode'}, {current}).map(({code}) => code)).toEqual([
      'scheduler-unknown',
    ])
    expect(validateService(current).map(({code}) => code)).toEqual([
      'service-address-not-unicast',
      'scheduler-unknown',
      'one-packet-not-udp',
    ])
  })
})

describe('servers without a problem', () => {
  test.each<[string, string, Partial<Server>?, ServerFacts?]>([
    ['tcp://192.168.1.200:8080', '192.168.1.111:8080', {weight: 3}],
    ['tcp://192.168.1.200:8080', '192.168.1.111:8080', {weight: 0}],
    ['tcp://192.168.1.200:80', '192.168.2.1:8080', {forwarding: 'masquerading'}],
    [
      'tcp://192.168.1.200:80',
      '192.168.2.1:80',
      {forwarding: 'tunneling'},
      {syncDaemonRuns: true, ipv4Configured: true},
    ],
    ['tcp://192.168.1.200:80', '[2001:db8::9]:80', {forwarding: 'tunneling'}],
    ['tcp://[2001:db8::1]:80', '10.0.0.1:80', tunnel({type: 'gre', checksum: 'full'})],
    ['tcp://192.168.1.200:80', '10.0.0.1:80', tunnel({type: 'gue', port: 6080, checksum: 'remote'})],
    ['tcp://192.168.1.200:80', '10.0.0.1:80', {upperThreshold: 100, lowerThreshold: 100}],
    ['tcp://192.168.1.200:80', '10.0.0.1:80', {upperThreshold: 2_147_483_647}],
    ['fwmark://7', '10.1.1.2:8080'],
    ['fwmark://7', '10.1.1.2:0', {forwarding: 'masquerading'}],
    ['fwmark6://7', '[2001:db8::9]:0'],
    ['tcp://192.168.1.200:80', '127.0.0.1:80'],
    ['tcp://[2001:db8::1]:80', '[::1]:80'],
    ['tcp://[2001:db8::1]:80', '[fd00::1]:80', {}, {ipv4Configured: false}],
  ])('%s -r %s %j', (text, endpoint, settings, facts) =>
    expect(validateServer(virtual(text), real(endpoint, settings), facts).map(told)).toEqual([]),
  )

  test('every port, persistent', () =>
    expect(validateServer(virtual('tcp://192.0.2.1:0', {persistence: 60}), real('10.0.0.1:0'))).toEqual([]))
})

describe('servers with one', () => {
  test.each<[string, string, Partial<Server>, string]>([
    [
      'tcp://192.168.1.200:8080',
      '192.168.1.111:80',
      {},
      'error -r server-port-changed: gatewaying cannot change the port: the service is on 8080, the server would be on 80 | ipvsadm would silently use 8080. Use -r 192.168.1.111 (port 8080), or -m to translate ports',
    ],
    [
      'tcp://192.168.1.200:8080',
      '192.168.1.111:0',
      {forwarding: 'tunneling'},
      'error -r server-port-changed: tunneling cannot change the port: the service is on 8080, the server would be on every port (0) | ipvsadm would silently use 8080. Use -r 192.168.1.111 (port 8080), or -m to translate ports',
    ],
    [
      'tcp://192.168.1.200:80',
      '192.168.2.1:0',
      {forwarding: 'masquerading'},
      'error -r server-port-zero: the server would be on port 0, where nothing listens; the service is on 80 | Use -r 192.168.2.1 (port 80) or give the port',
    ],
    [
      'tcp://192.168.1.200:80',
      '0.0.0.0:80',
      {},
      'error -r server-address-not-unicast: 0.0.0.0 stands for "any address", and a server has one that packets can be routed to | Give the address of one host',
    ],
    [
      'tcp://192.168.1.200:80',
      '224.0.0.1:80',
      {},
      'error -r server-address-not-unicast: 224.0.0.1 is a multicast address, and a server has one that packets can be routed to | Give the address of one host',
    ],
    [
      'tcp://192.168.1.200:80',
      '255.255.255.255:80',
      {},
      'error -r server-address-not-unicast: 255.255.255.255 is the broadcast address, and a server has one that packets can be routed to | Give the address of one host',
    ],
    [
      'tcp://[2001:db8::1]:80',
      '[ff02::1]:80',
      {},
      'error -r server-address-not-unicast: ff02::1 is a multicast address, and a server has one that packets can be routed to | Give the address of one host',
    ],
    [
      'tcp://[2001:db8::1]:80',
      '[fe80::1]:80',
      {},
      'error -r server-address-not-unicast: fe80::1 is link-local, and a server has one that packets can be routed to | Give its global or unique local address',
    ],
    [
      'tcp://[2001:db8::1]:80',
      '[::ffff:10.0.0.1]:80',
      {},
      "error -r server-address-not-unicast: ::ffff:10.0.0.1 is an IPv4 address mapped into IPv6, which is nobody's | Give it as IPv4: 10.0.0.1:80",
    ],
    [
      'tcp://192.168.1.200:80',
      '[2001:db8::9]:80',
      {},
      'error -r server-family: 2001:db8::9 is IPv6, and gatewaying cannot leave the family of tcp://192.168.1.200:80 | Give a server address of the same family, or tunnel to it with -i',
    ],
    [
      'fwmark6://7',
      '10.0.0.1:0',
      {forwarding: 'masquerading'},
      'error -r server-family: 10.0.0.1 is IPv4, and masquerading cannot leave the family of fwmark6://7 | Give a server address of the same family, or tunnel to it with -i',
    ],
    [
      'tcp://192.168.1.200:80',
      '192.168.1.200:80',
      {},
      "error -r server-is-service: 192.168.1.200 is the address of the service itself: its packets would come back | Give the server's own address; for a server on this very host 127.0.0.1",
    ],
    [
      'tcp://[2001:db8::1]:80',
      '[2001:db8::1]:80',
      {forwarding: 'masquerading'},
      "error -r server-is-service: 2001:db8::1 is the address of the service itself: its packets would come back | Give the server's own address; for a server on this very host ::1",
    ],
    [
      'tcp://192.168.1.200:80',
      '192.168.1.200:8080',
      {forwarding: 'masquerading'},
      'warning -r server-is-service: 192.168.1.200 is the address of the service itself: right only where port 8080 is served on this very host',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {weight: -1},
      'error -w weight-invalid: -1 is not a weight | From 0 to 2147483647',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {weight: 65_536},
      'warning -w weight-not-portable: weight 65536 is fine for the kernel, but ipvsadm as released takes 65535 at most',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {upperThreshold: 2 ** 31},
      'error -x upper-threshold-invalid: 2147483648 is not an upper threshold | From 0 to 2147483647',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {lowerThreshold: -1},
      'error -y lower-threshold-invalid: -1 is not a lower threshold | From 0 to 2147483647',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {upperThreshold: 100, lowerThreshold: 200},
      'error -y threshold-order: the lower threshold 200 is above the upper one 100 | A server is left alone at the upper threshold until its connections fall below the lower one',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {lowerThreshold: 10},
      'error -y threshold-order: the lower threshold is 10 and there is no upper one | Add -x with 10 or more, or leave -y out',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {...tunnel({type: 'gre'}), forwarding: 'gatewaying'},
      'error --tun-type tunnel-without-tunneling: --tun-type is for tunneling, and the method is gatewaying | Add -i, or leave the tunnel options out',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      tunnel({type: 'gue'}),
      "error --tun-port tunnel-port-missing: gue needs the UDP port that the server's fou receiver listens on | Such as --tun-port 6080",
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      tunnel({type: 'gue', port: 70_000}),
      'error --tun-port tunnel-port-invalid: 70000 is not a tunnel port | From 1 to 65535',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      tunnel({port: 6080}),
      'error --tun-port tunnel-port-unexpected: ipip has no port | Leave --tun-port out, or use --tun-type gue',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      tunnel({type: 'gre', port: 6080}),
      'error --tun-port tunnel-port-unexpected: gre has no port | Leave --tun-port out, or use --tun-type gue',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      tunnel({checksum: 'full'}),
      'error --tun-csum tunnel-checksum: ipip has no checksum | Leave --tun-csum out, or use --tun-type gue',
    ],
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      tunnel({type: 'gre', checksum: 'remote'}),
      'error --tun-remcsum tunnel-checksum: gre has no remote checksum offload | Leave --tun-remcsum out, or use --tun-type gue',
    ],
  ])('%s -r %s %j', (text, endpoint, settings, expected) =>
    expect(validateServer(virtual(text), real(endpoint, settings)).map(told)).toEqual([expected]),
  )

  test.each<[string, string, Partial<Server>, ServerFacts, string]>([
    [
      'tcp://192.168.1.200:80',
      '10.0.0.1:80',
      {},
      {ipv4Configured: false},
      'error -r no-ipv4-yet: no interface here, not even lo, has had an IPv4 address, and until then the kernel refuses every server | ip link set lo up',
    ],
    [
      'tcp://192.168.1.200:80',
      '[2001:db8::9]:80',
      {forwarding: 'tunneling'},
      {syncDaemonRuns: true},
      'error -r server-family-sync: 2001:db8::9 is IPv6 and the service is not, and a sync daemon that runs allows no such server | Stop the daemon first: ipvsadm --stop-daemon master (or backup)',
    ],
  ])('%s -r %s %j with %j', (text, endpoint, settings, facts, expected) =>
    expect(validateServer(virtual(text), real(endpoint, settings), facts).map(told)).toEqual([expected]),
  )

  test.each([
    ['tcp://192.0.2.1:0', {persistence: 60}, true],
    ['fwmark://7', {persistence: 60}, true],
    ['fwmark://7', {}, false],
  ])('masquerading to port 8080 in %s %j', (text, settings, ignored) =>
    expect(
      validateServer(virtual(text, settings), real('10.0.0.1:8080', {forwarding: 'masquerading'})).map(told),
    ).toEqual(
      ignored
        ? [
            "warning -r server-port-ignored: a persistent service of every port keeps the client's port: 8080 is not used",
          ]
        : [],
    ),
  )
})

describe('an edit of a server', () => {
  const web = virtual('tcp://192.168.1.200:8080')

  test('answers for what it changes, not for what runs already', () => {
    const current = real('192.168.1.111:80', {lowerThreshold: 5})
    expect(validateServer(web, current).map(({code}) => code)).toEqual(['server-port-changed', 'threshold-order'])
    expect(validateServer(web, {...current, weight: 0}, {current})).toEqual([])
    expect(validateServer(web, {...current, lowerThreshold: 6}, {current}).map(({code}) => code)).toEqual([
      'threshold-order',
    ])
  })

  test('the port cannot follow the method', () => {
    const current = real('192.168.1.111:80', {forwarding: 'masquerading'})
    expect(validateServer(web, {...current, forwarding: 'gatewaying'}, {current}).map(told)).toEqual([
      'error -r server-port-changed: gatewaying cannot change the port: the service is on 8080, the server would be on 80 | The port of a server cannot be edited: delete it and add 192.168.1.111:8080, or keep -m',
    ])
  })

  test('what other tools left is not judged', () =>
    expect(
      validateServer(web, real('192.168.1.111:80', {forwarding: 'method-5', tunnel: plainTunnel})).concat(
        validateServer(web, real('192.168.1.111:8080', tunnel({type: 'type-9', port: 1, checksum: 'flags-3'}))),
      ),
    ).toEqual([]))
})
