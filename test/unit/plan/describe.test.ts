import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {plainTunnel} from '../../../src/domain/forwarding.ts'
import {type Server, server} from '../../../src/domain/server.ts'
import {type Service, type ServiceKey, service} from '../../../src/domain/service.ts'
import {parseServiceKey} from '../../../src/domain/service-key.ts'
import {serverChanges, serviceChanges, timeoutChanges} from '../../../src/plan/changes.ts'
import {describeOperation, type Telling} from '../../../src/plan/describe.ts'
import {ipvsadmLine} from '../../../src/plan/ipvsadm-line.ts'
import type {Operation} from '../../../src/plan/operation.ts'

const key = (text: string): ServiceKey => {
  const parsed = parseServiceKey(text)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return parsed.value
}
const web = key('tcp://192.168.1.200:8080')
const virtual = (text: string, settings: Partial<Service> = {}) => service(key(text), settings)
const real = (host: string, port: number, settings: Partial<Server> = {}) =>
  server({address: address(host), port}, settings)

const addService = (text: string, settings: Partial<Service> = {}): Operation => ({
  do: 'add-service',
  service: virtual(text, settings),
})
const addServer = (settings: Partial<Server> = {}): Operation => ({
  do: 'add-server',
  service: web,
  server: real('192.168.1.111', 8080, settings),
})

// The operation, as it is told, as ipvsadm would be told.
describe('every operation in words and as a line', () => {
  test.each<[Operation, string, string | undefined]>([
    [
      addService('tcp://192.168.1.200:8080', {scheduler: 'wrr'}),
      'added tcp://192.168.1.200:8080 (wrr)',
      'ipvsadm -A -t 192.168.1.200:8080 -s wrr',
    ],
    [
      addService('udp://[2001:db8::1]:53', {scheduler: 'rr', onePacket: true}),
      'added udp://[2001:db8::1]:53 (rr, one-packet)',
      'ipvsadm -A -u [2001:db8::1]:53 -s rr -o',
    ],
    [
      addService('sctp://192.168.1.200:3868'),
      'added sctp://192.168.1.200:3868 (wlc)',
      'ipvsadm -A --sctp-service 192.168.1.200:3868 -s wlc',
    ],
    [
      addService('tcp://192.168.1.200:443', {
        scheduler: 'sh',
        schedulerFlags: ['flag-2', 'flag-1'],
        persistence: 300,
        netmask: '255.255.255.0',
      }),
      'added tcp://192.168.1.200:443 (sh, sh-fallback, sh-port, persistent 300 s, /24)',
      'ipvsadm -A -t 192.168.1.200:443 -s sh -p 300 -M 255.255.255.0 -b sh-fallback,sh-port',
    ],
    [
      addService('fwmark6://3000000000', {persistence: 10, netmask: '48'}),
      'added fwmark6://3000000000 (wlc, persistent 10 s, /48)',
      'ipvsadm -A -f 3000000000 -6 -s wlc -p 10 -M 48',
    ],
    [
      addService('udp://192.168.1.200:5060', {persistence: 60, engine: 'sip'}),
      'added udp://192.168.1.200:5060 (wlc, persistent 60 s, engine sip)',
      'ipvsadm -A -u 192.168.1.200:5060 -s wlc -p 60 --pe sip',
    ],
    [
      addService('tcp://192.168.1.200:80', {scheduler: 'rr', schedulerFlags: ['flag-3']}),
      'added tcp://192.168.1.200:80 (rr, flag-3)',
      'ipvsadm -A -t 192.168.1.200:80 -s rr -b flag-3',
    ],
    [addService('protocol-50://192.168.1.200:0'), 'added protocol-50://192.168.1.200:0 (wlc)', undefined],
    [
      {do: 'edit-service', service: virtual('fwmark://7', {scheduler: 'rr'})},
      'changed fwmark://7 to rr',
      'ipvsadm -E -f 7 -s rr',
    ],
    [{do: 'delete-service', service: web}, 'deleted tcp://192.168.1.200:8080', 'ipvsadm -D -t 192.168.1.200:8080'],
    [
      addServer({weight: 3}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (gatewaying, weight 3)',
      'ipvsadm -a -t 192.168.1.200:8080 -r 192.168.1.111:8080 -g -w 3',
    ],
    [
      addServer({forwarding: 'masquerading', weight: 0}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (masquerading, quiesced)',
      'ipvsadm -a -t 192.168.1.200:8080 -r 192.168.1.111:8080 -m -w 0',
    ],
    [
      addServer({upperThreshold: 1000, lowerThreshold: 500}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (gatewaying, weight 1, at most 1000 connections (again below 500))',
      'ipvsadm -a -t 192.168.1.200:8080 -r 192.168.1.111:8080 -g -w 1 -x 1000 -y 500',
    ],
    [
      addServer({forwarding: 'tunneling'}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (tunneling, weight 1)',
      'ipvsadm -a -t 192.168.1.200:8080 -r 192.168.1.111:8080 -i -w 1',
    ],
    [
      addServer({forwarding: 'tunneling', tunnel: {type: 'gue', port: 6080, checksum: 'remote'}}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (tunneling gue:6080:remcsum, weight 1)',
      'ipvsadm -a -t 192.168.1.200:8080 -r 192.168.1.111:8080 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
    ],
    [
      addServer({forwarding: 'tunneling', tunnel: {type: 'gre', port: 0, checksum: 'full'}}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (tunneling gre:csum, weight 1)',
      'ipvsadm -a -t 192.168.1.200:8080 -r 192.168.1.111:8080 -i -w 1 --tun-type gre --tun-csum',
    ],
    [
      addServer({forwarding: 'method-5'}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (method-5, weight 1)',
      undefined,
    ],
    [
      addServer({forwarding: 'local'}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (local, weight 1)',
      undefined,
    ],
    [
      addServer({forwarding: 'tunneling', tunnel: {...plainTunnel, type: 'type-9'}}),
      'added 192.168.1.111:8080 to tcp://192.168.1.200:8080 (tunneling type-9, weight 1)',
      undefined,
    ],
    [
      {do: 'edit-server', service: key('tcp://[2001:db8::1]:80'), server: real('2001:db8::9', 80, {weight: 2})},
      'changed [2001:db8::9]:80 in tcp://[2001:db8::1]:80 to gatewaying, weight 2',
      'ipvsadm -e -t [2001:db8::1]:80 -r [2001:db8::9]:80 -g -w 2',
    ],
    [
      {do: 'delete-server', service: web, server: {address: address('192.168.1.111'), port: 8080}},
      'deleted 192.168.1.111:8080 from tcp://192.168.1.200:8080',
      'ipvsadm -d -t 192.168.1.200:8080 -r 192.168.1.111:8080',
    ],
    [{do: 'zero'}, 'zeroed the counters of all services', 'ipvsadm -Z'],
    [{do: 'zero', service: key('fwmark://7')}, 'zeroed the counters of fwmark://7', 'ipvsadm -Z -f 7'],
    [{do: 'flush'}, 'deleted all services and their servers', 'ipvsadm -C'],
    [
      {do: 'set-timeouts', timeouts: {tcp: 900, tcpFin: 120, udp: 300}},
      'set timeouts: tcp 900 s, tcp fin 120 s, udp 300 s',
      'ipvsadm --set 900 120 300',
    ],
    [{do: 'set-timeouts', timeouts: {tcpFin: 33}}, 'set timeouts: tcp fin 33 s', 'ipvsadm --set 0 33 0'],
    [
      {do: 'start-daemon', daemon: {role: 'master', interface: 'eth0', syncId: 0}},
      'started the master sync daemon on eth0 (sync id 0)',
      'ipvsadm --start-daemon master --mcast-interface eth0 --syncid 0',
    ],
    [
      {
        do: 'start-daemon',
        daemon: {
          role: 'backup',
          interface: 'eth1',
          syncId: 7,
          maxLength: 1400,
          group: address('224.0.1.1'),
          port: 8000,
          ttl: 2,
        },
      },
      'started the backup sync daemon on eth1 (sync id 7, group 224.0.1.1, port 8000, ttl 2, messages of 1400 bytes)',
      'ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 7 --sync-maxlen 1400 --mcast-group 224.0.1.1 --mcast-port 8000 --mcast-ttl 2',
    ],
    [{do: 'stop-daemon', role: 'master'}, 'stopped the master sync daemon', 'ipvsadm --stop-daemon master'],
  ])('%j', (operation, sentence, line) => {
    expect(describeOperation(operation)).toBe(sentence)
    expect(ipvsadmLine(operation)).toBe(line)
  })
})

describe('edits tell what changes', () => {
  const serverEdit = (before: Partial<Server>, after: Partial<Server>, telling: Telling = {}): string => {
    const [was, is] = [real('192.168.1.111', 8080, before), real('192.168.1.111', 8080, after)]
    return describeOperation(
      {do: 'edit-server', service: web, server: is},
      {...telling, changes: serverChanges(was, is)},
    )
  }
  const serviceEdit = (before: Partial<Service>, after: Partial<Service>): string => {
    const [was, is] = [service(web, before), service(web, after)]
    return describeOperation({do: 'edit-service', service: is}, {changes: serviceChanges(was, is)})
  }
  const inWeb = 'changed 192.168.1.111:8080 in tcp://192.168.1.200:8080: '

  test.each<[Partial<Server>, Partial<Server>, string]>([
    [{weight: 3}, {weight: 0}, `${inWeb}weight 3 → 0 (quiesced: new clients go elsewhere)`],
    [{weight: 0}, {weight: 3}, `${inWeb}weight 0 → 3 (takes new clients again)`],
    [{weight: 3}, {weight: 2, forwarding: 'masquerading'}, `${inWeb}method gatewaying → masquerading, weight 3 → 2`],
    [{}, {upperThreshold: 900}, `${inWeb}upper threshold none → 900 connections`],
    [
      {upperThreshold: 900, lowerThreshold: 5},
      {upperThreshold: 800},
      `${inWeb}upper threshold 900 → 800 connections, lower threshold 5 connections → none`,
    ],
    [
      {forwarding: 'tunneling'},
      {forwarding: 'tunneling', tunnel: {type: 'gue', port: 6080, checksum: 'none'}},
      `${inWeb}tunnel ipip → gue:6080`,
    ],
    [{}, {}, 'left 192.168.1.111:8080 in tcp://192.168.1.200:8080 as it is'],
  ])('%j → %j', (before, after, sentence) => expect(serverEdit(before, after)).toBe(sentence))

  test.each<[Partial<Service>, Partial<Service>, string]>([
    [{scheduler: 'wrr'}, {}, 'scheduler wrr → wlc'],
    [{persistence: 300}, {persistence: 600}, 'persistent 300 → 600 s'],
    [{}, {persistence: 300}, 'persistent off → 300 s'],
    [{persistence: 300}, {}, 'persistent 300 s → off'],
    [{persistence: 300}, {persistence: 300, netmask: '255.255.255.0'}, 'mask /32 → /24'],
    [{persistence: 300, engine: 'sip'}, {persistence: 300}, 'persistence engine sip → none'],
    [{}, {onePacket: true}, 'one-packet off → on'],
    [{scheduler: 'sh'}, {scheduler: 'sh', schedulerFlags: ['flag-2']}, 'scheduler flags none → sh-port'],
  ])('%j → %j', (before, after, words) =>
    expect(serviceEdit(before, after)).toBe(`changed tcp://192.168.1.200:8080: ${words}`),
  )

  test('timeouts', () =>
    expect(
      describeOperation(
        {do: 'set-timeouts', timeouts: {tcp: 1000}},
        {changes: timeoutChanges({tcp: 900, tcpFin: 120, udp: 300}, {tcp: 1000, tcpFin: 120, udp: 300})},
      ),
    ).toBe('changed timeouts: tcp 900 → 1000 s'))

  test('for programs: property, from, to', () => {
    const [was, is] = [service(web, {persistence: 300}), service(web, {scheduler: 'sh', schedulerFlags: ['flag-1']})]
    expect(serviceChanges(was, is).map(({property, from, to}) => [property, from, to])).toEqual([
      ['scheduler', 'wlc', 'sh'],
      ['schedulerFlags', null, 'sh-fallback'],
      ['persistence', 300, null],
    ])
  })

  test('two different things are not compared', () => {
    expect(() => serverChanges(real('10.0.0.1', 1), real('10.0.0.1', 2))).toThrow(TypeError)
    expect(() => serviceChanges(virtual('fwmark://1'), virtual('fwmark://2'))).toThrow(TypeError)
  })
})

test.each<[Operation, Telling, string]>([
  [addService('fwmark://7'), {tense: 'planned'}, 'would add fwmark://7 (wlc)'],
  [
    {do: 'delete-service', service: web},
    {tense: 'planned', servers: 3},
    'would delete tcp://192.168.1.200:8080 and its 3 servers',
  ],
  [{do: 'delete-service', service: web}, {servers: 1}, 'deleted tcp://192.168.1.200:8080 and its server'],
  [{do: 'delete-service', service: web}, {servers: 0}, 'deleted tcp://192.168.1.200:8080'],
  [
    {do: 'edit-service', service: service(web)},
    {tense: 'planned', changes: []},
    'would leave tcp://192.168.1.200:8080 as it is',
  ],
  [{do: 'flush'}, {tense: 'planned'}, 'would delete all services and their servers'],
])('%j %j', (operation, telling, sentence) => expect(describeOperation(operation, telling)).toBe(sentence))
