// From the words typed so far to what could stand at the cursor. Knows no shell: answer.ts speaks to those.

import {type Candidate, type Completion, nothing} from './candidate.ts'
import type {Definitions, FlagDefinition} from './definitions.ts'
import {isUseful, serviceOptions} from './exclusions.ts'
import {completeIpvsadm} from './ipvsadm.ts'
import {findCommand, type Line, readLine} from './line.ts'
import type {LiveValues} from './live.ts'
import type {Situation} from './situation.ts'
import {argumentRow, flagRow, type ValueRow} from './values.ts'

export interface Sources {
  readonly definitions: Definitions
  readonly live: LiveValues
  /** The same in the namespace that --netns names. */
  liveIn(namespace: string): LiveValues
}

/** `words`: those after `lvsctl`; the last is being typed and may be ''. */
export async function complete(words: readonly string[], sources: Sources): Promise<Completion> {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  if (before[0] === 'ipvsadm') return completeIpvsadm([...before.slice(1), typed], sources.live)
  const helping = before[0] === 'help'
  const found = findCommand(helping ? before.slice(1) : before, sources.definitions)
  switch (found.kind) {
    case 'names':
      return matching(typed, [
        ...names(found.id, sources.definitions),
        ...(found.id === '' && !helping ? [helpWord] : []),
        ...(typed.startsWith('-') ? programOptions(found.id) : []),
      ])
    case 'command':
      return helping ? nothing : completeArguments(readLine(found.command, found.rest, typed), sources)
    case 'unknown':
      return nothing
  }
}

const helpWord: Candidate = {value: 'help', about: 'About a command'}
const helpOption: Candidate = {value: '--help', about: 'Show help'}

function programOptions(topic: string): readonly Candidate[] {
  return topic === '' ? [helpOption, {value: '--version', about: 'Show the version'}] : [helpOption]
}

/** The words that may follow a topic; '' is the top. */
function names(topic: string, {commands, topics}: Definitions): readonly Candidate[] {
  const start = topic === '' ? '' : `${topic}:`
  const visible = Object.values(commands).filter(({id, hidden}) => id.startsWith(start) && hidden !== true)
  const next = new Set(visible.map(({id}) => id.slice(start.length).split(':')[0] as string))
  return [...next].map((value) => ({
    value,
    about: commands[start + value]?.summary ?? topics[start + value]?.description,
  }))
}

async function completeArguments(line: Line, sources: Sources): Promise<Completion> {
  const {command, given, typing} = line
  const namespace = given.get('netns')?.at(-1)
  const live = namespace === undefined ? sources.live : sources.liveIn(namespace)
  const args = Object.keys(command.args)
  // -t ADDRESS:PORT takes the place of the argument SERVICE, and -r of SERVER.
  const free = args.filter(
    (name) => !(name === 'service' && namesService(given)) && !(name === 'server' && given.has('real-server')),
  )
  const situation: Situation = {
    given,
    words: new Map(free.flatMap((name, index) => (line.words[index] === undefined ? [] : [[name, line.words[index]]]))),
    live,
  }
  switch (typing.as) {
    case 'value':
      return completeValue(rowOf(typing.flag, command.id), typing, situation)
    case 'option':
      return matching(typing.text, options(line, typing.text))
    case 'argument': {
      const {text, literal, optional} = typing
      const name = free[line.words.length]
      const definition = name === undefined ? undefined : command.args[name]
      const row = definition?.options ? fixed(definition.options) : name && argumentRow(command.id, name)
      // What follows the arguments of a script is the script's.
      if (row === undefined && command.strict === false && name === undefined && args.length > 0)
        return {kind: 'files', before: ''}
      if (optional) {
        const values = await completeValue(rowOf(optional, command.id), {before: '', text}, situation)
        if (values.kind === 'files' || values.candidates.length > 0) return values
      }
      const found = row ? await completeValue(row, {before: '', text}, situation) : nothing
      if (found.kind === 'files' || found.candidates.length > 0 || literal) return found
      return text === '' ? matching('', options(line, '--')) : nothing
    }
  }
}

const namesService = (given: Line['given']): boolean => serviceOptions.some((name) => given.has(name))

function rowOf(flag: FlagDefinition, command: string): ValueRow | undefined {
  return flag.options ? fixed(flag.options) : flagRow(command, flag.name)
}

const fixed = (options: readonly string[]): ValueRow => ({words: options.map((value) => ({value}))})

async function completeValue(
  row: ValueRow | undefined,
  {before, text}: {readonly before: string; readonly text: string},
  situation: Situation,
): Promise<Completion> {
  if (row === undefined || 'free' in row) return nothing
  if ('files' in row) return {kind: 'files', before}
  const words = typeof row.words === 'function' ? await row.words(situation) : row.words
  if (!row.commas) return matching(before + text, words.map(behind(before)))
  const comma = text.lastIndexOf(',') + 1
  const taken = text.slice(0, comma).split(',')
  return matching(
    before + text,
    words.filter(({value}) => !taken.includes(value)).map(behind(before + text.slice(0, comma))),
  )
}

const behind =
  (before: string) =>
  (one: Candidate): Candidate => ({...one, value: before + one.value})

/** Those that are of use beside what is there. Letters only where somebody began one: half as many to read. */
function options({command, given, words}: Line, text: string): readonly Candidate[] {
  const there = new Set(given.keys())
  if (words.length > 0 && 'service' in command.args) there.add('tcp-service')
  // What every command has comes last.
  const flags = Object.values(command.flags)
  const ordered = [
    ...flags.filter((one) => one.helpGroup !== 'GLOBAL'),
    ...flags.filter((one) => one.helpGroup === 'GLOBAL'),
  ]
  const useful = ordered.filter(
    ({name, hidden, multiple}) =>
      hidden !== true &&
      (multiple === true || !there.has(name)) &&
      isUseful(name, multiple ? without(there, name) : there),
  )
  const letters = useful.flatMap(({char, summary, description}) =>
    char !== undefined && !text.startsWith('--') ? {value: `-${char}`, about: summary ?? description} : [],
  )
  const longs = useful.map(({name, summary, description}) => ({value: `--${name}`, about: summary ?? description}))
  return [...letters, ...longs, helpOption]
}

function without(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...names].filter((one) => one !== name))
}

function matching(text: string, candidates: readonly Candidate[]): Completion {
  return {kind: 'words', candidates: candidates.filter(({value}) => value.startsWith(text))}
}
