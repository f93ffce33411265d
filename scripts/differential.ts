// `npm run differential -- --steps 50000 --seed 1`: random command lines against ipvsadm and against ours in one lab guest.
// The lab test runs the same with fewer steps. Ends with 9 when something differs without an explanation.

import {parseArgs} from 'node:util'
import {bootGuest} from '../src/lab/guest.ts'
import {buildNetwork} from '../test/support/differential/network.ts'
import {formatFinding, prepare, runRandom} from '../test/support/differential/run.ts'

const {values} = parseArgs({
  options: {
    steps: {type: 'string', default: '3000'},
    seed: {type: 'string', default: `${Date.now() % 2 ** 31}`},
    /** ipvsadm against itself: what the test itself gets wrong. */
    self: {type: 'boolean', default: false},
    /** Findings after which it ends. */
    most: {type: 'string', default: '10'},
  },
})
const [steps, seed, most] = [values.steps, values.seed, values.most].map(Number) as [number, number, number]
let told = 0
const started = performance.now()
console.log(`seed ${seed}, ${steps} steps`)
await prepare()
const guest = await bootGuest()
try {
  await buildNetwork(guest)
  const report = await runRandom(guest, {
    steps,
    seed,
    most,
    opponent: values.self ? 'real' : 'shim',
    onProgress: (sofar) => {
      for (const finding of sofar.findings.slice(told)) console.log(`\n${formatFinding(finding)}\n`)
      told = sofar.findings.length
      const seconds = ((performance.now() - started) / 1000).toFixed(0)
      console.log(`${sofar.steps} steps, ${told} findings, ${seconds} s`)
    },
  })
  console.log(`\nexit codes of ipvsadm: ${JSON.stringify(report.codes)}`)
  const complaints = Object.entries(report.complaints).sort((left, right) => right[1] - left[1])
  console.log(`its complaints:\n${complaints.map(([text, count]) => `${`${count}`.padStart(7)}  ${text}`).join('\n')}`)
  console.log(`explained differences: ${JSON.stringify(report.explained)}`)
  console.log(report.findings.length === 0 ? 'no unexplained difference' : `${report.findings.length} unexplained`)
  process.exitCode = report.findings.length === 0 ? 0 : 9
} finally {
  await guest.close()
}
