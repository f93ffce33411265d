// What a question is. The questions themselves are in traffic-questions.ts and host-questions.ts.

import type {Parsed} from '../domain/parsed.ts'
import type {Problem} from '../domain/problem.ts'
import type {Answers} from './answers.ts'
import type {Facts} from './facts.ts'

/** What is known when a question comes up: the answers so far, and this host. */
export interface Situation {
  readonly answers: Partial<Answers>
  readonly facts: Facts
}

export interface Question<Value> {
  /** The option that answers it. */
  readonly flag: string
  /** In a few words: what stands in front of the cursor. */
  readonly asks: string
  /** What there is to choose from, said before it is asked: each with when it fits. */
  readonly choices?: (situation: Situation) => readonly (readonly [answer: string, when: string])[]
  /** What a person should know before answering, in a sentence or two: why something is proposed, what there is here. */
  readonly remarks?: (situation: Situation) => readonly string[]
  /** What `?` says. */
  readonly explains: readonly string[]
  /** undefined: always. */
  readonly applies?: (situation: Situation) => boolean
  /** What Enter answers. */
  readonly proposes?: (situation: Situation) => string | undefined
  /** Decides so much that nobody's proposal stands for it where nobody can be asked. */
  readonly decisive?: true
  readonly parse: (text: string, situation: Situation) => Parsed<Value>
  /** What speaks against a value that could be read, or should be known of it. */
  readonly judge?: (value: Value, situation: Situation) => readonly Problem[]
  /** The inverse of parse. */
  readonly format: (value: Value) => string
}

export type Questions<Keys extends keyof Answers> = {readonly [Key in Keys]: Question<Answers[Key]>}
