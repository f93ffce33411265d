import {describe, expect, test} from 'vitest'
import type {CommandDefinition, Definitions, FlagDefinition} from '../../../src/completion/definitions.ts'
import {findCommand, readLine} from '../../../src/completion/line.ts'

const option = (name: string, char?: string, helpValue?: string): [string, FlagDefinition] => [
  name,
  {name, type: 'option', ...(char !== undefined && {char}), ...(helpValue !== undefined && {helpValue})},
]
const flags = Object.fromEntries([
  option('tcp-service', 't'),
  option('scheduler', 's'),
  option('persistent', 'p', '[SECONDS]'),
  ['port', {name: 'port', type: 'option', aliases: ['mcast-port']}],
  ['ops', {name: 'ops', char: 'o', type: 'boolean'}],
  ['ipv6', {name: 'ipv6', char: '6', type: 'boolean'}],
])
const command: CommandDefinition = {id: 'service:add', args: {service: {name: 'service'}}, flags}
const definitions: Definitions = {
  commands: {'service:add': command, 'service:list': {...command, id: 'service:list'}, list: {...command, id: 'list'}},
  topics: {},
}

/** `-t X -o|--sch`: before the bar what is typed, after it what is being typed. */
function read(text: string) {
  const words = text.split(' ')
  const {given, words: args, typing} = readLine(command, words.slice(0, -1), words.at(-1) ?? '')
  const flag = 'flag' in typing ? {flag: typing.flag.name, before: typing.before} : {}
  const optional = 'optional' in typing ? {optional: typing.optional.name} : {}
  return {given: Object.fromEntries(given), args, as: typing.as, ...flag, ...optional, text: typing.text}
}

test.each([
  ['', {given: {}, args: [], as: 'argument', text: ''}],
  ['tcp://', {given: {}, args: [], as: 'argument', text: 'tcp://'}],
  ['a ', {given: {}, args: ['a'], as: 'argument', text: ''}],
  ['-', {given: {}, args: [], as: 'option', text: '-'}],
  ['--sch', {given: {}, args: [], as: 'option', text: '--sch'}],
  ['-t ', {given: {}, args: [], as: 'value', flag: 'tcp-service', before: '', text: ''}],
  ['-t -', {given: {}, args: [], as: 'value', flag: 'tcp-service', before: '', text: '-'}],
  ['-t 192.0.2.1:80 ', {given: {'tcp-service': ['192.0.2.1:80']}, args: [], as: 'argument', text: ''}],
  ['--tcp-service=192', {given: {}, args: [], as: 'value', flag: 'tcp-service', before: '--tcp-service=', text: '192'}],
  ['--tcp-service=', {given: {}, args: [], as: 'value', flag: 'tcp-service', before: '--tcp-service=', text: ''}],
  ['-t192', {given: {}, args: [], as: 'value', flag: 'tcp-service', before: '-t', text: '192'}],
  ['-osr', {given: {}, args: [], as: 'value', flag: 'scheduler', before: '-os', text: 'r'}],
  ['-t', {given: {}, args: [], as: 'option', text: '-t'}],
  ['-os rr --', {given: {ops: [''], scheduler: ['rr']}, args: [], as: 'option', text: '--'}],
  ['-srr -', {given: {scheduler: ['rr']}, args: [], as: 'option', text: '-'}],
  ['--scheduler=rr x', {given: {scheduler: ['rr']}, args: [], as: 'argument', text: 'x'}],
  ['--mcast-port 1 -', {given: {port: ['1']}, args: [], as: 'option', text: '-'}],
  ['--mcast-port=', {given: {}, args: [], as: 'value', flag: 'port', before: '--mcast-port=', text: ''}],
  ['-p ', {given: {}, args: [], as: 'argument', optional: 'persistent', text: ''}],
  ['-p -', {given: {}, args: [], as: 'option', text: '-'}],
  ['-p 300 ', {given: {persistent: ['300']}, args: [], as: 'argument', text: ''}],
  ['-p -o ', {given: {persistent: [''], ops: ['']}, args: [], as: 'argument', text: ''}],
  ['-- -t', {given: {}, args: [], as: 'argument', text: '-t'}],
  ['-- -t ', {given: {}, args: ['-t'], as: 'argument', text: ''}],
  ['--unknown x ', {given: {}, args: ['x'], as: 'argument', text: ''}],
  ['--constructor=x ', {given: {}, args: [], as: 'argument', text: ''}],
])('%j', (text, expected) => expect(read(text)).toEqual(expected))

describe('which command', () => {
  test.each([
    ['', {kind: 'names', id: ''}],
    ['service', {kind: 'names', id: 'service'}],
    ['service add', {kind: 'command', command, rest: []}],
    ['service add -t x', {kind: 'command', command, rest: ['-t', 'x']}],
    ['list service', {kind: 'command', command: definitions.commands.list, rest: ['service']}],
    ['constructor', {kind: 'unknown'}],
    ['service nonsense', {kind: 'unknown'}],
    ['--json service', {kind: 'unknown'}],
  ])('%j', (text, expected) => expect(findCommand(text.split(' ').filter(Boolean), definitions)).toEqual(expected))
})
