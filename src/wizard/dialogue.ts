// The conversation: question after question until all that apply are answered, each answer checked at once, `<` back and
// `?` explained. Who asks, and who tries the servers, is handed in.

import type {Problem} from '../domain/problem.ts'
import type {Key, RealServer, Texts} from './answers.ts'
import type {Facts} from './facts.ts'
import {resolve} from './flow.ts'
import {questionOf} from './questions.ts'
import {wrap} from './wrap.ts'

/** The person on the other side. */
export interface Person {
  /** One line; the proposal where nothing was typed. Throws Interrupted. */
  ask(question: string, proposal: string | undefined): Promise<string>
  tell(lines: readonly string[]): void
  warn(problem: Problem): void
  refuse(problem: Problem): void
}

/** Ctrl-C, or the end of the input: nobody answers any more. */
export class Interrupted extends Error {}

export interface Surroundings {
  readonly person: Person
  readonly facts: Facts
  /** Tries whether a server is there, and says what it found. */
  readonly tryServer: (server: RealServer, texts: Texts) => Promise<void>
}

export const back: unique symbol = Symbol('back')
type Said = string | typeof back

export const greeting: readonly string[] = [
  'This sets up load balancing, question by question, and changes nothing before you say yes.',
  'Enter takes the answer in brackets, < goes back, ? explains, Ctrl-C ends it.',
]

/** How far it has come. */
export interface Conversation {
  readonly texts: Texts
  /** What was asked, in that order. */
  readonly asked: readonly Key[]
  /** What was answered before going back. */
  readonly earlier: Texts
}

export const begun = (given: Texts): Conversation => ({texts: given, asked: [], earlier: {}})

/** To the question before; undefined: there is none. */
export function stepBack({texts, asked, earlier}: Conversation): Conversation | undefined {
  const last = asked.at(-1)
  if (last === undefined) return undefined
  return {texts: without(texts, last), asked: asked.slice(0, -1), earlier: {...earlier, [last]: texts[last]}}
}

/** Until every question that applies has an answer that can stay. */
export async function converse(conversation: Conversation, around: Surroundings): Promise<Conversation> {
  let now = conversation
  for (;;) {
    const {texts, asked, earlier} = now
    const {open, verdicts} = resolve(texts, around.facts)
    const wrong = verdicts.find(({problem}) => problem.severity === 'error')
    if (wrong) {
      // An answer of before that does not go with a later one.
      around.person.refuse(withoutPlace(wrong.problem))
      now = {...now, texts: without(texts, wrong.key)}
      continue
    }
    const [key] = open
    if (key === undefined) return now
    const said = await (key === 'servers' ? askServers : askOne)(key, texts, earlier[key], around)
    if (said !== back) {
      now = {texts: {...texts, [key]: said}, asked: [...asked.filter((one) => one !== key), key], earlier}
      continue
    }
    const before = stepBack(now)
    if (before) now = before
    else around.person.tell(['  this is the first question'])
  }
}

async function askOne(key: Key, texts: Texts, earlier: string | undefined, around: Surroundings): Promise<Said> {
  const {person, facts} = around
  const question = questionOf(key)
  const situation = {answers: resolve(texts, facts).answers, facts}
  const choices = question.choices?.(situation) ?? []
  const width = Math.max(0, ...choices.map(([answer]) => answer.length))
  person.tell([
    '',
    ...wrap([
      ...choices.map(([answer, when]) => `  ${answer.padEnd(width)}  ${when}`),
      ...(question.remarks?.(situation) ?? []).map((line) => `  ${line}`),
    ]),
  ])
  const proposal = earlier ?? question.proposes?.(situation)
  for (;;) {
    const said = await askLine(question.asks, proposal, question.explains, person)
    if (said === back || accepts(key, said, texts, around)) return said
  }
}

/** One after the other until there are no more; `<` takes the last one back. */
async function askServers(key: Key, texts: Texts, earlier: string | undefined, around: Surroundings): Promise<Said> {
  const {person, facts, tryServer} = around
  const {asks, explains} = questionOf(key)
  let listed: readonly string[] = []
  person.tell([''])
  for (;;) {
    const first = listed.length === 0
    const text = first ? asks : 'Another real server? Enter: no more'
    const said = await askLine(text, first ? earlier : '', explains, person)
    if (said === '') return listed.join(', ')
    if (said === back) {
      if (first) return back
      person.tell([`  without ${listed.at(-1)}`])
      listed = listed.slice(0, -1)
      continue
    }
    const next = [...listed, said]
    if (!accepts(key, next.join(', '), texts, around)) continue
    const count = said.split(',').length
    listed = next
    const {servers = []} = resolve({...texts, [key]: next.join(', ')}, facts).answers
    for (const server of servers.slice(-count)) await tryServer(server, texts)
  }
}

/** A proposal of '' is to take nothing for an answer. */
export async function askLine(
  text: string,
  proposal: string | undefined,
  explains: readonly string[],
  person: Person,
): Promise<Said> {
  for (;;) {
    const said = (await person.ask(text, proposal)).trim()
    if (said === '<' || said === 'back') return back
    if (said === '?' || said === 'help') person.tell(wrap(explains.map((line) => `  ${line}`)))
    else if (said === '' && proposal === undefined) person.tell(['  an answer is needed; ? explains'])
    else return said
  }
}

/** Says everything about an answer that there is to say; whether it can stay. */
function accepts(key: Key, text: string, texts: Texts, {person, facts}: Surroundings): boolean {
  const found = resolve({...texts, [key]: text}, facts).verdicts.filter((one) => one.key === key)
  const errors = found.filter(({problem}) => problem.severity === 'error')
  for (const {problem} of errors) person.refuse(withoutPlace(problem))
  if (errors.length > 0) return false
  for (const {problem} of found) person.warn(withoutPlace(problem))
  return true
}

function without(texts: Texts, key: Key): Texts {
  const {[key]: _gone, ...rest} = texts
  return rest
}

/** Whoever was just asked knows what it is about. */
function withoutPlace({where: _where, ...rest}: Problem): Problem {
  return rest
}
