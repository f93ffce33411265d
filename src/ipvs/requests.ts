// Operation ⇄ request of the family: which command does it, and what the message must carry. One row each.

import {familyOfKey, type ServiceKey} from '../domain/service.ts'
import {syncRoles} from '../domain/sync.ts'
import {Writer} from '../netlink/bytes.ts'
import {DecodeError, encodeFields} from '../netlink/fields.ts'
import {writeGeneric} from '../netlink/generic.ts'
import type {Operation} from '../plan/operation.ts'
import {
  type Command,
  commands,
  type DaemonRecord,
  ipvsWords,
  type MessageRecord,
  messageFields,
  type ServerRecord,
  type ServiceRecord,
} from './attributes.ts'
import {
  decodeDaemon,
  decodeRole,
  decodeServer,
  decodeServerKey,
  decodeService,
  decodeServiceKey,
  decodeTimeouts,
  encodeDaemon,
  encodeServer,
  encodeServerKey,
  encodeService,
  encodeServiceKey,
  encodeTimeouts,
} from './records.ts'
import {writeServer} from './server-bytes.ts'

export interface Request {
  readonly command: number
  readonly record: MessageRecord
}

type Kind = Operation['do']
type Of<K extends Kind> = Extract<Operation, {do: K}>

/** Adding and editing send the whole object: the kernel has no partial change. */
const requests: {readonly [K in Kind]: readonly [Command, (operation: Of<K>) => MessageRecord]} = {
  'add-service': ['NEW_SERVICE', ({service}) => ({service: encodeService(service)})],
  'edit-service': ['SET_SERVICE', ({service}) => ({service: encodeService(service)})],
  'delete-service': ['DEL_SERVICE', ({service}) => ({service: encodeServiceKey(service)})],
  'add-server': [
    'NEW_DEST',
    ({service, server}) => ({service: encodeServiceKey(service), server: encodeServer(server)}),
  ],
  'edit-server': [
    'SET_DEST',
    ({service, server}) => ({service: encodeServiceKey(service), server: encodeServer(server)}),
  ],
  'delete-server': [
    'DEL_DEST',
    ({service, server}) => ({service: encodeServiceKey(service), server: encodeServerKey(server)}),
  ],
  zero: ['ZERO', ({service}) => (service ? {service: encodeServiceKey(service)} : {})],
  flush: ['FLUSH', () => ({})],
  'set-timeouts': ['SET_CONFIG', ({timeouts}) => encodeTimeouts(timeouts)],
  'start-daemon': ['NEW_DAEMON', ({daemon}) => ({daemon: encodeDaemon(daemon)})],
  'stop-daemon': ['DEL_DAEMON', ({role}) => ({daemon: {state: syncRoles[role]}})],
}

export function encodeOperation(operation: Operation): Request {
  const [command, record] = requests[operation.do] as readonly [Command, (operation: Operation) => MessageRecord]
  return {command: commands[command], record: record(operation)}
}

/**
 * Payload of the request, behind what is in `out`. Servers mostly come by the dozen of one service, whose name is written
 * once: all attributes of a message stand one behind the other.
 */
export function writeOperation(out: Writer, operation: Operation): void {
  if (operation.do !== 'add-server' && operation.do !== 'edit-server') {
    const {command, record} = encodeOperation(operation)
    writeGeneric(out, command, messageFields, record)
    return
  }
  const [command] = requests[operation.do]
  writeGeneric(out, commands[command], messageFields, {})
  out.raw(nameOf(operation.service))
  writeServer(out, operation.server)
}

function nameOf(key: ServiceKey): Uint8Array {
  if (named?.key !== key) {
    const out = new Writer()
    encodeFields(messageFields, {service: encodeServiceKey(key)}, out)
    named = {key, bytes: out.bytes()}
  }
  return named.bytes
}

let named: {readonly key: ServiceKey; readonly bytes: Uint8Array} | undefined

const serviceOf = ({service}: MessageRecord): ServiceRecord => service ?? {}
const serverOf = ({server}: MessageRecord): ServerRecord => server ?? {}
const daemonOf = ({daemon}: MessageRecord): DaemonRecord => daemon ?? {}

const operations: {readonly [C in Command]?: (record: MessageRecord) => Operation} = {
  NEW_SERVICE: (record) => ({do: 'add-service', service: decodeService(serviceOf(record))}),
  SET_SERVICE: (record) => ({do: 'edit-service', service: decodeService(serviceOf(record))}),
  DEL_SERVICE: (record) => ({do: 'delete-service', service: decodeServiceKey(serviceOf(record))}),
  NEW_DEST: (record) => ({do: 'add-server', ...serviceAndServer(record)}),
  SET_DEST: (record) => ({do: 'edit-server', ...serviceAndServer(record)}),
  DEL_DEST: (record) => {
    const key = decodeServiceKey(serviceOf(record))
    return {do: 'delete-server', service: key, server: decodeServerKey(serverOf(record), familyOfKey(key))}
  },
  SET_CONFIG: (record) => ({do: 'set-timeouts', timeouts: decodeTimeouts(record)}),
  NEW_DAEMON: (record) => ({do: 'start-daemon', daemon: decodeDaemon(daemonOf(record))}),
  DEL_DAEMON: (record) => ({do: 'stop-daemon', role: decodeRole(daemonOf(record))}),
  ZERO: (record) => (record.service ? {do: 'zero', service: decodeServiceKey(record.service)} : {do: 'zero'}),
  FLUSH: () => ({do: 'flush'}),
}

/** What a changing request asks for; DecodeError for one that only reads. */
export function decodeOperation({command, record}: Request): Operation {
  const name = ipvsWords.commands.get(command)?.name as Command | undefined
  const decode = name && operations[name]
  if (!decode) throw new DecodeError(`${name ?? `command ${command}`} changes nothing`)
  return decode(record)
}

function serviceAndServer(record: MessageRecord) {
  const key = decodeServiceKey(serviceOf(record))
  return {service: key, server: decodeServer(serverOf(record), familyOfKey(key))}
}
