// YAML and JSON, read: their text as values, the values as a state, and each problem at its place in the text.

import {problem} from '../../domain/problem.ts'
import type {SavedState} from '../../domain/saved-state.ts'
import {findJsonPlaces} from './json-places.ts'
import type {Found} from './place.ts'
import {type Path, readModel} from './read-model.ts'
import type {ReadOptions} from './saved-format.ts'
import {readYaml} from './yaml.ts'

export interface ReadDocument {
  readonly format: 'yaml' | 'json'
  readonly state: SavedState | undefined
  readonly found: readonly Found[]
}

type Find = (path: Path | undefined, atKey: boolean) => number

export async function readDocument(text: string, format: 'yaml' | 'json', options: ReadOptions): Promise<ReadDocument> {
  if (format === 'yaml') return readAsYaml(text, options)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return explainJson(text, error, options)
  }
  return build('json', value, options, (paths) => findJsonPlaces(text, paths).find)
}

async function readAsYaml(text: string, options: ReadOptions): Promise<ReadDocument> {
  const {found, value, find} = await readYaml(text)
  if (found.length > 0) return {format: 'yaml', state: undefined, found}
  return build('yaml', value, options, () => find)
}

/** YAML has braces too: where JSON was only guessed, what is good YAML is read as that. */
async function explainJson(text: string, error: unknown, options: ReadOptions): Promise<ReadDocument> {
  const {failure} = findJsonPlaces(text, [])
  // What YAML allows besides is commas at the end, words without quotes, comments; depth is no reason to try.
  if (options.format === undefined && text.length < longestGuess && !deep.test(text)) {
    const yaml = await readAsYaml(text, options)
    if (yaml.found.every((one) => one.problem.code !== 'yaml-invalid')) return yaml
  }
  const message = failure
    ? `this is not JSON: ${failure.expected} should be here`
    : `this is not JSON: ${String(error)}`
  return {format: 'json', state: undefined, found: [{problem: problem('json-invalid', message), at: failure?.at ?? 0}]}
}

const longestGuess = 1_000_000
const deep = /[[{](?:\s*[[{]){20}/

function build(
  format: 'yaml' | 'json',
  value: unknown,
  options: ReadOptions,
  finder: (paths: readonly (Path | undefined)[]) => Find,
): ReadDocument {
  const {state, found} = readModel(value, options.portNames)
  if (found.length === 0) return {format, state, found: []}
  const find = finder(found.map(({path}) => path))
  return {format, state, found: found.map((one) => ({problem: one.problem, at: find(one.path, one.atKey)}))}
}
