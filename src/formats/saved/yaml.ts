// YAML as plain values, with the places of its keys and values. The only file that knows the yaml library, which is
// loaded when there is YAML to read.

import {problem} from '../../domain/problem.ts'
import type {Found} from './place.ts'
import type {Path} from './read-model.ts'

export interface ReadYaml {
  /** What is wrong with the text; then there is no value. */
  readonly found: readonly Found[]
  readonly value: unknown
  /** The offset of a value, or of its key; of what is nearest around it where it is not there. */
  readonly find: (path: Path | undefined, atKey: boolean) => number
}

export async function readYaml(text: string): Promise<ReadYaml> {
  const yaml = await import('yaml')
  try {
    const document = yaml.parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      prettyErrors: false,
      // With 'silent' a second document would be passed over in silence.
      logLevel: 'error',
    })
    const found = worthTelling([...document.errors, ...document.warnings], text)
    const find = (path: Path | undefined, atKey: boolean) => placeOf(document.contents, path, atKey)
    // Aliases that multiply are refused by the library (maxAliasCount).
    return {found, value: found.length > 0 ? undefined : document.toJS({maxAliasCount: 100}), find}
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, alias] = /^Unresolved alias.*: (\S+)$/.exec(message) ?? []
    const at = alias === undefined ? 0 : Math.max(0, text.indexOf(`*${alias}`))
    return {found: worthTelling([{message, pos: [at]}], text), value: undefined, find: () => 0}
  }

  function placeOf(contents: unknown, path: Path | undefined, atKey: boolean): number {
    const keys: (string | number)[] = []
    for (let one = path; one; one = one.up) keys.unshift(one.key)
    let node = contents
    let at = startOf(node)
    for (const [index, key] of keys.entries()) {
      const last = index === keys.length - 1
      if (yaml.isMap(node)) {
        const pair = node.items.find((one) => String(yaml.isScalar(one.key) ? one.key.value : one.key) === `${key}`)
        if (!pair) return at
        node = pair.value
        at = (last && atKey ? startOf(pair.key) : startOf(node)) || startOf(pair.key) || at
      } else if (yaml.isSeq(node)) {
        node = node.items[Number(key)]
        at = startOf(node) || at
      } else return at
    }
    return at
  }

  function startOf(node: unknown): number {
    return (yaml.isNode(node) && node.range?.[0]) || 0
  }
}

interface Complaint {
  readonly message: string
  readonly pos: readonly [number, ...number[]]
}

/** One for each place, and not every one: an error early on makes errors of all that follows. */
function worthTelling(complaints: readonly Complaint[], text: string): readonly Found[] {
  // The library goes down into what it reads, and says so when it can go no further.
  const deep = complaints.find(({message}) => message.includes('call stack'))
  if (deep)
    return [{problem: problem('yaml-invalid', 'it is nested too deeply'), at: Math.min(deep.pos[0], text.length)}]
  const byPlace = new Map<number, Found>()
  for (const {message, pos} of complaints) {
    const at = Math.min(pos[0], text.length)
    // A message may go on with the text itself.
    const [sentence = ''] = message.split('\n')
    if (!byPlace.has(at)) byPlace.set(at, {problem: problem('yaml-invalid', sentence.slice(0, 200)), at})
    if (byPlace.size === most) break
  }
  return [...byPlace.values()]
}

const most = 20
