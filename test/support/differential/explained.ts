// Where ours is meant to differ from ipvsadm 1.31: each a row of docs/ipvsadm-compatibility.md, an example that shows it,
// and how to take that one difference out, and nothing else: out of what was asked or out of what was answered. What is
// left then must be the same.

import {differencesOf} from './compare.ts'
import type {Outcome, Step} from './step.ts'

export interface Pair {
  readonly real: Outcome
  readonly ours: Outcome
}

export interface Explanation {
  readonly id: string
  /** The first cell of its row in the document. */
  readonly row: string
  readonly example: readonly Step[]
  /** How ipvsadm has to be asked for what ours does; the same words, where it does not apply. */
  readonly ask?: (word: string) => string
  /** The same for what it reads. */
  readonly askInput?: (text: string) => string
  /** The outcomes without this difference; the same ones, where it does not apply. */
  readonly level?: (pair: Pair, step: Step) => Pair
}

/** It makes no difference whether the words are given or read. */
const everywhere = (ask: (words: string) => string) => ({ask, askInput: ask})

const step = (line: string, input?: string): Step => ({argv: line.split(' '), ...(input !== undefined && {input})})

export const explanations: readonly Explanation[] = [
  {
    id: 'nothing but commas',
    row: '`-b ,` (commas and nothing else)',
    example: [step('-A -t 192.0.2.10:80 -s sh -b ,')],
    // What it had to say before it crashed is lost.
    level: (pair) =>
      pair.real.code === 139 && pair.ours.code === 2 && /(^|\n)invalid scheduler flag `,+'\n$/.test(pair.ours.stderr)
        ? {...pair, ours: {...pair.real, state: pair.ours.state}}
        : pair,
  },
  {
    id: 'great marks',
    row: 'firewall marks from 2147483648',
    example: [step('-A -f 4294967295'), step('-A -f 2147483648 -6'), step('-Ln --stats')],
    level: ({real, ours}) => ({ours, real: {...real, stdout: withUnsignedMarks(real.stdout)}}),
  },
  {
    id: 'port behind brackets',
    row: '`[10.0.0.1]:80`, `[host.name]:80`',
    example: [step('-A -t [192.0.2.10]:80 -s rr')],
    ...everywhere((words) => words.replaceAll(/\[([\w.-]+)\](?=:)/g, (_all, host) => host)),
  },
  {
    id: 'two ports',
    row: '`[10.0.0.1:81]:80`, `[host.name:81]:80`',
    example: [step('-A -t [192.0.2.10:81]:80 -s rr')],
    ...everywhere((words) => words.replaceAll(/\[([\w.-]+:[\w+ -]*)\](?=:)/g, (_all, inside) => inside)),
  },
  {
    id: 'flag 3',
    row: 'flag 3 of the schedulers sh and mh (`-b flag-3`)',
    example: [
      step('-A -t 192.0.2.10:80 -s sh -b sh-port,flag-3'),
      step('-A -t 192.0.2.11:80 -s mh -b flag-3'),
      step('-Sn'),
    ],
    level: ({real, ours}) => ({real, ours: {...ours, stdout: withoutFlag3(ours.stdout)}}),
  },
  {
    id: 'blanks at the end',
    row: '`-R` of rules whose last line has no end but two blanks or more',
    example: [step('-R', '-A -t 192.0.2.10:80 -s rr\n-A -u 192.0.2.10:53 -s rr \t')],
    askInput: (text) => text.replace(/[ \t\r]{2,}$/, ''),
  },
  {
    id: 'the next argument',
    row: '`!#:+` in the value of an option',
    example: [step('-A -t 192.0.2.10:80 -s !#:+ rr')],
    level: (pair, {argv}) => (argv.some((word) => word.includes('!#:+')) ? {...pair, ours: pair.real} : pair),
  },
]

/** In `-L` the name of a service fills 33 columns where figures follow. */
function withUnsignedMarks(text: string): string {
  return text
    .replaceAll(/^FWM {2}(-\d+)( IPv6)?( *)/gm, (all: string, mark: string, family = '', blanks: string) => {
      const name = `FWM  ${2 ** 32 + Number(mark)}${family}`
      return blanks.length > 1 ? name.padEnd(all.length) : name + blanks
    })
    .replaceAll(/^(-[Aa] -f )(-\d+)/gm, (_all, before, mark) => `${before}${2 ** 32 + Number(mark)}`)
}

function withoutFlag3(text: string): string {
  const others = (flags: string) => flags.replace(/,$/, '')
  return text
    .replaceAll(/( [ms]h \()((?:[\w,-]*,)?)flag-3\)/g, (_all, before, flags) => `${before}${others(flags)})`)
    .replaceAll(/( -s [ms]h .*-b )((?:\S*,)?)flag-3$/gm, (_all, before, flags) => before + others(flags))
}

/** The step as ipvsadm has to be given it, and why it is not as it was. */
export function askIpvsadm(given: Step): {readonly step: Step; readonly reasons: readonly string[]} {
  let asked = given
  const reasons: string[] = []
  for (const {id, ask, askInput} of explanations) {
    const next = {
      ...asked,
      ...(ask && {argv: asked.argv.map(ask)}),
      ...(askInput && asked.input !== undefined && {input: askInput(asked.input)}),
    }
    if (JSON.stringify(next) !== JSON.stringify(asked)) reasons.push(id)
    asked = next
  }
  return {step: asked, reasons}
}

/** The ids of what explains all that differs; undefined where something is left. */
export function explain(pair: Pair, given: Step): readonly string[] | undefined {
  const reasons: string[] = []
  let level = pair
  for (const explanation of explanations) {
    const before = differencesOf(level.real, level.ours)
    level = explanation.level?.(level, given) ?? level
    if (JSON.stringify(differencesOf(level.real, level.ours)) !== JSON.stringify(before)) reasons.push(explanation.id)
  }
  return differencesOf(level.real, level.ours).length === 0 ? reasons : undefined
}
