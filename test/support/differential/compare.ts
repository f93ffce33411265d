// Two outcomes of the same step: what differs, in words.

import type {Outcome} from './step.ts'

export interface Difference {
  readonly what: 'stdout' | 'stderr' | 'code' | 'state'
  readonly real: string
  readonly ours: string
}

export function differencesOf(real: Outcome, ours: Outcome): readonly Difference[] {
  const parts = [
    {what: 'stdout', real: real.stdout, ours: ours.stdout},
    {what: 'stderr', real: real.stderr, ours: ours.stderr},
    {what: 'code', real: `${real.code}`, ours: `${ours.code}`},
    {what: 'state', real: real.state.join('\n'), ours: ours.state.join('\n')},
  ] as const
  return parts.filter((part) => part.real !== part.ours)
}

/** Only the lines that are not the same in both. */
export function formatDifference({what, real, ours}: Difference): string {
  const [left, right] = [real.split('\n'), ours.split('\n')]
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start++
  let end = 0
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end++
  const show = (lines: readonly string[]) =>
    lines
      .slice(start, lines.length - end)
      .map((line) => JSON.stringify(line))
      .join(', ') || 'nothing'
  return `${what}${start > 0 ? ` line ${start + 1}` : ''}: ipvsadm ${show(left)}; ours ${show(right)}`
}
