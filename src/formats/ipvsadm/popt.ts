// Words read as popt(3) reads them, whose manners every script has learned: letters bundle (`-Ln`), a value follows its
// letter (`-w5`, `-w=5`, `-w 5`), a long option stands whole (`--weight 5`, `--weight=5`, never `--wei`), and what is no
// option waits until the end. Which options there are comes in as rows (options.ts).

import type {OptionRow} from './options.ts'

export type OptionRead<Name extends string> =
  | {readonly kind: 'option'; readonly name: Name; readonly value: string | undefined}
  /** In popt's words. */
  | {readonly kind: 'problem'; readonly text: string}
  | {readonly kind: 'end'}

export interface OptionIndex<Name extends string> {
  readonly byLetter: ReadonlyMap<string, NamedRow<Name>>
  readonly byName: ReadonlyMap<string, NamedRow<Name>>
}

type NamedRow<Name extends string> = OptionRow & {readonly name: Name}

export function indexOptions<Name extends string>(rows: readonly NamedRow<Name>[]): OptionIndex<Name> {
  return {
    byLetter: new Map(rows.flatMap((row) => [...row.letters].map((letter) => [letter, row] as const))),
    byName: new Map(rows.map((row) => [row.name, row])),
  }
}

export class OptionReader<Name extends string> {
  /** What was no option, in order; complete once the end was read. */
  readonly others: string[] = []
  private readonly words: readonly string[]
  private readonly index: OptionIndex<Name>
  private next = 0
  /** Letters of a bundle that are still to come. */
  private bundle = ''
  private onlyOthers = false

  constructor(words: readonly string[], index: OptionIndex<Name>) {
    this.words = words
    this.index = index
  }

  /** The word that was read last, whole: what popt blames. */
  get lastWord(): string {
    return this.words[this.next - 1] ?? ''
  }

  read(): OptionRead<Name> {
    if (this.bundle !== '') return this.readLetter()
    for (;;) {
      const word = this.words[this.next]
      if (word === undefined) return {kind: 'end'}
      this.next++
      if (this.onlyOthers || !word.startsWith('-') || word === '-') this.others.push(word)
      else if (word === '--') this.onlyOthers = true
      else return this.readWord(word)
    }
  }

  private readWord(word: string): OptionRead<Name> {
    const dashes = word.startsWith('--') ? 2 : 1
    if (dashes === 2) {
      const equals = word.indexOf('=')
      const row = this.index.byName.get(equals < 0 ? word.slice(2) : word.slice(2, equals))
      if (!row) return unknown
      if (equals < 0) return this.take(row)
      return row.value === 'none' ? unwanted : {kind: 'option', name: row.name, value: word.slice(equals + 1)}
    }
    this.bundle = word.slice(1)
    return this.readLetter()
  }

  private readLetter(): OptionRead<Name> {
    const row = this.index.byLetter.get(this.bundle.charAt(0))
    const rest = this.bundle.slice(1)
    this.bundle = ''
    if (!row) return unknown
    if (row.value === 'none') {
      if (rest.startsWith('=')) return unwanted
      this.bundle = rest
      return {kind: 'option', name: row.name, value: undefined}
    }
    if (rest === '') return this.take(row)
    return {kind: 'option', name: row.name, value: rest.startsWith('=') ? rest.slice(1) : rest}
  }

  /** The next word is the value, whatever it looks like; only of an optional one nothing that looks like an option. */
  private take({name, value: kind}: NamedRow<Name>): OptionRead<Name> {
    if (kind === 'none') return {kind: 'option', name, value: undefined}
    const value = this.words[this.next]
    if (kind === 'optional' && (value === undefined || value.startsWith('-')))
      return {kind: 'option', name, value: undefined}
    if (value === undefined) return {kind: 'problem', text: 'missing argument'}
    this.next++
    return {kind: 'option', name, value}
  }
}

const unknown = {kind: 'problem', text: 'unknown option'} as const
const unwanted = {kind: 'problem', text: 'option does not take an argument'} as const
