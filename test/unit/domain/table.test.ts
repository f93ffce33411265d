import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {plainTunnel} from '../../../src/domain/forwarding.ts'
import {nearestServers, nearestServices} from '../../../src/domain/nearest-keys.ts'
import {formatServerKey, type Server, server, serverEquals} from '../../../src/domain/server.ts'
import {formatServiceKey, type Service, type ServiceKey, service, serviceEquals} from '../../../src/domain/service.ts'
import {parseServiceKey} from '../../../src/domain/service-key.ts'
import {noStatistics} from '../../../src/domain/statistics.ts'
import {configurationOf, sortTable, type Table} from '../../../src/domain/table.ts'

const key = (text: string): ServiceKey => {
  const parsed = parseServiceKey(text)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return parsed.value
}
const at = (host: string, port: number) => ({address: address(host), port})

const running = (text: string, ...servers: Server[]): Table[number] => ({
  service: service(key(text)),
  statistics: noStatistics,
  servers: servers.map((one) => ({
    server: one,
    statistics: noStatistics,
    connections: {active: 0, inactive: 0, persistent: 0},
  })),
})

const table: Table = [
  running('fwmark://7'),
  running('tcp://192.0.2.10:80', server(at('10.0.0.10', 80)), server(at('10.0.0.9', 80)), server(at('10.0.0.9', 8))),
  running('tcp://192.0.2.9:80'),
]

test('in the order people read', () => {
  const sorted = sortTable(table)
  expect(sorted.map((one) => formatServiceKey(one.service.key))).toEqual([
    'tcp://192.0.2.9:80',
    'tcp://192.0.2.10:80',
    'fwmark://7',
  ])
  expect(sorted[1]?.servers.map((one) => formatServerKey(one.server))).toEqual([
    '10.0.0.9:8',
    '10.0.0.9:80',
    '10.0.0.10:80',
  ])
})

test('a configuration has no figures', () => {
  expect(configurationOf(table)[1]).toEqual({
    service: service(key('tcp://192.0.2.10:80')),
    servers: [server(at('10.0.0.10', 80)), server(at('10.0.0.9', 80)), server(at('10.0.0.9', 8))],
  })
})

describe('the same to the kernel', () => {
  const web: Service = service(key('tcp://192.0.2.10:80'), {
    scheduler: 'sh',
    schedulerFlags: ['flag-1', 'flag-2'],
    persistence: 60,
  })
  test.each<[string, Partial<Service>, boolean]>([
    ['a copy', {}, true],
    ['flags in another order, twice', {schedulerFlags: ['flag-2', 'flag-1', 'flag-2']}, true],
    ['a flag less', {schedulerFlags: ['flag-1']}, false],
    ['a flag more', {schedulerFlags: ['flag-1', 'flag-2', 'flag-3']}, false],
    ['another scheduler', {scheduler: 'mh'}, false],
    ['another timeout', {persistence: 61}, false],
    ['another mask', {netmask: '255.255.255.0'}, false],
    ['an engine', {engine: 'sip'}, false],
    ['one-packet', {onePacket: true}, false],
    ['another key', {key: key('tcp://192.0.2.10:81')}, false],
  ])('service: %s', (_, settings, expected) => {
    expect(serviceEquals(web, {...web, ...settings})).toBe(expected)
    expect(serviceEquals({...web, ...settings}, web)).toBe(expected)
  })

  test('service: not persistent', () => {
    const {persistence: _, ...rest} = web
    expect(serviceEquals(web, rest)).toBe(false)
  })

  const one = server(at('10.0.0.1', 80))
  test.each<[string, Partial<Server>, boolean]>([
    ['a copy', {tunnel: {...plainTunnel}}, true],
    ['another port', {port: 81}, false],
    ['another address', {address: address('10.0.0.2')}, false],
    ['another method', {forwarding: 'masquerading'}, false],
    ['another weight', {weight: 0}, false],
    ['an upper threshold', {upperThreshold: 1}, false],
    ['a lower threshold', {lowerThreshold: 1}, false],
    ['another tunnel type', {tunnel: {...plainTunnel, type: 'gre'}}, false],
    ['another tunnel port', {tunnel: {...plainTunnel, port: 1}}, false],
    ['another checksum', {tunnel: {...plainTunnel, checksum: 'full'}}, false],
  ])('server: %s', (_, settings, expected) => expect(serverEquals(one, {...one, ...settings})).toBe(expected))
})

describe('nearest', () => {
  const services = [
    'tcp://192.168.1.200:8080',
    'tcp://192.168.1.200:443',
    'udp://192.168.1.200:8080',
    'tcp://192.168.1.210:8080',
    'tcp://10.0.0.1:22',
    'tcp://[2001:db8::1]:8080',
    'fwmark://7',
    'fwmark6://7',
    'fwmark://123',
  ].map(key)

  test.each([
    ['tcp://192.168.1.201:8080', ['tcp://192.168.1.200:8080', 'udp://192.168.1.200:8080', 'tcp://192.168.1.210:8080']],
    ['tcp://192.168.1.200:80', ['tcp://192.168.1.200:8080', 'tcp://192.168.1.200:443', 'udp://192.168.1.200:8080']],
    ['tcp://192.168.1.200:444', ['tcp://192.168.1.200:443', 'tcp://192.168.1.200:8080', 'udp://192.168.1.200:8080']],
    ['sctp://192.168.1.200:8080', ['tcp://192.168.1.200:8080', 'udp://192.168.1.200:8080', 'tcp://192.168.1.200:443']],
    ['tcp://10.0.0.9:80', ['tcp://10.0.0.1:22']],
    ['tcp://172.16.0.1:80', []],
    ['tcp://[2001:db8::2]:8080', ['tcp://[2001:db8::1]:8080']],
    ['fwmark6://8', ['fwmark6://7', 'fwmark://7']],
    ['fwmark://124', ['fwmark://123']],
    ['fwmark://55', []],
  ])('%s → %j', (wanted, expected) =>
    expect(nearestServices(key(wanted), services).map(formatServiceKey)).toEqual(expected),
  )

  test('servers', () => {
    const servers = [at('10.0.0.1', 8080), at('10.0.0.2', 80), at('10.0.0.200', 80), at('10.9.0.1', 443)]
    expect(nearestServers(at('10.0.0.1', 80), servers).map(formatServerKey)).toEqual([
      '10.0.0.1:8080',
      '10.0.0.2:80',
      '10.0.0.200:80',
    ])
    expect(nearestServers(at('10.0.0.1', 80), servers, 1)).toHaveLength(1)
    expect(nearestServers(at('172.16.0.1', 1), servers)).toEqual([])
  })
})
