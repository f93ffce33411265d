// Lines broken to fit a terminal of 80 columns, what follows hanging below the text.

const widest = 79

/** A line that begins with a word and two blanks or more goes on below what stands behind them. */
export function wrap(lines: readonly string[]): readonly string[] {
  return lines.flatMap(wrapLine)
}

function wrapLine(line: string): readonly string[] {
  const hang = /^ *\S+ {2,}(?=\S)/.exec(line)?.[0].length ?? /^ */.exec(line)?.[0].length ?? 0
  const out: string[] = []
  let rest = line
  while (rest.length > widest) {
    const end = rest.lastIndexOf(' ', widest)
    if (end <= hang) break
    out.push(rest.slice(0, end))
    rest = ' '.repeat(hang) + rest.slice(end + 1)
  }
  return [...out, rest]
}
