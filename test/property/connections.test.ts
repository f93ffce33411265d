// Whatever is counted: the table of counts says the same as a Map, whatever the connection: its line says what it is.

import fc from 'fast-check'
import {expect, test} from 'vitest'
import {countings} from '../../src/connections/count.ts'
import {compileFilter} from '../../src/connections/filter.ts'
import {keyLength, Tally} from '../../src/connections/tally.ts'
import {addressBytes, familyOf, formatAddress, formatEndpoint} from '../../src/domain/address.ts'
import {formatServiceKey} from '../../src/domain/service.ts'
import {type Connection, ConnectionReader, connectionStates} from '../../src/formats/procfs/ip-vs-conn.ts'

const addressOf = (length: 4 | 16) =>
  fc
    .array(fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255)), {minLength: length, maxLength: length})
    .map((bytes) => formatAddress(Uint8Array.from(bytes)))
const port = fc.oneof(fc.constantFrom(0, 21, 80, 65_535), fc.nat(65_535))
const pointOf = (length: 4 | 16) => fc.record({address: addressOf(length), port})

const connection: fc.Arbitrary<Connection> = fc
  .constantFrom<4 | 16>(4, 16)
  .chain((length) =>
    fc.record({
      client: pointOf(length),
      virtual: pointOf(length),
      server: fc.oneof(pointOf(4), pointOf(16)),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const, 'protocol-51' as const),
      state: fc.constantFrom(...connectionStates),
      expires: fc.nat(),
      origin: fc.constantFrom(undefined, 'local' as const, 'sync' as const),
    }),
  )
  .chain((parts) => {
    const {client, virtual, server, protocol, state, expires, origin} = parts
    const template = state === 'ASSURED' || (state === 'NONE' && client.port === 0)
    const engine =
      origin === undefined
        ? fc.option(fc.record({name: fc.constant('sip'), data: fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/)}), {
            nil: undefined,
          })
        : fc.constant(undefined)
    return engine.map((one) => ({
      kind: template ? ('template' as const) : ('connection' as const),
      client,
      service: {kind: 'address' as const, protocol, ...virtual},
      server,
      state,
      expires,
      origin,
      engine: one,
    }))
  })

const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0')

function procAddress(text: Connection['client']['address']): string {
  const digits = [...addressBytes(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return familyOf(text) === 'ipv6' ? (digits.match(/.{4}/g) as string[]).join(':') : digits.toUpperCase()
}

/** As the kernel's format has it. */
function procLine({client, service, server, state, expires, origin, engine}: Connection): string {
  if (service.kind === 'fwmark') throw new Error('not made here')
  const protocol = service.protocol === 'protocol-51' ? 'IP_51' : service.protocol.toUpperCase()
  const points = [client, service, server].map((one) => `${procAddress(one.address)} ${hex(one.port, 4)}`).join(' ')
  const from = origin ? `${origin.toUpperCase().padEnd(6)} ` : ''
  return `${protocol.padEnd(3)} ${points} ${state.padEnd(11)} ${from}${String(expires).padStart(7)}${engine ? ` ${engine.name} ${engine.data}` : ''}`
}

const reader = new ConnectionReader()
function read(line: string): Connection | undefined {
  const bytes = new TextEncoder().encode(line)
  return reader.read(bytes, 0, bytes.length) ? reader.connection(bytes) : undefined
}

test('any connection survives its line', () => {
  fc.assert(
    fc.property(connection, (one) => {
      expect(read(procLine(one))).toEqual(one)
    }),
  )
})

test('any damage to a line makes another line or none, and never an error', {timeout: 30_000}, () => {
  const damaged = fc
    .tuple(connection, fc.nat(), fc.string({minLength: 0, maxLength: 3, unit: 'binary'}), fc.nat(3))
    .map(([one, place, text, gone]) => {
      const line = procLine(one)
      const at = place % line.length
      return line.slice(0, at) + text + line.slice(at + gone)
    })
  fc.assert(
    fc.property(damaged, (line) => {
      const found = read(line)
      if (found) expect(found.server.port).toBeLessThanOrEqual(65_535)
    }),
    {numRuns: 500},
  )
})

test('the filter of a connection’s own service, server, client and state keeps it', () => {
  fc.assert(
    fc.property(connection, fc.nat(128), (one, prefix) => {
      const {client, service, server, state} = one
      read(procLine(one))
      const bits = Math.min(prefix, familyOf(client.address) === 'ipv4' ? 32 : 128)
      const filter = {
        service,
        server,
        client: {address: client.address, prefix: bits},
        states: [state.toLowerCase()],
        templates: one.kind === 'template' ? ('only' as const) : ('none' as const),
      }
      expect(compileFilter(filter, reader.states)(reader.line)).toBe(true)
      const opposite = one.kind === 'template' ? ('none' as const) : ('only' as const)
      expect(compileFilter({...filter, templates: opposite}, reader.states)(reader.line)).toBe(false)
    }),
  )
})

const nameOf: Readonly<Record<keyof typeof countings, (one: Connection) => string>> = {
  server: ({server}) => formatEndpoint(server.address, server.port),
  client: ({client}) => client.address,
  state: ({state}) => state,
  service: ({service}) => formatServiceKey(service),
}

test.each(Object.keys(countings) as (keyof typeof countings)[])('by %s: counted as by a Map', (by) => {
  const {write, show} = countings[by]
  const few = fc.array(connection, {minLength: 1, maxLength: 8})
  const drawn = few.chain((pool) => fc.array(fc.constantFrom(...pool), {maxLength: 60}))
  fc.assert(
    fc.property(drawn, fc.integer({min: 1, max: 10}), (list, top) => {
      const tally = new Tally()
      const key = new Uint32Array(keyLength)
      const expected = new Map<string, {connections: number; templates: number}>()
      for (const one of list) {
        read(procLine(one))
        write(reader.line, key)
        tally.add(key, reader.template)
        const name = nameOf[by](one)
        const counts = expected.get(name) ?? {connections: 0, templates: 0}
        expected.set(name, counts)
        counts[one.kind === 'template' ? 'templates' : 'connections']++
      }
      const shown = [...tally.largest()].map((entry) => [
        show(tally.keyOf(entry), reader.states),
        tally.countsOf(entry),
      ])
      expect(tally.size).toBe(expected.size)
      expect(new Map(shown as [string, {connections: number; templates: number}][])).toEqual(expected)
      expect([...tally.largest(top)]).toEqual([...tally.largest()].slice(0, top))
    }),
  )
})
