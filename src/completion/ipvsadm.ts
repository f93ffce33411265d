// ipvsadm's own command line, from the table of its options: commands first, then what may follow, values as everywhere.

import {commandRows, type OptionRow, optionRows} from '../formats/ipvsadm/options.ts'
import {type Candidate, type Completion, nothing} from './candidate.ts'
import type {CommandDefinition, FlagDefinition} from './definitions.ts'
import {isUseful} from './exclusions.ts'
import {readLine} from './line.ts'
import type {LiveValues} from './live.ts'
import type {Situation} from './situation.ts'
import {flagRow} from './values.ts'

const rows: readonly OptionRow[] = [...commandRows, ...optionRows]
const isCommand = (name: string): boolean => commandRows.some((row) => row.name === name)

const flags = Object.fromEntries(
  rows.map(({name, letters, value}): [string, FlagDefinition] => [
    name,
    {
      name,
      ...(letters !== '' && {char: letters[0] as string}),
      type: value === 'none' ? 'boolean' : 'option',
      ...(value === 'optional' && {helpValue: '[SECONDS]'}),
    },
  ]),
)
/** As if it were a command of ours. */
const definition: CommandDefinition = {id: 'ipvsadm', args: {}, flags}

/** ipvsadm's command → the command of ours whose values it wants. */
const meanings: Readonly<Record<string, string>> = {'add-service': 'service:add', 'add-server': 'server:add'}

/** `--start-daemon ROLE`; `--set` is followed by three numbers. */
const daemonCommands = ['start-daemon', 'stop-daemon']

export async function completeIpvsadm(words: readonly string[], live: LiveValues): Promise<Completion> {
  const {given, typing} = readLine(definition, words.slice(0, -1), words.at(-1) ?? '')
  const command = [...given.keys()].find(isCommand)
  if (typing.as !== 'value') {
    const useful = rows.filter(({name}) =>
      isCommand(name)
        ? given.size === 0
        : command !== undefined && !given.has(name) && isUseful(name, new Set(given.keys())),
    )
    return {kind: 'words', candidates: useful.flatMap(spellings).filter(({value}) => value.startsWith(typing.text))}
  }
  const {flag, before, text} = typing
  const row = flagRow(meanings[command ?? ''] ?? 'ipvsadm', daemonCommands.includes(flag.name) ? 'role' : flag.name)
  if (row === undefined || !('words' in row)) return nothing
  const situation: Situation = {given, words: new Map(), live}
  const candidates = typeof row.words === 'function' ? await row.words(situation) : row.words
  return {
    kind: 'words',
    candidates: candidates
      .filter(({value}) => value.startsWith(text))
      .map((one) => ({...one, value: before + one.value})),
  }
}

function spellings({name, letters}: OptionRow): readonly Candidate[] {
  return [...[...letters].map((letter) => ({value: `-${letter}`, about: name})), {value: `--${name}`}]
}
