// Sysctls that a role needs: which must change, which do as they are, and what goes back when the role is taken back.
// What somebody else set meanwhile is reported, and on the way back left alone. Pure.

import {type Problem, warning} from '../domain/problem.ts'
import {describeEffect} from './describe.ts'
import {sysctlUnknown} from './failures.ts'
import type {Effect} from './host.ts'
import type {LedgerSysctl} from './ledger-kinds.ts'

export interface Wanted {
  readonly key: string
  /** What is written where the value found does not do. */
  readonly value: string
  /** Whether another value does as well. */
  readonly does?: (value: string) => boolean
}

export interface Settled {
  readonly effects: readonly Effect[]
  /** What is to be noted, with what was noted before. */
  readonly entries: readonly LedgerSysctl[]
  readonly warnings: readonly Problem[]
}

/** Throws LvsctlError where the kernel has no such setting. */
export function settle(
  wanted: readonly Wanted[],
  noted: readonly LedgerSysctl[],
  values: ReadonlyMap<string, string>,
): Settled {
  const entries = new Map(noted.map((entry) => [entry.key, entry]))
  const effects: Effect[] = []
  const warnings: Problem[] = []
  for (const {key, value, does = (current: string) => current === value} of wanted) {
    const current = values.get(key)
    if (current === undefined) throw sysctlUnknown(key)
    const entry = entries.get(key)
    if (does(current)) {
      if (entry === undefined || entry.set === current) continue
      entries.delete(key)
      warnings.push(changedByHand(key, current, 'is kept, and teardown will leave it'))
      continue
    }
    if (entry && current !== entry.found)
      warnings.push(changedByHand(key, current, `is set to ${value} again, and teardown will go back to ${current}`))
    entries.set(key, {key, found: current, set: value})
    effects.push({do: 'set-sysctl', key, value})
  }
  return {effects, entries: [...entries.values()], warnings}
}

/** In reverse order, and only what still is as set-up made it: a value that somebody chose since is theirs. */
export function restore(
  entries: readonly LedgerSysctl[],
  values: ReadonlyMap<string, string>,
): Pick<Settled, 'effects' | 'warnings'> {
  const effects: Effect[] = []
  const warnings: Problem[] = []
  for (const {key, found, set} of [...entries].reverse()) {
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
