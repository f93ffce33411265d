// Several values read from options: all of them, or one usage error with everything that is wrong.

import type {Parsed} from '../domain/parsed.ts'
import {refuse} from '../domain/problem.ts'

/** undefined stays undefined: an option that was not given. */
export function readAll<Values extends readonly unknown[]>(
  ...parsed: {readonly [Index in keyof Values]: Parsed<Values[Index]> | undefined}
): {readonly [Index in keyof Values]: Values[Index] | undefined} {
  refuse(parsed.flatMap((one) => (one?.ok === false ? [one.problem] : [])))
  return parsed.map((one) => (one?.ok ? one.value : undefined)) as {
    readonly [Index in keyof Values]: Values[Index] | undefined
  }
}
