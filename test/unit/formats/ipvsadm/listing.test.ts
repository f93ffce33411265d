// Listings and saved rules as text: widths, cuts, scales, blanks at line ends. Lines are ipvsadm 1.31's own.

import {describe, expect, test} from 'vitest'
import {address} from '../../../../src/domain/address.ts'
import type {ForwardingMethod, Tunnel} from '../../../../src/domain/forwarding.ts'
import {type Server, server} from '../../../../src/domain/server.ts'
import {type Service, type ServiceKey, service} from '../../../../src/domain/service.ts'
import {noStatistics, type Statistics} from '../../../../src/domain/statistics.ts'
import {connectionLine} from '../../../../src/formats/ipvsadm/connections.ts'
import {endpointText} from '../../../../src/formats/ipvsadm/endpoint-text.ts'
import {listingOf} from '../../../../src/formats/ipvsadm/listing.ts'
import {KnownNames} from '../../../../src/formats/ipvsadm/names.ts'
import {sortServers, sortServices} from '../../../../src/formats/ipvsadm/order.ts'
import type {Columns} from '../../../../src/formats/ipvsadm/request.ts'
import {linesOf, splitRule} from '../../../../src/formats/ipvsadm/rule-lines.ts'
import {rulesOf} from '../../../../src/formats/ipvsadm/saved-rules.ts'
import {daemonsText} from '../../../../src/formats/ipvsadm/settings-text.ts'

const at = (text: string, port = 80): ServiceKey => ({kind: 'address', protocol: 'tcp', address: address(text), port})
const web = service(at('203.0.113.10'), {scheduler: 'rr'})
const behind = (text: string, settings: Partial<Server> = {}): Server =>
  server({address: address(text), port: 80}, settings)

function list(
  service: Service,
  servers: readonly Server[],
  columns: Columns = 'plain',
  {
    exact = false,
    statistics = noStatistics,
    names,
  }: {exact?: boolean; statistics?: Statistics; names?: KnownNames} = {},
): readonly string[] {
  const running = servers.map((one) => ({
    server: one,
    connections: {active: 1, inactive: 22, persistent: 333},
    statistics,
  }))
  return listingOf({service, statistics}, running, {columns, exact}, names).trimEnd().split(/ *\n/)
}

describe('service lines', () => {
  test.each<[string, Service]>([
    ['TCP  203.0.113.10:80 rr', web],
    ['TCP  [2001:db8::1]:80 wlc', service(at('2001:db8::1'))],
    [
      'TCP  203.0.113.10:80 wlc persistent 300 mask 255.255.255.0',
      service(at('203.0.113.10'), {persistence: 300, netmask: '255.255.255.0'}),
    ],
    ['TCP  203.0.113.10:80 wlc', service(at('203.0.113.10'), {netmask: '255.255.255.0', engine: 'sip'})],
    [
      'TCP  203.0.113.10:80 sh (sh-fallback,sh-port)',
      service(at('203.0.113.10'), {scheduler: 'sh', schedulerFlags: ['flag-1', 'flag-2']}),
    ],
    ['TCP  203.0.113.10:80 sh (flag-3)', service(at('203.0.113.10'), {scheduler: 'sh', schedulerFlags: ['flag-3']})],
    [
      'FWM  7 IPv6 wlc persistent 10 mask 48',
      service({kind: 'fwmark', mark: 7, family: 'ipv6'}, {persistence: 10, netmask: '48'}),
    ],
    ['FWM  4294967295 wlc', service({kind: 'fwmark', mark: 4294967295, family: 'ipv4'})],
    [
      'FWM  9 wlc persistent 5 pe sip ops',
      service({kind: 'fwmark', mark: 9, family: 'ipv4'}, {persistence: 5, engine: 'sip', onePacket: true}),
    ],
    [
      '?    203.0.113.10:80 wlc',
      service({kind: 'address', protocol: 'protocol-50', address: address('203.0.113.10'), port: 80}),
    ],
  ])('%s', (line, one) => expect(list(one, [])).toEqual([line]))
})

describe('server lines', () => {
  const line = (columns: Columns, one = behind('10.1.1.11')): string =>
    listingOf(
      {service: web, statistics: noStatistics},
      [{server: one, connections: {active: 1, inactive: 22, persistent: 333}, statistics: noStatistics}],
      {columns, exact: false},
      undefined,
    ).split('\n')[1] as string

  test.each<[Columns, string]>([
    ['plain', '  -> 10.1.1.11:80                 Route   1      1          22        '],
    ['thresholds', '  -> 10.1.1.11:80                 0          0          1          22        '],
    ['persistent-conn', '  -> 10.1.1.11:80                 1         333         1          22        '],
    ['tun-info', '  -> 10.1.1.11:80                 Route   n/a           1      1          22        '],
    ['stats', '  -> 10.1.1.11:80                        0        0        0        0        0'],
    ['rate', '  -> 10.1.1.11:80                        0        0        0        0        0'],
  ])('%s', (columns, expected) => expect(line(columns)).toBe(expected))

  test.each<[ForwardingMethod, string]>([
    ['masquerading', 'Masq'],
    ['local', 'Local'],
    ['tunneling', 'Tunnel'],
    ['bypass', '(null)'],
    ['method-6', '(null)'],
  ])('%s is %s', (forwarding, word) =>
    expect(line('plain', behind('10.1.1.1', {forwarding})).slice(34).split(' ')[0]).toBe(word),
  )

  test.each<[Partial<Tunnel>, string]>([
    [{}, 'ipip'],
    [{type: 'gue', port: 6080}, 'gue:6080:-c'],
    [{type: 'gue', port: 65535, checksum: 'remote'}, 'gue:65535:r+c'],
    [{type: 'gre', checksum: 'full'}, 'gre:+c'],
    [{type: 'gre', checksum: 'flags-3'}, 'gre:?'],
    [{type: 'type-9'}, 'n/a'],
  ])('%j is %s', (tunnel, word) => {
    const one = behind('10.1.1.1', {
      forwarding: 'tunneling',
      tunnel: {type: 'ipip', port: 0, checksum: 'none', ...tunnel},
    })
    expect(line('tun-info', one).slice(34).split(/ +/)[1]).toBe(word)
  })

  test('what is wider than its column pushes the rest', () => {
    expect(line('plain', behind('10.1.1.11', {weight: 2147483647}))).toBe(
      '  -> 10.1.1.11:80                 Route   2147483647 1          22        ',
    )
  })
})

describe('figures', () => {
  const of = (value: bigint): Statistics => ({...noStatistics, connections: value, connectionsPerSecond: value})

  test.each([
    [99_999_999n, ' 99999999'],
    [100_000_000n, '  100000K'],
    [130_116_436n, '  130116K'],
    [999_999_999n, '  999999K'],
    [1_201_158_932n, '    1201M'],
    [99_999_999_999n, '   99999M'],
    [100_000_000_000n, '     100G'],
    [99_999_999_999_999n, '   99999G'],
    [100_000_000_000_000n, '     100T'],
    [18_446_744_073_709_551_615n, '18446744T'],
  ])('%s', (value, text) => expect(list(web, [], 'stats', {statistics: of(value)})[0]?.slice(33, 42)).toBe(text))

  test('in full', () => {
    expect(list(web, [], 'stats', {statistics: of(1_201_158_932n), exact: true})[0]).toBe(
      'TCP  203.0.113.10:80              1201158932        0        0        0        0',
    )
  })

  test("a server's rates are in full but for the bytes", () => {
    const statistics = {...noStatistics, connectionsPerSecond: 5_000_000_000n, inBytesPerSecond: 5_000_000_000n}
    expect(list(web, [behind('10.1.1.1')], 'rate', {statistics})[1]).toBe(
      '  -> 10.1.1.1:80                  5000000000        0        0    5000M        0',
    )
  })
})

describe('names', () => {
  const names = new KnownNames()
  const host = (text: string, name: string): void => names.learn({kind: 'host-of', address: text}, name)
  host('10.1.0.2', 'a-very-long-real-server-name-that-goes-on-and-on.example.com')
  host('10.1.0.3', 'short.example')
  host('2001:db8::6', 'a-very-long-six-name-that-goes-on-and-on-for-more-than-sixty.example.com')
  names.learn({kind: 'service-of', port: 80, protocol: 'tcp'}, 'http')

  test('are cut at the width of their column, an IPv6 one at 59 characters', () => {
    const lines = list(
      service(at('10.1.0.2')),
      [behind('10.1.0.2'), behind('10.1.0.3'), behind('2001:db8::6')],
      'stats',
      {names},
    )
    expect(lines.map((line) => line.replace(/ +0 +0.*/, ''))).toEqual([
      'TCP  a-very-long-real-server-name',
      '  -> a-very-long-real-server-name',
      '  -> short.example:http',
      '  -> [a-very-long-six-name-that-goes-on-and-on-for-more-than-six',
    ])
  })

  test('of a mark there is no protocol, and so no port has a name', () => {
    const mark = service({kind: 'fwmark', mark: 5, family: 'ipv4'})
    expect(list(mark, [behind('10.1.0.3')], 'plain', {names})[1]).toMatch(/^ {2}-> short\.example:80 /)
  })

  test.each([
    ['::1.2.3.6', '[::1.2.3.6]:80'],
    ['::ffff:1.2.3.4', '[::ffff:1.2.3.4]:80'],
    ['::5', '[::5]:80'],
    ['::', '[::]:80'],
    ['1:0:3:4:5:6:7:8', '[1:0:3:4:5:6:7:8]:80'],
  ])('%s as inet_ntop has it', (text, expected) =>
    expect(endpointText(address(text), 80, 'tcp', undefined)).toBe(expected),
  )
})

describe('saved rules', () => {
  const rules = (one: Service, ...servers: readonly Server[]): readonly string[] =>
    rulesOf(one, servers, undefined).trimEnd().split('\n')

  test('a service and its servers', () => {
    expect(
      rules(
        service(at('10.9.9.8'), {
          scheduler: 'sh',
          schedulerFlags: ['flag-1', 'flag-3'],
          persistence: 360,
          netmask: '255.255.255.0',
        }),
        behind('10.1.1.1', {forwarding: 'masquerading'}),
        behind('10.1.1.2', {forwarding: 'local', weight: 0, upperThreshold: 9}),
        behind('10.1.1.3', {forwarding: 'tunneling'}),
        behind('10.1.1.4', {forwarding: 'tunneling', tunnel: {type: 'gue', port: 65535, checksum: 'remote'}}),
        behind('10.1.1.5', {forwarding: 'tunneling', tunnel: {type: 'gre', port: 0, checksum: 'full'}}),
        behind('10.1.1.6', {forwarding: 'tunneling', tunnel: {type: 'type-9', port: 0, checksum: 'none'}}),
      ),
    ).toEqual([
      '-A -t 10.9.9.8:80 -s sh -p 360 -M 255.255.255.0 -b sh-fallback,flag-3',
      '-a -t 10.9.9.8:80 -r 10.1.1.1:80 -m -w 1',
      '-a -t 10.9.9.8:80 -r 10.1.1.2:80 -g -w 0',
      '-a -t 10.9.9.8:80 -r 10.1.1.3:80 -i -w 1 --tun-type ipip',
      '-a -t 10.9.9.8:80 -r 10.1.1.4:80 -i -w 1 --tun-type gue --tun-port 65535 --tun-remcsum',
      '-a -t 10.9.9.8:80 -r 10.1.1.5:80 -i -w 1 --tun-type gre --tun-csum',
      '-a -t 10.9.9.8:80 -r 10.1.1.6:80 -i -w 1',
    ])
  })

  test.each<[string, Service]>([
    [
      '-A -f 4294967295 -6 -s wlc -p 10 -M 48',
      service({kind: 'fwmark', mark: 4294967295, family: 'ipv6'}, {persistence: 10, netmask: '48'}),
    ],
    [
      '-A -u 10.9.9.8:53 -s rr --pe sip -o',
      service({...at('10.9.9.8', 53), protocol: 'udp'} as ServiceKey, {
        scheduler: 'rr',
        engine: 'sip',
        onePacket: true,
      }),
    ],
    ['-A --sctp-service [2001:db8::1]:80 -s wlc', service({...at('2001:db8::1'), protocol: 'sctp'} as ServiceKey)],
    ['-A --xxx-service 10.9.9.8:80 -s wlc', service({...at('10.9.9.8'), protocol: 'protocol-50'} as ServiceKey)],
  ])('%s', (line, one) => expect(rules(one)).toEqual([line]))
})

describe('order', () => {
  test('services: by mark, family, protocol, address, port', () => {
    const keys: readonly ServiceKey[] = [
      at('10.0.0.1'),
      at('10.0.0.1', 443),
      at('10.0.0.10'),
      {...at('1.0.0.1'), protocol: 'udp'} as ServiceKey,
      at('2001:db8::1'),
      {kind: 'fwmark', mark: 3, family: 'ipv4'},
      {kind: 'fwmark', mark: 3, family: 'ipv6'},
      {kind: 'fwmark', mark: 20, family: 'ipv4'},
    ]
    expect(sortServices([...keys].reverse(), (key) => key)).toEqual(keys)
  })

  test('what is more than 2³¹ apart the wrong way round, as ipvsadm has it', () => {
    // ipvsadm -Ln, of a service to which they were added from last to first.
    const kernel = ['2001:db8::6', '10.1.0.5', 'fc00::1', '200.0.0.1', '2.0.0.1', '::5', '2001:db8::1', '100.0.0.1']
    expect(
      sortServers(
        kernel.map((text) => ({address: address(text), port: 80})),
        (key) => key,
      ).map((key) => key.address),
    ).toEqual(['200.0.0.1', 'fc00::1', '::5', '2.0.0.1', '10.1.0.5', '2001:db8::1', '2001:db8::6', '100.0.0.1'])
  })
})

describe('connections', () => {
  const line = (row: string, engineData = false): string | undefined => connectionLine(row, engineData, undefined)

  test.each([
    [
      'TCP 0A020001 B454 0A020001 22B8 0A010005 22B8 CLOSE             5',
      'TCP 00:05  CLOSE       10.2.0.1:46164     10.2.0.1:8888      10.1.0.5:8888\n',
    ],
    [
      'UDP 0A010001 0035 0A020001 0035 0A010002 13C4 UDP 6000',
      'UDP 100:00 UDP         10.1.0.1:53        10.2.0.1:53        10.1.0.2:5060\n',
    ],
    [
      'TCP 2001:0db8:0000:0000:0000:0000:0000:0005 0050 2001:0db8:0000:0000:0000:0000:0000:0006 01bb 2001:0db8:0000:0000:0000:0000:0000:0009 FFFF NONE 65',
      'TCP 01:05  NONE        [2001:db8::5]:80   [2001:db8::6]:443  [2001:db8::9]:65535\n',
    ],
  ])('%s', (row, expected) => expect(line(row)).toBe(expected))

  const sip = 'UDP 0A020001 0000 0A020001 13C4 0A010002 13C4 NONE             55 sip abcdef123456@host.example'

  test('persistence data where asked for', () => {
    expect(line(sip)).toBe('UDP 00:55  NONE        10.2.0.1:0         10.2.0.1:5060      10.1.0.2:5060\n')
    expect(line(sip, true)).toBe(
      'UDP 00:55  NONE        10.2.0.1:0         10.2.0.1:5060      10.1.0.2:5060    sip                abcdef123456@host.example\n',
    )
  })

  test.each(['', 'short', 'TCP 0A010001 0035'])('%j is no row', (row) => expect(line(row)).toBeUndefined())
})

describe('rules to read', () => {
  test.each([
    ['-A -t 10.0.0.1:80', ['-A', '-t', '10.0.0.1:80']],
    ['\t-A\t-t\r10.0.0.1:80  \r', ['-A', '-t', '10.0.0.1:80']],
    ['ipvsadm -A ipvsadm x', ['-A', 'x']],
    ['-A 1\0 2', ['-A', '1', '2']],
    ['', []],
    [' \t ', []],
    ['a\vb', ['a\vb']],
  ])('%j', (line, words) => expect(splitRule(line)).toEqual(words))

  test('a word has 4096 characters', () => expect(splitRule('x'.repeat(5000))[0]).toHaveLength(4096))

  test('lines come together from pieces', () => {
    expect([...linesOf(['a\nb', 'c\n\nd', '', 'e'])]).toEqual([['a'], ['bc', ''], ['de']])
    expect([...linesOf([])]).toEqual([])
  })
})

test('a daemon, and of an old kernel', () => {
  const daemon = {role: 'master', interface: 'dm0', syncId: 7} as const
  expect(daemonsText([{...daemon, maxLength: 1472, group: address('224.0.0.81'), port: 8848, ttl: 1}, daemon])).toBe(
    `master sync daemon (mcast=dm0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)
master sync daemon (mcast=dm0, syncid=7)
`,
  )
  expect(daemonsText([])).toBe('')
})
