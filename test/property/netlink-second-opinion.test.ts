// The npm package `netlink` as a second opinion on rtnetlink: it reads the same values out of any message that we write,
// and writes that message with the same bytes. Only its codec is loaded, no socket of it.

import fc from 'fast-check'
import * as opinion from 'netlink/dist/rt/structs.js'
import {AttrStream} from 'netlink/dist/structs.js'
import {describe, expect, test} from 'vitest'
import {type Address, addressBytes} from '../../src/domain/address.ts'
import {addressLayout, linkLayout, neighbourLayout, routeLayout} from '../../src/netlink/route.ts'
import {encodeBody, type Layout} from '../../src/netlink/route-message.ts'
import {recordOf, structOf} from '../support/arbitrary-fields.ts'

/** Our name, its name, and how our value looks there; a row without the latter has the same value. */
type Names = readonly (readonly [ours: string, theirs: string, convert?: (value: never) => unknown])[]

interface Codec {
  readonly layout: Layout
  // biome-ignore lint/suspicious/noExplicitAny: its messages are compared by names from a table
  readonly parse: (bytes: Buffer) => {readonly data: any; readonly attrs?: any}
  readonly format: (message: never, out: AttrStream) => void
  readonly header: Names
  readonly attributes: Names
  /** Rows that it has no word for. */
  readonly unknown?: readonly string[]
}

const ip = (value: Address): Buffer => Buffer.from(addressBytes(value))
const hardware = (value: string): Buffer => Buffer.from(value.replaceAll(':', ''), 'hex')
const blob = (value: Uint8Array): Buffer => Buffer.from(value)
const raw32 = (value: number): Buffer => Buffer.from(new Uint32Array([value]).buffer)
const raw8 = (value: number): Buffer => Buffer.from([value])
const bits =
  (format: (words: never) => number) =>
  (value: number): object => ({
    asymmetricMatch: (words: unknown) => format(words as never) >>> 0 === value,
    toString: () => `bits ${value}`,
  })
const word =
  (names: object) =>
  (value: number): unknown =>
    (names as Record<number, unknown>)[value] ?? value

const codecs: readonly (readonly [string, Codec])[] = [
  [
    'addresses',
    {
      layout: addressLayout,
      parse: opinion.parseAddressMessage,
      format: opinion.formatAddressMessage,
      header: [
        ['family', 'family'],
        ['prefixLength', 'prefixlen'],
        ['flags', 'flags', bits(opinion.formatAddressFlags)],
        ['scope', 'scope'],
        ['index', 'index'],
      ],
      attributes: [
        ['address', 'address', ip],
        ['local', 'local', ip],
        ['label', 'label'],
        ['broadcast', 'broadcast', ip],
        ['anycast', 'anycast', ip],
        ['multicast', 'multicast', ip],
        [
          'cacheInfo',
          'cacheInfo',
          ({preferred, valid, created, updated}: Record<string, number>) => ({
            ifaPrefered: preferred,
            ifaValid: valid,
            cstamp: created,
            tstamp: updated,
          }),
        ],
        ['flags', 'flags', bits(opinion.formatAddressFlags)],
        ['metric', 'rtPriority'],
      ],
      unknown: ['protocol'],
    },
  ],
  [
    'links',
    {
      layout: linkLayout,
      parse: opinion.parseLinkMessage,
      format: opinion.formatLinkMessage,
      header: [
        ['family', 'family'],
        ['kind', 'type', word(opinion.LinkType)],
        ['index', 'index'],
        ['flags', 'flags', bits(opinion.formatDeviceFlags)],
        ['change', 'change', bits(opinion.formatDeviceFlags)],
      ],
      attributes: [
        ['extensions', 'extMask', raw32],
        ['hardwareAddress', 'address', hardware],
        ['broadcast', 'broadcast', hardware],
        ['name', 'ifname'],
        ['mtu', 'mtu'],
        ['lowerLink', 'link', (value: number) => raw32(value >>> 0)],
        ['queueing', 'qdisc'],
        ['master', 'master'],
        ['queueLength', 'txqlen'],
        ['operationalState', 'operstate'],
        ['mode', 'linkmode'],
        ['group', 'group'],
        ['carrier', 'carrier'],
        ['peerNamespace', 'linkNetnsid'],
        ['info', 'linkinfo', () => expect.any(Buffer)],
      ],
    },
  ],
  [
    'routes',
    {
      layout: routeLayout,
      parse: opinion.parseRouteMessage,
      format: opinion.formatRouteMessage,
      header: [
        ['family', 'family'],
        ['destinationLength', 'dstLen'],
        ['sourceLength', 'srcLen'],
        ['tos', 'tos'],
        ['table', 'table'],
        ['protocol', 'protocol', word(opinion.RouteProtocol)],
        ['scope', 'scope', word(opinion.RouteScope)],
        ['type', 'type', word(opinion.RouteType)],
        ['flags', 'flags', bits(opinion.formatRouteFlags)],
      ],
      attributes: [
        ['destination', 'dst', ip],
        ['from', 'src', ip],
        ['incomingLink', 'iif'],
        ['source', 'prefsrc', ip],
        ['gateway', 'gateway', ip],
        ['table', 'table'],
        ['priority', 'priority'],
        ['link', 'oif'],
        ['metrics', 'metrics', metrics],
        ['multipath', 'multipath', blob],
        ['realm', 'flow'],
        ['mark', 'mark', raw32],
        ['preference', 'pref', raw8],
        ['nextHop', 'nhId', raw32],
      ],
      // It insists on the struct's length, which our table does not read.
      unknown: ['cacheInfo'],
    },
  ],
  [
    'neighbours',
    {
      layout: neighbourLayout,
      parse: opinion.parseNeighborMessage,
      format: opinion.formatNeighborMessage,
      header: [
        ['family', 'family'],
        ['index', 'ifindex'],
        ['state', 'state', bits(opinion.formatNeighborState)],
        ['flags', 'flags', bits(opinion.formatNeighborFlags)],
        ['type', 'type'],
      ],
      attributes: [
        ['address', 'dst', ip],
        ['hardwareAddress', 'lladdr', hardware],
        ['probes', 'probes'],
        ['master', 'master'],
        ['protocol', 'protocol', raw8],
      ],
      unknown: ['cacheInfo'],
    },
  ],
]

function metrics(record: Readonly<Record<string, unknown>>): object {
  const names: Readonly<Record<string, string>> = {
    lock: 'lock',
    mtu: 'mtu',
    window: 'window',
    rtt: 'rtt',
    rttVariance: 'rttvar',
    slowStartThreshold: 'ssthresh',
    congestionWindow: 'cwnd',
    advertisedMss: 'advmss',
    reordering: 'reordering',
    hopLimit: 'hoplimit',
    initialWindow: 'initcwnd',
    features: 'features',
    minimumTimeout: 'rtoMin',
    initialReceiveWindow: 'initrwnd',
    quickAck: 'quickack',
  }
  const given = Object.entries(record).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [names[name], raw32(value as number)]))
}

const expected = (record: Readonly<Record<string, unknown>>, names: Names): object =>
  Object.fromEntries(
    names
      .filter(([ours]) => record[ours] !== undefined)
      .map(([ours, theirs, convert]) => [theirs, convert ? convert(record[ours] as never) : record[ours]]),
  )

const plain = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name !== 'unknown')
      .map(([name, value]) => [
        name,
        value instanceof Object && !(value instanceof Uint8Array) ? plain({...value}) : value,
      ]),
  )

/**
 * Where it goes wrong itself: it writes flag words with their highest bit set as negative numbers, and refuses those; and
 * it leaves the padding behind the last attribute of a nest out of the nest, which ip(8) and the kernel do not.
 */
const withinItsLimits = <Values extends object>(values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (/^(?:flags|change)$/.test(name)) return [name, value & 0x7fff_ffff]
      if (name === 'metrics') return [name, {...value, congestionControl: undefined}]
      return [name, value]
    }),
  ) as Values

describe.each(codecs)('%s', (_name, {layout, parse, format, header, attributes, unknown = []}) => {
  const record = recordOf(layout.fields).map((values) =>
    Object.fromEntries(Object.entries(plain(values)).filter(([name]) => !unknown.includes(name))),
  )

  test('every row is compared', () => {
    const named = [...attributes.map(([ours]) => ours), ...unknown]
    expect(named.sort()).toEqual(layout.fields.rows.map(([, name]) => name).sort())
  })

  test('it reads what we write, and writes the same', () => {
    fc.assert(
      fc.property(structOf(layout.header).map(withinItsLimits), record.map(withinItsLimits), (fixed, values) => {
        const bytes = Buffer.from(encodeBody(layout, fixed, values))
        const {data, attrs} = parse(bytes)
        expect(data).toMatchObject(expected(fixed, header))
        expect(attrs).toEqual(expected(values, attributes))
        const out = new AttrStream()
        format({data, attrs} as never, out)
        const written = Buffer.concat(out.bufs as Buffer[])
        // It pads between attributes only.
        expect(Buffer.concat([written, Buffer.alloc(-written.length & 3)]).toString('hex')).toBe(bytes.toString('hex'))
      }),
    )
  })
})
