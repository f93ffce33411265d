// What traffic leaves in the table, step by step, as JSON lines {"step": …, "service": …, "servers": …}: run in a lab
// namespace where 10.9.9.9 is a local address. Figures appear when the kernel's estimator has added them up, every 2 s.

import {createSocket} from 'node:dgram'
import {setTimeout as sleep} from 'node:timers/promises'
import {address} from '../../src/domain/address.ts'
import {server} from '../../src/domain/server.ts'
import {type ServiceKey, service} from '../../src/domain/service.ts'
import {openKernelClient} from '../../src/ipvs/kernel-client.ts'
import type {Operation} from '../../src/plan/operation.ts'

const vip = '10.9.9.9'
const dns: ServiceKey = {kind: 'address', protocol: 'udp', address: address(vip), port: 53}
const rs = {address: address('192.0.2.1'), port: 5353}
const add: readonly Operation[] = [
  {do: 'add-service', service: service(dns, {scheduler: 'rr'})},
  {do: 'add-server', service: dns, server: server(rs, {forwarding: 'masquerading'})},
]
const estimation = 2600

const client = openKernelClient()
const show = (step: string): void => {
  const asText = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
  console.log(JSON.stringify({step, service: client.service(dns)?.statistics, servers: client.servers(dns)}, asText))
}

/** Five clients, that is five ports, a datagram of 100 bytes each: 128 on the wire. */
async function fiveDatagrams(): Promise<void> {
  for (let index = 0; index < 5; index++) {
    const socket = createSocket('udp4')
    await new Promise((sent) => socket.send(new Uint8Array(100), 53, vip, sent))
    socket.close()
  }
}

client.execute(add)
await fiveDatagrams()
await sleep(estimation)
show('after five datagrams')
client.execute([{do: 'delete-server', service: dns, server: rs}, ...add.slice(1)])
show('the server removed and added again')
client.execute([{do: 'delete-service', service: dns}, ...add])
show('the service made anew')
await fiveDatagrams()
await sleep(estimation)
show('five more datagrams')
client.execute([{do: 'zero', service: dns}])
show('zeroed')
client.close()
