// Whose a file is: what decides whether it may be written or removed. And what in it is not as it should be.

import type {HostReader} from '../host/host.ts'
import {isSigned, isUnchanged} from '../host/signed-text.ts'

/** `ours`: as an lvsctl wrote it. `changed`: by a person since. `foreign`: no lvsctl wrote it; a symbolic link is foreign. */
export type FileState = 'none' | 'ours' | 'changed' | 'foreign'

export function fileState(path: string, host: HostReader): FileState {
  const facts = host.inspect(path)
  if (!facts) return 'none'
  if (facts.kind !== 'file') return 'foreign'
  const text = host.readFile(path) ?? ''
  if (isUnchanged(text)) return 'ours'
  return isSigned(text) ? 'changed' : 'foreign'
}

/**
 * What of a text that a person changed takes away from what it should bring about, each in a few words: lines that are
 * gone, and new ones that say something else of the same. A comment is no difference, nor is what the text never spoke of
 * (`Nice=5` in a unit).
 */
export function textDifferences(text: string, wanted: string): readonly string[] {
  const [there, should] = [effective(text), effective(wanted)]
  const keys = new Set(should.map(keyOf))
  const gone = should.filter((line) => !there.includes(line))
  const added = there.filter((line) => !should.includes(line) && keys.has(keyOf(line)))
  const kept = there.filter((line) => should.includes(line))
  const moved = gone.length + added.length === 0 && kept.join('\n') !== should.join('\n')
  return [
    ...added.map((line) => `it has "${line.trim()}"`),
    ...gone.map((line) => `it lacks "${line.trim()}"`),
    ...(moved ? ['its lines are in another order'] : []),
  ]
}

/** Indentation has a meaning in some formats. */
const effective = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !/^\s*(?:[#;]|$)/.test(line))

const keyOf = (line: string): string => /^\s*[^\s=:]+/.exec(line)?.[0].trim() ?? ''

/** A few of them, in a sentence. */
export function listDifferences(differences: readonly string[]): string {
  const few = differences.slice(0, 4)
  return [...few, ...(few.length < differences.length ? ['…'] : [])].join(', ')
}
