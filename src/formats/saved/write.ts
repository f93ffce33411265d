// A saved state as text, in any of the three formats.

import type {Problem} from '../../domain/problem.ts'
import type {SavedState} from '../../domain/saved-state.ts'
import type {SavedFormat} from './saved-format.ts'

export interface WrittenState {
  readonly text: string
  /** What ipvsadm itself would not read back; it reads no YAML and no JSON at all. */
  readonly warnings: readonly Problem[]
}

export async function writeSaved(state: SavedState, format: SavedFormat): Promise<WrittenState> {
  if (format === 'rules') {
    const {formatRules} = await import('../rules/format.ts')
    return formatRules(state)
  }
  const {writeModel} = await import('./write-model.ts')
  const {asciiJson, formatYaml} = await import('./yaml-text.ts')
  const model = writeModel(state)
  return {text: format === 'yaml' ? formatYaml(model) : `${asciiJson(JSON.stringify(model, null, 2))}\n`, warnings: []}
}
