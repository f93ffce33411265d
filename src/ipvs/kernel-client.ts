// IpvsClient over generic netlink: one socket, the family looked up once, changes in batches, the table as one dump of
// services and one of servers for each (the kernel has no dump of all servers).

import {connectNetlink, protocols} from '../../native/netlink-socket.ts'
import {compareOrders} from '../domain/address.ts'
import type {LvsctlError} from '../domain/problem.ts'
import {serverOrder} from '../domain/server.ts'
import {familyOfKey, type Service, type ServiceKey, serviceOrder} from '../domain/service.ts'
import type {SyncDaemon} from '../domain/sync.ts'
import type {CountedEntry, CountedServer, RunningServer, RunningService, Table} from '../domain/table.ts'
import {defaultTimeouts, type Timeouts} from '../domain/timeouts.ts'
import type {Connection} from '../netlink/connection.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {DecodeError, decodeFields, type FieldTable, type RecordOf} from '../netlink/fields.ts'
import {decodeGeneric, encodeGeneric, genericDictionary, resolveFamily} from '../netlink/generic.ts'
import type {Message} from '../netlink/message.ts'
import {createTrace} from '../netlink/trace.ts'
import type {Operation} from '../plan/operation.ts'
import {
  type Command,
  commands,
  familyName,
  infoFields,
  ipvsWords,
  leanMessageFields,
  type MessageRecord,
  messageFields,
  plainMessageFields,
} from './attributes.ts'
import type {IpvsClient, IpvsInfo, ListOrder, Outcome} from './client.ts'
import {explain, explainLookup, explainRead} from './errors.ts'
import {
  decodeCountedServer,
  decodeDaemon,
  decodeInfo,
  decodeRunningServer,
  decodeRunningService,
  decodeService,
  decodeTimeouts,
  encodeServiceKey,
} from './records.ts'
import {writeOperation} from './requests.ts'
import {OlderInterface} from './sockopt.ts'

export interface KernelClientOptions {
  /** Takes every message in words, a line each. */
  readonly trace?: ((line: string) => void) | undefined
  readonly timeoutMs?: number | undefined
}

/** Belongs to the network namespace that the thread is in now. */
export function openKernelClient({trace, timeoutMs}: KernelClientOptions = {}): IpvsClient {
  const {dictionary, learn} = genericDictionary()
  return explaining(explainLookup, () => {
    const connection = connectNetlink(protocols.generic, {
      dictionary,
      ...(trace && {trace: createTrace(dictionary, trace)}),
      ...(timeoutMs !== undefined && {timeoutMs}),
    })
    try {
      const {id} = resolveFamily(connection, familyName)
      learn(id, ipvsWords)
      return kernelClient(connection, id, OlderInterface.open())
    } catch (error) {
      connection.close()
      throw error
    }
  })
}

/** The client on a connection whose family is known. */
export const kernelClient = (connection: Connection, family: number, older?: OlderInterface): IpvsClient =>
  new KernelClient(connection, family, older)

class KernelClient implements IpvsClient {
  private readonly connection: Connection
  private readonly family: number
  private readonly older: OlderInterface | undefined

  constructor(connection: Connection, family: number, older?: OlderInterface | undefined) {
    this.connection = connection
    this.family = family
    this.older = older
  }

  info(): IpvsInfo {
    return explaining(explainRead, () => decodeInfo(this.ask('GET_INFO', infoFields)))
  }

  table(): Table {
    return explaining(explainRead, () =>
      this.listServices().map(({service, statistics}) => ({
        service,
        statistics,
        servers: this.listServers(service.key),
      })),
    )
  }

  countedTable(order?: ListOrder): Iterable<CountedEntry> {
    const services = explaining(explainRead, () => this.listSettings(order))
    return this.withCountedServers(services, order)
  }

  private *withCountedServers(services: readonly Service[], order?: ListOrder): Generator<CountedEntry> {
    const counts = services.length === 0 ? undefined : this.older?.counts()
    for (const service of services)
      yield explaining(explainRead, () => ({
        service,
        servers: (counts && this.older?.servers(service.key, counts, order)) ?? this.listCounted(service.key, order),
      }))
  }

  services(order?: ListOrder): readonly RunningService[] {
    return explaining(explainRead, () => this.listServices(order))
  }

  service(key: ServiceKey): RunningService | undefined {
    return explaining(explainRead, () => {
      try {
        const {service} = this.ask('GET_SERVICE', messageFields, {service: encodeServiceKey(key)})
        return decodeRunningService(service ?? {})
      } catch (error) {
        if (error instanceof NetlinkError && noSuchService.includes(error.errno)) return undefined
        throw error
      }
    })
  }

  servers(key: ServiceKey, order?: ListOrder): readonly RunningServer[] {
    return explaining(explainRead, () => this.listServers(key, order))
  }

  timeouts(): Timeouts {
    return explaining(explainRead, () => ({
      ...defaultTimeouts,
      ...decodeTimeouts(this.ask('GET_CONFIG', messageFields)),
    }))
  }

  daemons(): readonly SyncDaemon[] {
    return explaining(explainRead, () =>
      this.list('GET_DAEMON', {}, (message) => decodeDaemon(decodeMessage(messageFields, message).daemon ?? {})),
    )
  }

  execute(operations: readonly Operation[]): readonly Outcome[] {
    const errors = explaining(explainRead, () =>
      this.connection.batchOf(operations.length, (index, out) => {
        writeOperation(out, operations[index] as Operation)
        return this.family
      }),
    )
    return errors.map((error, index) => {
      if (error === undefined) return done
      if (error.errno === 'EPERM') throw explain(operations[index] as Operation, error.errno, error)
      return {ok: false, errno: error.errno}
    })
  }

  close(): void {
    this.connection.close()
    this.older?.close()
  }

  private listServices(order?: ListOrder): RunningService[] {
    const services = this.list('GET_SERVICE', {}, (message) => decodeRunningService(decodeFull(message).service ?? {}))
    return order === 'kernel' ? services : inOrder(services, ({service}) => serviceOrder(service.key))
  }

  private listSettings(order?: ListOrder): Service[] {
    const services = this.list('GET_SERVICE', {}, (message) => decodeService(decodePlain(message).service ?? {}))
    return order === 'kernel' ? services : inOrder(services, ({key}) => serviceOrder(key))
  }

  private listServers(key: ServiceKey, order?: ListOrder): RunningServer[] {
    const family = familyOfKey(key)
    return this.listOf(key, (message) => decodeRunningServer(decodeFull(message).server ?? {}, family), order)
  }

  private listCounted(key: ServiceKey, order?: ListOrder): CountedServer[] {
    const family = familyOfKey(key)
    return this.listOf(key, (message) => decodeCountedServer(decodePlain(message).server ?? {}, family), order)
  }

  private listOf<Item extends CountedServer>(
    key: ServiceKey,
    read: (message: Message) => Item,
    order: ListOrder | undefined,
  ): Item[] {
    const servers = this.list('GET_DEST', {service: encodeServiceKey(key)}, read)
    return order === 'kernel' ? servers : inOrder(servers, ({server}) => serverOrder(server))
  }

  private list<Item>(command: Command, record: MessageRecord, read: (message: Message) => Item): Item[] {
    return this.connection.dump(this.family, encodeGeneric(commands[command], messageFields, record), read)
  }

  private ask<Fields extends FieldTable>(
    command: Command,
    fields: Fields,
    record: MessageRecord = {},
  ): RecordOf<Fields> {
    const payload = encodeGeneric(commands[command], messageFields, record)
    const [answer] = this.connection.request(this.family, payload)
    if (!answer) throw new DecodeError(`${command}: the kernel acknowledged without an answer`)
    return decodeMessage(fields, answer)
  }
}

const done: Outcome = {ok: true}

/** Without IPv6 in the kernel, no such service can be there either. */
const noSuchService: readonly string[] = ['ESRCH', 'EAFNOSUPPORT']

/** Linux before 4.1 has the narrow statistics only. */
function decodeFull(message: Message): MessageRecord {
  const record = decodeMessage(leanMessageFields, message)
  const {statistics64} = record.service ?? record.server ?? {}
  return statistics64 ? record : decodeMessage(messageFields, message)
}

const decodePlain = (message: Message): MessageRecord => decodeMessage(plainMessageFields, message)

const decodeMessage = <Fields extends FieldTable>(fields: Fields, message: Message): RecordOf<Fields> =>
  decodeFields(fields, decodeGeneric(message.payload).attributes)

/**
 * Sorted, and each once: the kernel's dumps go by position in a list that may change between two datagrams, so that an
 * entry can come twice (ip_vs_genl_dump_services).
 */
function inOrder<Item>(items: readonly Item[], orderOf: (item: Item) => string): Item[] {
  const ordered = items.map((item) => ({item, order: orderOf(item)}))
  ordered.sort((left, right) => compareOrders(left.order, right.order))
  const once = ordered.filter(({order}, index) => order !== ordered[index - 1]?.order)
  return once.map(({item}) => item)
}

function explaining<Result>(meaning: (error: NetlinkError) => LvsctlError, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    throw error instanceof NetlinkError ? meaning(error) : error
  }
}
