// What word processors, web pages and chat programs do to rules: dashes that are none, blanks that are none, quotes,
// Windows line ends. Each is found with its place and what was meant; what parse.ts reads then is the text as it was
// meant, so that the rest of the line is judged as well. Comments may hold anything.

import {findForeignCharacter, plainText, shown} from '../../domain/foreign-characters.ts'
import {problem, warning} from '../../domain/problem.ts'
import {words as table} from './options.ts'
import type {Edit, Found} from './place.ts'

export interface Cleaned {
  readonly found: readonly Found[]
  /** In the order of the text. */
  readonly edits: readonly Edit[]
}

/** undefined for what nearly every file is: printable ASCII. */
export function cleanRules(text: string): Cleaned | undefined {
  if (!strange.test(text)) return undefined
  const found: Found[] = []
  const edits: Edit[] = []
  let windows: number | undefined
  let commentAt = 0
  let lineEnd = -1
  // A byte order mark in front is read over.
  let at = nextStrange(text, text.startsWith('\ufeff') ? 1 : 0)
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
      at = nextStrange(text, at + returns.length)
    } else if (at >= commentAt) at = nextInComment(text, at, lineEnd)
    else at = nextStrange(text, clean(text, at, found, edits))
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

const strange = /[^\x20-\x7e\t\n]|["']/

const returnsBeforeLineEnd = /^(\r+)\n/

function nextStrange(text: string, from: number): number {
  const search = /[^\x20-\x7e\t\n]|["']/g
  search.lastIndex = from
  return search.exec(text)?.index ?? -1
}

/** The next carriage return at the end of this line, or what is strange behind it. */
function nextInComment(text: string, at: number, lineEnd: number): number {
  let end = lineEnd
  while (end - 1 > at && text.charAt(end - 1) === '\r') end--
  return nextStrange(text, end)
}

/** Where the comment of a line begins; behind its end where it has none. */
function commentIn(line: string): number {
  const comment = /(?:^|\s)#/.exec(line)
  return comment ? comment.index + comment[0].length - 1 : line.length + 1
}

/** The problem at `at` with its repair. Answers where to go on. */
function clean(text: string, at: number, found: Found[], edits: Edit[]): number {
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
  const plain = repairWord(word)
  if (plain === word) return to
  const foreign = findForeignCharacter(word)
  if (plain !== undefined) edits.push({from, to, text: plain})
  found.push({
    problem: foreign
      ? problem('foreign-character', `${foreign.name} ${placeName(word, foreign.index)}: ${shown(word)}`)
      : problem('quotes', `quotes have no meaning in rules: ${word}`),
    at: from + (foreign?.index ?? 0),
    fix: plain,
  })
  return to
}

function placeName(word: string, index: number): string {
  if (index === 0 && leadingDashes.test(word)) return 'where an option should begin'
  return 'in a word that should be plain ASCII'
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

const leadingDashes = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]+/

/** The word as it was meant; undefined where a character stands for nothing plain. */
function repairWord(word: string): string | undefined {
  const plain = plainText(
    word
      .replace(invisible, '')
      .replace(leadingDashes, '')
      .replace(/[\u2014\u2015]/g, '-'),
  )
  if (plain === undefined) return undefined
  const bare = /^(?:"[^"]*"|'[^']*')$/.test(plain) ? plain.slice(1, -1) : plain
  const [dashes] = leadingDashes.exec(word.replace(invisible, '')) ?? []
  if (dashes === undefined) return bare
  if (/^-+$/.test(dashes)) return dashes + bare
  // One foreign dash may have been two: what follows tells.
  return (bare.length > 1 && table.has(`--${bare.replace(/=.*/s, '')}`) ? '--' : '-') + bare
}

/** Zero-width characters and soft hyphens. */
const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff]/g
