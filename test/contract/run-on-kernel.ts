// Runs the contract of one world on the kernel it finds, in the network namespace it is started in, and prints a JSON
// line per case: {"name": …} or {"name": …, "error": …}. For a lab guest: it clears the table before every case.

import {native} from '../../native/index.ts'
import type {IpvsClient} from '../../src/ipvs/client.ts'
import {openKernelClient} from '../../src/ipvs/kernel-client.ts'
import {contract} from './ipvs.ts'

const nobody = 65534
const world = process.argv[2]
const cases = contract.filter((one) => one.world === world)
if (cases.length === 0) throw new Error(`no cases for a world called ${world}`)

if (world === 'denied') {
  // Loaded while root can still read it, wherever the project lies.
  native()
  process.setuid?.(nobody)
}
const client = openKernelClient()
for (const {name, run} of cases) {
  try {
    if (world !== 'denied') clear(client)
    run(client)
    console.log(JSON.stringify({name}))
  } catch (error) {
    console.log(JSON.stringify({name, error: error instanceof Error ? (error.stack ?? error.message) : String(error)}))
  }
}
client.close()

function clear(client: IpvsClient): void {
  client.execute([
    {do: 'flush'},
    {do: 'stop-daemon', role: 'master'},
    {do: 'stop-daemon', role: 'backup'},
    {do: 'set-timeouts', timeouts: {tcp: 900, tcpFin: 120, udp: 300}},
  ])
}
