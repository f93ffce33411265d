import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {plainTunnel} from '../../../src/domain/forwarding.ts'
import {type Server, server} from '../../../src/domain/server.ts'
import {type Service, service} from '../../../src/domain/service.ts'
import {describeServer, describeService, maskWord} from '../../../src/domain/settings-words.ts'

test.each<[Partial<Service>, string]>([
  [{}, 'wlc'],
  [{scheduler: 'wrr'}, 'wrr'],
  [{persistence: 300, netmask: '255.255.255.0'}, 'wlc, persistent 300 s, /24'],
  [{scheduler: 'sh', schedulerFlags: ['flag-2', 'flag-1']}, 'sh, sh-fallback, sh-port'],
  [{scheduler: 'rr', onePacket: true}, 'rr, one-packet'],
  [{persistence: 60, engine: 'sip'}, 'wlc, persistent 60 s, engine sip'],
])('service %j: %s', (settings, words) =>
  expect(describeService(service({kind: 'fwmark', mark: 1, family: 'ipv4'}, settings))).toBe(words),
)

test.each<[Partial<Server>, string]>([
  [{weight: 3}, 'gatewaying, weight 3'],
  [{forwarding: 'masquerading', weight: 0}, 'masquerading, quiesced'],
  [{upperThreshold: 1000}, 'gatewaying, weight 1, at most 1000 connections'],
  [{upperThreshold: 1000, lowerThreshold: 500}, 'gatewaying, weight 1, at most 1000 connections (again below 500)'],
  [{forwarding: 'tunneling'}, 'tunneling, weight 1'],
  [
    {forwarding: 'tunneling', tunnel: {type: 'gue', port: 6080, checksum: 'remote'}},
    'tunneling gue:6080:remcsum, weight 1',
  ],
  [{forwarding: 'tunneling', tunnel: {...plainTunnel, type: 'gre', checksum: 'full'}}, 'tunneling gre:csum, weight 1'],
  [
    {forwarding: 'tunneling', tunnel: {type: 'type-9', port: 1, checksum: 'flags-3'}},
    'tunneling type-9:1:flags-3, weight 1',
  ],
])('server %j: %s', (settings, words) =>
  expect(describeServer(server({address: address('10.0.0.1'), port: 80}, settings))).toBe(words),
)

test.each([
  ['255.255.255.0', '/24'],
  ['64', '/64'],
  ['255.0.255.0', 'mask 255.0.255.0'],
])('mask %s: %s', (mask, word) => expect(maskWord(mask)).toBe(word))
