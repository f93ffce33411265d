// A saved state from its text, in whichever of the three formats it is.

import {plainText} from '../../domain/foreign-characters.ts'
import {problem} from '../../domain/problem.ts'
import type {SavedState} from '../../domain/saved-state.ts'
import type {PlacedProblem} from '../placed-problem.ts'
import {parseRules} from '../rules/parse.ts'
import {cleanText, invisible, type WordRepair} from './foreign.ts'
import {edited, type Found, originOf, placeProblems} from './place.ts'
import {recognise} from './recognise.ts'
import type {ReadOptions, SavedFormat} from './saved-format.ts'

export type {SavedFormat} from './saved-format.ts'

export interface ReadSaved {
  readonly format: SavedFormat
  /** undefined when any problem is an error. */
  readonly state: SavedState | undefined
  /** In the order of the file, errors and warnings, all at once. */
  readonly problems: readonly PlacedProblem[]
  /** The text with everything repaired that is not in doubt, and nothing else touched; `count` problems are gone then. */
  readonly repaired?: {readonly text: string; readonly count: number}
}

export async function readSaved(text: string, options: ReadOptions = {}): Promise<ReadSaved> {
  const recognised = options.format === undefined ? recognise(text) : {format: options.format}
  if (recognised.format === undefined) {
    const {taken, at} = recognised
    const found = problem('format-unknown', `this is ${taken ?? 'neither rules nor YAML nor JSON'}`, {
      hint: 'Rules begin with -A, YAML with services:, JSON with {',
    })
    return {format: 'rules', state: undefined, problems: placeProblems(text, [{problem: found, at}])}
  }
  const {format} = recognised
  if (format === 'rules') return {format, ...parseRules(text, options)}
  const cleaned = cleanText(text, plainWords)
  const plain = cleaned ? edited(text, cleaned.edits) : text
  const {readDocument} = await import('./documents.ts')
  const read = await readDocument(withoutMark(plain), format, options)
  const origin = originOf(cleaned?.edits ?? [])
  const shift = plain.length - withoutMark(plain).length
  const found: readonly Found[] = [
    ...(cleaned?.found ?? []),
    ...read.found.map((one) => ({...one, at: origin(one.at + shift)})),
  ]
  const count = found.filter(({fix}) => fix !== undefined).length
  return {
    format: read.format,
    state: found.some((one) => one.problem.severity === 'error') ? undefined : read.state,
    problems: placeProblems(text, found),
    ...(count > 0 && {repaired: {text: plain, count}}),
  }
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text)

/** In YAML and JSON a word is what it looks like. */
const plainWords: WordRepair = {
  noQuotes: false,
  repair: (word) => plainText(word.replace(invisible, '').replace(/[\u2014\u2015]/g, '-')),
  placeName: () => 'in a text that should be plain ASCII',
}
