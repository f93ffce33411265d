// What the scripts of the shells are told: a first line that says of what kind the answer is, then a word a line. In zsh
// and fish a TAB and what it is about follow; bash shows words alone, and puts them into the line as they come, so that
// they are quoted here.

import type {Completion} from './candidate.ts'

export interface Asked {
  readonly shell: string
  /** The start of the typed word that bash keeps, because it breaks words at `:` and `=`. */
  readonly dropped: string
  /** The typed word as it stands in the line. */
  readonly typed: string
}

/**
 * `words`, `open` (the word goes on, no blank behind it) or `files BEFORE`. Ends in a newline; '' for nothing.
 */
export function formatAnswer(completion: Completion, {shell, dropped, typed}: Asked): string {
  if (completion.kind === 'files') return `files ${completion.before}\n`
  // A line is a word here; no name that could be typed has a newline in it.
  const candidates = completion.candidates.filter(({value}) => !/\p{Cc}/u.test(value))
  if (candidates.length === 0) return ''
  const lines =
    shell === 'bash'
      ? bashWords(
          candidates.map(({value}) => value),
          {dropped, typed},
        )
      : candidates.map(({value, about}) => `${value}\t${oneLine(about ?? '').replace(/\.$/, '')}`)
  return `${candidates.every(({open}) => open) ? 'open' : 'words'}\n${lines.map((line) => `${line}\n`).join('')}`
}

/** Between quotes bash wants words as they are, and what would need quotes of its own is left out there. */
function bashWords(values: readonly string[], {dropped, typed}: Omit<Asked, 'shell'>): readonly string[] {
  const kept = unquote(dropped)
  const ends = values.filter((value) => value.startsWith(kept)).map((value) => value.slice(kept.length))
  return /^["']/.test(typed) ? ends.filter((end) => quote(end) === end) : ends.map(quote)
}

/** A word as it stands in the line, without what the shell will take away; a quote may still be open. */
export function unquote(word: string): string {
  let text = ''
  let open = ''
  for (let at = 0; at < word.length; at++) {
    const character = word[at] as string
    if (character === '\\' && open !== "'") text += word[++at] ?? ''
    else if (character === open) open = ''
    else if (open === '' && (character === '"' || character === "'")) open = character
    else text += character
  }
  return text
}

/** An address in brackets stays as people type it: bash takes it for a pattern that no file matches. */
function quote(word: string): string {
  return word.replace(/[^\w@%+=:,./[\]\-\u0080-\uffff]/g, '\\$&')
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}
