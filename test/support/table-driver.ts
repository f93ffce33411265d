// The kernel's table, past everything that lvsctl's commands would say to it: emptied and filled with what no
// rule of ours lets through, and read back raw. Takes a file with a configuration in JSON, or nothing; answers JSON.
//   node table-driver.ts [CONFIGURATION]

import {readFileSync} from 'node:fs'
import {plainTunnel} from '../../src/domain/forwarding.ts'
import {type Configuration, configurationOf} from '../../src/domain/table.ts'
import {inOrder} from '../../src/formats/saved/order.ts'
import {openKernelClient} from '../../src/ipvs/kernel-client.ts'
import {planTable} from '../../src/plan/diff.ts'

const client = openKernelClient()
const [file] = process.argv.slice(2)
if (file !== undefined) {
  const configuration: Configuration = JSON.parse(readFileSync(file, 'utf8'))
  const {operations} = planTable({configuration}, {configuration: []})
  // What the kernel refuses is not what it can hold.
  client.execute([{do: 'flush'}, ...operations])
}
const table = inOrder(configurationOf(client.table())).map(({service, servers}) => ({
  service,
  // The kernel keeps them of servers that are not tunnelled, and looks at them when one becomes so: which sets them anew.
  servers: servers.map((server) => (server.forwarding === 'tunneling' ? server : {...server, tunnel: plainTunnel})),
}))
console.log(JSON.stringify(table))
client.close()
