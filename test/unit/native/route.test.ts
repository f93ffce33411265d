// rtnetlink on this host's kernel, in a namespace of our own: what we do is what ip(8) sees, and the other way round.

import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {connectNetlink, protocols} from '../../../native/netlink-socket.ts'
import {address} from '../../../src/domain/address.ts'
import type {Connection} from '../../../src/netlink/connection.ts'
import * as route from '../../../src/netlink/route.ts'
import {routeTypes} from '../../../src/netlink/route-message.ts'
import {canUnshare, useNamespace} from '../../support/namespace.ts'

describe.runIf(canUnshare)('as root, in a namespace', () => {
  const {ip} = useNamespace()
  let connection: Connection
  const index = (name: string): number => route.linkByName(connection, name)?.index as number

  beforeAll(() => {
    connection = connectNetlink(protocols.route, {dictionary: route.routeDictionary})
    ip('link add eth0 address 52:54:00:00:00:01 type veth peer name eth1 address 52:54:00:00:00:02')
    ip('link add br0 type bridge')
    ip('link set eth1 master br0')
    for (const name of ['lo', 'eth0', 'eth1']) route.setLinkUp(connection, index(name))
    ip('addr add 10.0.0.1/24 dev eth0')
  })
  afterAll(() => connection.close())

  test('links', () => {
    const seen = ip('-j -d link') as {ifindex: number; ifname: string; flags: string[]; mtu: number; address: string}[]
    expect(route.links(connection).map(({index, name, up, mtu, mac}) => ({index, name, up, mtu, mac}))).toEqual(
      seen.map(({ifindex, ifname, flags, mtu, address}) => ({
        index: ifindex,
        name: ifname,
        up: flags.includes('UP'),
        mtu,
        mac: address,
      })),
    )
    expect(route.linkByName(connection, 'eth0')).toMatchObject({kind: 'veth', loopback: false, up: true})
    expect(route.linkByName(connection, 'eth1')?.master).toBe(index('br0'))
    expect(route.linkByName(connection, 'lo')).toMatchObject({loopback: true, up: true})
    expect(route.linkByName(connection, 'eth7')).toBeUndefined()
  })

  test('a link goes down and up', () => {
    const isUp = () => (ip('-j link show dev br0') as {flags: string[]}[])[0]?.flags.includes('UP')
    route.setLinkUp(connection, index('br0'))
    expect(isUp()).toBe(true)
    route.setLinkDown(connection, index('br0'))
    expect(isUp()).toBe(false)
  })

  interface SeenAddress {
    readonly local: string
    readonly prefixlen: number
    readonly scope: string
    readonly label?: string
    readonly nodad?: boolean
    readonly deprecated?: boolean
  }

  const seenOn = (name: string): SeenAddress[] =>
    (ip(`-j addr show dev ${name}`) as {addr_info: SeenAddress[]}[]).flatMap(({addr_info}) => addr_info)

  test.each<[string, route.LinkAddress, Partial<SeenAddress>]>([
    [
      'the VIP of a real server',
      {link: 1, address: address('192.168.1.200'), prefixLength: 32, scope: 'host', label: 'lo:0'},
      {local: '192.168.1.200', prefixlen: 32, scope: 'host', label: 'lo:0'},
    ],
    [
      'an IPv6 VIP',
      {link: 1, address: address('2001:db8::200'), prefixLength: 128, scope: 'global', noDad: true, preferred: 0},
      {local: '2001:db8::200', prefixlen: 128, scope: 'global', nodad: true, deprecated: true},
    ],
  ])('%s comes and goes', (_what, vip, expected) => {
    route.addAddress(connection, vip)
    expect(seenOn('lo')).toContainEqual(expect.objectContaining(expected))
    expect(route.addresses(connection)).toContainEqual(expect.objectContaining(vip))
    expect(() => route.addAddress(connection, vip)).toThrow(/^RTM_NEWADDR: EEXIST/)
    route.removeAddress(connection, vip)
    expect(seenOn('lo').map(({local}) => local)).not.toContain(expected.local)
    expect(() => route.removeAddress(connection, vip)).toThrow(/^RTM_DELADDR: EADDRNOTAVAIL/)
  })

  test('routes come and go', () => {
    const through: route.NewRoute = {
      destination: address('10.9.0.1'),
      prefixLength: 32,
      gateway: address('10.0.0.254'),
      link: index('eth0'),
      metrics: {advertisedMss: 1400},
    }
    route.addRoute(connection, through)
    expect(ip('-j route show 10.9.0.1')).toMatchObject([
      {dst: '10.9.0.1', gateway: '10.0.0.254', dev: 'eth0', protocol: 'static', metrics: [{advmss: 1400}]},
    ])
    expect(route.routes(connection)).toContainEqual(
      expect.objectContaining({...through, protocol: 'static', table: 254}),
    )
    expect(() => route.addRoute(connection, through)).toThrow(/^RTM_NEWROUTE: EEXIST/)
    route.removeRoute(connection, {destination: address('10.9.0.1'), prefixLength: 32})
    expect(ip('-j route show 10.9.0.1')).toEqual([])
    expect(() => route.removeRoute(connection, {destination: address('10.9.0.1'), prefixLength: 32})).toThrow(
      /^RTM_DELROUTE: ESRCH/,
    )
  })

  test('a route that cannot be says why in the kernel’s words', () => {
    expect(() =>
      route.addRoute(connection, {destination: address('10.9.0.2'), prefixLength: 32, gateway: address('203.0.113.1')}),
    ).toThrow('RTM_NEWROUTE: ENETUNREACH (Nexthop has invalid gateway)')
  })

  test('as many routes as ip sees', () => {
    expect(route.routes(connection)).toHaveLength((ip('-j route show table all') as object[]).length)
  })

  test('neighbours', () => {
    ip('neigh add 10.0.0.7 lladdr 52:54:00:12:34:56 dev eth0')
    ip('neigh add fe80::7 lladdr 52:54:00:12:34:57 dev eth0')
    const link = index('eth0')
    expect(route.neighbours(connection)).toEqual(
      expect.arrayContaining([
        {link, address: '10.0.0.7', state: 'permanent', mac: '52:54:00:12:34:56'},
        {link, address: 'fe80::7', state: 'permanent', mac: '52:54:00:12:34:57'},
      ]),
    )
  })

  describe('a batch', () => {
    const vips = Array.from({length: 300}, (_, index) => ({
      type: routeTypes.newAddress,
      payload: route.encodeAddress({
        link: 1,
        address: address(`10.20.${index >> 8}.${index & 255}`),
        prefixLength: 32,
        scope: 'host',
      }),
    }))
    const ours = () => route.addresses(connection).filter((one) => one.address.startsWith('10.20.'))

    test('of addresses, in which every third is refused', () => {
      const mixed = vips.map((request, index) => (index % 3 === 2 ? {type: 99, payload: new Uint8Array(8)} : request))
      const outcomes = connection.batch(mixed).map((outcome) => outcome?.errno)
      expect(outcomes).toEqual(mixed.map((_, index) => (index % 3 === 2 ? 'EOPNOTSUPP' : undefined)))
      expect(ours()).toHaveLength(200)
    })

    test('all of it again: what is there is refused, what was missing is added', () => {
      const errnos = connection.batch(vips).map((outcome) => outcome?.errno)
      expect(errnos).toEqual(vips.map((_, index) => (index % 3 === 2 ? undefined : 'EEXIST')))
      expect(ours()).toHaveLength(300)
    })

    test('and away, twice', () => {
      const removals = vips.map(({payload}) => ({type: routeTypes.delAddress, payload}))
      expect(connection.batch(removals)).toEqual(new Array(300).fill(undefined))
      expect(ours()).toEqual([])
      expect(connection.batch(removals).map((outcome) => outcome?.errno)).toEqual(new Array(300).fill('EADDRNOTAVAIL'))
    })
  })
})
