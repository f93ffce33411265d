// The plan carried out: one command after the other, and when one fails or somebody interrupts, those that were done taken
// back, last first. Each command by itself leaves nothing half done; who runs it is handed in.

import type {Command, Step} from './plan.ts'

export interface Runner {
  /** The exit code, and what it said of an error where that is not shown. */
  run(command: Command): Promise<{readonly exit: number; readonly said: string}>
  /** Somebody wants it to end. */
  readonly interrupted: boolean
}

export interface Echo {
  doing(command: Command): void
  undoing(command: Command): void
}

export type Applied =
  | {readonly outcome: 'done'}
  | {
      readonly outcome: 'failed' | 'interrupted'
      /** The one that failed. */
      readonly command?: Command
      readonly exit: number
      readonly said: string
      /** How many commands were taken back. */
      readonly undone: number
      /** What could not be taken back: the commands that would. */
      readonly left: readonly Command[]
    }

export async function apply(steps: readonly Step[], runner: Runner, echo: Echo): Promise<Applied> {
  const done: Step[] = []
  for (const step of steps) {
    if (runner.interrupted)
      return {outcome: 'interrupted', exit: 130, said: '', ...(await takeBack(done, runner, echo))}
    echo.doing(step.command)
    const {exit, said} = await runner.run(step.command)
    if (exit !== 0)
      return {outcome: 'failed', command: step.command, exit, said, ...(await takeBack(done, runner, echo))}
    done.push(step)
  }
  return {outcome: 'done'}
}

async function takeBack(done: readonly Step[], runner: Runner, echo: Echo) {
  const left: Command[] = []
  let undone = 0
  for (const {undo} of done.toReversed()) {
    if (!undo) continue
    echo.undoing(undo)
    const {exit} = await runner.run(undo)
    if (exit === 0) undone++
    else left.push(undo)
  }
  return {undone, left}
}
