// Problems of a text, a line each with their place in it, as editors and people find them.

import type {PlacedProblem} from '../formats/placed-problem.ts'
import type {Paint} from './output.ts'

const place = (name: string, {line, column}: PlacedProblem): string => `${name}:${line}:${column}`

/** A repair that is a blank or a line end cannot be shown: its hint is. `rules.txt:3:39  ✗ EN DASH where an option should begin: "–g"    fix: -g` */
export function placedLines(name: string, problems: readonly PlacedProblem[], paint: Paint): readonly string[] {
  const width = problems.reduce((most, one) => Math.max(most, place(name, one).length), 0)
  return problems.flatMap((one) => {
    const sign = one.severity === 'error' ? paint.red('✗') : paint.yellow('!')
    const shown = one.fix?.trim()
    const fix = shown ? `    fix: ${shown}` : ''
    const line = `${place(name, one).padEnd(width)}  ${sign} ${one.message}${fix}`
    return one.hint && !shown ? [line, `${' '.repeat(width)}    ${one.hint}`] : [line]
  })
}

/** As every other problem, with its place in front. */
export function placedAsProblems(name: string, problems: readonly PlacedProblem[]) {
  return problems.map(({code, severity, message, hint, fix, ...at}) => ({
    code,
    severity,
    where: place(name, at as PlacedProblem),
    message,
    ...(fix?.trim() ? {hint: `fix: ${fix}`} : hint && {hint}),
  }))
}

/** The lines that a repair changed: `  3 - … –g`, `  3 + … -g`; those that only ended otherwise are counted. */
export function repairLines(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const lines: string[] = []
  let ends = 0
  for (let at = 0; at < Math.max(old.length, now.length); at++) {
    const [was, is] = [old[at], now[at]]
    if (was === is) continue
    if (was?.trimEnd() === is?.trimEnd()) {
      ends++
      continue
    }
    if (was !== undefined) lines.push(`  ${at + 1} - ${was.trimEnd()}`)
    if (is !== undefined) lines.push(`  ${at + 1} + ${is.trimEnd()}`)
  }
  if (ends > 0) lines.push(`  ${ends === 1 ? 'one line ends' : `${ends} lines end`} otherwise (CR LF, blanks)`)
  return lines
}
