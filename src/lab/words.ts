// How the lab's messages put times and long output.

export function duration(ms: number): string {
  return `${ms / 1000} s`
}

/** The end of an output, set off from the sentence above it. */
export function indentTail(text: string, lines = 40): string {
  const all = text.trimEnd().split('\n').slice(-lines)
  return all.map((line) => `  ${line}`).join('\n')
}
