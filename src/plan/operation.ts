// One change of the IPVS table, as data. What it does to a kernel is ipvs/'s business, how it reads is describe.ts's.

import type {Server, ServerKey} from '../domain/server.ts'
import type {Service, ServiceKey} from '../domain/service.ts'
import type {SyncDaemon, SyncRole} from '../domain/sync.ts'
import type {Timeouts} from '../domain/timeouts.ts'

export type Operation =
  | {readonly do: 'add-service'; readonly service: Service}
  | {readonly do: 'edit-service'; readonly service: Service}
  | {readonly do: 'delete-service'; readonly service: ServiceKey}
  | {readonly do: 'add-server'; readonly service: ServiceKey; readonly server: Server}
  | {readonly do: 'edit-server'; readonly service: ServiceKey; readonly server: Server}
  | {readonly do: 'delete-server'; readonly service: ServiceKey; readonly server: ServerKey}
  | {readonly do: 'zero'; readonly service?: ServiceKey}
  | {readonly do: 'flush'}
  | {readonly do: 'set-timeouts'; readonly timeouts: Partial<Timeouts>}
  | {readonly do: 'start-daemon'; readonly daemon: SyncDaemon}
  | {readonly do: 'stop-daemon'; readonly role: SyncRole}
