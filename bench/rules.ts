// The table that the benchmarks use: 2,000 services of 5 real servers each, 12,000 rules, the same every time.

import {address} from '../src/domain/address.ts'
import {type Server, server} from '../src/domain/server.ts'
import {type Service, service} from '../src/domain/service.ts'
import type {Operation} from '../src/plan/operation.ts'

const services = 2000
const serversEach = 5

export function benchOperations(): Operation[] {
  const operations: Operation[] = []
  for (let number = 0; number < services; number++) {
    const virtual = benchService(number)
    operations.push({do: 'add-service', service: virtual})
    for (let index = 0; index < serversEach; index++)
      operations.push({do: 'add-server', service: virtual.key, server: benchServer(number, index)})
  }
  return operations
}

function benchService(number: number): Service {
  const host = address(`10.${100 + (number >> 8)}.${number & 0xff}.1`)
  return service({kind: 'address', protocol: 'tcp', address: host, port: 80}, {scheduler: 'wrr'})
}

function benchServer(number: number, index: number): Server {
  const host = address(`172.${16 + (number >> 8)}.${number & 0xff}.${index + 1}`)
  return server({address: host, port: 80}, {forwarding: 'masquerading', weight: index + 1})
}
