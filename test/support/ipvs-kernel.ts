// The kernel's side of the IPVS family, with the memory twin for its table: what the kernel client says is read as the
// kernel reads it, and answered in the kernel's words. With a scripted socket (fake-kernel.ts) below the kernel client it
// makes a whole kernel without one.

import type {ServiceKey} from '../../src/domain/service.ts'
import type {Statistics} from '../../src/domain/statistics.ts'
import type {RunningServer, RunningService} from '../../src/domain/table.ts'
import {
  commands,
  type InfoRecord,
  infoFields,
  type MessageRecord,
  messageFields,
  type ServiceRecord,
} from '../../src/ipvs/attributes.ts'
import type {IpvsClient} from '../../src/ipvs/client.ts'
import {kernelClient} from '../../src/ipvs/kernel-client.ts'
import {decodeServiceKey, encodeDaemon, encodeServer, encodeService, encodeTimeouts} from '../../src/ipvs/records.ts'
import {decodeOperation} from '../../src/ipvs/requests.ts'
import {Connection} from '../../src/netlink/connection.ts'
import {decodeFields, type RecordOf} from '../../src/netlink/fields.ts'
import {decodeGeneric, encodeGeneric} from '../../src/netlink/generic.ts'
import {type Message, messageFlags} from '../../src/netlink/message.ts'
import {type Awkwardness, FakeKernel, type Reply} from './fake-kernel.ts'

export const familyId = 28

/** A kernel client that talks to the twin through messages. */
export function clientOver(twin: IpvsClient, awkward: Awkwardness = {}): IpvsClient {
  const kernel = new FakeKernel((request) => answer(twin, request), awkward)
  return kernelClient(new Connection(kernel, {now: kernel.now}), familyId)
}

export function answer(twin: IpvsClient, {payload, flags}: Message): Reply {
  const {command, attributes} = decodeGeneric(payload)
  const record = decodeFields(messageFields, attributes)
  const dump = (flags & messageFlags.dump) === messageFlags.dump
  const key = (): ServiceKey => decodeServiceKey(record.service ?? {})
  switch (command) {
    case commands.GET_INFO:
      return {data: [{type: familyId, payload: encodeGeneric(commands.SET_INFO, infoFields, infoRecord(twin))}]}
    case commands.GET_CONFIG:
      return data(commands.SET_CONFIG, [encodeTimeouts(twin.timeouts())])
    case commands.GET_DAEMON:
      return data(
        commands.NEW_DAEMON,
        twin.daemons().map((one) => ({daemon: encodeDaemon(one)})),
      )
    case commands.GET_DEST:
      return data(commands.NEW_DEST, twin.servers(key(), 'kernel').map(serverMessage))
    case commands.GET_SERVICE: {
      if (dump) return data(commands.NEW_SERVICE, twin.services('kernel').map(serviceMessage))
      const found = twin.service(key())
      return found ? data(commands.NEW_SERVICE, [serviceMessage(found)]) : {errno: 'ESRCH'}
    }
    default: {
      const [outcome] = twin.execute([decodeOperation({command, record})])
      return outcome?.ok === false ? {errno: outcome.errno} : {}
    }
  }
}

export const data = (command: number, records: readonly MessageRecord[]): Reply => ({
  data: records.map((record) => ({type: familyId, payload: encodeGeneric(command, messageFields, record)})),
})

function infoRecord(twin: IpvsClient): InfoRecord {
  const {version, connectionTableSize} = twin.info()
  return {version: Number.parseInt(version.replaceAll('.', '0'), 16), connectionTableSize}
}

export function serviceMessage({service, statistics}: RunningService): MessageRecord {
  const record = encodeService(service)
  const {flags, mask} = record.flags as NonNullable<ServiceRecord['flags']>
  // The kernel marks what is in its table with a flag of its own (IP_VS_SVC_F_HASHED).
  return {service: {...record, flags: {flags: flags | 2, mask}, ...figures(statistics)}}
}

function serverMessage({server, connections, statistics}: RunningServer): MessageRecord {
  const {active, inactive, persistent} = connections
  return {
    server: {
      ...encodeServer(server),
      activeConnections: active,
      inactiveConnections: inactive,
      persistentConnections: persistent,
      ...figures(statistics),
    },
  }
}

/** Both kinds; the narrow one is wrong where 32 bits do not hold it. */
function figures(
  statistics: Statistics,
): Pick<RecordOf<typeof messageFields>['service'] & object, 'statistics' | 'statistics64'> {
  const narrow = Object.fromEntries(
    Object.entries(statistics).map(([name, value]) => [
      name,
      /^(in|out)Bytes$/.test(name) ? value : Number(BigInt.asUintN(32, value)),
    ]),
  )
  return {statistics: narrow, statistics64: statistics}
}
