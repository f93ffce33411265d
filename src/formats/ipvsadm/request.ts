// What a command line of ipvsadm comes to: something to do, or the text and exit code that it ends with.

import type {Server, ServerKey} from '../../domain/server.ts'
import type {Service, ServiceKey} from '../../domain/service.ts'
import type {SyncDaemon, SyncRole} from '../../domain/sync.ts'
import type {Timeouts} from '../../domain/timeouts.ts'

/** What stands in the columns of a listing. */
export type Columns = 'plain' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn' | 'tun-info'

export interface ListingOptions {
  readonly columns: Columns
  /** Addresses and ports as numbers. */
  readonly numeric: boolean
  /** Figures in full. */
  readonly exact: boolean
  /** Else as the kernel has it. */
  readonly sorted: boolean
}

/** What ipvsadm can ask the kernel to change: operations of plan/, every one of them. */
export type Change =
  | {readonly do: 'add-service' | 'edit-service'; readonly service: Service}
  | {readonly do: 'delete-service'; readonly service: ServiceKey}
  | {readonly do: 'add-server' | 'edit-server'; readonly service: ServiceKey; readonly server: Server}
  | {readonly do: 'delete-server'; readonly service: ServiceKey; readonly server: ServerKey}
  | {readonly do: 'zero'; readonly service?: ServiceKey}
  | {readonly do: 'flush'}
  | {readonly do: 'set-timeouts'; readonly timeouts: Timeouts}
  | {readonly do: 'start-daemon'; readonly daemon: SyncDaemon}
  | {readonly do: 'stop-daemon'; readonly role: SyncRole}

export type Request =
  | {readonly do: 'change'; readonly operation: Change}
  | {readonly do: 'list-table'; readonly options: ListingOptions}
  | {readonly do: 'list-service'; readonly key: ServiceKey; readonly options: ListingOptions}
  | {readonly do: 'list-connections'; readonly numeric: boolean; readonly engineData: boolean}
  | {readonly do: 'list-timeouts'}
  | {readonly do: 'list-daemons'}
  | {readonly do: 'save'; readonly numeric: boolean}
  | {readonly do: 'restore'}
  | {readonly do: 'help'}
  | {readonly do: 'version'}

export interface Failure {
  readonly do: 'fail'
  /** For standard error, with its line end. */
  readonly text: string
  readonly exit: number
  /** Ends a restore too; after any other the next line follows. */
  readonly ends: boolean
}

/** ipvsadm's exit codes: its own checks, and -1 for what popt or the kernel refuses. */
export const exits = {done: 0, listing: 1, refused: 2, failed: 255} as const

/** A check of ipvsadm's own. */
export const refusal = (text: string): Failure => ({do: 'fail', text: `${text}\n`, exit: exits.refused, ends: true})

export const tryHelp: Failure = {
  do: 'fail',
  text: "Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n",
  exit: exits.failed,
  ends: true,
}
