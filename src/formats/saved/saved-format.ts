// The formats of a saved state, and what can be said of a text before it is read.

import type {ProtocolPortNames} from '../../domain/service-key.ts'

export type SavedFormat = 'rules' | 'yaml' | 'json'

export interface ReadOptions {
  /** Told apart by their looks where it is not said. */
  readonly format?: SavedFormat | undefined
  /** For `192.0.2.1:http`; names of hosts are never looked up. */
  readonly portNames?: ProtocolPortNames | undefined
}
