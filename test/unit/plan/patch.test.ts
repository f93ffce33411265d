import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {plainTunnel} from '../../../src/domain/forwarding.ts'
import {type Server, server} from '../../../src/domain/server.ts'
import {type Service, service} from '../../../src/domain/service.ts'
import {validateServer} from '../../../src/domain/validate.ts'
import {type GivenServer, type GivenService, patchServer, patchService} from '../../../src/plan/patch.ts'

const texts = ({changes}: {changes: readonly {text: string}[]}) => changes.map(({text}) => text)

describe('services', () => {
  const web = {kind: 'address', protocol: 'udp', address: address('192.0.2.10'), port: 80} as const

  test('ipvsadm -E -p 200 would reset the rest; here it stays', () => {
    const current = service(web, {
      scheduler: 'sh',
      schedulerFlags: ['flag-2'],
      persistence: 300,
      netmask: '255.255.255.0',
      engine: 'sip',
      onePacket: true,
    })
    const {after, changes} = patchService(current, {persistence: 200})
    expect(after).toEqual({...current, persistence: 200})
    expect(changes).toEqual([{property: 'persistence', from: 300, to: 200, text: 'persistent 300 → 200 s'}])
  })

  test.each<[Partial<Service>, GivenService, Partial<Service>, readonly string[]]>([
    [{}, {}, {}, []],
    [{scheduler: 'rr'}, {scheduler: 'rr', persistence: undefined}, {scheduler: 'rr'}, []],
    [{}, {scheduler: 'wrr'}, {scheduler: 'wrr'}, ['scheduler wlc → wrr']],
    [
      {scheduler: 'sh', schedulerFlags: ['flag-1', 'flag-2']},
      {scheduler: 'wrr'},
      {scheduler: 'wrr'},
      ['scheduler sh → wrr', 'scheduler flags sh-fallback,sh-port → none (wrr has no such flags)'],
    ],
    [
      {scheduler: 'sh', schedulerFlags: ['flag-1', 'flag-3']},
      {scheduler: 'mh'},
      {scheduler: 'mh', schedulerFlags: ['flag-1']},
      ['scheduler sh → mh', 'scheduler flags sh-fallback,flag-3 → mh-fallback (mh has no such flags)'],
    ],
    [
      {scheduler: 'sh', schedulerFlags: ['flag-1']},
      {scheduler: 'rr', schedulerFlags: ['flag-2']},
      {scheduler: 'rr', schedulerFlags: ['flag-2']},
      ['scheduler sh → rr', 'scheduler flags sh-fallback → flag-2'],
    ],
    [
      {scheduler: 'sh', schedulerFlags: ['flag-1']},
      {scheduler: 'home-made'},
      {scheduler: 'home-made', schedulerFlags: ['flag-1']},
      ['scheduler sh → home-made'],
    ],
    [{schedulerFlags: ['flag-1']}, {schedulerFlags: []}, {}, ['scheduler flags flag-1 → none']],
    [{}, {persistence: 300}, {persistence: 300}, ['persistent off → 300 s']],
    [{persistence: 300}, {persistence: null}, {}, ['persistent 300 s → off']],
    [{}, {persistence: null}, {}, []],
    [
      {persistence: 300, netmask: '255.255.255.0', engine: 'sip'},
      {persistence: null},
      {},
      [
        'persistent 300 s → off',
        'mask /24 → /32 (means nothing without persistence)',
        'persistence engine sip → none (means nothing without persistence)',
      ],
    ],
    [
      {persistence: 300, netmask: '255.255.255.0'},
      {persistence: null, netmask: '255.255.0.0'},
      {netmask: '255.255.0.0'},
      ['persistent 300 s → off', 'mask /24 → /16'],
    ],
    [{persistence: 300, netmask: '255.255.255.0'}, {netmask: null}, {persistence: 300}, ['mask /24 → /32']],
    [{persistence: 300, engine: 'sip'}, {engine: null}, {persistence: 300}, ['persistence engine sip → none']],
    [{persistence: 300}, {engine: 'sip'}, {persistence: 300, engine: 'sip'}, ['persistence engine none → sip']],
    [{onePacket: true}, {onePacket: false}, {}, ['one-packet on → off']],
  ])('%j with %j', (before, given, expected, changes) => {
    const patched = patchService(service(web, before), given)
    expect(patched.after).toStrictEqual(service(web, expected))
    expect(texts(patched)).toEqual(changes)
  })

  test('the full mask of IPv6', () => {
    const current = service({kind: 'fwmark', mark: 1, family: 'ipv6'}, {persistence: 300, netmask: '64'})
    expect(patchService(current, {persistence: null}).after.netmask).toBe('128')
  })
})

describe('servers', () => {
  const key = {address: address('10.0.0.1'), port: 80}

  test('ipvsadm -e -w 0 would make Masq into Route and clear the thresholds; here they stay', () => {
    const current = server(key, {forwarding: 'masquerading', weight: 3, upperThreshold: 100, lowerThreshold: 50})
    const {after, changes} = patchServer(current, {weight: 0})
    expect(after).toEqual({...current, weight: 0})
    expect(changes).toEqual([
      {property: 'weight', from: 3, to: 0, text: 'weight 3 → 0 (quiesced: new clients go elsewhere)'},
    ])
  })

  const gue = {type: 'gue', port: 6080, checksum: 'remote'} as const
  test.each<[Partial<Server>, GivenServer, Partial<Server>, readonly string[]]>([
    [{}, {}, {}, []],
    [{weight: 3}, {weight: 3, tunnel: {}}, {weight: 3}, []],
    [{}, {forwarding: 'masquerading'}, {forwarding: 'masquerading'}, ['method gatewaying → masquerading']],
    [
      {forwarding: 'tunneling', tunnel: gue},
      {forwarding: 'gatewaying'},
      {},
      ['method tunneling → gatewaying', 'tunnel gue:6080:remcsum → ipip (gatewaying has none)'],
    ],
    [
      {forwarding: 'tunneling', tunnel: gue},
      {tunnel: {port: 7000}},
      {forwarding: 'tunneling', tunnel: {...gue, port: 7000}},
      ['tunnel gue:6080:remcsum → gue:7000:remcsum'],
    ],
    [
      {forwarding: 'tunneling', tunnel: gue},
      {tunnel: {type: 'gre'}},
      {forwarding: 'tunneling', tunnel: {type: 'gre', port: 0, checksum: 'none'}},
      ['tunnel gue:6080:remcsum → gre'],
    ],
    [
      {forwarding: 'tunneling', tunnel: {...gue, checksum: 'full'}},
      {tunnel: {type: 'gre'}},
      {forwarding: 'tunneling', tunnel: {type: 'gre', port: 0, checksum: 'full'}},
      ['tunnel gue:6080:csum → gre:csum'],
    ],
    [
      {upperThreshold: 100, lowerThreshold: 50},
      {upperThreshold: 0},
      {},
      [
        'upper threshold 100 connections → none',
        'lower threshold 50 connections → none (means nothing without an upper one)',
      ],
    ],
    [
      {upperThreshold: 100},
      {lowerThreshold: 50},
      {upperThreshold: 100, lowerThreshold: 50},
      ['lower threshold none → 50 connections'],
    ],
  ])('%j with %j', (before, given, expected, changes) => {
    const patched = patchServer(server(key, before), given)
    expect(patched.after).toStrictEqual(server(key, expected))
    expect(texts(patched)).toEqual(changes)
  })

  test('what was given and cannot be is kept for validation to say', () => {
    const current = server(key, {forwarding: 'tunneling', tunnel: gue})
    const {after} = patchServer(current, {tunnel: {type: 'ipip', port: 7000}})
    expect(after.tunnel).toEqual({...plainTunnel, port: 7000})
    const web = service({kind: 'fwmark', mark: 1, family: 'ipv4'})
    expect(validateServer(web, after, {current}).map(({code}) => code)).toEqual(['tunnel-port-unexpected'])
  })
})
