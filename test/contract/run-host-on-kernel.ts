// Runs the contract of hosts on the kernel of a lab guest, each case in a network namespace of its own, and prints a JSON
// line per case: {"name": …} or {"name": …, "error": …}.

import {execFileSync} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {enterNamespace} from '../../native/namespace.ts'
import {linuxHost} from '../../src/host/linux-host.ts'
import {hostContract, moduleContract} from './host-contract.ts'

const folder = '/run/host-contract'

for (const [index, {name, run}] of [...hostContract, ...moduleContract].entries()) {
  const host = `case${index}`
  execFileSync('ip', ['netns', 'add', host])
  const leave = enterNamespace({kind: 'name', name: host})
  try {
    mkdirSync(join(folder, host), {recursive: true})
    run(linuxHost({lockWaitMs: 50, lockFolder: join(folder, host, 'locks')}), join(folder, host))
    console.log(JSON.stringify({name}))
  } catch (error) {
    console.log(JSON.stringify({name, error: error instanceof Error ? (error.stack ?? error.message) : String(error)}))
  }
  leave()
}
