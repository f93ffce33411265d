// All questions, in the order in which they are asked: what is served, by whom, how; then the hosts.

import type {Answers, Key} from './answers.ts'
import {hostQuestions} from './host-questions.ts'
import type {Question, Questions} from './question.ts'
import {trafficQuestions} from './traffic-questions.ts'

export const questions: Questions<Key> = {...trafficQuestions, ...hostQuestions}

export const keys = Object.keys(questions) as readonly Key[]

/** Whoever walks over them knows the value of none: each is handed only what it made itself. */
export function questionOf(key: Key): Question<Answers[Key]> {
  return questions[key] as unknown as Question<Answers[Key]>
}
