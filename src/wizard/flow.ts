// From answers as texts to answers as values, with everything that is wrong with them, and the question that comes next.

import {isFine, type Problem} from '../domain/problem.ts'
import type {Answers, Key, Texts} from './answers.ts'
import type {Facts} from './facts.ts'
import type {Situation} from './question.ts'
import {keys, questionOf} from './questions.ts'

interface Verdict {
  readonly key: Key
  readonly problem: Problem
}

export interface Resolved {
  readonly answers: Partial<Answers>
  /** Errors and warnings, in the order of the questions. */
  readonly verdicts: readonly Verdict[]
  /** Questions that apply and have no answer yet; the first one is next. */
  readonly open: readonly Key[]
  /** Answers to questions that do not come up. */
  readonly idle: readonly Key[]
}

/** Whether a later question applies may hang on an open one: it is open, too, as soon as that is answered. */
export function resolve(texts: Texts, facts: Facts): Resolved {
  const answers: {-readonly [One in Key]?: Answers[One]} = {}
  const verdicts: Verdict[] = []
  const open: Key[] = []
  const idle: Key[] = []
  for (const key of keys) {
    const question = questionOf(key)
    const situation: Situation = {answers, facts}
    const text = texts[key]
    if (question.applies?.(situation) === false) {
      if (text !== undefined) idle.push(key)
      continue
    }
    if (text === undefined) {
      open.push(key)
      continue
    }
    const parsed = question.parse(text.trim(), situation)
    if (!parsed.ok) {
      verdicts.push({key, problem: parsed.problem})
      continue
    }
    const judged = question.judge?.(parsed.value, situation) ?? []
    verdicts.push(...judged.map((problem) => ({key, problem})))
    // What cannot stay is nothing to judge others by.
    if (isFine(judged)) Object.assign(answers, {[key]: parsed.value})
  }
  return {answers, verdicts: verdicts.map(place), open, idle}
}

/** Whatever the parser calls it: here it is the option of the question. */
const place = ({key, problem}: Verdict): Verdict => ({key, problem: {...problem, where: questionOf(key).flag}})

/** What Enter would answer, put in the place of what is open, but for what decides; again while that opens more. */
export function withProposals(texts: Texts, facts: Facts): Texts {
  let now = texts
  for (;;) {
    const {answers, open} = resolve(now, facts)
    const situation = {answers, facts}
    const added = open.flatMap((key) => {
      const {decisive, proposes} = questionOf(key)
      const text = decisive ? undefined : proposes?.(situation)
      return text === undefined ? [] : [[key, text] as const]
    })
    // One at a time: a proposal may go by the one before it.
    const [first] = added
    if (!first) return now
    now = {...now, [first[0]]: first[1]}
  }
}
