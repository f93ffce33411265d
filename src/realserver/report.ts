// What was done, would be done or is so, in words for people. Layout and colour are decided where it is printed.

import type {RolePlan} from '../host/step.ts'
import {listVips} from '../host/vip.ts'
import type {VipStatus} from './status.ts'

export interface Telling {
  readonly dryRun?: boolean
}

export function setupReport({vips, steps}: RolePlan, {dryRun = false}: Telling = {}): readonly string[] {
  const names = listVips(vips)
  if (steps.length === 0) return [`nothing to do: ${names} ${vips.length === 1 ? 'is' : 'are'} set up here already`]
  if (dryRun) return [unchanged]
  return [
    `ready: this host takes ${names} by direct routing and stays silent about ${vips.length === 1 ? 'it' : 'them'} on the LAN`,
    '  not kept over a reboot',
    `  undo: lvsctl realserver teardown --vip ${vips.join(',')}`,
  ]
}

export function teardownReport({vips, steps}: RolePlan, {dryRun = false}: Telling = {}): readonly string[] {
  if (steps.length === 0) return ['nothing to do']
  if (dryRun) return [unchanged]
  const settings = steps.some(({effect}) => effect.do === 'set-sysctl')
  return [
    vips.length === 0
      ? 'done: nothing of the role is left here'
      : `done: this host does not take ${listVips(vips)} any more`,
    ...(settings ? ['  ARP settings are as they were found'] : []),
  ]
}

const unchanged = 'nothing was changed (dry run)'

/** A line per VIP: address, method, and what must be so for it, each with its mark. */
export function statusRows(vips: readonly VipStatus[]): readonly (readonly string[])[] {
  return vips.map(({vip, onLoopback, arpQuiet, listening, managed, problems}) => [
    vip,
    'direct routing',
    `VIP on lo ${mark(onLoopback && !problems.some(({code}) => code === 'vip-prefix'))}`,
    `ARP quiet ${mark(arpQuiet)}`,
    listening.length > 0 ? `listening ${ports(listening)} ✓` : 'no TCP listener',
    origins[managed],
  ])
}

const origins = {added: 'set up by lvsctl', adopted: 'adopted', no: 'not set up by lvsctl'} as const

const mark = (good: boolean): string => (good ? '✓' : '✗')

/** All of them for programs (JSON); a line has room for a few. */
function ports(all: readonly number[]): string {
  const few = all.slice(0, 4).map((port) => `:${port}`)
  return [...few, ...(all.length > few.length ? ['…'] : [])].join(' ')
}
