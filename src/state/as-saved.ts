// Whether a text is the very table that runs: then there is nothing to restore, and it need not even be parsed. Writing a
// table takes a quarter of the time that reading it back would.

import {formatRules} from '../formats/rules/format.ts'
import {type Machine, readTable} from './machine.ts'
import type {RestorePlan} from './restore.ts'

/**
 * A plan to do nothing, where the text is letter for letter what a save of the rules would write now; undefined: it is
 * not. What is written reads back as what was written (test/property/restore.test.ts).
 */
export function planIfAsSaved(machine: Machine, text: string): RestorePlan | undefined {
  if (!text.startsWith('-A ')) return undefined
  // Most files that differ differ in this, or restore an empty table.
  if (machine.client.serviceCount() !== countServices(text)) return undefined
  const {configuration} = readTable(machine)
  if (formatRules({configuration}).text !== text) return undefined
  return idlePlan(configuration.length)
}

/** `unchanged`: how many services stay as they are. */
export function idlePlan(unchanged: number): RestorePlan {
  const none = {services: 0, servers: 0}
  return {
    operations: [],
    before: new Map(),
    unchanged,
    sysctls: [],
    counts: {added: none, changed: none, removed: none},
    activeConnections: 0,
    touchesRunning: false,
    warnings: [],
  }
}

function countServices(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n-A '); at >= 0; at = text.indexOf('\n-A ', at + 1)) count++
  return count
}
