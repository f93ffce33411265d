// What can be asked of an IPVS table. Two make it true: kernel-client.ts (generic netlink) and memory-client.ts (the
// twin for tests); test/contract holds both to the same behaviour.
//
// Calls are synchronous: a netlink round trip to the kernel takes microseconds and never blocks on anything else.

import type {ServiceKey} from '../domain/service.ts'
import type {SyncDaemon} from '../domain/sync.ts'
import type {CountedEntry, RunningServer, RunningService, Table} from '../domain/table.ts'
import type {Timeouts} from '../domain/timeouts.ts'
import type {Operation} from '../plan/operation.ts'

export interface IpvsInfo {
  /** `1.2.1` */
  readonly version: string
  /** Buckets of the connection hash table. */
  readonly connectionTableSize: number
}

/** What became of one operation; `errno` is the kernel's name for why not (`EEXIST`). */
export type Outcome = {readonly ok: true} | {readonly ok: false; readonly errno: string}

/** `kernel`: as its dump has them, newest servers first, and not free of repetition while others change the table. */
export type ListOrder = 'canonical' | 'kernel'

export interface IpvsClient {
  info(): IpvsInfo
  /** All services with their servers, in canonical order. */
  table(): Table
  /**
   * Rules and connection counts without traffic figures, in a third of the time: the services at once, the servers of each
   * as it is taken, so that a large table need not be held. Tunnel settings of servers that are not tunnelled, which the
   * kernel keeps and never looks at, are not told.
   */
  countedTable(order?: ListOrder): Iterable<CountedEntry>
  services(order?: ListOrder): readonly RunningService[]
  service(key: ServiceKey): RunningService | undefined
  /** Servers of a service; an unknown service has none (the kernel does not tell the difference). */
  servers(key: ServiceKey, order?: ListOrder): readonly RunningServer[]
  timeouts(): Timeouts
  daemons(): readonly SyncDaemon[]
  /**
   * Carries out operations in order, batched. Like the kernel it goes on after a failure; the answer has one outcome per
   * operation. Throws LvsctlError only where nothing can be known: no permission, no IPVS, a dead socket, a deadline; and
   * RangeError or TypeError, before anything is done, for an operation that no message can carry (a weight of 2³²).
   */
  execute(operations: readonly Operation[]): readonly Outcome[]
  close(): void
}
