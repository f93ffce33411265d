// What the twin has beside the contract: figures, the trash of removed servers, and being told of another world.

import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {server} from '../../../src/domain/server.ts'
import {type ServiceKey, service} from '../../../src/domain/service.ts'
import {noStatistics} from '../../../src/domain/statistics.ts'
import {type MemoryClient, memoryClient} from '../../../src/ipvs/memory-client.ts'

const web: ServiceKey = {kind: 'address', protocol: 'tcp', address: address('10.9.9.9'), port: 80}
const rs = {address: address('10.1.1.1'), port: 80}

function withTraffic(): MemoryClient {
  const client = memoryClient()
  client.execute([
    {do: 'add-service', service: service(web)},
    {do: 'add-server', service: web, server: server(rs)},
  ])
  client.setFigures({statistics: {connections: 40n, inBytes: 4000n}}, web)
  client.setFigures({statistics: {connections: 30n}, connections: {active: 3}}, web, rs)
  return client
}

test('figures are read back, those not given are as they were', () => {
  const client = withTraffic()
  client.setFigures({statistics: {outBytes: 5n}, connections: {inactive: 9}}, web, rs)
  expect(client.table()).toEqual([
    {
      service: service(web),
      statistics: {...noStatistics, connections: 40n, inBytes: 4000n},
      servers: [
        {
          server: server(rs),
          statistics: {...noStatistics, connections: 30n, outBytes: 5n},
          connections: {active: 3, inactive: 9, persistent: 0},
        },
      ],
    },
  ])
  expect(client.service(web)?.statistics.connections).toBe(40n)
})

test('editing keeps figures', () => {
  const client = withTraffic()
  client.execute([
    {do: 'edit-service', service: service(web, {scheduler: 'rr'})},
    {do: 'edit-server', service: web, server: server(rs, {weight: 0})},
  ])
  expect(client.service(web)?.statistics.connections).toBe(40n)
  expect(client.servers(web)[0]).toMatchObject({connections: {active: 3}, statistics: {connections: 30n}})
})

test('zero clears statistics and leaves connections', () => {
  const client = withTraffic()
  client.execute([{do: 'zero', service: web}])
  expect(client.service(web)?.statistics).toEqual(noStatistics)
  expect(client.servers(web)[0]).toMatchObject({connections: {active: 3}, statistics: noStatistics})
})

test('a server that comes back to its service has all its figures', () => {
  const client = withTraffic()
  client.execute([
    {do: 'delete-server', service: web, server: rs},
    {do: 'add-server', service: web, server: server(rs, {weight: 5})},
  ])
  expect(client.servers(web)[0]).toMatchObject({
    server: {weight: 5},
    connections: {active: 3},
    statistics: {connections: 30n},
  })
})

test('to a service made anew it comes back with its connections only', () => {
  const client = withTraffic()
  client.execute([
    {do: 'flush'},
    {do: 'add-service', service: service(web)},
    {do: 'add-server', service: web, server: server(rs)},
  ])
  expect(client.servers(web)[0]).toMatchObject({connections: {active: 3}, statistics: noStatistics})
})

test('what it hands out does not change under the reader', () => {
  const client = withTraffic()
  const before = client.table()
  client.execute([{do: 'edit-server', service: web, server: server(rs, {weight: 9})}])
  client.setFigures({connections: {active: 100}}, web, rs)
  expect(before[0]?.servers[0]).toMatchObject({server: {weight: 1}, connections: {active: 3}})
})

test('figures of what is not there are a bug', () => {
  const client = withTraffic()
  expect(() => client.setFigures({}, {...web, port: 81})).toThrow('tcp://10.9.9.9:81')
  expect(() => client.setFigures({}, web, {...rs, port: 81})).toThrow(RangeError)
})

test('a world with other schedulers, engines and clock', () => {
  const client = memoryClient({schedulers: ['twos'], engines: [], hz: 1000})
  const errnos = (scheduler: string, engine?: string) =>
    client.execute([{do: 'add-service', service: service(web, {scheduler, ...(engine && {engine})})}])[0]
  expect(errnos('rr')).toEqual({ok: false, errno: 'ENOENT'})
  expect(errnos('twos', 'sip')).toEqual({ok: false, errno: 'ENOENT'})
  expect(errnos('twos')).toEqual({ok: true})
  expect(client.execute([{do: 'set-timeouts', timeouts: {tcp: 2147484}}])).toEqual([{ok: false, errno: 'EINVAL'}])
  expect(client.execute([{do: 'set-timeouts', timeouts: {tcp: 2147483}}])).toEqual([{ok: true}])
})
