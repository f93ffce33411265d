// The model of YAML and JSON, one row for each key: how its value is read and written, and what it means to leave it out.
// The keys are those of `lvsctl list --json`. Reader and writer both walk these rows.

import type {Address, Family} from '../../domain/address.ts'
import {parseHost} from '../../domain/explain-address.ts'
import {shown} from '../../domain/foreign-characters.ts'
import {plainTunnel, type Tunnel, tunnelEquals} from '../../domain/forwarding.ts'
import type {IntegerKind} from '../../domain/integer.ts'
import {accept, type Parsed, reject} from '../../domain/parsed.ts'
import {parseSchedulerFlags, schedulerFlagNames} from '../../domain/schedulers.ts'
import type {Server} from '../../domain/server.ts'
import {defaultScheduler, familyOfKey, fullMask, type SchedulerFlag, type Service} from '../../domain/service.ts'
import {type SyncDaemon, syncRoles} from '../../domain/sync.ts'
import type {Timeouts} from '../../domain/timeouts.ts'
import {parseDevice, parseGroup} from './devices.ts'
import {
  parseChecksum,
  parseEngineName,
  parseForwarding,
  parseHeld,
  parseHeldNetmask,
  parseHeldTunnelType,
  parseSchedulerName,
} from './held.ts'

/** What JSON can say. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | {readonly [key: string]: Json}

/** What the meaning of a value may hang on. */
export interface Around {
  readonly family: Family
  readonly scheduler: string
}

export interface Field<Model> {
  readonly key: string & keyof Model
  /** The value that a key stands for when it is not there; undefined: none, the property is absent. */
  readonly missing?: unknown
  /** The key has to be there. */
  readonly needed?: true
  /** `null` says the same as leaving it out: those are keys that the listing always has. */
  readonly nullable?: true
  readonly read: (value: unknown, around: Around) => Parsed<unknown>
  /** undefined: nothing to say. */
  readonly write: (model: Model) => Json
}

export const serviceFields: readonly Field<Service>[] = [
  {
    key: 'scheduler',
    missing: defaultScheduler,
    read: (value) => asText(value, 'scheduler', parseSchedulerName),
    write: ({scheduler}) => scheduler,
  },
  {
    key: 'schedulerFlags',
    missing: [],
    read: (value, {scheduler}) => readFlags(value, scheduler),
    write: ({scheduler, schedulerFlags}) =>
      schedulerFlags.length > 0 ? schedulerFlagNames(scheduler, schedulerFlags) : undefined,
  },
  {
    key: 'persistence',
    nullable: true,
    read: (value) => asNumber(value, 'persistence', 'persistence'),
    write: ({persistence}) => persistence,
  },
  {
    key: 'netmask',
    read: (value, {family}) => {
      // A prefix length looks like a number, and as one it is written by hand.
      const text = typeof value === 'number' ? `${value}` : value
      return asText(text, 'netmask', (mask) => parseHeldNetmask(mask, family, 'netmask'))
    },
    write: ({key, netmask}) => (netmask === fullMask[familyOfKey(key)] ? undefined : netmask),
  },
  {
    key: 'engine',
    nullable: true,
    read: (value) => asText(value, 'engine', parseEngineName),
    write: ({engine}) => engine,
  },
  {
    key: 'onePacket',
    missing: false,
    read: (value) => (typeof value === 'boolean' ? accept(value) : rejectKind('onePacket', 'true or false', value)),
    write: ({onePacket}) => onePacket || undefined,
  },
]

export const serverFields: readonly Field<Server>[] = [
  {
    key: 'forwarding',
    missing: 'gatewaying',
    read: (value) => asText(value, 'forwarding', parseForwarding),
    write: ({forwarding}) => forwarding,
  },
  {
    key: 'weight',
    missing: 1,
    read: (value) => asNumber(value, 'weight', 'weight'),
    write: ({weight}) => weight,
  },
  threshold('upperThreshold'),
  threshold('lowerThreshold'),
  {
    key: 'tunnel',
    missing: plainTunnel,
    nullable: true,
    // An object of fields of its own: read-model.ts goes on with them.
    read: (value) => accept(value),
    write: ({tunnel}) =>
      tunnelEquals(tunnel, plainTunnel)
        ? undefined
        : Object.fromEntries(tunnelFields.map(({key, write}) => [key, write(tunnel)])),
  },
]

function threshold(key: 'upperThreshold' | 'lowerThreshold'): Field<Server> {
  return {
    key,
    missing: 0,
    read: (value) => asNumber(value, key, key),
    write: (server) => server[key] || undefined,
  }
}

export const tunnelFields: readonly Field<Tunnel>[] = [
  {
    key: 'type',
    missing: plainTunnel.type,
    read: (value) => asText(value, 'type', parseHeldTunnelType),
    write: ({type}) => type,
  },
  {
    key: 'port',
    missing: plainTunnel.port,
    read: (value) => asNumber(value, 'port', 'tunnelPort'),
    write: ({port}) => port || undefined,
  },
  {
    key: 'checksum',
    missing: plainTunnel.checksum,
    read: (value) => asText(value, 'checksum', parseChecksum),
    write: ({checksum}) => (checksum === 'none' ? undefined : checksum),
  },
]

export const timeoutFields: readonly Field<Timeouts>[] = (['tcp', 'tcpFin', 'udp'] as const).map((key) => ({
  key,
  // As with --set, 0 leaves what is.
  missing: 0,
  read: (value) => asNumber(value, key, 'timeout'),
  write: (timeouts) => timeouts[key],
}))

export const daemonFields: readonly Field<SyncDaemon>[] = [
  {
    key: 'role',
    needed: true,
    read: (value) =>
      asText(value, 'role', (role, where) =>
        Object.hasOwn(syncRoles, role)
          ? accept(role)
          : reject('sync-role-unknown', `no sync daemon is called ${shown(role)}`, {
              where,
              hint: `One of ${Object.keys(syncRoles).join(' and ')}`,
            }),
      ),
    write: ({role}) => role,
  },
  {
    key: 'interface',
    needed: true,
    read: (value) => asText(value, 'interface', parseDevice),
    write: (daemon) => daemon.interface,
  },
  {
    key: 'syncId',
    missing: 0,
    read: (value) => asNumber(value, 'syncId', 'syncId'),
    write: ({syncId}) => syncId,
  },
  optionalNumber('maxLength', 'syncMaxLength'),
  {
    key: 'group',
    nullable: true,
    read: (value) => asText(value, 'group', parseGroup),
    write: ({group}) => group,
  },
  optionalNumber('port', 'multicastPort'),
  optionalNumber('ttl', 'multicastTtl'),
]

function optionalNumber(key: 'maxLength' | 'port' | 'ttl', kind: IntegerKind): Field<SyncDaemon> {
  return {
    key,
    nullable: true,
    read: (value) => asNumber(value, key, kind),
    write: (daemon) => daemon[key],
  }
}

/** Those that differ from what their absence means, in the order of the rows. */
export function writeFields<Model>(fields: readonly Field<Model>[], model: Model): {[key: string]: Json} {
  const written: {[key: string]: Json} = {}
  for (const {key, write} of fields) {
    const value = write(model)
    if (value !== undefined) written[key] = value
  }
  return written
}

export function readAddress(value: unknown, key = 'address'): Parsed<Address> {
  return asText(value, key, parseHost)
}

export function readNumber(value: unknown, key: string, kind: IntegerKind): Parsed<number> {
  return asNumber(value, key, kind)
}

function asText<Value>(
  value: unknown,
  key: string,
  parse: (text: string, where: string) => Parsed<Value>,
): Parsed<Value> {
  return typeof value === 'string' ? parse(value, key) : rejectKind(key, 'text', value)
}

function asNumber(value: unknown, key: string, kind: IntegerKind): Parsed<number> {
  return typeof value === 'number' ? parseHeld(`${value}`, kind, key) : rejectKind(key, 'a number', value)
}

/** A list of names, or the names in one text as behind -b. */
function readFlags(value: unknown, scheduler: string): Parsed<readonly SchedulerFlag[]> {
  const names = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    return rejectKind('schedulerFlags', 'a list of names', value)
  return names.length === 0 ? accept([]) : parseSchedulerFlags(scheduler, names.join(','), 'schedulerFlags')
}

export function rejectKind(key: string, expected: string, value: unknown): Parsed<never> {
  return reject('kind-unexpected', `${key} should be ${expected}, and this is ${kindOf(value)}`, {where: key})
}

export function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (typeof value === 'string') return `the text ${shown(value).startsWith('"') ? shown(value) : `"${shown(value)}"`}`
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : 'something else'
}
