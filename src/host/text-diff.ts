// What a file would lose and gain, line by line, for a dry run: the whole text with marks, as such files are short.

/** Each line with `  `, `- ` or `+ ` before it. All is gained where there was nothing. */
export function diffLines(before: string | undefined, after: string): readonly string[] {
  const [a, b] = [linesOf(before ?? ''), linesOf(after)]
  // common[i][j]: the longest common subsequence of what follows line i and line j.
  const common = Array.from({length: a.length + 1}, () => new Array<number>(b.length + 1).fill(0))
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      (common[i] as number[])[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`)
      i++
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${a[i++]}`)
    else lines.push(`+ ${b[j++]}`)
  }
  return lines.map((line) => line.trimEnd())
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
