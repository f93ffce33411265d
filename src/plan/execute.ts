// Walks a plan over a world: does it step by step, undoes it when a step fails, and says what is so in the end. Which
// world (an IPVS table, the sysctls and addresses of a host, a fake of either) and which operations is the caller's.

import {LvsctlError} from '../domain/problem.ts'

export interface Step<Operation> {
  readonly operation: Operation
  /** What undoes it, in order; absent: nothing can. */
  readonly inverse?: readonly Operation[] | undefined
}

/** One operation at a time; throws when it cannot. */
export interface World<Operation> {
  apply(operation: Operation): void
}

/** Many at once; like the kernel it goes on after a failure and answers once for each. An IpvsClient is one. */
export interface BatchWorld<Operation, Outcome extends {readonly ok: boolean}> {
  execute(operations: readonly Operation[]): readonly Outcome[]
}

/** For the echo: called before the operation is applied. */
export interface Events<Operation> {
  readonly applying?: (operation: Operation) => void
  readonly undoing?: (inverse: Operation, operation: Operation) => void
}

export interface Report<Operation, Failure = unknown> {
  readonly ok: boolean
  /** Carried out, in order; after a failure they are rolled back or left. */
  readonly done: readonly Operation[]
  readonly failed: readonly {readonly operation: Operation; readonly failure: Failure}[]
  /** Of those done, the undone, last first. */
  readonly rolledBack: readonly Operation[]
  /** Of those done, what stands nevertheless, last first: no inverse, or one that failed, or one that was not tried. */
  readonly left: readonly {readonly operation: Operation; readonly failure?: unknown}[]
}

/**
 * Stops at the first failure and goes back the same way. An inverse that fails ends the way back as well: what was done
 * earlier may be what keeps the later safe (an address that cannot be removed must keep its quiet ARP).
 */
export function execute<Operation>(
  steps: readonly Step<Operation>[],
  world: World<Operation>,
  {applying, undoing}: Events<Operation> = {},
): Report<Operation> {
  const done: Step<Operation>[] = []
  for (const step of steps) {
    const {operation} = step
    try {
      applying?.(operation)
      world.apply(operation)
    } catch (failure) {
      return {
        ok: false,
        done: done.map(operationOf),
        failed: [{operation, failure}],
        ...rollBack(done, world, undoing),
      }
    }
    done.push(step)
  }
  return {ok: true, done: done.map(operationOf), failed: [], rolledBack: [], left: []}
}

function rollBack<Operation>(
  done: readonly Step<Operation>[],
  world: World<Operation>,
  undoing: Events<Operation>['undoing'],
): Pick<Report<Operation>, 'rolledBack' | 'left'> {
  const rolledBack: Operation[] = []
  const left: {operation: Operation; failure?: unknown}[] = []
  let stuck = false
  for (const {operation, inverse} of done.toReversed()) {
    if (stuck || !inverse) {
      left.push({operation})
      continue
    }
    try {
      for (const one of inverse) {
        undoing?.(one, operation)
        world.apply(one)
      }
      rolledBack.push(operation)
    } catch (failure) {
      stuck = true
      left.push({operation, failure})
    }
  }
  return {rolledBack, left}
}

/**
 * Batch by batch, for worlds where an operation costs less than the trip; none is begun before all of the one before it
 * succeeded. Where any fails, what succeeded is undone in one go, last first; inverses that fail leave their step standing
 * and the others go on, as the kernel does. The way back is asked for only then, and for what was really done
 * (inverse.ts: `(done) => withInverses(done, before)`).
 */
export function executeBatches<Operation, Outcome extends {readonly ok: boolean}>(
  batches: readonly (readonly Operation[])[],
  world: BatchWorld<Operation, Outcome>,
  stepsBack: (done: readonly Operation[]) => readonly Step<Operation>[],
): Report<Operation, Outcome> {
  const failed: {operation: Operation; failure: Outcome}[] = []
  for (const [number, operations] of batches.entries()) {
    const outcomes = world.execute(operations)
    if (outcomes.length !== operations.length)
      throw new TypeError(`${operations.length} operations had ${outcomes.length} outcomes`)
    for (let index = 0; index < outcomes.length; index++) {
      const failure = outcomes[index] as Outcome
      if (!failure.ok) failed.push({operation: operations[index] as Operation, failure})
    }
    if (failed.length === 0) continue
    const done = [...batches.slice(0, number).flat(), ...operations.filter((_, index) => outcomes[index]?.ok)]
    return {ok: false, done, failed, ...rollBackBatch(stepsBack(done), world)}
  }
  return {ok: true, done: batches.flat(), failed, rolledBack: [], left: []}
}

function rollBackBatch<Operation, Outcome extends {readonly ok: boolean}>(
  steps: readonly Step<Operation>[],
  world: BatchWorld<Operation, Outcome>,
): Pick<Report<Operation>, 'rolledBack' | 'left'> {
  const backwards = steps.toReversed()
  const inverses = backwards.flatMap(({inverse = []}, step) => inverse.map((operation) => ({operation, step})))
  const outcomes = tryAll(inverses.map(operationOf), world)
  const failures = new Map<number, unknown>()
  for (const [index, {step}] of inverses.entries()) {
    const outcome = outcomes[index]
    if (!outcome?.ok && !failures.has(step)) failures.set(step, outcome)
  }
  const isBack = ({inverse}: Step<Operation>, step: number): boolean => inverse !== undefined && !failures.has(step)
  return {
    rolledBack: backwards.filter(isBack).map(operationOf),
    left: backwards.flatMap((one, step) => {
      if (isBack(one, step)) return []
      const {operation} = one
      return failures.has(step) ? [{operation, failure: failures.get(step)}] : [{operation}]
    }),
  }
}

/** A world that breaks on the way back (a dead socket) has undone nothing that anybody knows of. */
function tryAll<Operation, Outcome extends {readonly ok: boolean}>(
  operations: readonly Operation[],
  world: BatchWorld<Operation, Outcome>,
): readonly (Outcome | {readonly ok: false; readonly cause: unknown})[] {
  if (operations.length === 0) return []
  try {
    return world.execute(operations)
  } catch (cause) {
    return operations.map(() => ({ok: false, cause}))
  }
}

const operationOf = <Operation>({operation}: {readonly operation: Operation}): Operation => operation

/**
 * The error that a report amounts to; undefined when all went well. Where nothing had been done it is the failure
 * itself with its own exit code, else `partial`, which says what was rolled back and what is left.
 */
export function reportError<Operation, Failure>(
  {ok, done, failed, rolledBack, left}: Report<Operation, Failure>,
  describe: (operation: Operation) => string,
  explain: (failure: Failure, operation: Operation) => LvsctlError,
): LvsctlError | undefined {
  const [first] = failed
  if (ok || !first) return undefined
  const cause = explain(first.failure, first.operation)
  if (done.length === 0) return cause
  const others = failed.length > 1 ? ` (and ${count(failed.length - 1, 'other failure')})` : ''
  const fate = left.length === 0 ? 'everything before it was rolled back' : stands(left.map(operationOf), describe)
  const undone = left.length > 0 && rolledBack.length > 0 ? `; ${count(rolledBack.length, 'change')} rolled back` : ''
  return new LvsctlError({
    failure: 'partial',
    code: left.length === 0 ? 'rolled-back' : 'left-behind',
    message: `${cause.message}${others}; ${fate}${undone}`,
    hint: cause.hint,
    cause,
  })
}

function stands<Operation>(left: readonly Operation[], describe: (operation: Operation) => string): string {
  const few = left.slice(0, 5).map(describe)
  const more = left.length > few.length ? [`${left.length - few.length} more`] : []
  return `this could not be rolled back: ${[...few, ...more].join(', ')}`
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
