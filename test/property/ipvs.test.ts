// Any service, server, daemon and operation survives its way over the wire, and no bytes make the decoder fail in another
// way than by saying what is wrong with them.

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type Address, formatAddress} from '../../src/domain/address.ts'
import {forwardingMethods, type Tunnel, tunnelChecksums, tunnelTypes} from '../../src/domain/forwarding.ts'
import {nameOf} from '../../src/domain/numbered.ts'
import type {Server, ServerKey} from '../../src/domain/server.ts'
import {familyOfKey, protocolName, type SchedulerFlag, type Service, type ServiceKey} from '../../src/domain/service.ts'
import type {Statistics} from '../../src/domain/statistics.ts'
import type {SyncDaemon, SyncRole} from '../../src/domain/sync.ts'
import type {Timeouts} from '../../src/domain/timeouts.ts'
import {infoFields, messageFields, statistics32, statistics64} from '../../src/ipvs/attributes.ts'
import {
  decodeDaemon,
  decodeRunningServer,
  decodeRunningService,
  decodeServer,
  decodeService,
  decodeServiceKey,
  decodeTimeouts,
  encodeServer,
  encodeService,
} from '../../src/ipvs/records.ts'
import {decodeOperation, encodeOperation, writeOperation} from '../../src/ipvs/requests.ts'
import {Reader, Writer} from '../../src/netlink/bytes.ts'
import {DecodeError, decodeFields, encodeFields, type FieldTable, type RecordOf} from '../../src/netlink/fields.ts'
import {encodeGeneric} from '../../src/netlink/generic.ts'
import type {Operation} from '../../src/plan/operation.ts'
import {recordOf} from '../support/arbitrary-fields.ts'
import {spoilt} from '../support/spoil.ts'

type Message = RecordOf<typeof messageFields>

const toBytes = (record: Message): Uint8Array => {
  const out = new Writer()
  encodeFields(messageFields, record, out)
  return out.bytes().slice()
}
const overTheWire = (record: Message): Message => decodeFields(messageFields, new Reader(toBytes(record)))

const number = (max: number, min = 0) => fc.integer({min, max})
const u8 = number(0xff)
const u16 = number(0xffff)
const u32 = number(0xffff_ffff)

const ipv4 = fc.uint8Array({minLength: 4, maxLength: 4}).map(formatAddress)
const ipv6 = fc
  .oneof(
    fc.uint8Array({minLength: 16, maxLength: 16}),
    fc.array(fc.constantFrom(0, 0, 0, 1, 255), {minLength: 16, maxLength: 16}).map((bytes) => Uint8Array.from(bytes)),
  )
  .map(formatAddress)
const anyAddress: fc.Arbitrary<Address> = fc.oneof(ipv4, ipv6)

const serviceKey: fc.Arbitrary<ServiceKey> = fc.oneof(
  fc.record({
    kind: fc.constant('address' as const),
    protocol: fc.oneof(fc.constantFrom(6, 17, 132), u16).map(protocolName),
    address: anyAddress,
    port: u16,
  }),
  fc.record({
    kind: fc.constant('fwmark' as const),
    mark: number(0xffff_ffff, 1),
    family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
  }),
)

const kernelName = (most: number) => fc.string({unit: fc.constantFrom(...'abcxyz_-019'), minLength: 1, maxLength: most})

const service: fc.Arbitrary<Service> = serviceKey.chain((key) =>
  fc.record(
    {
      key: fc.constant(key),
      scheduler: fc.oneof(fc.constantFrom('rr', 'wlc', 'mh', 'none'), kernelName(15)),
      schedulerFlags: fc.subarray<SchedulerFlag>(['flag-1', 'flag-2', 'flag-3']),
      persistence: u32,
      netmask: familyOfKey(key) === 'ipv4' ? ipv4 : number(999_999_999).map(String),
      engine: kernelName(16),
      onePacket: fc.boolean(),
    },
    {requiredKeys: ['key', 'scheduler', 'schedulerFlags', 'netmask', 'onePacket']},
  ),
) as fc.Arbitrary<Service>

const serverKey: fc.Arbitrary<ServerKey> = fc.record({address: anyAddress, port: u16})

const tunnel: fc.Arbitrary<Tunnel> = fc.record({
  type: fc.oneof(number(3), u8).map((type) => nameOf(tunnelTypes, 'type', type)),
  port: u16,
  checksum: fc.oneof(number(3), u16).map((flags) => nameOf(tunnelChecksums, 'flags', flags)),
})

const server: fc.Arbitrary<Server> = fc.record({
  address: anyAddress,
  port: u16,
  forwarding: number(7).map((method) => nameOf(forwardingMethods, 'method', method)),
  weight: number(0x7fff_ffff, -0x8000_0000),
  upperThreshold: u32,
  lowerThreshold: u32,
  tunnel,
})

const role = fc.constantFrom<SyncRole>('master', 'backup')

const daemon = fc.record(
  {role, interface: kernelName(15), syncId: u32, maxLength: u16, group: anyAddress, port: u16, ttl: u8},
  {requiredKeys: ['role', 'interface', 'syncId']},
) as fc.Arbitrary<SyncDaemon>

const timeouts = fc.record({tcp: u32, tcpFin: u32, udp: u32}, {requiredKeys: []}) as fc.Arbitrary<Partial<Timeouts>>

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({do: fc.constantFrom('add-service' as const, 'edit-service' as const), service}),
  fc.record({do: fc.constant('delete-service' as const), service: serviceKey}),
  fc.record({do: fc.constantFrom('add-server' as const, 'edit-server' as const), service: serviceKey, server}),
  fc.record({do: fc.constant('delete-server' as const), service: serviceKey, server: serverKey}),
  fc.record({do: fc.constant('zero' as const), service: serviceKey}),
  fc.constantFrom<Operation>({do: 'zero'}, {do: 'flush'}),
  fc.record({do: fc.constant('set-timeouts' as const), timeouts}),
  fc.record({do: fc.constant('start-daemon' as const), daemon}),
  fc.record({do: fc.constant('stop-daemon' as const), role}),
)

/** Values of the field types that only this family has. */
const fieldValues = {
  nf_inet_addr: fc.uint8Array({minLength: 16, maxLength: 16}),
  in_addr: fc.uint8Array({minLength: 4, maxLength: 4}),
  in6_addr: fc.uint8Array({minLength: 16, maxLength: 16}),
  netmask: fc.uint8Array({minLength: 4, maxLength: 4}),
}

const u64 = fc.bigInt({min: 0n, max: 2n ** 64n - 1n})

describe('over the wire and back', () => {
  test.each([
    ['a message', messageFields],
    ['info', infoFields],
  ] as const)('any record of %s, unknown attributes included', (_name, fields) => {
    fc.assert(
      fc.property(recordOf(fields as FieldTable, fieldValues), (record) => {
        const out = new Writer()
        encodeFields(fields as FieldTable, record, out)
        expect(decodeFields(fields as FieldTable, new Reader(out.bytes()))).toEqual(record)
      }),
      {numRuns: 300},
    )
  })

  test('a service', () => {
    fc.assert(
      fc.property(service, (one) => {
        expect(decodeService(overTheWire({service: encodeService(one)}).service ?? {})).toEqual(one)
      }),
      {numRuns: 500},
    )
  })

  test('a server', () => {
    fc.assert(
      fc.property(server, fc.constantFrom('ipv4' as const, 'ipv6' as const), (one, family) => {
        expect(decodeServer(overTheWire({server: encodeServer(one)}).server ?? {}, family)).toEqual(one)
      }),
      {numRuns: 500},
    )
  })

  test('an operation', () => {
    fc.assert(
      fc.property(operation, (one) => {
        const {command, record} = encodeOperation(one)
        expect(decodeOperation({command, record: overTheWire(record)})).toEqual(one)
      }),
      {numRuns: 1000},
    )
  })

  test('operations one behind the other, of which each may take over what the one before it left', () => {
    const change = fc.record({address: anyAddress, port: u16, weight: number(2 ** 31 - 1, -(2 ** 31))})
    const alike = fc
      .tuple(service, server, fc.array(change, {maxLength: 5}))
      .map(([{key}, one, changes]): Operation[] =>
        [one, ...changes.map((some) => ({...one, ...some}))].flatMap((each) => [
          {do: 'add-server', service: key, server: each},
          {do: 'edit-server', service: {...key}, server: each},
        ]),
      )
    fc.assert(
      fc.property(fc.array(fc.oneof(alike, operation.map(Array.of<Operation>)), {maxLength: 4}), (groups) => {
        const operations = groups.flat()
        const out = new Writer()
        for (const one of operations) writeOperation(out, one)
        const each = operations.map(encodeOperation).map((one) => encodeGeneric(one.command, messageFields, one.record))
        expect(Buffer.from(out.bytes())).toEqual(Buffer.concat(each))
      }),
      {numRuns: 500},
    )
  })

  test('statistics of 64 bits, which win over those of 32', () => {
    const names = statistics64.rows.map(([, name]) => name).filter((name) => name !== 'pad')
    const wide = fc.record(Object.fromEntries(names.map((name) => [name, u64]))) as unknown as fc.Arbitrary<Statistics>
    const narrow = fc.record(
      Object.fromEntries(
        statistics32.rows
          .filter(([, name]) => name !== 'pad')
          .map(([, name, {size}]) => [name, size === 8 ? u64 : u32]),
      ),
    ) as unknown as fc.Arbitrary<RecordOf<typeof statistics32>>
    fc.assert(
      fc.property(server, wide, narrow, (one, figures64, figures32) => {
        const both = {...encodeServer(one), statistics: figures32, statistics64: figures64}
        expect(decodeRunningServer(overTheWire({server: both}).server ?? {}, 'ipv4').statistics).toEqual(figures64)
        const old = {...encodeServer(one), statistics: figures32}
        expect(decodeRunningServer(overTheWire({server: old}).server ?? {}, 'ipv4').statistics).toEqual(
          Object.fromEntries(Object.entries(figures32).map(([name, value]) => [name, BigInt(value as number)])),
        )
      }),
    )
  })
})

describe('bytes that nobody meant', () => {
  /** Everything a received message can go through. */
  const read = (bytes: Uint8Array): void => {
    const {service, server, daemon, ...rest} = decodeFields(messageFields, new Reader(bytes))
    if (service) {
      decodeServiceKey(service)
      decodeRunningService(service)
    }
    if (server) decodeRunningServer(server, 'ipv6')
    if (daemon) decodeDaemon(daemon)
    decodeTimeouts(rest)
  }
  const readOrRefuse = (bytes: Uint8Array): 'read' | 'refused' => {
    try {
      read(bytes)
      return 'read'
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError)
      return 'refused'
    }
  }
  const original = fc
    .record({service, server, daemon})
    .map((one) => encodeOperationParts(one.service, one.server, one.daemon))

  test('what was not touched is read', () => {
    fc.assert(
      fc.property(original, (bytes) => {
        expect(readOrRefuse(bytes)).toBe('read')
      }),
    )
  })

  test('spoilt', () => {
    fc.assert(
      fc.property(
        original.chain((bytes) => spoilt([bytes])),
        (bytes) => void readOrRefuse(bytes),
      ),
      {numRuns: 5000},
    )
  })

  test('cut anywhere, it is refused or its last attributes are missing', () => {
    fc.assert(
      fc.property(original, fc.nat(), (bytes, at) => {
        const length = at % bytes.length
        if (readOrRefuse(bytes.subarray(0, length)) === 'read') expect(length % 4).toBe(0)
      }),
      {numRuns: 2000},
    )
  })

  test('noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), (bytes) => void readOrRefuse(bytes)),
      {numRuns: 2000},
    )
  })
})

function encodeOperationParts(one: Service, other: Server, third: SyncDaemon): Uint8Array {
  const {record} = encodeOperation({do: 'start-daemon', daemon: third})
  return toBytes({...record, service: encodeService(one), server: encodeServer(other)})
}
