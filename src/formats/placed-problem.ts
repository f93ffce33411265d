// A problem with its place in a text, for whoever has the text open in an editor.

import type {Problem} from '../domain/problem.ts'

export interface PlacedProblem extends Problem {
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
  /** What to put there instead, where it is known. */
  readonly fix?: string
}
