// What to say of lines of a /proc file that cannot be read: once, however many there are.

import {printable} from '../../domain/foreign-characters.ts'
import {type Problem, warning} from '../../domain/problem.ts'

export interface UnreadableLine {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** Of a line, in a message. */
const shownLength = 120

/** `first` of `count`; `path` is where the lines came from. */
export function unreadableLines(path: string, first: UnreadableLine | undefined, count: number): readonly Problem[] {
  if (!first) return []
  const {line, text} = first
  const others = count === 1 ? '' : ` (the first of ${count} such lines)`
  const what = printable(text.trimEnd().slice(0, shownLength))
  return [warning('proc-line-unreadable', `cannot read "${what}"${others}`, {where: `${path}:${line}`})]
}
