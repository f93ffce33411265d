// What a parser answers: the value, or the one Problem that says why there is none. Never an exception for bad input.

import {type Problem, problem} from './problem.ts'

export type Parsed<T> = {readonly ok: true; readonly value: T} | Rejected

export interface Rejected {
  readonly ok: false
  readonly problem: Problem
  /** What was probably meant, for a parser that knows what stood around it. */
  readonly meant?: string
}

export function accept<T>(value: T): Parsed<T> {
  return {ok: true, value}
}

/** With `meant` the hint is "Did you mean …?". */
export function reject(
  code: string,
  message: string,
  {where, hint, meant}: {where?: string | undefined; hint?: string | undefined; meant?: string | undefined} = {},
): Rejected {
  const help = meant === undefined ? hint : `Did you mean ${meant}?`
  return {
    ok: false,
    problem: problem(code, message, {...(where && {where}), ...(help && {hint: help})}),
    ...(meant !== undefined && {meant}),
  }
}
