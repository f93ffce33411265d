// What was refused, and the codes of what was told.

import {LvsctlError} from '../../src/domain/problem.ts'

/** Throws where nothing was, and what is no refusal. */
export function failure(act: () => unknown): LvsctlError {
  try {
    act()
  } catch (error) {
    if (error instanceof LvsctlError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

export const codes = (problems: readonly {readonly code: string}[]): readonly string[] => problems.map(({code}) => code)
