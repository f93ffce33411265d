// What differs between two states of the same thing, property by property: as data for programs and as words for people
// (`weight 3 → 0 (quiesced: new clients go elsewhere)`).

import {plainTunnel, tunnelEquals} from '../domain/forwarding.ts'
import {formatSchedulerFlags} from '../domain/schedulers.ts'
import {type Server, serverKeyEquals} from '../domain/server.ts'
import {type Service, schedulerFlagsEqual, serviceKeyEquals} from '../domain/service.ts'
import {describeTunnel, maskWord} from '../domain/settings-words.ts'
import type {SyncDaemon} from '../domain/sync.ts'
import type {Timeouts} from '../domain/timeouts.ts'

export interface Change {
  /** The property, as in JSON output: `weight`, `schedulerFlags`. */
  readonly property: string
  /** The values as they are; null where there is none. */
  readonly from: unknown
  readonly to: unknown
  /** `persistent 300 → 600 s` */
  readonly text: string
}

/** Why a property changed that nobody named: property → reason, put behind its change in parentheses. */
export type Reasons = Readonly<Record<string, string>>

interface Row<Thing> {
  readonly property: string
  readonly word: string
  readonly value: (thing: Thing) => unknown
  /** The value in words; without, as it is. */
  readonly show?: (thing: Thing) => string
  /** Follows the words where they are a number. */
  readonly unit?: string
  readonly same?: (before: Thing, after: Thing) => boolean
  /** What the change means. */
  readonly note?: (before: Thing, after: Thing) => string | undefined
}

const serviceRows: readonly Row<Service>[] = [
  {property: 'scheduler', word: 'scheduler', value: ({scheduler}) => scheduler},
  {
    property: 'schedulerFlags',
    word: 'scheduler flags',
    value: ({scheduler, schedulerFlags}) => formatSchedulerFlags(scheduler, schedulerFlags) || null,
    show: ({scheduler, schedulerFlags}) => formatSchedulerFlags(scheduler, schedulerFlags) || 'none',
    same: (before, after) => schedulerFlagsEqual(before.schedulerFlags, after.schedulerFlags),
  },
  {
    property: 'persistence',
    word: 'persistent',
    value: ({persistence}) => persistence ?? null,
    show: ({persistence}) => (persistence === undefined ? 'off' : `${persistence}`),
    unit: 's',
  },
  {property: 'netmask', word: 'mask', value: ({netmask}) => netmask, show: ({netmask}) => maskWord(netmask)},
  {
    property: 'engine',
    word: 'persistence engine',
    value: ({engine}) => engine ?? null,
    show: ({engine}) => engine ?? 'none',
  },
  {
    property: 'onePacket',
    word: 'one-packet',
    value: ({onePacket}) => onePacket,
    show: ({onePacket}) => (onePacket ? 'on' : 'off'),
  },
]

const serverRows: readonly Row<Server>[] = [
  {property: 'forwarding', word: 'method', value: ({forwarding}) => forwarding},
  {
    property: 'tunnel',
    word: 'tunnel',
    value: ({tunnel}) => tunnel,
    show: ({tunnel}) => describeTunnel(tunnel) ?? plainTunnel.type,
    same: (before, after) => tunnelEquals(before.tunnel, after.tunnel),
  },
  {
    property: 'weight',
    word: 'weight',
    value: ({weight}) => weight,
    note: (before, after) => {
      if (after.weight === 0) return 'quiesced: new clients go elsewhere'
      return before.weight === 0 ? 'takes new clients again' : undefined
    },
  },
  {
    property: 'upperThreshold',
    word: 'upper threshold',
    value: ({upperThreshold}) => upperThreshold,
    show: ({upperThreshold}) => (upperThreshold === 0 ? 'none' : `${upperThreshold}`),
    unit: 'connections',
  },
  {
    property: 'lowerThreshold',
    word: 'lower threshold',
    value: ({lowerThreshold}) => lowerThreshold,
    show: ({lowerThreshold}) => (lowerThreshold === 0 ? 'none' : `${lowerThreshold}`),
    unit: 'connections',
  },
]

const timeoutRows: readonly Row<Timeouts>[] = [
  {property: 'tcp', word: 'tcp', value: ({tcp}) => tcp, unit: 's'},
  {property: 'tcpFin', word: 'tcp fin', value: ({tcpFin}) => tcpFin, unit: 's'},
  {property: 'udp', word: 'udp', value: ({udp}) => udp, unit: 's'},
]

const daemonRows: readonly Row<SyncDaemon>[] = [
  {property: 'interface', word: 'interface', value: (daemon) => daemon.interface},
  {property: 'syncId', word: 'sync id', value: ({syncId}) => syncId},
  {property: 'group', word: 'group', value: ({group}) => group ?? null},
  {property: 'port', word: 'port', value: ({port}) => port ?? null},
  {property: 'ttl', word: 'ttl', value: ({ttl}) => ttl ?? null},
  {property: 'maxLength', word: 'message length', value: ({maxLength}) => maxLength ?? null, unit: 'bytes'},
]

export function serviceChanges(before: Service, after: Service, reasons: Reasons = {}): readonly Change[] {
  if (!serviceKeyEquals(before.key, after.key)) throw new TypeError('two services cannot be compared')
  return changes(serviceRows, before, after, reasons)
}

export function serverChanges(before: Server, after: Server, reasons: Reasons = {}): readonly Change[] {
  if (!serverKeyEquals(before, after)) throw new TypeError('two servers cannot be compared')
  return changes(serverRows, before, after, reasons)
}

export function timeoutChanges(before: Timeouts, after: Timeouts): readonly Change[] {
  return changes(timeoutRows, before, after, {})
}

export function daemonChanges(before: SyncDaemon, after: SyncDaemon): readonly Change[] {
  if (before.role !== after.role) throw new TypeError('two daemons cannot be compared')
  return changes(daemonRows, before, after, {})
}

function changes<Thing>(rows: readonly Row<Thing>[], before: Thing, after: Thing, reasons: Reasons): readonly Change[] {
  return rows.flatMap((row) => {
    const [from, to] = [row.value(before), row.value(after)]
    if (row.same ? row.same(before, after) : from === to) return []
    const note = reasons[row.property] ?? row.note?.(before, after)
    return [{property: row.property, from, to, text: words(row, before, after, note)}]
  })
}

function words<Thing>({word, value, show, unit}: Row<Thing>, before: Thing, after: Thing, note?: string): string {
  const [from, to] = [before, after].map((thing) => show?.(thing) ?? `${value(thing)}`) as [string, string]
  const [fromUnit, toUnit] = [from, to].map((text) => (unit && /^\d+$/.test(text) ? ` ${unit}` : '')) as [
    string,
    string,
  ]
  // 300 → 600 s, but 300 s → off.
  return `${word} ${from}${toUnit ? '' : fromUnit} → ${to}${toUnit}${note ? ` (${note})` : ''}`
}
