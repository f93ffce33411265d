// Runs inside the lab guest: sequences of steps (a file of JSON lines) against ipvsadm in the namespace `real` and against
// ours in the namespace `ours`, compared after every step. One process does it all and moves between the namespaces,
// because a Node takes longer to start than a hundred steps to run. Prints findings and a summary as JSON lines.
//
//   in-guest.cjs FILE real|shim MOST    (it ends after so many findings)

import {readFileSync, writeSync} from 'node:fs'
import {compareLive, compareOn, showLast} from './compare-on.ts'
import {shrink} from './shrink.ts'
import {makeSides, type Opponent} from './sides.ts'
import type {Step} from './step.ts'

const [file, opponent, most] = process.argv.slice(2) as [string, Opponent, string]
const say = (record: object) => writeSync(1, `${JSON.stringify(record)}\n`)
const sides = makeSides(opponent)
const explained: Record<string, number> = {}
const codes: Record<string, number> = {}
const complaints: Record<string, number> = {}
let steps = 0
let found = 0

function count(counts: Record<string, number>, keys: readonly (string | number)[]): void {
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
}

interface Order {
  readonly name: string
  readonly sequence: readonly Step[]
  /** Say what came of the last step, whether it differs or not. */
  readonly show?: true
  /** Both look at the table of our namespace, which has traffic; the tables are left alone. */
  readonly live?: true
}

async function main(): Promise<void> {
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    if (found >= Number(most)) break
    const {name, sequence, show, live} = JSON.parse(line) as Order
    if (live) {
      const differences = await compareLive(sides, sequence)
      if (differences.length > 0) say({finding: {name, step: 1, sequence, differences}})
      continue
    }
    if (show) {
      say({shown: {name, ...(await showLast(sides, sequence))}})
      continue
    }
    const run = await compareOn(sides, sequence)
    steps += run.steps
    count(codes, run.codes)
    count(complaints, run.complaints)
    count(explained, run.explained)
    if (run.found === undefined) continue
    found++
    const shrunk = await shrink(sequence.slice(0, run.steps), async (shorter) => {
      const again = await compareOn(sides, shorter)
      return again.found?.what === run.found?.what
    })
    const {differences} = (await compareOn(sides, shrunk)).found ?? run.found
    say({finding: {name, step: run.steps, sequence: shrunk, differences}})
  }
  say({summary: {steps, codes, complaints, explained}})
  sides.close()
}

void main()
