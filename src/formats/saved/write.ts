// A saved state as text.

import type {Problem} from '../../domain/problem.ts'
import type {SavedState} from '../../domain/saved-state.ts'
import {formatRules} from '../rules/format.ts'
import type {SavedFormat} from './read.ts'

export interface WrittenState {
  readonly text: string
  /** What ipvsadm itself would not read back. */
  readonly warnings: readonly Problem[]
}

export async function writeSaved(state: SavedState, _format: SavedFormat): Promise<WrittenState> {
  return formatRules(state)
}
