// A word of a rule as it was meant, before a word processor or a chat program had it.

import {plainText} from '../../domain/foreign-characters.ts'
import {invisible, type WordRepair} from '../saved/foreign.ts'
import {words as table} from './options.ts'

export const ruleWords: WordRepair = {
  noQuotes: true,
  repair: repairWord,
  placeName: (word, index) =>
    index === 0 && leadingDashes.test(word) ? 'where an option should begin' : 'in a word that should be plain ASCII',
}

function repairWord(word: string): string | undefined {
  const visible = word.replace(invisible, '')
  const plain = plainText(visible.replace(leadingDashes, '').replace(/[\u2014\u2015]/g, '-'))
  if (plain === undefined) return undefined
  const bare = /^(?:"[^"]*"|'[^']*')$/.test(plain) ? plain.slice(1, -1) : plain
  const [dashes] = leadingDashes.exec(visible) ?? []
  if (dashes === undefined) return bare
  if (/^-+$/.test(dashes)) return dashes + bare
  // One foreign dash may have been two: what follows tells.
  return (bare.length > 1 && table.has(`--${bare.replace(/=.*/s, '')}`) ? '--' : '-') + bare
}

const leadingDashes = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]+/
