// Values read from the text of options: all of them, or one usage error with everything that is wrong.

import type {Parsed} from '../domain/parsed.ts'
import {type Problem, problem, refuse} from '../domain/problem.ts'

/** Collects problems until somebody wants to go on. */
export class OptionReader {
  private readonly problems: Problem[] = []

  /** undefined stays undefined: an option that was not given. */
  take<Value>(parsed: Parsed<Value> | undefined): Value | undefined {
    if (parsed?.ok === false) this.problems.push(parsed.problem)
    return parsed?.ok ? parsed.value : undefined
  }

  conflict(one: string, other: string, hint?: string): void {
    const message = `${one} and ${other} exclude each other`
    this.problems.push(problem('options-conflict', message, {where: other, ...(hint !== undefined && {hint})}))
  }

  /** Throws a usage error with everything that was wrong. */
  check(): void {
    refuse(this.problems)
  }
}

/** Nothing given, nothing parsed. */
export function given<Value>(
  text: string | undefined,
  parse: (text: string) => Parsed<Value>,
): Parsed<Value> | undefined {
  return text === undefined ? undefined : parse(text)
}
