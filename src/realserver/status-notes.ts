// What the notes say of themselves, in a status: what a reboot took, what a teardown left, what only root may read.

import {type Problem, problem, warning} from '../domain/problem.ts'
import type {Ledger} from '../host/ledger.ts'
import {statusWithoutNotes} from '../host/managed.ts'
import {setupLines} from '../host/setup-line.ts'
import {listVips} from '../host/vip.ts'
import {liveLedger, type Observed, vipOn} from './observe.ts'
import {howToFinish, whoNeedsSilence} from './silence.ts'
import {gatewayStatus} from './status-ways.ts'

export function notesProblems(observed: Observed): readonly Problem[] {
  const {past, hidden} = observed.recorded
  return [...(past ? lost(past, observed) : []), ...unfinished(observed), ...(hidden ? [statusWithoutNotes] : [])]
}

/** What an earlier boot had, and nobody brought back. */
function lost(past: Ledger, observed: Observed): readonly Problem[] {
  const vips = past.vips.filter(({address, interface: name}) => !vipOn(observed, address, name))
  const away = gatewayStatus(past, observed).flatMap(({ok, gateway}) => (ok ? [] : [gateway]))
  if (vips.length + away.length === 0) return []
  const what = [
    ...(vips.length > 0 ? [listVips(vips.map(({address}) => address))] : []),
    ...(away.length > 0 ? [`the way through ${listVips(away)}`] : []),
  ].join(' and ')
  const routes = past.routes.filter(({route}) => route.gateway !== undefined && away.includes(route.gateway))
  return [
    problem('reboot-lost', `${what} had been set up before this host was started anew`, {
      hint: setupLines('realserver', {vips, routes}),
    }),
  ]
}

/** Of a teardown that was cut off, or that kept ARP quiet for somebody. */
function unfinished(observed: Observed): readonly Problem[] {
  const ledger = liveLedger(observed)
  if (ledger?.vips.length !== 0 || ledger.sysctls.length === 0) return []
  const [keeper] = whoNeedsSilence([], [], ledger, observed)
  return [
    warning('teardown-unfinished', 'a teardown kept ARP quiet and has settings left to restore', {
      hint: keeper ? howToFinish(keeper.address) : 'lvsctl realserver teardown',
    }),
  ]
}
