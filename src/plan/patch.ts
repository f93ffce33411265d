// Edits change only what is given. The kernel replaces the whole object on every edit (ip_vs_genl_set_cmd has no partial
// update), so an edit is: read what runs, put the given properties over it, send all of it.

import {plainTunnel, type Tunnel, tunnelTypes} from '../domain/forwarding.ts'
import {readsFlag, schedulerRow} from '../domain/schedulers.ts'
import type {Server, ServerKey} from '../domain/server.ts'
import {familyOfKey, fullMask, type SchedulerFlag, type Service} from '../domain/service.ts'
import {type Change, serverChanges, serviceChanges} from './changes.ts'

/** Absent or undefined: keep. null: remove. */
export interface GivenService {
  readonly scheduler?: string | undefined
  readonly schedulerFlags?: readonly SchedulerFlag[] | undefined
  readonly persistence?: number | null | undefined
  readonly netmask?: string | null | undefined
  readonly engine?: string | null | undefined
  readonly onePacket?: boolean | undefined
}

/** Absent or undefined: keep. */
export type GivenServer = {
  readonly [Property in keyof Omit<Server, keyof ServerKey | 'tunnel'>]?: Server[Property] | undefined
} & {readonly tunnel?: {readonly [Property in keyof Tunnel]?: Tunnel[Property] | undefined} | undefined}

export interface Patched<Thing> {
  readonly after: Thing
  /** Empty: there is nothing to do. */
  readonly changes: readonly Change[]
}

/**
 * What the given properties leave without meaning goes with them, and its change says so: flags that another scheduler
 * does not read; mask and engine of a service that is no longer persistent.
 */
export function patchService(current: Service, given: GivenService): Patched<Service> {
  const reasons: Record<string, string> = {}
  const {persistence: _persistence, engine: _engine, ...rest} = current
  const scheduler = given.scheduler ?? current.scheduler
  const persistence = keep(given.persistence, current.persistence)
  let engine = keep(given.engine, current.engine)
  let netmask = keep(given.netmask, current.netmask) ?? fullMask[familyOfKey(current.key)]
  let schedulerFlags = given.schedulerFlags ?? current.schedulerFlags

  if (scheduler !== current.scheduler && given.schedulerFlags === undefined && schedulerRow(scheduler)) {
    schedulerFlags = schedulerFlags.filter((flag) => readsFlag(scheduler, flag))
    reasons.schedulerFlags = `${scheduler} has no such flags`
  }
  if (persistence === undefined && current.persistence !== undefined) {
    if (given.netmask === undefined) {
      netmask = fullMask[familyOfKey(current.key)]
      reasons.netmask = 'means nothing without persistence'
    }
    if (given.engine === undefined) {
      engine = undefined
      reasons.engine = 'means nothing without persistence'
    }
  }

  const after: Service = {
    ...rest,
    scheduler,
    schedulerFlags,
    netmask,
    onePacket: given.onePacket ?? current.onePacket,
    ...(persistence !== undefined && {persistence}),
    ...(engine !== undefined && {engine}),
  }
  return {after, changes: serviceChanges(current, after, reasons)}
}

/**
 * What the given properties leave without meaning goes with them, and its change says so: the tunnel of a server that is
 * no longer tunneled to, the port and checksum that another tunnel type has not, the lower threshold without an upper.
 */
export function patchServer(current: Server, given: GivenServer): Patched<Server> {
  const reasons: Record<string, string> = {}
  const forwarding = given.forwarding ?? current.forwarding
  const upperThreshold = given.upperThreshold ?? current.upperThreshold
  let lowerThreshold = given.lowerThreshold ?? current.lowerThreshold
  let tunnel = patchTunnel(current.tunnel, given.tunnel ?? {})

  if (forwarding !== 'tunneling' && current.forwarding === 'tunneling' && given.tunnel === undefined) {
    tunnel = plainTunnel
    reasons.tunnel = `${forwarding} has none`
  }
  if (upperThreshold === 0 && current.upperThreshold !== 0 && given.lowerThreshold === undefined) {
    lowerThreshold = 0
    reasons.lowerThreshold = 'means nothing without an upper one'
  }

  const after = {
    ...current,
    forwarding,
    weight: given.weight ?? current.weight,
    upperThreshold,
    lowerThreshold,
    tunnel,
  }
  return {after, changes: serverChanges(current, after, reasons)}
}

/** Another type drops the port and the checksum it cannot have, unless they are given: then validation says so. */
function patchTunnel(current: Tunnel, given: NonNullable<GivenServer['tunnel']>): Tunnel {
  const type = given.type ?? current.type
  const row = type === current.type ? undefined : tunnelTypes.find(({name}) => name === type)
  const checksums: readonly string[] | undefined = row?.checksums
  const port = row?.needsPort === false ? 0 : current.port
  const checksum = checksums?.includes(current.checksum) === false ? 'none' : current.checksum
  return {type, port: given.port ?? port, checksum: given.checksum ?? checksum}
}

function keep<Value>(given: Value | null | undefined, current: Value | undefined): Value | undefined {
  return given === undefined ? current : (given ?? undefined)
}
