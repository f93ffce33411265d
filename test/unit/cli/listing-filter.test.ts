import fc from 'fast-check'
import {expect, test} from 'vitest'
import {filterListing, readFilter} from '../../../src/cli/listing-filter.ts'
import {wholeOf} from '../../../src/cli/shown-service.ts'
import {forwardingMethods} from '../../../src/domain/forwarding.ts'
import {formatServerKey} from '../../../src/domain/server.ts'
import {noStatistics} from '../../../src/domain/statistics.ts'
import {listServer, listService} from '../../../src/table/listing.ts'
import {configuredService} from '../../support/arbitrary-domain.ts'

/** `--forwarding` by every name that somebody may know. */
test.each([
  ['masquerading', ['masquerading', 'Masquerading', 'NAT', 'nat', 'm', 'Masq']],
  ['gatewaying', ['gatewaying', 'DR', 'dr', 'g', 'Route']],
  ['tunneling', ['tunneling', 'tunnelling', 'TUN', 'tun', 'i', 'ipip', 'Tunnel']],
  ['local', ['local', 'Local']],
  ['bypass', ['bypass', 'Bypass']],
  ['method-5', ['method-5']],
])('%s', (method, words) => {
  const service = listService(
    {
      service: {
        key: {kind: 'fwmark', mark: 1, family: 'ipv4'},
        scheduler: 'rr',
        schedulerFlags: [],
        netmask: '255.255.255.255',
        onePacket: false,
      } as never,
      statistics: noStatistics,
    },
    [...forwardingMethods.map(({name}) => name), 'method-5' as const, 'method-6' as const].map(
      (forwarding, index) =>
        ({address: `10.0.0.${index}`, port: 80, forwarding, weight: 1, active: 0, inactive: 0}) as never,
    ),
  )
  for (const word of words) {
    const [left] = filterListing([service], readFilter({forwarding: [word]}))
    expect(left?.servers.map(({forwarding}) => forwarding)).toEqual([method])
  }
})

test('no filter, no work: the same listing', () => {
  expect(readFilter({})).toBeUndefined()
  expect(readFilter({quiesced: false, server: []})).toBeUndefined()
  const services = [] as const
  expect(filterListing(services, undefined)).toBe(services)
})

test('services are asked for once each, in canonical order', () => {
  const filter = readFilter({service: ['fwmark://2', 'tcp://10.0.0.2:80', 'tcp://10.0.0.1:80', 'tcp://10.0.0.2:80']})
  expect(filter?.services).toMatchObject([{address: '10.0.0.1'}, {address: '10.0.0.2'}, {mark: 2}])
  expect(filter?.keeps).toBeUndefined()
})

test('what is left is what every option allows, of every table', () => {
  const statistics = noStatistics
  const connections = {active: 0, inactive: 0, persistent: 0}
  const table = fc.array(configuredService, {maxLength: 5}).map((services) =>
    services.map(({service, servers}) =>
      listService(
        {service, statistics},
        servers.map((server) => listServer({server, statistics, connections})),
      ),
    ),
  )
  const method = fc.subarray(['masquerading', 'gatewaying', 'tunneling'] as const)
  fc.assert(
    fc.property(table, method, fc.boolean(), fc.nat(), fc.boolean(), (services, methods, quiesced, pick, withPort) => {
      const servers = services.flatMap((one) => one.servers)
      const chosen = servers.length > 0 ? servers[pick % servers.length] : undefined
      const server = chosen && pick % 3 > 0 ? [withPort ? formatServerKey(chosen) : chosen.address] : []
      const filter = readFilter({forwarding: methods, quiesced, server})
      const left = filterListing(services, filter)
      const allowed = (one: (typeof servers)[number]) =>
        (methods.length === 0 || (methods as readonly string[]).includes(one.forwarding)) &&
        (!quiesced || one.weight === 0) &&
        (server.length === 0 || (withPort ? formatServerKey(one) === server[0] : one.address === server[0]))
      expect(left.flatMap((one) => one.servers)).toEqual(servers.filter(allowed))
      if (filter?.keeps) expect(left.every((one) => one.servers.length > 0)).toBe(true)
      for (const one of left) expect(services).toContain(wholeOf(one))
    }),
  )
})
