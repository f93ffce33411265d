// The text that `-R` reads, as lines of words: split at blanks, tabs and carriage returns, no quoting, no comments.

/** Longer words fall apart into words of this length. */
const longestWord = 4096

/** The program's own name is passed over wherever it stands. */
const programName = 'ipvsadm'

export function splitRule(line: string): readonly string[] {
  const words: string[] = []
  for (const whole of line.split(/[ \t\r]+/)) {
    for (let at = 0; at < whole.length; at += longestWord) {
      const word = plain(whole.length > longestWord ? whole.slice(at, at + longestWord) : whole)
      if (word !== programName) words.push(word)
    }
  }
  return words
}

/** A NUL ends a word of C. */
function plain(word: string): string {
  const end = word.indexOf('\0')
  return end < 0 ? word : word.slice(0, end)
}

/** The whole lines of a text that comes in pieces; the last may lack its end. */
export function* linesOf(pieces: Iterable<string>): Generator<readonly string[]> {
  let rest = ''
  for (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() as string
    if (lines.length > 0) yield lines
  }
  if (rest !== '') yield [rest]
}
