// The world of this process: the kernel in the network namespace that the thread is in when it is first asked, the
// standard streams, the machine's names.

import {readFileSync} from 'node:fs'
import {LvsctlError} from '../domain/problem.ts'
import {connectionFile} from '../formats/ipvsadm/connections.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {openKernelClient} from '../ipvs/kernel-client.ts'
import {piecesOf, piecesOfFile, writerTo} from './descriptors.ts'
import {realNames} from './real-names.ts'
import type {World} from './world.ts'

export function realWorld(): World & {close(): void} {
  let opened: IpvsClient | undefined
  return {
    client() {
      opened ??= open()
      return opened
    },
    out: writerTo(1),
    err: writerTo(2),
    stdin: () => piecesOf(0),
    readFile,
    connections: () => piecesOfFile(connectionFile),
    names: realNames(readFile),
    close() {
      opened?.close()
      opened = undefined
    },
  }
}

/** The kernel loads its module when it is asked for the family, if it can; what ipvsadm does when it could not. */
function open(): IpvsClient {
  try {
    return openKernelClient()
  } catch (error) {
    if (!(error instanceof LvsctlError) || error.failure !== 'unsupported') throw error
    const {spawnSync} = process.getBuiltinModule('node:child_process')
    spawnSync('/sbin/modprobe', ['--', 'ip_vs'], {stdio: 'inherit'})
    return openKernelClient()
  }
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
