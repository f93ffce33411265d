// Problems below a result: a mark, the sentence, and what to do.

import type {Problem} from '../domain/problem.ts'

const marks = {error: '✗', warning: '!'} as const

export function problemLines(problems: readonly Problem[]): readonly string[] {
  return problems.flatMap(({severity, message, hint}) => [
    `${marks[severity]} ${message}`,
    ...(hint === undefined ? [] : hint.split('\n').map((line) => `  ${line}`)),
  ])
}
