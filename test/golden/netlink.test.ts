// What the real `ip` sends, and what a real kernel answers it: we read the same out of it, and send the same.

import {describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {errnoName} from '../../src/netlink/errors.ts'
import {decodeAck, messageFlags, messageTypes, reasonOf} from '../../src/netlink/message.ts'
import * as route from '../../src/netlink/route.ts'
import {decodeBody, encodeBody, type Layout, routeTypes} from '../../src/netlink/route-message.ts'
import {goldenNames, readGolden, receivedMessages, sentMessages} from '../support/golden-netlink.ts'

const {create, exclusive, request, ack} = messageFlags
const lo = 1
const eth0 = 4
const br0 = 5
const ipv4 = {link: lo, address: address('192.168.1.200'), prefixLength: 32, scope: 'global'} as const
const ipv6 = {link: lo, address: address('2001:db8::200'), prefixLength: 128, scope: 'global'} as const

const add = [routeTypes.newAddress, request | ack | create | exclusive] as const
const remove = [routeTypes.delAddress, request | ack] as const
const addRoute = [routeTypes.newRoute, request | ack | create | exclusive] as const
const removeRoute = [routeTypes.delRoute, request | ack] as const
const setLink = [routeTypes.newLink, request | ack] as const

/** What we send for the same purpose. */
const requests: readonly (readonly [golden: string, type: number, flags: number, payload: Uint8Array])[] = [
  ['ip-addr-add', ...add, route.encodeAddress(ipv4)],
  ['ip-addr-add-again', ...add, route.encodeAddress(ipv4)],
  [
    'ip-addr-add-label',
    ...add,
    route.encodeAddress({...ipv4, address: address('192.168.1.201'), scope: 'host', label: 'lo:0'}),
  ],
  [
    'ip-addr-add-broadcast',
    ...add,
    route.encodeAddress({
      link: eth0,
      address: address('192.168.1.10'),
      prefixLength: 24,
      scope: 'global',
      broadcast: address('192.168.1.255'),
    }),
  ],
  [
    'ip-addr-add-peer',
    ...add,
    route.encodeAddress({
      link: eth0,
      address: address('10.7.0.1'),
      peer: address('10.7.0.2'),
      prefixLength: 32,
      scope: 'global',
    }),
  ],
  ['ip-addr-add-v6', ...add, route.encodeAddress({...ipv6, noDad: true})],
  [
    'ip-addr-add-v6-deprecated',
    ...add,
    route.encodeAddress({...ipv6, address: address('2001:db8::201'), noDad: true, noPrefixRoute: true, preferred: 0}),
  ],
  ['ip-addr-del', ...remove, route.encodeAddress(ipv4)],
  ['ip-addr-del-again', ...remove, route.encodeAddress(ipv4)],
  ['ip-addr-del-v6', ...remove, route.encodeAddress(ipv6)],
  ['ip-link-set-up', ...setLink, route.encodeLinkState(eth0, true)],
  ['ip-link-set-down', ...setLink, route.encodeLinkState(br0, false)],
  [
    'ip-route-add',
    ...addRoute,
    route.encodeRoute({
      destination: address('10.9.0.1'),
      prefixLength: 32,
      gateway: address('192.168.1.1'),
      link: eth0,
      protocol: 'boot',
    }),
  ],
  [
    'ip-route-add-metrics',
    ...addRoute,
    route.encodeRoute({
      destination: address('10.9.0.2'),
      prefixLength: 32,
      link: eth0,
      source: address('192.168.1.10'),
      priority: 50,
      metrics: {mtu: 1480, advertisedMss: 1400},
      protocol: 'boot',
    }),
  ],
  [
    'ip-route-add-local',
    ...addRoute,
    route.encodeRoute({
      type: 'local',
      destination: address('10.9.1.0'),
      prefixLength: 24,
      link: lo,
      table: 100,
      protocol: 'boot',
    }),
  ],
  [
    'ip-route-add-table',
    ...addRoute,
    route.encodeRoute({
      family: 'ipv4',
      prefixLength: 0,
      gateway: address('192.168.1.1'),
      link: eth0,
      table: 1000,
      protocol: 'boot',
    }),
  ],
  [
    'ip-route-add-v6',
    ...addRoute,
    route.encodeRoute({destination: address('2001:db8:9::1'), prefixLength: 128, link: eth0, protocol: 'boot'}),
  ],
  [
    'ip-route-add-unreachable',
    ...addRoute,
    route.encodeRoute({
      destination: address('10.9.0.3'),
      prefixLength: 32,
      gateway: address('203.0.113.1'),
      protocol: 'boot',
    }),
  ],
  [
    'ip-route-del',
    ...removeRoute,
    route.encodeRouteRemoval({
      destination: address('10.9.0.1'),
      prefixLength: 32,
      gateway: address('192.168.1.1'),
      link: eth0,
    }),
  ],
  [
    'ip-neigh-add',
    routeTypes.newNeighbour,
    request | ack | create | exclusive,
    encodeBody(
      route.neighbourLayout,
      {family: 2, index: eth0, state: 0x80},
      {address: address('192.168.1.7'), hardwareAddress: '52:54:00:12:34:56'},
    ),
  ],
]

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('we send what ip sends', () => {
  test.each(requests)('%s', (name, type, flags, payload) => {
    const golden = readGolden(name)
    const sent = sentMessages(golden).filter((message) => message.type === type)
    expect(sent.map((message) => [message.flags, hex(message.payload)])).toContainEqual([flags, hex(payload)])
  })
})

describe('whatever ip sends, we write again as it was', () => {
  const layouts: readonly (readonly [low: number, high: number, Layout])[] = [
    [routeTypes.newLink, routeTypes.setLink, route.linkLayout],
    [routeTypes.newAddress, routeTypes.getAddress, route.addressLayout],
    [routeTypes.newRoute, routeTypes.getRoute, route.routeLayout],
    [routeTypes.newNeighbour, routeTypes.getNeighbour, route.neighbourLayout],
  ]
  test.each(goldenNames('ip-'))('%s', (name) => {
    const messages = sentMessages(readGolden(name))
    expect(messages.length).toBeGreaterThan(0)
    for (const {type, payload} of messages) {
      const layout = layouts.find(([low, high]) => type >= low && type <= high)?.[2] as Layout
      const {header, attributes} = decodeBody(layout, payload)
      expect(attributes.unknown).toBeUndefined()
      expect(hex(encodeBody(layout, header, attributes))).toBe(hex(payload))
    }
  })
})

const answers = <Decoded>(name: string, type: number, decode: (payload: Uint8Array) => Decoded): Decoded[] =>
  receivedMessages(readGolden(name))
    .filter((message) => message.type === type)
    .map(({payload}) => decode(payload))

test('links', () => {
  const port = {up: true, running: true, loopback: false, noArp: false, pointToPoint: false, mtu: 1500}
  expect(answers('ip-link-show', routeTypes.newLink, route.decodeLink)).toEqual([
    {
      ...port,
      index: 1,
      name: 'lo',
      loopback: true,
      mtu: 65536,
      operationalState: 'unknown',
      mac: '00:00:00:00:00:00',
    },
    {...port, index: 2, name: 'nlmon0', noArp: true, mtu: 3776, operationalState: 'unknown', kind: 'nlmon'},
    {
      ...port,
      index: 3,
      name: 'eth1',
      operationalState: 'up',
      mac: '52:54:00:00:00:02',
      kind: 'veth',
      master: 5,
    },
    {...port, index: 4, name: 'eth0', operationalState: 'up', mac: '52:54:00:00:00:01', kind: 'veth'},
    {
      ...port,
      index: 5,
      name: 'br0',
      up: false,
      running: false,
      operationalState: 'down',
      mac: '52:54:00:00:00:03',
      kind: 'bridge',
    },
  ])
})

test('addresses', () => {
  const usual = {scope: 'global', preferred: 'forever', valid: 'forever', permanent: true}
  expect(answers('ip-addr-show', routeTypes.newAddress, route.decodeAddress)).toEqual([
    {...usual, link: lo, address: '127.0.0.1', prefixLength: 8, scope: 'host', label: 'lo'},
    {...usual, link: lo, address: '192.168.1.201', prefixLength: 32, scope: 'host', label: 'lo:0'},
    {...usual, link: lo, address: '192.168.1.200', prefixLength: 32, label: 'lo'},
    {...usual, link: eth0, address: '192.168.1.10', prefixLength: 24, label: 'eth0', broadcast: '192.168.1.255'},
    {...usual, link: eth0, address: '10.7.0.1', peer: '10.7.0.2', prefixLength: 32, label: 'eth0'},
    {
      ...usual,
      link: lo,
      address: '2001:db8::201',
      prefixLength: 128,
      preferred: 0,
      deprecated: true,
      noDad: true,
      noPrefixRoute: true,
    },
    {...usual, link: lo, address: '2001:db8::200', prefixLength: 128, noDad: true},
    {...usual, link: lo, address: '::1', prefixLength: 128, scope: 'host'},
    {...usual, link: 3, address: 'fe80::5054:ff:fe00:2', prefixLength: 64, scope: 'link'},
    {...usual, link: eth0, address: 'fe80::5054:ff:fe00:1', prefixLength: 64, scope: 'link'},
  ])
})

test('routes', () => {
  const all = answers('ip-route-show', routeTypes.newRoute, route.decodeRoute)
  expect(all).toHaveLength(25)
  expect(all.filter(({protocol}) => protocol === 'boot')).toEqual([
    {
      family: 'ipv4',
      destination: '10.9.1.0',
      prefixLength: 24,
      table: 100,
      type: 'local',
      scope: 'host',
      protocol: 'boot',
      link: lo,
    },
    {
      family: 'ipv4',
      prefixLength: 0,
      table: 1000,
      type: 'unicast',
      scope: 'universe',
      protocol: 'boot',
      gateway: '192.168.1.1',
      link: eth0,
    },
    {
      family: 'ipv4',
      destination: '10.9.0.1',
      prefixLength: 32,
      table: 254,
      type: 'unicast',
      scope: 'universe',
      protocol: 'boot',
      gateway: '192.168.1.1',
      link: eth0,
    },
    {
      family: 'ipv4',
      destination: '10.9.0.2',
      prefixLength: 32,
      table: 254,
      type: 'unicast',
      scope: 'link',
      protocol: 'boot',
      link: eth0,
      source: '192.168.1.10',
      priority: 50,
      metrics: {mtu: 1480, advertisedMss: 1400},
    },
    {
      family: 'ipv6',
      destination: '2001:db8:9::1',
      prefixLength: 128,
      table: 254,
      type: 'unicast',
      scope: 'universe',
      protocol: 'boot',
      link: eth0,
      priority: 1024,
    },
  ])
})

test('neighbours', () => {
  const all = answers('ip-neigh-show', routeTypes.newNeighbour, route.decodeNeighbour)
  expect(all).toContainEqual({link: eth0, address: '192.168.1.7', state: 'permanent', mac: '52:54:00:12:34:56'})
  expect(all).toContainEqual({link: eth0, address: 'ff02::2', state: 'noarp', mac: '33:33:00:00:00:02'})
})

describe('acks', () => {
  test.each([
    ['ip-addr-add', undefined, undefined],
    ['ip-addr-add-again', 'EEXIST', undefined],
    ['ip-addr-del-again', 'EADDRNOTAVAIL', undefined],
    ['ip-route-add-unreachable', 'ENETUNREACH', 'Nexthop has invalid gateway'],
  ])('%s: %s', (name, errno, reason) => {
    const last = receivedMessages(readGolden(name)).findLast(({type}) => type === messageTypes.error)
    const answer = decodeAck(last as NonNullable<typeof last>)
    expect(answer.error === 0 ? undefined : errnoName(answer.error)).toBe(errno)
    expect(reasonOf(answer)).toBe(reason)
  })
})
