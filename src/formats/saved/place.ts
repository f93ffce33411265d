// Where in a text something is, for people: line and column, and the edits that repair a text.

import type {Problem} from '../../domain/problem.ts'
import type {PlacedProblem} from '../placed-problem.ts'

/** A problem with its place as an offset into the text, in UTF-16 units. */
export interface Found {
  readonly problem: Problem
  readonly at: number
  readonly fix?: string | undefined
}

/** What to put in the place of `text.slice(from, to)`. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** In the order of the text; those of one place in the order in which they were found. */
export function placeProblems(text: string, found: readonly Found[]): readonly PlacedProblem[] {
  let line = 1
  let column = 1
  let counted = 0
  return [...found]
    .sort((a, b) => a.at - b.at)
    .map(({problem, at, fix}) => {
      for (let next = text.indexOf('\n', counted); next >= 0 && next < at; next = text.indexOf('\n', counted)) {
        line++
        column = 1
        counted = next + 1
      }
      // Characters, not UTF-16 units.
      column += [...text.slice(counted, at)].length
      counted = at
      return {...problem, line, column, ...(fix !== undefined && {fix})}
    })
}

/** The number of the line that an offset is in, for many offsets. */
export function lineNumbers(text: string): (at: number) => number {
  let starts: number[] | undefined
  return (at) => {
    starts ??= lineStarts(text)
    return countUpTo(starts, at)
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** `edits` in the order of the text, none inside another. */
export function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let done = 0
  for (const {from, to, text: replacement} of edits) {
    parts.push(text.slice(done, from), replacement)
    done = to
  }
  parts.push(text.slice(done))
  return parts.join('')
}

/** From an offset into the edited text to the one it came from: what replaces something is where that began. */
export function originOf(edits: readonly Edit[]): (at: number) => number {
  // Where each edit begins in the edited text.
  const starts: number[] = []
  let shift = 0
  for (const {from, to, text} of edits) {
    starts.push(from + shift)
    shift += text.length - (to - from)
  }
  return (at) => {
    const last = countUpTo(starts, at) - 1
    const edit = edits[last]
    if (!edit) return at
    const behind = at - (starts[last] as number) - edit.text.length
    return behind < 0 ? edit.from : edit.to + behind
  }
}

/** How many of the ascending numbers are not above the limit. */
function countUpTo(numbers: readonly number[], limit: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
