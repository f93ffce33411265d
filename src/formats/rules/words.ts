// A line of rules as words: split on blanks, without its comment, with the lines that a `\` at the end joins to it. As in
// `ipvsadm -R` there is no quoting.

const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const blank = 0x20
const hash = 0x23
const backslash = 0x5c

/**
 * Puts the words of the line at `start` into `words`, and where each begins into `places` where that is wanted. Answers
 * where the next line begins.
 */
export function splitLine(text: string, start: number, words: string[], places?: number[]): number {
  const end = text.length
  let at = start
  words.length = 0
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code === blank || code === tab || code === carriageReturn) at++
    else if (code === newline) return at + 1
    else if (code === hash) return afterLine(text, at)
    else if (code === backslash && joinsAt(text, at) > 0) at = joinsAt(text, at)
    else {
      const from = at++
      for (; at < end; at++) {
        const inside = text.charCodeAt(at)
        if (inside <= blank && (inside === blank || inside === newline || inside === tab || inside === carriageReturn))
          break
        if (inside === backslash && joinsAt(text, at) > 0) break
      }
      words.push(text.slice(from, at))
      places?.push(from)
    }
  }
  return end
}

/** Where the line after this one begins. */
function afterLine(text: string, at: number): number {
  const found = text.indexOf('\n', at)
  return found < 0 ? text.length : found + 1
}

/** Behind the line end that a `\` hides; 0 where it hides none. */
function joinsAt(text: string, at: number): number {
  let next = at + 1
  while (text.charCodeAt(next) === carriageReturn) next++
  return text.charCodeAt(next) === newline ? next + 1 : 0
}
