// The functions over a scripted kernel. Bytes are compared with those of ip(8) in test/golden, and what a real kernel does
// with them in kernel.test.ts.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {Connection} from '../../../src/netlink/connection.ts'
import {DecodeError} from '../../../src/netlink/fields.ts'
import {messageFlags} from '../../../src/netlink/message.ts'
import * as route from '../../../src/netlink/route.ts'
import {decodeBody, encodeBody, routeTypes} from '../../../src/netlink/route-message.ts'
import {bitWords, words} from '../../../src/netlink/words.ts'
import {FakeKernel, type Reply} from '../../support/fake-kernel.ts'

const answering = (...replies: Reply[]) => {
  const kernel = new FakeKernel((_request, index) => replies[index] ?? {})
  return {kernel, connection: new Connection(kernel, {now: kernel.now})}
}
const data = (type: number, ...payloads: Uint8Array[]): Reply => ({data: payloads.map((payload) => ({type, payload}))})
const vip = {link: 1, address: address('192.168.1.200'), prefixLength: 32, scope: 'host'} as const

describe('links', () => {
  const link = (index: number, name: string) => encodeBody(route.linkLayout, {index, flags: 0x1}, {name, mtu: 1500})

  test('are sorted, and other messages passed by', () => {
    const {connection} = answering({
      data: [
        {type: routeTypes.newLink, payload: link(3, 'eth1')},
        {type: routeTypes.delLink, payload: link(9, 'gone')},
        {type: routeTypes.newLink, payload: link(1, 'lo')},
      ],
    })
    expect(route.links(connection).map(({name}) => name)).toEqual(['lo', 'eth1'])
  })

  test('one by its name', () => {
    const {kernel, connection} = answering(data(routeTypes.newLink, link(3, 'eth1')))
    expect(route.linkByName(connection, 'eth1')).toMatchObject({index: 3, name: 'eth1', up: true})
    expect(decodeBody(route.linkLayout, kernel.requests[0]?.payload as Uint8Array).attributes.name).toBe('eth1')
  })

  test('none of a name', () => {
    expect(route.linkByName(answering({errno: 'ENODEV'}).connection, 'nope')).toBeUndefined()
  })

  test.each(['', 'a-name-of-sixteen', 'ünïcödé-nämé'])('"%s" cannot be a name, and is not asked for', (name) => {
    const {kernel, connection} = answering({errno: 'ERANGE'})
    expect(route.linkByName(connection, name)).toBeUndefined()
    expect(kernel.requests).toEqual([])
  })

  test('other failures are failures', () => {
    expect(() => route.linkByName(answering({errno: 'EPERM'}).connection, 'eth0')).toThrow('EPERM')
  })

  test('up and down change that flag alone', () => {
    const {kernel, connection} = answering()
    route.setLinkUp(connection, 7)
    route.setLinkDown(connection, 7)
    const changes = kernel.requests.map(({payload}) => decodeBody(route.linkLayout, payload).header)
    expect(changes).toMatchObject([
      {index: 7, flags: 1, change: 1},
      {index: 7, flags: 0, change: 1},
    ])
  })

  test('a link without a name is no link', () => {
    expect(() => route.decodeLink(encodeBody(route.linkLayout, {index: 1}))).toThrow(
      new DecodeError('link.name is missing'),
    )
  })
})

describe('addresses', () => {
  test('are added as new, and removed', () => {
    const {kernel, connection} = answering()
    route.addAddress(connection, vip)
    route.removeAddress(connection, vip)
    const {request, ack, create, exclusive} = messageFlags
    expect(kernel.requests.map(({type, flags}) => [type, flags])).toEqual([
      [routeTypes.newAddress, request | ack | create | exclusive],
      [routeTypes.delAddress, request | ack],
    ])
  })

  test.each<route.LinkAddress>([
    vip,
    {...vip, label: 'lo:0', broadcast: address('192.168.1.255')},
    {...vip, peer: address('192.168.1.201')},
    {...vip, scope: 77},
    {...vip, preferred: 60, valid: 120},
    {link: 2, address: address('2001:db8::1'), prefixLength: 128, scope: 'global', noDad: true},
    {link: 2, address: address('2001:db8::1'), prefixLength: 64, scope: 'global', preferred: 0, valid: 'forever'},
    {link: 2, address: address('2001:db8::1'), prefixLength: 64, scope: 'site', noDad: true, noPrefixRoute: true},
  ])('%o means the same to the kernel', (given) => {
    expect(route.decodeAddress(route.encodeAddress(given))).toEqual(given)
  })

  test('of families other than IP are passed by', () => {
    // MCTP addresses have one byte.
    const mctp = encodeBody(
      route.addressLayout,
      {family: 45, index: 1},
      {unknown: [{type: 1, bytes: new Uint8Array([9])}]},
    )
    const {connection} = answering(data(routeTypes.newAddress, mctp, route.encodeAddress(vip)))
    expect(route.addresses(connection)).toEqual([vip])
  })

  test('what the kernel says of an address is not asked of it', () => {
    const listed: route.ListedAddress = {...vip, permanent: true, deprecated: true, secondary: true, tentative: true}
    expect(route.encodeAddress(listed)).toEqual(route.encodeAddress(vip))
  })
})

describe('routes', () => {
  const host = {destination: address('10.0.0.1'), prefixLength: 32, link: 2} as const

  test.each<[string, route.NewRoute, Partial<route.Route>]>([
    ['to a neighbour', host, {scope: 'link', type: 'unicast', table: 254, protocol: 'static'}],
    ['through a gateway', {...host, gateway: address('10.1.0.1')}, {scope: 'universe'}],
    ['to this host', {...host, type: 'local'}, {scope: 'host'}],
    ['to nowhere', {...host, type: 'blackhole'}, {scope: 'universe', type: 'blackhole'}],
    ['of IPv6', {...host, destination: address('2001:db8::1'), prefixLength: 128}, {scope: 'universe', family: 'ipv6'}],
    ['by default', {family: 'ipv4', prefixLength: 0, link: 2}, {prefixLength: 0, scope: 'link'}],
    ['of a big table', {...host, table: 70_000}, {table: 70_000}],
    ['with metrics', {...host, metrics: {advertisedMss: 1400}}, {metrics: {advertisedMss: 1400}}],
  ])('%s', (_what, given, expected) => {
    expect(route.decodeRoute(route.encodeRoute(given))).toMatchObject(expected)
  })

  test('are added as new; removed by what is known of them', () => {
    const {kernel, connection} = answering()
    route.addRoute(connection, host)
    route.removeRoute(connection, host)
    route.removeRoute(connection, {...host, protocol: 'static', type: 'unicast', scope: 'link'})
    const headers = kernel.requests.map(({payload}) => decodeBody(route.routeLayout, payload).header)
    expect(headers).toMatchObject([
      {protocol: 4, scope: 253, type: 1},
      {protocol: 0, scope: 255, type: 0},
      {protocol: 4, scope: 253, type: 1},
    ])
  })

  test('of the cache and of other families are passed by', () => {
    const cached = encodeBody(route.routeLayout, {family: 10, flags: 0x200}, {link: 2})
    const mpls = encodeBody(route.routeLayout, {family: 28}, {unknown: [{type: 1, bytes: new Uint8Array(3)}]})
    const {connection} = answering(data(routeTypes.newRoute, mpls, cached, route.encodeRoute(host)))
    expect(route.routes(connection).map(({destination}) => destination)).toEqual(['10.0.0.1'])
  })

  test('one of another family is not taken for IP', () => {
    expect(() => route.decodeRoute(encodeBody(route.routeLayout, {family: 28}))).toThrow('rtmsg: family 28 is not IP')
  })
})

test('neighbours of both families', () => {
  const neighbour = (family: number, text: string, state: number, mac?: string) =>
    encodeBody(
      route.neighbourLayout,
      {family, index: 2, state},
      {address: address(text), ...(mac && {hardwareAddress: mac})},
    )
  const {connection} = answering(
    data(routeTypes.newNeighbour, neighbour(2, '10.0.0.7', 2, '52:54:00:00:00:01'), neighbour(2, '10.0.0.8', 32)),
    data(routeTypes.newNeighbour, neighbour(10, 'fe80::1', 4, '52:54:00:00:00:02')),
  )
  expect(route.neighbours(connection)).toEqual([
    {link: 2, address: '10.0.0.7', state: 'reachable', mac: '52:54:00:00:00:01'},
    {link: 2, address: '10.0.0.8', state: 'failed'},
    {link: 2, address: 'fe80::1', state: 'stale', mac: '52:54:00:00:00:02'},
  ])
})

test('numbers without a word stay numbers, bits without one are dropped', () => {
  const scale = words([[1, 'one']])
  expect([scale.wordOf(1), scale.wordOf(2), scale.numberOf('one'), scale.numberOf(2)]).toEqual(['one', 2, 1, 2])
  const switches = bitWords([
    [1, 'on'],
    [2, 'loud'],
  ])
  expect(switches.wordsOf(7)).toEqual({on: true, loud: true})
  expect(switches.bitsOf({loud: true, on: false})).toBe(2)
})
