// What takes the role back: the steps, computed and not done. The reverse of set-up: addresses first, then the rules for
// them, and when no VIP is left the settings, to the values found. The ledger goes last.
//
// Only host addresses (/32, /128) are removed, which is all that set-up adds: one with a subnet is the interface's own.

import type {Address} from '../domain/address.ts'
import {type Problem, problem, refuse, warning} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import {notesHidden} from '../host/failures.ts'
import type {Effect, InterfaceAddress} from '../host/host.ts'
import {isEmpty, type Ledger, ledgerEffects} from '../host/ledger.ts'
import type {LedgerSysctl} from '../host/ledger-kinds.ts'
import {restore} from '../host/settings.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {removalOf, servicesAt} from './again.ts'
import {findLink} from './device.ts'
import {drags} from './forwarding.ts'
import {before, type Observed} from './observed.ts'
import type {TeardownRequest} from './request.ts'
import type {ServedService} from './served.ts'

/** Throws LvsctlError: `missing` for an unknown interface, `permission` where the notes are hidden, else one usage error with everything that speaks against it. */
export function planTeardown({vips, device, services = []}: TeardownRequest, observed: Observed): RolePlan {
  if (observed.recorded.hidden) throw notesHidden(observed.recorded.path)
  if (device !== undefined) findLink(device, observed)
  const {ledger} = observed.recorded
  const noted = ledger?.vips ?? []
  const here = device === undefined ? noted : noted.filter((one) => one.interface === device)
  const named = vips ?? here.filter(({origin}) => origin === 'added').map(({address}) => address)
  const found = named.map((vip) => ({vip, there: whereIs(vip, device ?? placeOf(vip, vips, ledger), observed)}))
  refuse(found.flatMap(({vip, there}) => there.flatMap((one) => notOurs(vip, one))))

  // An adopted VIP was there before set-up: a teardown of everything leaves it, and forgets it.
  const rest = noted.filter((one) => !named.includes(one.address) && (vips !== undefined || !here.includes(one)))
  const rules = rulesGoing(named, rest.length === 0, observed)
  const settings = rest.length === 0 ? goBack(ledger, observed) : {effects: [], warnings: []}
  const next = ledger && {
    ...ledger,
    vips: rest,
    sysctls: rest.length === 0 ? [] : ledger.sysctls,
    masquerades: ledger.masquerades.filter(({vip}) => rest.length > 0 && !named.includes(vip)),
  }
  const warnings = [
    ...found.filter(({there}) => there.length === 0).map(({vip}) => notThere(vip, device, observed)),
    ...found.filter(({there}) => there.length > 0).flatMap(({vip}) => stillServed(vip, services)),
    ...rules.warnings,
    ...settings.warnings,
    ...(observed.recorded.past ? [ofPastBoot(observed.recorded.past)] : []),
  ]
  return planEffects(named, warnings, before(observed), [
    ...found.flatMap(({there}) => there.map((address): Effect => ({do: 'remove-address', address}))),
    ...rules.effects,
    ...settings.effects,
    ...ledgerEffects(observed.recorded, next && !isEmpty(next) ? next : undefined),
  ])
}

/** Not named, a VIP is taken from where set-up put it. */
function placeOf(vip: Address, vips: TeardownRequest['vips'], ledger: Ledger | undefined): string | undefined {
  return vips ? undefined : ledger?.vips.find(({address}) => address === vip)?.interface
}

function whereIs(vip: Address, device: string | undefined, {addresses}: Observed): readonly InterfaceAddress[] {
  return addresses.filter((one) => one.address === vip && (device === undefined || one.interface === device))
}

interface Going {
  readonly effects: readonly Effect[]
  readonly warnings: readonly Problem[]
}

function rulesGoing(named: readonly Address[], all: boolean, {masquerades}: Observed): Going {
  const going = masquerades.filter(({rule}) => all || named.includes(rule.vip))
  return {
    effects: going.flatMap(({rule, there}): Effect[] => (there === false ? [] : [{do: 'remove-masquerade', rule}])),
    warnings: going.flatMap(({rule, there}) =>
      there === false
        ? [warning('masquerade-gone', `the rule that masquerades connections to ${rule.vip} was gone already`)]
        : [],
    ),
  }
}

/** Behind a switch of forwarding comes what the kernel changes with it. */
function goBack(ledger: Ledger | undefined, {sysctls}: Observed): Going {
  const entries = ledger?.sysctls ?? []
  const {effects, warnings} = restore(entries, sysctls)
  return {effects: [...effects, ...entries.flatMap((entry) => keptBeside(entry, effects, sysctls))], warnings}
}

function keptBeside(
  {key, found, set}: LedgerSysctl,
  effects: readonly Effect[],
  sysctls: ReadonlyMap<string, string>,
): readonly Effect[] {
  if (found !== set) return []
  const switched = effects.some((effect) => effect.do === 'set-sysctl' && drags(effect.key, key))
  // Not as found and no switch to come: a teardown that was cut off between the two.
  const current = sysctls.get(key)
  return switched || (current !== undefined && current !== found) ? [{do: 'set-sysctl', key, value: found}] : []
}

/** Without its address on this host a service gets no packets. */
function stillServed(vip: Address, services: readonly ServedService[]): readonly Problem[] {
  const served = servicesAt(vip, services)
  if (served.length === 0) return []
  const who = served.length === 1 ? '1 service uses' : `${served.length} services use`
  return [
    warning('vip-served', `${who} ${vip}: without it on this host, no client gets through to what stays in the table`, {
      hint: `If it is not to come back: ${removalOf(served)}`,
    }),
  ]
}

function ofPastBoot({vips}: Ledger): Problem {
  const names = vips.map(({address}) => address).join(', ')
  return warning(
    'ledger-past-boot',
    `this machine has started anew since set-up${names === '' ? '' : ` of ${names}`}: nothing of it was left to undo`,
  )
}

function notOurs(vip: Address, there: InterfaceAddress): readonly Problem[] {
  const where = '--vip'
  if (there.interface === 'lo')
    return [
      problem('vip-on-loopback', `${vip} is on lo, where a real server has it`, {
        where,
        hint: `lvsctl realserver teardown --vip ${vip}`,
      }),
    ]
  if (there.valid !== undefined)
    return [
      problem(
        'vip-leased',
        `${vip} on ${there.interface} came with a lease (${there.valid} s left): it is this host's own`,
        {
          where,
        },
      ),
    ]
  if (there.prefixLength === hostPrefixOf(vip)) return []
  return [
    problem(
      'vip-own-address',
      `${vip}/${there.prefixLength} is ${there.interface}'s own address, with its subnet: removing it could cut this host off`,
      {where, hint: `If it must go: ${describeEffect({do: 'remove-address', address: there})}`},
    ),
  ]
}

function notThere(vip: Address, device: string | undefined, observed: Observed): Problem {
  const elsewhere = whereIs(vip, undefined, observed)[0]?.interface
  const place = device === undefined ? 'on no interface of this host' : `not on ${device}`
  const known = observed.recorded.ledger?.vips.some(({address}) => address === vip)
  return warning(
    known ? 'vip-gone' : 'vip-not-set-up',
    `${vip} is ${place}${known ? ' any more' : ''}`,
    elsewhere === undefined ? {} : {hint: `It is on ${elsewhere}`},
  )
}
