// What a line of rules gives: its command and the values of its options, as text. Every form that popt(3) reads is
// understood: `-t V`, `-tV`, `--tcp-service V`, `--tcp-service=V`, bundles such as `-At V`. What the values mean is in
// settings.ts.
//
// One Line is filled again and again, because a file of 120,000 rules has half a million options.

import {shown} from '../../domain/foreign-characters.ts'
import {nearest} from '../../domain/nearest.ts'
import {type Problem, problem} from '../../domain/problem.ts'
import {
  alternatives,
  bits,
  type Command,
  type Option,
  optionsIn,
  places,
  type RuleOption,
  spelled,
  words as table,
} from './options.ts'

/** Where in its line: the word, and how far into it. */
export interface Spot {
  readonly word: number
  readonly inside: number
}

/** Takes a problem of the line that is being read; `fix`: what to put there instead of the word. */
export type Complain = (found: Problem, spot: Spot, fix?: string) => void

export class Line {
  command: Command | undefined
  /** The word that the command stands in. */
  commandWord = 0
  /** The value of the command (`--start-daemon master`), where it takes one. */
  commandValue = ''
  private commandValueWord = 0
  private commandValueInside = 0
  /** The bits of the options that are there. */
  given = 0
  /** The bit of the option that ends the line without its value. */
  lacking = 0
  readonly values: string[] = Object.keys(places).map(() => '')
  /** What stands behind the options: the three numbers of --set. */
  readonly rest: string[] = []
  readonly restWords: number[] = []

  private readonly wordOf = Object.keys(places).map(() => 0)
  private readonly insideOf = Object.keys(places).map(() => 0)
  private readonly complain: Complain

  constructor(complain: Complain) {
    this.complain = complain
  }

  has(name: RuleOption): boolean {
    return (this.given & bits[name]) !== 0
  }

  value(name: RuleOption): string {
    return this.values[places[name]] as string
  }

  /** The value of an option, or the option itself where it has none. */
  spotOf(name: RuleOption): Spot {
    return {word: this.wordOf[places[name]] as number, inside: this.insideOf[places[name]] as number}
  }

  /** The first of the options that name a service. */
  serviceOption(): 'tcp-service' | 'udp-service' | 'sctp-service' | 'fwmark-service' | 'service' | undefined {
    const chosen = this.given & alternatives.service
    if (chosen === bits['tcp-service']) return 'tcp-service'
    return serviceOptions.find((name) => (chosen & bits[name]) !== 0)
  }

  /** The value of the command, or the command where it has none. */
  commandSpot(): Spot {
    return {word: this.commandValueWord, inside: this.commandValueInside}
  }

  /** Whether the line can be gone on with: there is a command that is a rule. */
  read(words: readonly string[]): boolean {
    this.command = undefined
    this.given = 0
    this.lacking = 0
    this.rest.length = 0
    this.restWords.length = 0
    const count = words.length
    let at = 0
    while (at < count && isProgram(words[at] as string)) at++
    // A line of nothing but the program's name lists the table.
    if (at === count) return this.refuse(noCommand('nothing but the name of the program'), 0)
    while (at < count) {
      const word = words[at] as string
      const row = table.get(word)
      if (row === undefined) at = this.readOther(words, at)
      else at = this.take(row, words, at, word.length, true)
      if (at < 0) return false
    }
    return this.check()
  }

  /** An option whose name ends at `inside` in its word. Answers the word that comes next; -1: the line is no rule. */
  private take(row: Command | Option, words: readonly string[], at: number, inside: number, ends: boolean): number {
    const word = words[at] as string
    let value = ''
    let valueAt = at
    let valueInside = 0
    if (!ends && row.value !== 'none') {
      // `-w3`, `--weight=3`; `-w=3` is 3 to popt too.
      valueInside = word.charCodeAt(inside) === equals ? inside + 1 : inside
      value = word.slice(valueInside)
    } else if (row.value === 'required') {
      valueAt = at + 1
      if (valueAt === words.length) {
        this.complain(...this.missing(row, words, at))
        if (row.kind === 'command') return -1
        this.lacking = row.bit
        return valueAt
      }
      value = words[valueAt] as string
    } else if (row.value === 'optional' && at + 1 < words.length && !(words[at + 1] as string).startsWith('-')) {
      valueAt = at + 1
      value = words[valueAt] as string
    }
    if (row.kind === 'command') {
      if (!this.setCommand(row, at, value)) return -1
      this.commandValueWord = valueAt
      this.commandValueInside = valueInside
    } else this.setOption(row, value, valueAt, valueInside, at)
    return valueAt + 1
  }

  private setCommand(row: Command, at: number, value: string): boolean {
    if (this.command)
      return this.refuse(
        problem('rule-commands', `${spelled(row.name)} is a second command, after ${spelled(this.command.name)}`, {
          where: spelled(row.name),
          hint: 'One line has one command',
        }),
        at,
      )
    if (!row.rule)
      return this.refuse(
        problem('not-a-rule', `${spelled(row.name)} is not a rule: it sets nothing`, {
          where: spelled(row.name),
          hint: 'Leave the line out',
        }),
        at,
      )
    if (this.given !== 0)
      this.complain(
        problem('rule-command-first', `the command ${spelled(row.name)} stands behind its options`, {
          where: spelled(row.name),
          hint: 'ipvsadm wants the command first',
        }),
        {word: at, inside: 0},
      )
    this.command = row
    this.commandWord = at
    this.commandValue = value
    return true
  }

  private setOption({name, index, bit}: Option, value: string, at: number, inside: number, optionAt: number): void {
    if (index < 0) {
      this.complain(
        problem('option-not-of-rules', `${spelled(name)} is an option of listings, not of rules`, {
          where: spelled(name),
          hint: 'Leave it out',
        }),
        {word: optionAt, inside: 0},
      )
      return
    }
    if ((this.given & bit) !== 0 && name !== 'ipv6') {
      this.complain(problem('option-repeated', `${spelled(name)} is given twice`, {where: spelled(name)}), {
        word: optionAt,
        inside: 0,
      })
      return
    }
    this.given |= bit
    this.values[index] = value
    this.wordOf[index] = at
    this.insideOf[index] = inside
  }

  /** A word that is no option by itself: `--opt=value`, a bundle, a value on its own, a mistake. */
  private readOther(words: readonly string[], at: number): number {
    const word = words[at] as string
    if (word === '--') return at + 1
    if (word.startsWith('--')) {
      const sign = word.indexOf('=')
      const row = sign < 0 ? undefined : table.get(word.slice(0, sign))
      if (row === undefined) return this.unknown(word, at, 0)
      if (row.value !== 'none') return this.take(row, words, at, sign, false)
      this.complain(problem('option-value', `${word.slice(0, sign)} takes no value`, {where: spelled(row.name)}), {
        word: at,
        inside: sign,
      })
      return at + 1
    }
    if (word.length > 2 && word.startsWith('-')) return this.readBundle(words, at)
    if (word.startsWith('-')) return this.unknown(word, at, 0)
    return this.readPositional(word, at)
  }

  private readBundle(words: readonly string[], at: number): number {
    const word = words[at] as string
    for (let inside = 1; inside < word.length; inside++) {
      const row = table.get(`-${word.charAt(inside)}`)
      if (row === undefined) return this.unknown(word, at, inside)
      const ends = inside + 1 === word.length
      if (ends || row.value !== 'none') return this.take(row, words, at, inside + 1, ends)
      if (row.kind === 'command') {
        if (!this.setCommand(row, at, '')) return -1
      } else this.setOption(row, '', at, inside, at)
    }
    return at + 1
  }

  private readPositional(word: string, at: number): number {
    if (this.command?.name === 'set' && this.rest.length < 3) {
      this.rest.push(word)
      this.restWords.push(at)
      return at + 1
    }
    const first = this.command === undefined && this.given === 0
    if (word === '(null)')
      this.complain(
        problem('word-unexpected', 'ipvsadm wrote (null) for a forwarding method that it does not know', {
          hint: 'Put the method there: -g, -i, -m, --forwarding local or --forwarding bypass',
        }),
        {word: at, inside: 0},
      )
    else if (first) return this.refuse(noCommand(shown(word)), at) ? at + 1 : -1
    else
      this.complain(problem('word-unexpected', `unexpected word ${shown(word)}`, {hint: 'Options begin with a dash'}), {
        word: at,
        inside: 0,
      })
    return at + 1
  }

  private unknown(word: string, at: number, inside: number): number {
    const long = word.startsWith('--')
    const name = long ? word.replace(/=.*/s, '') : `-${word.charAt(inside || 1)}`
    const [near] = long || word.length > 2 ? nearest(long ? name : `-${word}`, longNames) : []
    const spot = {word: at, inside}
    this.complain(
      problem('option-unknown', `no option ${shown(name)}`, {
        ...(near !== undefined && {hint: `Did you mean ${near}?`}),
      }),
      spot,
    )
    // What the command would have been is not known, and so not what its options would mean.
    return this.command ? at + 1 : -1
  }

  private missing(row: Command | Option, words: readonly string[], at: number): [Problem, Spot, string?] {
    const found = problem('option-value', `${spelled(row.name)} needs a value`, {where: spelled(row.name)})
    const spot = {word: at, inside: 0}
    // `ipvsadm -S` writes nothing behind -b where sh and mh have flag 3 alone, which has no name there.
    const hashing = this.has('scheduler') && ['sh', 'mh'].includes(this.value('scheduler'))
    return row.name === 'sched-flags' && hashing && words[at] === '-b' ? [found, spot, '-b flag-3'] : [found, spot]
  }

  private refuse(found: Problem, at: number): false {
    this.complain(found, {word: at, inside: 0})
    return false
  }

  /** That the options fit the command and each other. */
  private check(): boolean {
    const {command, given} = this
    if (!command) return this.refuse(noCommand('a line without command'), 0)
    const strange = given & ~command.accepts
    if (strange !== 0) {
      for (const name of optionsIn(strange))
        this.complain(
          problem('option-not-of-command', `${spelled(name)} is not an option of ${spelled(command.name)}`, {
            where: spelled(name),
          }),
          this.spotOf(name),
        )
      this.given &= command.accepts
    }
    for (const set of exclusive) {
      const chosen = this.given & set
      // More than one bit.
      if ((chosen & (chosen - 1)) !== 0) this.exclude(optionsIn(chosen))
    }
    return true
  }

  private exclude([first, ...others]: readonly RuleOption[]): void {
    for (const other of others) {
      this.complain(
        problem('options-conflict', `${spelled(first as RuleOption)} and ${spelled(other)} exclude each other`, {
          where: spelled(other),
        }),
        this.spotOf(other),
      )
      this.given &= ~bits[other]
    }
  }
}

const equals = 0x3d

const exclusive = Object.values(alternatives)

const serviceOptions = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service', 'service'] as const

const longNames = [...table.keys()].filter((word) => word.startsWith('--'))

/** `ipvsadm`, `sudo`, `/sbin/ipvsadm`: what stands before the options on a command line. */
function isProgram(word: string): boolean {
  return !word.startsWith('-') && /^(?:sudo|(?:.*\/)?ipvsadm)$/.test(word)
}

function noCommand(what: string): Problem {
  return problem('not-a-rule', `${what} is not a rule`, {
    hint: 'A rule begins with -A (add a service) or -a (add a server to it), as ipvsadm -S writes them',
  })
}
