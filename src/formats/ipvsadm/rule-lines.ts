// The text that `-R` reads, as lines of words: split at blanks, tabs and carriage returns, no quoting, no comments.

/** Longer words are cut to this. */
const longestWord = 4096

/** The program's own name is passed over wherever it stands. */
const programName = 'ipvsadm'

export function splitRule(line: string): readonly string[] {
  const words: string[] = []
  for (const whole of line.split(/[ \t\r]+/)) {
    if (whole === '') continue
    const word = plain(whole)
    if (word !== programName) words.push(word)
  }
  return words
}

/** A NUL ends a word of C. */
function plain(word: string): string {
  const end = word.indexOf('\0')
  const cut = end < 0 ? word : word.slice(0, end)
  return cut.length > longestWord ? cut.slice(0, longestWord) : cut
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
