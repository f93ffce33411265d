// The words of a command line as far as they are typed: which command, what options and arguments it has already, and
// what the last word is going to be. Reads like the parser that will read the whole line, and forgives more.

import {type CommandDefinition, type Definitions, type FlagDefinition, valueIsOptional} from './definitions.ts'

export interface Line {
  readonly command: CommandDefinition
  /** Options with a value, in the order typed; switches have ''. */
  readonly given: ReadonlyMap<string, readonly string[]>
  /** Arguments, the options and their values left out. */
  readonly words: readonly string[]
  readonly typing: Typing
}

type Typing =
  /** The value of an option; `before` is what stands ahead of it in the same word (`--scheduler=`, `-s`). */
  | {readonly as: 'value'; readonly flag: FlagDefinition; readonly before: string; readonly text: string}
  | {readonly as: 'option'; readonly text: string}
  /** An argument, or an option of which nothing is typed yet. `optional`: or the value of the option before it. */
  | {readonly as: 'argument'; readonly text: string; readonly literal: boolean; readonly optional?: FlagDefinition}

/** What stands at the start: a command, or the beginning of one's name. `id`: the topic so far, '' at the top. */
export type Found =
  | {readonly kind: 'command'; readonly command: CommandDefinition; readonly rest: readonly string[]}
  | {readonly kind: 'names'; readonly id: string}
  | {readonly kind: 'unknown'}

export function findCommand(before: readonly string[], definitions: Definitions): Found {
  let id = ''
  for (const [index, word] of before.entries()) {
    const next = id === '' ? word : `${id}:${word}`
    const command = Object.hasOwn(definitions.commands, next) ? definitions.commands[next] : undefined
    if (command) return {kind: 'command', command, rest: before.slice(index + 1)}
    if (!Object.keys(definitions.commands).some((one) => one.startsWith(`${next}:`))) return {kind: 'unknown'}
    id = next
  }
  return {kind: 'names', id}
}

/** `before`: the words between the command and the one being typed. */
export function readLine(command: CommandDefinition, before: readonly string[], typed: string): Line {
  const given = new Map<string, string[]>()
  const words: string[] = []
  const give = (flag: FlagDefinition, value: string): void => {
    given.set(flag.name, [...(given.get(flag.name) ?? []), value])
  }
  let literal = false
  let waiting: FlagDefinition | undefined
  for (const word of before) {
    if (waiting && !(valueIsOptional(waiting) && startsOption(word))) {
      give(waiting, word)
      waiting = undefined
      continue
    }
    if (waiting) give(waiting, '')
    waiting = undefined
    if (literal || !startsOption(word)) words.push(word)
    else if (word === '--') literal = true
    else {
      const {switches, flag, value} = readOption(word, command)
      for (const one of switches) give(one, '')
      if (flag && value !== undefined) give(flag, value)
      else waiting = flag
    }
  }
  return {command, given, words, typing: readTyped(command, typed, literal, waiting)}
}

function readTyped(
  command: CommandDefinition,
  text: string,
  literal: boolean,
  waiting: FlagDefinition | undefined,
): Typing {
  if (waiting && !valueIsOptional(waiting)) return {as: 'value', flag: waiting, before: '', text}
  if (literal || !text.startsWith('-')) return {as: 'argument', text, literal, ...(waiting && {optional: waiting})}
  const {flag, value} = readOption(text, command)
  return flag && value !== undefined
    ? {as: 'value', flag, before: text.slice(0, text.length - value.length), text: value}
    : {as: 'option', text}
}

const startsOption = (word: string): boolean => word.startsWith('-') && word !== '-'

interface OptionWord {
  /** Of a bundle (`-op`), those without a value. */
  readonly switches: readonly FlagDefinition[]
  readonly flag?: FlagDefinition
  /** undefined: it is the next word. */
  readonly value?: string
}

function readOption(word: string, {flags}: CommandDefinition): OptionWord {
  if (word.startsWith('--')) {
    const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
    const flag = Object.values(flags).find((one) => one.name === name || one.aliases?.includes(name))
    if (!flag) return {switches: []}
    if (flag.type === 'boolean') return {switches: [flag]}
    return {switches: [], flag, ...(value !== undefined && {value})}
  }
  const switches: FlagDefinition[] = []
  for (let at = 1; at < word.length; at++) {
    const flag = Object.values(flags).find(({char}) => char === word[at])
    if (!flag) break
    if (flag.type === 'option') return {switches, flag, ...(at + 1 < word.length && {value: word.slice(at + 1)})}
    switches.push(flag)
  }
  return {switches}
}
