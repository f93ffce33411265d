// Settings of the kernel on the way to what the role needs: which must change, what was found, and what somebody else
// did to them since set-up. Stricter values that are found are kept.

import {type Problem, warning} from '../domain/problem.ts'
import {sysctlUnknown} from '../host/failures.ts'
import type {Effect} from '../host/host.ts'
import type {LedgerSysctl} from '../host/ledger-kinds.ts'
import type {Observed} from './observe.ts'

export class Settings {
  readonly effects: Effect[] = []
  readonly warnings: Problem[] = []
  private readonly current: ReadonlyMap<string, string>
  private readonly entries: Map<string, LedgerSysctl>

  constructor({sysctls}: Observed, noted: readonly LedgerSysctl[] = []) {
    this.current = sysctls
    this.entries = new Map(noted.map((entry) => [entry.key, entry]))
  }

  /** The ledger's list. */
  get noted(): readonly LedgerSysctl[] {
    return [...this.entries.values()]
  }

  /** The value that the key will have: what it has, where that does. Throws LvsctlError where there is no such key. */
  settle(key: string, required: number, does: (value: string) => boolean): string {
    const current = this.current.get(key)
    if (current === undefined) throw sysctlUnknown(key)
    const entry = this.entries.get(key)
    if (does(current)) {
      if (entry && entry.set !== current) {
        this.entries.delete(key)
        this.warnings.push(changedByHand(key, current, 'is kept, and teardown will leave it'))
      }
      return current
    }
    if (entry && current !== entry.found)
      this.warnings.push(
        changedByHand(key, current, `is set to ${required} again, and teardown will go back to ${current}`),
      )
    const value = String(required)
    this.entries.set(key, {key, found: current, set: value})
    this.effects.push({do: 'set-sysctl', key, value})
    return value
  }
}

function changedByHand(key: string, current: string, what: string): Problem {
  return warning('sysctl-changed', `${key} was changed to ${current} since set-up; it ${what}`)
}
