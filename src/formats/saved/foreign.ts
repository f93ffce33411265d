// What word processors, web pages and chat programs do to a file: dashes that are none, blanks that are none, quotes,
// Windows line ends. Each is found with its place and what was meant; what is parsed then is the text as it was meant, so
// that the rest of the line is judged as well. Comments may hold anything. What a word was meant to be, the format knows.

import {findForeignCharacter, shown} from '../../domain/foreign-characters.ts'
import {problem, warning} from '../../domain/problem.ts'
import type {Edit, Found} from './place.ts'

export interface Cleaned {
  readonly found: readonly Found[]
  /** In the order of the text. */
  readonly edits: readonly Edit[]
}

/** What a format makes of a word. */
export interface WordRepair {
  /** The word as it was meant; undefined where a character stands for nothing plain. */
  readonly repair: (word: string) => string | undefined
  /** Quotes have no place in the format. */
  readonly noQuotes: boolean
  /** `where an option should begin` */
  readonly placeName: (word: string, index: number) => string
}

/** undefined for what nearly every file is: printable ASCII. */
export function cleanText(text: string, words: WordRepair): Cleaned | undefined {
  const strange = words.noQuotes ? strangeOrQuote : strangeCharacter
  if (!strange.test(text)) return undefined
  const nextStrange = (from: number) => {
    const search = new RegExp(strange, 'g')
    search.lastIndex = from
    return search.exec(text)?.index ?? -1
  }
  const found: Found[] = []
  const edits: Edit[] = []
  let windows: number | undefined
  let commentAt = 0
  let lineEnd = -1
  // A byte order mark in front is read over.
  let at = nextStrange(text.startsWith('\ufeff') ? 1 : 0)
  while (at >= 0) {
    if (at > lineEnd) {
      const lineStart = text.lastIndexOf('\n', at - 1) + 1
      const end = text.indexOf('\n', at)
      lineEnd = end < 0 ? text.length : end
      commentAt = commentIn(text.slice(lineStart, lineEnd)) + lineStart
    }
    const [, returns] = returnsBeforeLineEnd.exec(text.slice(at, at + 8)) ?? []
    if (returns !== undefined) {
      windows ??= at
      edits.push({from: at, to: at + returns.length, text: ''})
      at = nextStrange(at + returns.length)
    } else if (at >= commentAt) at = nextStrange(endOfComment(text, at, lineEnd))
    else at = nextStrange(clean(text, at, words, found, edits))
  }
  if (windows !== undefined)
    found.push({
      problem: warning('line-end', 'the lines end as in Windows, with CARRIAGE RETURN (U+000D)', {
        hint: 'ipvsadm reads them all the same',
      }),
      at: windows,
      fix: '\n',
    })
  return {found, edits}
}

const strangeCharacter = /[^\x20-\x7e\t\n]/
const strangeOrQuote = /[^\x20-\x7e\t\n]|["']/

const returnsBeforeLineEnd = /^(\r+)\n/

/** Before the carriage returns of this line's end, which are strange in comments too. */
function endOfComment(text: string, at: number, lineEnd: number): number {
  let end = lineEnd
  while (end - 1 > at && text.charAt(end - 1) === '\r') end--
  return end
}

/** Where the comment of a line begins; behind its end where it has none. */
function commentIn(line: string): number {
  const comment = /(?:^|\s)#/.exec(line)
  return comment ? comment.index + comment[0].length - 1 : line.length + 1
}

/** The problem at `at` with its repair. Answers where to go on. */
function clean(text: string, at: number, words: WordRepair, found: Found[], edits: Edit[]): number {
  const character = String.fromCodePoint(text.codePointAt(at) as number)
  const name = findForeignCharacter(character)?.name ?? ''
  if (character === '\r') {
    const end = at + 1
    edits.push({from: at, to: end, text: '\n'})
    found.push({problem: problem('foreign-character', `${name} where a line should end`), at, fix: '\n'})
    return end
  }
  if (isBlank(character)) {
    const end = at + character.length
    edits.push({from: at, to: end, text: ' '})
    found.push({
      problem: problem('foreign-character', `${name} where a blank should be`, {hint: 'Put a plain blank there'}),
      at,
      fix: ' ',
    })
    return end
  }
  const [from, to] = wordAround(text, at)
  const word = text.slice(from, to)
  const plain = words.repair(word)
  if (plain === word) return to
  const foreign = findForeignCharacter(word)
  if (plain !== undefined) edits.push({from, to, text: plain})
  found.push({
    problem: foreign
      ? problem('foreign-character', `${foreign.name} ${words.placeName(word, foreign.index)}: ${shown(word)}`)
      : problem('quotes', `quotes have no meaning in rules: ${word}`),
    at: from + (foreign?.index ?? 0),
    fix: plain,
  })
  return to
}

const isBlank = (character: string): boolean => /\s/.test(character) && character !== '\ufeff'

/** From the last blank to the next, foreign ones included; a byte order mark is none. */
function wordAround(text: string, at: number): [from: number, to: number] {
  let from = at
  while (from > 0 && !isBlank(text.charAt(from - 1))) from--
  let to = at + 1
  while (to < text.length && !isBlank(text.charAt(to))) to++
  return [from, to]
}

/** Zero-width characters and soft hyphens. */
export const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff]/g
