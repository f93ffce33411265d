// What of a director can be saved and brought back: the rules, and with them, where asked for, the settings around them.

import type {SyncDaemon} from './sync.ts'
import type {Configuration, ConfiguredService} from './table.ts'
import type {Timeouts} from './timeouts.ts'

/** What is absent was not saved, and restoring it changes nothing of the kind. */
export interface SavedState {
  readonly configuration: Configuration
  readonly timeouts?: Timeouts
  readonly daemons?: readonly SyncDaemon[]
  /** Of net.ipv4.vs, by the last word of the key: `conntrack` → `1`. */
  readonly sysctls?: Readonly<Record<string, string>>
}

/** The same for whoever goes through it once: the services of a large table need not all be held. */
export interface StateSource extends Omit<SavedState, 'configuration'> {
  readonly configuration: Iterable<ConfiguredService>
}
