import {describe, expect, test} from 'vitest'
import {address} from '../../../../src/domain/address.ts'
import type {SavedState} from '../../../../src/domain/saved-state.ts'
import {type Server, server} from '../../../../src/domain/server.ts'
import {type Service, type ServiceKey, service} from '../../../../src/domain/service.ts'
import {formatRules} from '../../../../src/formats/rules/format.ts'

const web: ServiceKey = {kind: 'address', protocol: 'tcp', address: address('192.0.2.1'), port: 80}
const mark: ServiceKey = {kind: 'fwmark', mark: 3_000_000_000, family: 'ipv6'}

const state = (one: Service, servers: readonly Server[] = []): SavedState => ({
  configuration: [{service: one, servers}],
})

const withServer = (settings: Partial<Server>, host = '10.0.0.1'): SavedState =>
  state(service(web), [server({address: address(host), port: 80}, settings)])

/** As ipvsadm 1.31 -Sn prints them; the second column is what it leaves out. */
describe('services', () => {
  test.each<[string, Service]>([
    ['-A -t 192.0.2.1:80 -s wlc', service(web)],
    [
      '-A -t 192.0.2.1:80 -s sh -p 360 -M 255.255.255.0 -b sh-fallback,sh-port',
      service(web, {scheduler: 'sh', persistence: 360, netmask: '255.255.255.0', schedulerFlags: ['flag-2', 'flag-1']}),
    ],
    [
      '-A -u 192.0.2.1:53 -s rr -p 100 -o',
      service({...web, protocol: 'udp', port: 53}, {scheduler: 'rr', persistence: 100, onePacket: true}),
    ],
    ['-A -u 192.0.2.1:80 -s rr --pe sip', service({...web, protocol: 'udp'}, {scheduler: 'rr', engine: 'sip'})],
    ['-A --sctp-service 192.0.2.1:80 -s rr', service({...web, protocol: 'sctp'}, {scheduler: 'rr'})],
    ['-A -f 3000000000 -6 -s wlc -p 10 -M 48', service(mark, {persistence: 10, netmask: '48'})],
    ['-A -t 192.0.2.1:80 -s wlc -M 255.255.255.0', service(web, {netmask: '255.255.255.0'})],
    ['-A -t 192.0.2.1:80 -s sh -b flag-3', service(web, {scheduler: 'sh', schedulerFlags: ['flag-3']})],
  ])('%s', (line, one) => expect(formatRules(state(one))).toEqual({text: `${line}\n`, warnings: []}))
})

describe('servers', () => {
  test.each<[string, SavedState]>([
    ['-r 10.0.0.1:80 -g -w 1', withServer({})],
    [
      '-r 10.0.0.1:80 -m -w 0 -x 900 -y 700',
      withServer({forwarding: 'masquerading', weight: 0, upperThreshold: 900, lowerThreshold: 700}),
    ],
    ['-r 10.0.0.1:80 -i -w 5 --tun-type ipip', withServer({forwarding: 'tunneling', weight: 5})],
    [
      '-r [2001:db8::5]:80 -i -w 1 --tun-type gre --tun-csum',
      withServer({forwarding: 'tunneling', tunnel: {type: 'gre', port: 0, checksum: 'full'}}, '2001:db8::5'),
    ],
    [
      '-r 10.0.0.1:80 -i -w 1 --tun-type gue --tun-port 65535 --tun-remcsum',
      withServer({forwarding: 'tunneling', tunnel: {type: 'gue', port: 65_535, checksum: 'remote'}}),
    ],
    [
      '-r 10.0.0.1:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum',
      withServer({forwarding: 'tunneling', tunnel: {type: 'gue', port: 6080, checksum: 'none'}}),
    ],
  ])('%s', (words, one) => {
    const [service = '', line] = formatRules(one).text.split('\n')
    expect(line).toBe(`-a -t 192.0.2.1:80 ${words}`)
    expect(service).toBe('-A -t 192.0.2.1:80 -s wlc')
    expect(formatRules(one).warnings).toEqual([])
  })
})

describe('what ipvsadm would not read back is told, once for each kind', () => {
  test.each<[string, SavedState]>([
    ['ipvsadm-protocol', state(service({...web, protocol: 'protocol-50'}))],
    ['ipvsadm-port-zero', state(service({...web, port: 0}))],
    ['ipvsadm-persistence', state(service(web, {persistence: 2_678_401}))],
    ['ipvsadm-one-packet', state(service(web, {onePacket: true}))],
    ['ipvsadm-forwarding', withServer({forwarding: 'bypass'})],
    ['ipvsadm-server-port', withServer({port: 81})],
    ['ipvsadm-weight', withServer({weight: 65_536})],
    ['ipvsadm-weight', withServer({weight: 65_536, forwarding: 'masquerading'})],
    ['ipvsadm-threshold', withServer({upperThreshold: 2 ** 31})],
    ['ipvsadm-tunnel', withServer({tunnel: {type: 'gre', port: 0, checksum: 'none'}})],
    ['ipvsadm-tunnel', withServer({forwarding: 'tunneling', tunnel: {type: 'type-9', port: 0, checksum: 'none'}})],
    ['ipvsadm-tunnel', withServer({forwarding: 'tunneling', tunnel: {type: 'gre', port: 0, checksum: 'flags-3'}})],
    ['ipvsadm-tunnel', withServer({forwarding: 'tunneling', tunnel: {type: 'ipip', port: 9, checksum: 'none'}})],
    ['ipvsadm-timeout', {configuration: [], timeouts: {tcp: 2_678_401, tcpFin: 1, udp: 1}}],
    ['ipvsadm-daemon', {configuration: [], daemons: [{role: 'master', interface: 'eth0', syncId: 256}]}],
    ['rules-interface', {configuration: [], daemons: [{role: 'master', interface: 'büro', syncId: 1}]}],
    ['ipvsadm-comment', {configuration: [], daemons: []}],
    ['ipvsadm-comment', {configuration: [], sysctls: {conntrack: '1'}}],
  ])('%s', (code, one) => {
    expect(formatRules(one).warnings).toMatchObject([{code, severity: 'warning'}])
  })

  test('with the first that it is about', () => {
    const heavy = [1, 2, 3].map((last) => server({address: address(`10.0.0.${last}`), port: 80}, {weight: 70_000}))
    const [one] = formatRules(state(service(web), heavy)).warnings
    expect(one?.message).toBe(
      '10.0.0.1:80 in tcp://192.0.2.1:80 and 2 more: ipvsadm as released takes weights up to 65535',
    )
  })
})

test('timeouts, daemons and sysctls', () => {
  const {text} = formatRules({
    configuration: [],
    timeouts: {tcp: 900, tcpFin: 120, udp: 300},
    daemons: [
      {role: 'master', interface: 'eth0', syncId: 1, maxLength: 1472, group: address('224.0.0.81'), port: 8848, ttl: 1},
    ],
    sysctls: {conntrack: '1', sync_threshold: '3\t50'},
  })
  expect(text).toBe(
    [
      '--set 900 120 300',
      '--start-daemon master --mcast-interface eth0 --syncid 1 --sync-maxlen 1472 --mcast-group 224.0.0.81 --mcast-port 8848 --mcast-ttl 1',
      '# sysctl net.ipv4.vs.conntrack = 1',
      '# sysctl net.ipv4.vs.sync_threshold = 3\t50',
      '',
    ].join('\n'),
  )
})

test('an empty table is an empty text, as with ipvsadm -S', () => {
  expect(formatRules({configuration: []})).toEqual({text: '', warnings: []})
})
