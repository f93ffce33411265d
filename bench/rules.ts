// The tables that the benchmarks use: 2,000 services of 5 real servers each make 12,000 rules, 20,000 make 120,000; the same
// every time. Addresses differ in their last byte, as those of real services do: by it the kernel finds them, and a table
// of `10.x.y.1` would be one list of 2,000 to it (ip_vs_svc_hashkey in net/netfilter/ipvs/ip_vs_ctl.c).

import {address} from '../src/domain/address.ts'
import {type Server, server} from '../src/domain/server.ts'
import {type Service, service} from '../src/domain/service.ts'
import type {Operation} from '../src/plan/operation.ts'

const serversEach = 5

export function benchOperations(services = 2000): Operation[] {
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
  const host = address(`10.100.${number >> 8}.${number & 0xff}`)
  return service({kind: 'address', protocol: 'tcp', address: host, port: 80}, {scheduler: 'wrr'})
}

function benchServer(number: number, index: number): Server {
  const host = address(`172.${16 + (number >> 12)}.${(number >> 4) & 0xff}.${((number & 0xf) << 3) + index + 1}`)
  return server({address: host, port: 80}, {forwarding: 'masquerading', weight: index + 1})
}
