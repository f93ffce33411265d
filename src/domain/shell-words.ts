// Words for a POSIX shell, quoted only where needed so that generated scripts stay readable.

export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

export function shellWords(words: readonly string[]): string {
  return words.map(shellQuote).join(' ')
}
