// A role's plan, done: step by step, undone when a step fails, and looked at again when it is through.

import {LvsctlError} from '../domain/problem.ts'
import {execute, reportError} from '../plan/execute.ts'
import {describeEffect} from './describe.ts'
import {failed} from './failures.ts'
import type {Effect, Host} from './host.ts'
import type {RolePlan, Step} from './step.ts'

export interface RunEvents {
  /** Before anything is done. */
  readonly planned?: (plan: RolePlan) => void
  /** Before the step is done: the moment for its echo. */
  readonly doing?: (step: Step) => void
  /** Before a step is undone, with the line that does it. */
  readonly undoing?: (line: string) => void
}

/**
 * One lvsctl at a time in a role. Throws LvsctlError; returns what was planned, which then is what was done. Planning the
 * same once more must find nothing to do: that is how it is read back.
 */
export function runRole<Plan extends RolePlan>(
  role: string,
  host: Host,
  makePlan: () => Plan,
  events: RunEvents = {},
): Plan {
  return host.exclusively(role, () => {
    const plan = makePlan()
    events.planned?.(plan)
    carryOut(plan, host, events)
    if (plan.steps.length > 0) verify(makePlan())
    return plan
  })
}

/** Throws LvsctlError: the failure itself where nothing had been changed, else `partial`, which says what is left. */
function carryOut({steps}: RolePlan, host: Host, {doing, undoing}: RunEvents): void {
  const stepOf = new Map<Effect, Step>(steps.map((step) => [step.effect, step]))
  const report = execute<Effect>(
    steps.map(({effect, inverse}) => ({operation: effect, inverse})),
    host,
    {
      applying: (effect) => doing?.(stepOf.get(effect) as Step),
      undoing: (inverse) => undoing?.(describeEffect(inverse)),
    },
  )
  const changed = report.done.filter((effect) => !stepOf.get(effect)?.bookkeeping)
  const [first] = report.failed
  if (first && changed.length === 0 && report.left.length === 0) throw explain(first.failure, first.operation)
  const error = reportError(report, describeEffect, explain)
  if (error) throw error
}

/** What is done anew each time, an announcement, does not count. */
function verify({steps}: RolePlan): void {
  const open = steps.filter(({effect}) => effect.do !== 'announce')
  if (open.length === 0) return
  throw new LvsctlError({
    failure: 'partial',
    code: 'not-settled',
    message: `everything was done, and read back it is not so; this would be needed again: ${open.map(({line}) => line).join('; ')}`,
    hint: 'Something else on this host changes it at the same time (keepalived, a network manager, a script)',
  })
}

function explain(failure: unknown, effect: Effect): LvsctlError {
  return failure instanceof LvsctlError ? failure : failed(effect, failure)
}
