// What was done, would be done or is so, in words for people. Layout and colour are decided where it is printed.

import {shellWords} from '../domain/shell-words.ts'
import type {Effect} from '../host/host.ts'
import {managedWords} from '../host/managed.ts'
import type {RolePlan} from '../host/step.ts'
import {listVips} from '../host/vip.ts'
import type {DirectorPlan} from './setup.ts'
import type {DirectorStatus, VipStatus} from './status.ts'

export interface Telling {
  readonly dryRun?: boolean
  /** Taken, and others answer for it still. */
  readonly shared?: boolean
}

export function setupReport(
  {vips, steps, advice, kept, notKept, undo}: DirectorPlan,
  device: string,
  {dryRun = false, shared = false}: Telling = {},
): readonly string[] {
  const did = (kind: Effect['do']) => steps.some(({effect}) => effect.do === kind)
  const advised = [
    ...(advice.length > 0 ? ['  recommended, and set with --tune:'] : []),
    ...advice.map(({key, value, current, reason}) => `    ${key}=${value} (is ${current}): ${reason}`),
  ]
  const lasting = notKept === undefined ? [] : [`  ${notKept}`]
  if (steps.length === 0) return [`nothing to do: ${listVips(vips)} on ${device} already`, ...lasting, ...advised]
  if (dryRun) return ['nothing was changed (dry run)', ...advised]
  const anew = steps.every(({effect, bookkeeping}) => bookkeeping || effect.do === 'announce')
  return [
    `${shared ? 'taken, but not alone' : anew ? 'announced again' : 'ready'}: ${device} has ${listVips(vips)}${did('announce') ? ', and the neighbours were told' : ''}`,
    ...(did('add-masquerade') ? ['  servers see this host in place of the client'] : []),
    `  ${kept ?? notKept ?? 'not kept over a reboot'}`,
    ...(undo === undefined ? [] : [`  undo: ${shellWords(['lvsctl', 'director', 'teardown', ...undo])}`]),
    ...advised,
  ]
}

export function teardownReport({vips, steps}: RolePlan, {dryRun = false}: Telling = {}): readonly string[] {
  if (steps.length === 0) return ['nothing to do']
  if (dryRun) return ['nothing was changed (dry run)']
  const settings = steps.some(({effect}) => effect.do === 'set-sysctl')
  return [
    vips.length === 0
      ? 'done: nothing of the role is left here'
      : `done: ${listVips(vips)} ${vips.length === 1 ? 'is' : 'are'} not on this host any more`,
    ...(settings ? ['  settings are as they were found'] : []),
  ]
}

/** A line per VIP: address, where it is, whether clients get through to it. */
export function statusRows(vips: readonly VipStatus[]): readonly (readonly string[])[] {
  return vips.map(({vip, places, managed, ok}) => [
    vip,
    places.length === 0
      ? 'on no interface'
      : `on ${places.map((place) => `${place.interface} /${place.prefixLength}${place.up ? '' : ' (down)'}`).join(', ')}`,
    ok ? '✓' : '✗',
    managedWords[managed],
  ])
}

/** A line for whatever else set-up made. */
export function madeRows({settings, masquerades}: DirectorStatus): readonly (readonly string[])[] {
  return [
    ...settings.map(({key, set, ok, current}) => [
      key,
      ok ? `is ${set}` : `is ${current ?? 'gone'}, was made ${set}`,
      ok ? '✓' : '✗',
    ]),
    ...masquerades.map(({vip, tool, there}) => [
      `masquerading for ${vip}`,
      there === undefined ? `by ${tool}, told to root only` : there ? `by ${tool}` : `by ${tool}, gone`,
      there === false ? '✗' : there ? '✓' : '?',
    ]),
  ]
}
