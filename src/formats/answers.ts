// A file of answers, YAML or JSON: a key for each question, with the answer as it would be typed, or a list of such.
// What the answers mean is not known here; that there is a question of that name is.

import {nearest} from '../domain/nearest.ts'
import {type Problem, problem} from '../domain/problem.ts'
import type {PlacedProblem} from './placed-problem.ts'
import {type Found, placeProblems} from './saved/place.ts'
import {readYaml} from './saved/yaml.ts'

export interface ReadAnswers {
  readonly texts: Readonly<Record<string, string>>
  /** What is wrong with the file, in its order. */
  readonly problems: readonly PlacedProblem[]
  /** Puts what is wrong with the answers at their places. */
  place(found: readonly {readonly key: string; readonly problem: Problem}[]): readonly PlacedProblem[]
}

/** JSON is YAML, too. `keys`: the questions that there are. */
export async function readAnswers(text: string, keys: readonly string[]): Promise<ReadAnswers> {
  const {found, value, find} = await readYaml(text)
  const texts: Record<string, string> = {}
  const problems: Found[] = [...found]
  const at = (key: string, atKey: boolean) => find({up: undefined, key}, atKey)

  if (found.length === 0 && (typeof value !== 'object' || value === null || Array.isArray(value)))
    problems.push({problem: problem('answers-kind', 'answers are lines of "key: answer"', {hint: all(keys)}), at: 0})
  else
    for (const [key, answer] of Object.entries(value ?? {})) {
      const words = asText(answer)
      if (!keys.includes(key)) problems.push({problem: unknownKey(key, keys), at: at(key, true)})
      else if (words === undefined)
        problems.push({
          problem: problem('answer-kind', `${key} is neither a text nor a number nor a list of them`),
          at: at(key, false),
        })
      else texts[key] = words
    }
  return {
    texts,
    problems: placeProblems(text, problems),
    place: (verdicts) =>
      placeProblems(
        text,
        verdicts.map(({key, problem}) => ({problem, at: at(key, false)})),
      ),
  }
}

function unknownKey(key: string, keys: readonly string[]): Problem {
  const [near] = nearest(key, keys)
  const message = `there is no question "${key}"`
  return problem('answer-unknown', message, {hint: near === undefined ? all(keys) : `Did you mean ${near}?`})
}

const all = (keys: readonly string[]): string => `There are ${keys.join(', ')}`

/** The answer as it would be typed; undefined: nothing of the kind. */
function asText(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const words = value.map(asText)
    return words.includes(undefined) || words.length === 0 ? undefined : words.join(', ')
  }
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined
}
