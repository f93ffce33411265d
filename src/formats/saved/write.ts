// A saved state as text, in any of the three formats.

import type {Problem} from '../../domain/problem.ts'
import type {StateSource} from '../../domain/saved-state.ts'
import type {SavedFormat} from './saved-format.ts'

export interface WrittenState {
  readonly text: string
  /** What ipvsadm itself would not read back; it reads no YAML and no JSON at all. */
  readonly warnings: readonly Problem[]
}

export type StateWriter = (state: StateSource) => WrittenState

export async function writeSaved(state: StateSource, format: SavedFormat): Promise<WrittenState> {
  return (await stateWriter(format))(state)
}

/** For where nobody can wait: what writes the format is loaded. */
export async function stateWriter(format: SavedFormat): Promise<StateWriter> {
  if (format === 'rules') return (await import('../rules/format.ts')).formatRules
  const [{writeModel}, {asciiJson, formatYaml}] = await Promise.all([
    import('./write-model.ts'),
    import('./yaml-text.ts'),
  ])
  const textOf = format === 'yaml' ? formatYaml : (model: object) => `${asciiJson(JSON.stringify(model, null, 2))}\n`
  return (state) => ({text: textOf(writeModel(state)), warnings: []})
}
