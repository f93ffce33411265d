// What was done, would be done or is so, in words for people. Layout and colour are decided where it is printed.

import type {RolePlan} from '../host/step.ts'
import {listVips} from '../host/vip.ts'
import type {VipStatus} from './status.ts'

export interface Telling {
  readonly dryRun?: boolean
}

export function setupReport(
  {vips, steps}: RolePlan,
  device: string,
  {dryRun = false}: Telling = {},
): readonly string[] {
  if (steps.length === 0) return [`nothing to do: ${listVips(vips)} on ${device} already`]
  if (dryRun) return ['nothing was changed (dry run)']
  const announced = steps.some(({effect}) => effect.do === 'announce')
  const added = steps.some(({effect}) => effect.do === 'add-address')
  return [
    `${added ? 'ready' : 'announced again'}: ${device} has ${listVips(vips)}${announced ? ', and the neighbours were told' : ''}`,
    '  not kept over a reboot',
    `  undo: lvsctl director teardown --vip ${vips.join(',')} --dev ${device}`,
  ]
}

export function teardownReport({vips, steps}: RolePlan, {dryRun = false}: Telling = {}): readonly string[] {
  if (steps.length === 0) return ['nothing to do']
  if (dryRun) return ['nothing was changed (dry run)']
  return [`done: ${listVips(vips)} ${vips.length === 1 ? 'is' : 'are'} not on this host any more`]
}

/** A line per VIP: address, where it is, whether clients get through to it. */
export function statusRows(vips: readonly VipStatus[]): readonly (readonly string[])[] {
  return vips.map(({vip, places, ok}) => [
    vip,
    places.length === 0
      ? 'on no interface'
      : `on ${places.map((place) => `${place.interface} /${place.prefixLength}${place.up ? '' : ' (down)'}`).join(', ')}`,
    ok ? '✓' : '✗',
  ])
}
