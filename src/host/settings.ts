// Sysctls on the way to what a role needs: which must change, which do as they are, what was found, and what somebody
// else did to them since set-up. On the way back, what they chose is left alone. Pure.

import {type Problem, warning} from '../domain/problem.ts'
import {describeEffect} from './describe.ts'
import {sysctlUnknown} from './failures.ts'
import type {Effect} from './host.ts'
import type {LedgerSysctl} from './ledger-kinds.ts'

type Values = ReadonlyMap<string, string>

export class Settings {
  readonly effects: Effect[] = []
  readonly warnings: Problem[] = []
  private readonly current: Values
  private readonly entries: Map<string, LedgerSysctl>

  /** `current`: as the kernel has them; `noted`: the ledger's list. */
  constructor(current: Values, noted: readonly LedgerSysctl[] = []) {
    this.current = current
    this.entries = new Map(noted.map((entry) => [entry.key, entry]))
  }

  /** The ledger's list. */
  get noted(): readonly LedgerSysctl[] {
    return [...this.entries.values()]
  }

  /** The value that the key will have: what it has, where that does. Throws LvsctlError where there is no such key. */
  settle(key: string, required: string, does = (value: string) => value === required): string {
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
    // Our own value, where more is needed now, is not what was found.
    const found = entry && current === entry.set ? entry.found : current
    if (entry && found !== entry.found)
      this.warnings.push(
        changedByHand(key, current, `is set to ${required} again, and teardown will go back to ${current}`),
      )
    this.entries.set(key, {key, found, set: required})
    this.effects.push({do: 'set-sysctl', key, value: required})
    return required
  }
}

/**
 * In reverse order, and only what still is as set-up made it: a value that somebody chose since is theirs. What is noted
 * with the value that it had is not for this to touch.
 */
export function restore(
  entries: readonly LedgerSysctl[],
  values: Values,
): {readonly effects: readonly Effect[]; readonly warnings: readonly Problem[]} {
  const effects: Effect[] = []
  const warnings: Problem[] = []
  for (const {key, found, set} of entries.toReversed()) {
    const current = values.get(key)
    if (found === set || current === undefined || current === found) continue
    const back: Effect = {do: 'set-sysctl', key, value: found}
    if (current === set) effects.push(back)
    else
      warnings.push(
        warning(
          'sysctl-changed',
          `${key} is ${current}, neither what was found (${found}) nor what was set (${set}): it is left alone`,
          {hint: `To go back to the value found: ${describeEffect(back)}`},
        ),
      )
  }
  return {effects, warnings}
}

function changedByHand(key: string, current: string, what: string): Problem {
  return warning('sysctl-changed', `${key} was changed to ${current} since set-up; it ${what}`)
}
