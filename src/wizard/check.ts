// What the commands of a plan have against it, asked of them before anything is done; and what is there already.

import {type Problem, problem} from '../domain/problem.ts'
import type {OwnCommands} from './own-commands.ts'
import {type Command, inNamespace, type Step} from './plan.ts'
import {commandLine} from './report.ts'

export interface Checked {
  readonly refused: readonly Refused[]
  /** What is left to do, without a way back where what it would make is there already: it is not the wizard's to remove. */
  readonly steps: readonly Step[]
  /** What is there already, just as it would be made. */
  readonly there: readonly Command[]
}

/** What the commands themselves have against it, each asked with --dry-run. */
export async function check(
  here: readonly Step[],
  netns: string | undefined,
  commands: Pick<OwnCommands, 'ask'>,
): Promise<Checked> {
  const refused: Refused[] = []
  const steps: Step[] = []
  const there: Command[] = []
  let serviceThere = false
  for (const step of here) {
    const {command, insideService, check = insideService && serviceThere ? [] : undefined} = step
    const {exit, answer} = check
      ? await commands.ask(inNamespace([...command, ...check, '--dry-run', '--json'], netns))
      : {exit: 0, answer: '{}'}
    const code = exit === 0 ? '' : codeOf(answer)
    if (/^service-exists/.test(code)) serviceThere = true
    if (/-as-asked$/.test(code)) there.push(command)
    else if (exit !== 0) refused.push({exit, problems: refusedBy(command, answer)})
    else steps.push(isThere(answer) ? {command} : step)
  }
  return {refused, steps, there}
}

function codeOf(answer: string): string {
  try {
    return `${JSON.parse(answer).error.code}`
  } catch {
    return ''
  }
}

/** As set-up commands say it: nothing to do, or an address that was there. */
function isThere(answer: string): boolean {
  const {steps, warnings = []} = JSON.parse(answer)
  return steps?.length === 0 || warnings.some(({code}: Problem) => ['vip-present', 'vip-own-address'].includes(code))
}

export interface Refused {
  readonly exit: number
  readonly problems: readonly Problem[]
}

function refusedBy(command: Command, answer: string): readonly Problem[] {
  const about = commandLine(command)
  try {
    const {error} = JSON.parse(answer)
    const found: readonly Problem[] = error.problems.length > 0 ? error.problems : [error]
    return found.map(({code, message, hint}) => problem(code, `${about}: ${message}`, hint ? {hint} : {}))
  } catch {
    return [problem('command-failed', `${about}: ${answer.trim() || 'it failed without a word'}`)]
  }
}
