// What takes the role back: the steps, computed and not done. The reverse of set-up: addresses first, and only when no
// VIP needs the silence any more the settings, to the values found. The ledger goes last.

import {type Address, familyOf} from '../domain/address.ts'
import {type Problem, problem, refuse, warning} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import type {Effect} from '../host/host.ts'
import {type Ledger, ledgerEffects} from '../host/ledger.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {arpKey, arpRules} from './arp.ts'
import {before, hostAddressesOnLoopback, ifLive, liveLedger, type Observed, onLoopback} from './observe.ts'

export interface TeardownRequest {
  /** Not given: everything that set-up added. Adopted VIPs, which were there before, go only when they are named. */
  readonly vips?: readonly Address[]
}

/** Throws one usage error with everything that speaks against it. */
export function planTeardown({vips}: TeardownRequest, observed: Observed): RolePlan {
  const ledger = liveLedger(observed)
  const managed = ledger?.vips ?? []
  const named = vips ?? managed.filter(({origin}) => origin === 'added').map(({address}) => address)
  refuse(named.flatMap((vip) => wrongPrefix(vip, observed)))

  const warnings = named.flatMap((vip) => notThere(vip, ledger, observed))
  const removals = named.flatMap((vip): Effect[] => {
    const there = onLoopback(observed, vip)
    return there ? [{do: 'remove-address', address: there}] : []
  })
  const rest = vips ? managed.filter(({address}) => !vips.includes(address)) : []
  const left = vips ? [] : managed.filter(({origin, address}) => origin === 'adopted' && onLoopback(observed, address))

  const needed = whoNeedsSilence(rest, named, ledger, observed)
  const settings = needed ? undefined : restore(ledger, left, observed)
  warnings.push(...(settings?.warnings ?? []))
  if (needed && ledger && rest.length === 0 && ledger.sysctls.length > 0) warnings.push(silenceKept(needed))
  if (!ledger && named.length > 0) warnings.push(...noRecord(removals, observed))

  const next = ledger && {...ledger, vips: rest, sysctls: settings ? [] : ledger.sysctls}
  return planEffects(named, warnings, before(observed), [
    ...removals,
    ...(settings?.effects ?? []),
    ...ledgerEffects(observed.recorded, ifLive(next, observed)),
  ])
}

/** An address on lo that a talkative ARP would give away: ours, or one that somebody added since. */
function whoNeedsSilence(
  rest: readonly LedgerVip[],
  going: readonly Address[],
  ledger: Ledger | undefined,
  observed: Observed,
): Address | undefined {
  const ours = rest.map(({address}) => address)
  const others = hostAddressesOnLoopback(observed)
    .map(({address}) => address)
    .filter((address) => !going.includes(address) && !ledger?.present.includes(address))
  return [...ours, ...others].find((address) => familyOf(address) === 'ipv4')
}

interface Restored {
  readonly effects: readonly Effect[]
  readonly warnings: readonly Problem[]
}

/** Only what still is as set-up made it goes back: a value that somebody chose since is theirs. */
function restore(ledger: Ledger | undefined, left: readonly LedgerVip[], observed: Observed): Restored {
  const effects: Effect[] = []
  const warnings: Problem[] = []
  for (const {key, found, set} of [...(ledger?.sysctls ?? [])].reverse()) {
    const current = observed.sysctls.get(key)
    if (current === set) effects.push({do: 'set-sysctl', key, value: found})
    else if (current !== undefined && current !== found)
      warnings.push(
        warning(
          'sysctl-changed',
          `${key} is ${current}, neither what was found (${found}) nor what was set (${set}): it is left alone`,
          {
            hint: `To go back to the value found: ${describeEffect({do: 'set-sysctl', key, value: found})}`,
          },
        ),
      )
  }
  const heard = left.filter(({address}) => familyOf(address) === 'ipv4').map(({address}) => address)
  if (heard.length > 0)
    warnings.push(
      warning(
        'vip-left',
        `${heard.join(', ')} was on lo before set-up and stays there${effects.length > 0 ? ', while ARP goes back to what was found: this host may answer for it' : ''}`,
        {hint: `To remove it too: lvsctl realserver teardown --vip ${heard.join(',')}`},
      ),
    )
  return {effects, warnings}
}

function silenceKept(address: Address): Problem {
  return warning('arp-kept-quiet', `ARP stays quiet: ${address} is on lo, put there by somebody else since set-up`, {
    hint: 'When it is gone, run: lvsctl realserver teardown',
  })
}

function notThere(vip: Address, ledger: Ledger | undefined, observed: Observed): readonly Problem[] {
  if (onLoopback(observed, vip)) return []
  const known = ledger?.vips.some(({address}) => address === vip)
  const elsewhere = observed.addresses.find((one) => one.address === vip)?.interface
  return [
    known
      ? warning('vip-gone', `${vip} was no longer on lo`)
      : warning('vip-not-set-up', `${vip} is not on lo and was not set up here`, {
          ...(elsewhere !== undefined && {
            hint: `It is on ${elsewhere}: lvsctl director teardown --vip ${vip} --dev ${elsewhere}`,
          }),
        }),
  ]
}

/** Whoever set this host up by other means gets the address removed and keeps the settings: what was before is unknown. */
function noRecord(removals: readonly Effect[], observed: Observed): readonly Problem[] {
  if (removals.length === 0) return []
  const set = arpRules
    .map(({setting}) => arpKey('all', setting))
    .filter((key) => (observed.sysctls.get(key) ?? '0') !== '0')
  if (set.length === 0) return []
  return [
    warning(
      'no-record',
      `there is no record of what ARP settings were here before: ${set.join(' and ')} stay as they are`,
    ),
  ]
}

function wrongPrefix(vip: Address, observed: Observed): readonly Problem[] {
  const there = onLoopback(observed, vip)
  if (!there || there.prefixLength === hostPrefixOf(vip)) return []
  return [
    problem('vip-prefix', `${vip} is on lo with /${there.prefixLength}, which this role never sets up`, {
      where: '--vip',
      hint: `If it should go: ${describeEffect({do: 'remove-address', address: there})}`,
    }),
  ]
}
