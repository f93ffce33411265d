// Whether a text is the very table that runs: then there is nothing to restore, and it need not even be parsed. Writing a
// table takes a quarter of the time that reading it back would.

import {configured} from '../domain/table.ts'
import {formatRules} from '../formats/rules/format.ts'
import type {Machine} from './machine.ts'
import type {RestorePlan} from './restore.ts'

/**
 * A plan to do nothing, where the text is letter for letter what a save of the rules would write now; undefined: it is
 * not, which mostly shows with the first service. What is written reads back as what was written (test/property/restore.test.ts).
 */
export function planIfAsSaved({client}: Machine, text: string): RestorePlan | undefined {
  let at = 0
  let services = 0
  for (const entry of client.countedTable()) {
    const rules = formatRules({configuration: [configured(entry)]}).text
    if (!text.startsWith(rules, at)) return undefined
    at += rules.length
    services++
  }
  return at === text.length ? idlePlan(services) : undefined
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
