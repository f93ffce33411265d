// Adds the benchmark's rules through the kernel client, as one process: what a restore costs without its file.

import {openKernelClient} from '../src/ipvs/kernel-client.ts'
import {benchOperations} from './rules.ts'

const client = openKernelClient()
const outcomes = client.execute(benchOperations())
client.close()
const failed = outcomes.filter((outcome) => !outcome.ok)
if (failed.length > 0) {
  console.error(`${failed.length} of ${outcomes.length} operations failed`, failed[0])
  process.exit(1)
}
