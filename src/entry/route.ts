// From the words after `lvsctl` to what is to be done: which command, help about what, or no such command and what was
// probably meant. Knows names only; nothing is loaded or printed here.

import {nearest} from '../domain/nearest.ts'
import {LvsctlError} from '../domain/problem.ts'

export type Route =
  /** `id` as oclif has it: `service:list`. */
  | {readonly kind: 'command'; readonly id: string; readonly argv: readonly string[]}
  /** About a command, a topic, or the whole program: ''. */
  | {readonly kind: 'help'; readonly subject: string}
  | {readonly kind: 'version'}
  /** Everything behind the word is ipvsadm's, `--help` too. */
  | {readonly kind: 'ipvsadm'; readonly argv: readonly string[]}
  | {readonly kind: 'unknown'; readonly error: LvsctlError}

export function routeOf(argv: readonly string[], ids: readonly string[]): Route {
  if (argv[0] === '--version') return {kind: 'version'}
  if (argv[0] === 'ipvsadm') return {kind: 'ipvsadm', argv: argv.slice(1)}
  const given = argv[0] === 'help' ? argv.slice(1) : argv
  const wantsHelp = given !== argv || beforeDashes(given).some((word) => word === '--help' || word === '-h')
  const words = leadingWords(given)
  const command = longest(words, (id) => ids.includes(id))
  if (command !== undefined) {
    const argv = given.slice(command.split(':').length)
    return wantsHelp ? {kind: 'help', subject: command} : {kind: 'command', id: command, argv}
  }
  const subject = words.join(':')
  const isTopic = subject === '' || topicsOf(ids).includes(subject)
  if (isTopic && (wantsHelp || given.length === words.length)) return {kind: 'help', subject}
  return {kind: 'unknown', error: isTopic ? verbMissing(given, words, ids) : unknownCommand(words, ids)}
}

function beforeDashes(argv: readonly string[]): readonly string[] {
  return argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
}

function leadingWords(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex((word) => word.startsWith('-'))
  return end === -1 ? argv : argv.slice(0, end)
}

/** The longest run of words from the start that is the name of something. */
function longest(words: readonly string[], isName: (id: string) => boolean): string | undefined {
  return words.map((_, index) => words.slice(0, index + 1).join(':')).findLast(isName)
}

/** `service` of `service:list`. */
function topicsOf(ids: readonly string[]): readonly string[] {
  const topics = ids.flatMap((id) => id.split(':').map((_, index, words) => words.slice(0, index).join(':')))
  return [...new Set(topics)].filter((topic) => topic !== '')
}

/** Options where a command should be: `lvsctl -t …`, `lvsctl service -t …`. */
function verbMissing(given: readonly string[], words: readonly string[], ids: readonly string[]): LvsctlError {
  const topic = words.join(':')
  const verbs = ids.filter((id) => topic !== '' && id.startsWith(`${topic}:`)).map((id) => id.slice(topic.length + 1))
  const option = given[words.length]
  return new LvsctlError({
    failure: 'usage',
    code: 'command-missing',
    message:
      topic === ''
        ? `a command comes first, then its options: lvsctl COMMAND ${option}`
        : `lvsctl ${spell(topic)} needs a verb before ${option}: ${verbs.join(', ')}`,
    hint: `All: ${helpLine(topic)}`,
  })
}

function unknownCommand(words: readonly string[], ids: readonly string[]): LvsctlError {
  const names = [...ids, ...topicsOf(ids)].map(spell)
  const topic = longest(words, (id) => names.includes(spell(id)))
  const known = topic === undefined ? 0 : topic.split(':').length
  const meant = meantNames(words, known, names)
  const said = words.slice(0, Math.max(known + 1, meant[0]?.split(' ').length ?? 0))
  return new LvsctlError({
    failure: 'usage',
    code: 'command-unknown',
    message: `no command "${said.join(' ')}"`,
    hint: `${meant.length > 0 ? `Did you mean ${meant.map((name) => `lvsctl ${name}`).join(' or ')}? ` : ''}All: ${helpLine(topic)}`,
  })
}

/** Best first. `known`: so many words were right. */
function meantNames(words: readonly string[], known: number, names: readonly string[]): readonly string[] {
  const right = words
    .slice(0, known)
    .map((word) => `${word} `)
    .join('')
  const wrong = words[known] as string
  const next = names.filter((name) => name.startsWith(right)).map((name) => name.slice(right.length))
  const oneWord = nearest(
    wrong,
    next.filter((name) => !name.includes(' ')),
    1,
  )
  if (known > 0) return oneWord.map((name) => right + name)
  const twoWords = nearest(
    words.slice(0, 2).join(' '),
    names.filter((name) => name.split(' ').length === 2),
    1,
  )
  if (twoWords.length > 0 && words.length > 1) return twoWords
  if (oneWord.length > 0) return oneWord
  return names.filter((name) => name.endsWith(` ${wrong}`)).slice(0, 3)
}

function spell(id: string): string {
  return id.replaceAll(':', ' ')
}

function helpLine(topic: string | undefined): string {
  return !topic ? 'lvsctl --help' : `lvsctl ${spell(topic)} --help`
}
