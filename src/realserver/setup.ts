// What makes this host a real server for direct routing: the steps, computed and not done.
//
// The order is the point. First the ledger, so that whatever happens next can be undone; then ARP is made quiet; only
// then do the VIPs come up, because an address that comes up on a talkative host takes the director's traffic away.

import {type Address, familyOf} from '../domain/address.ts'
import {type Problem, problem, refuse, warning} from '../domain/problem.ts'
import {describeEffect} from '../host/describe.ts'
import {sysctlUnknown} from '../host/failures.ts'
import type {Effect, InterfaceAddress} from '../host/host.ts'
import {emptyLedger, type Ledger, ledgerEffects} from '../host/ledger.ts'
import type {LedgerSysctl, LedgerVip} from '../host/ledger-kinds.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {interfaceSysctl} from '../host/sysctl-key.ts'
import {hostPrefixOf, subnetEdges} from '../host/vip.ts'
import {arpKey, arpRules, effective, speaksArp} from './arp.ts'
import {before, hostAddressesOnLoopback, liveLedger, type Observed, onLoopback} from './observe.ts'

export interface SetupRequest {
  readonly vips: readonly Address[]
}

/** Throws one usage error with everything that speaks against it. */
export function planSetup({vips}: SetupRequest, observed: Observed): RolePlan {
  const ledger = liveLedger(observed)
  const arp = vips.some((vip) => familyOf(vip) === 'ipv4') ? quietArp(observed, ledger) : undefined
  const scope = arp?.scope ?? 'global'
  refuse(vips.flatMap((vip) => obstacles(vip, scope, observed)))

  const effects: Effect[] = []
  const warnings: Problem[] = [...(arp?.warnings ?? [])]
  const managed: LedgerVip[] = [...(ledger?.vips ?? [])]
  for (const vip of vips) {
    const known = managed.findIndex(({address}) => address === vip)
    const there = onLoopback(observed, vip)
    if (!there) effects.push({do: 'add-address', address: vipOnLoopback(vip, scope)})
    else if (known < 0) warnings.push(adopted(vip))
    if (known < 0) managed.push({address: vip, interface: 'lo', origin: there ? 'adopted' : 'added'})
    else if (!there) managed[known] = {address: vip, interface: 'lo', origin: 'added'}
  }
  warnings.push(...missingVips(ledger, vips, observed))

  const next: Ledger = {
    ...emptyLedger('realserver', observed.recorded.bootId),
    vips: managed,
    sysctls: arp?.sysctls ?? ledger?.sysctls ?? [],
    present: ledger?.present ?? hostAddressesOnLoopback(observed).map(({address}) => address),
  }
  const loopbackIsDown = observed.links.some((link) => link.loopback && !link.up)
  return planEffects(vips, warnings, before(observed), [
    ...ledgerEffects(observed.recorded, next),
    ...(arp?.effects ?? []),
    ...(loopbackIsDown ? [{do: 'link-up', interface: 'lo'} as const] : []),
    ...effects,
  ])
}

function vipOnLoopback(vip: Address, scope: 'global' | 'host'): InterfaceAddress {
  const base = {interface: 'lo', address: vip, prefixLength: hostPrefixOf(vip)}
  // The director has the address too: duplicate address detection could find it and refuse ours, and the address must
  // not become the source of this host's own connections.
  return familyOf(vip) === 'ipv6' ? {...base, scope: 'global', noDad: true, preferred: 0} : {...base, scope}
}

interface QuietArp {
  readonly effects: readonly Effect[]
  readonly warnings: readonly Problem[]
  readonly sysctls: readonly LedgerSysctl[]
  /** `host` where an arp_ignore of 3, which hides only such addresses, is found and kept. */
  readonly scope: 'global' | 'host'
}

/** Which settings must change so that no interface speaks about addresses on lo. Stricter values found are kept. */
function quietArp(observed: Observed, ledger: Ledger | undefined): QuietArp {
  const entries = new Map((ledger?.sysctls ?? []).map((entry) => [entry.key, entry]))
  const effects: Effect[] = []
  const warnings: Problem[] = []
  let scope: 'global' | 'host' = 'global'

  /** The value that the key will have: what it has, where that does. */
  const settle = (key: string, required: number, does: (value: string) => boolean): string => {
    const current = observed.sysctls.get(key)
    if (current === undefined) throw sysctlUnknown(key)
    const entry = entries.get(key)
    if (does(current)) {
      if (entry && entry.set !== current) {
        entries.delete(key)
        warnings.push(changedByHand(key, current, 'is kept, and teardown will leave it'))
      }
      return current
    }
    if (entry && current !== entry.found)
      warnings.push(changedByHand(key, current, `is set to ${required} again, and teardown will go back to ${current}`))
    const value = String(required)
    entries.set(key, {key, found: current, set: value})
    effects.push({do: 'set-sysctl', key, value})
    return value
  }

  for (const {setting, required, quiet} of arpRules) {
    const all = settle(arpKey('all', setting), required, (value) => quiet(effective(value), 'host'))
    const values = [effective(all)]
    for (const {name} of observed.links.filter(speaksArp)) {
      // Beside a quiet value of `all`, only a larger value without a meaning is still loud.
      const own = settle(arpKey(name, setting), required, (value) => quiet(effective(all, value), 'host'))
      values.push(effective(all, own))
      if (setting === 'arp_ignore' && effective(all, own) === 8) warnings.push(deaf(name))
    }
    if (!values.every((value) => quiet(value, 'global'))) scope = 'host'
  }
  return {effects, warnings, sysctls: [...entries.values()], scope}
}

/** What on this machine stands against a VIP on lo. */
function obstacles(vip: Address, scope: 'global' | 'host', observed: Observed): readonly Problem[] {
  const where = '--vip'
  const full = hostPrefixOf(vip)
  const problems: Problem[] = [...subnetEdges(vip, observed.addresses)]
  for (const there of observed.addresses.filter((one) => one.address === vip)) {
    const remove = `remove it first: ${describeEffect({do: 'remove-address', address: there})}`
    if (there.interface !== 'lo')
      problems.push(
        there.prefixLength === full
          ? problem('vip-on-interface', `${vip} is on ${there.interface} already`, {
              where,
              hint: `A director has it there, a real server has it on lo; ${remove}`,
            })
          : problem(
              'vip-own-address',
              `${vip} is this host's own address (${there.interface}, /${there.prefixLength})`,
              {
                where,
                hint: 'The VIP is the address that the director shares with its real servers',
              },
            ),
      )
    else if (there.prefixLength !== full)
      problems.push(
        problem(
          'vip-prefix',
          `${vip} is on lo with /${there.prefixLength}: this host takes the whole subnet for itself and cannot reach its clients`,
          {where, hint: remove},
        ),
      )
    else if (familyOf(vip) === 'ipv4' && scope === 'host' && there.scope !== 'host')
      problems.push(
        problem(
          'vip-scope',
          `${vip} is on lo with scope ${there.scope}, and arp_ignore is 3, which hides scope host only`,
          {
            where,
            hint: `${remove}, or: sysctl -w ${arpKey('all', 'arp_ignore')}=1`,
          },
        ),
      )
  }
  if (familyOf(vip) === 'ipv6') {
    const key = interfaceSysctl('ipv6', 'lo', 'disable_ipv6')
    const value = observed.sysctls.get(key)
    if (value === undefined) problems.push(problem('ipv6-disabled', `${vip}: this kernel runs without IPv6`, {where}))
    else if (value !== '0')
      problems.push(problem('ipv6-disabled', `${vip}: IPv6 is switched off on lo`, {where, hint: `sysctl -w ${key}=0`}))
  }
  return problems
}

function missingVips(ledger: Ledger | undefined, asked: readonly Address[], observed: Observed): readonly Problem[] {
  return (ledger?.vips ?? [])
    .filter(({address}) => !asked.includes(address) && !onLoopback(observed, address))
    .map(({address}) =>
      warning('vip-gone', `${address} was set up here and is no longer on lo`, {
        hint: `Bring it back: lvsctl realserver setup --vip ${address}; forget it: lvsctl realserver teardown --vip ${address}`,
      }),
    )
}

function adopted(vip: Address): Problem {
  return warning('vip-adopted', `${vip} was on lo already and is left as it is`, {
    hint: `A teardown of everything leaves it there; name it to remove it: lvsctl realserver teardown --vip ${vip}`,
  })
}

function deaf(name: string): Problem {
  return warning('arp-deaf', `arp_ignore is 8 on ${name}: this host answers for none of its addresses there`, {
    hint: 'Neighbours find it by static entries only; 1 is enough for a real server',
  })
}

function changedByHand(key: string, current: string, what: string): Problem {
  return warning('sysctl-changed', `${key} was changed to ${current} since set-up; it ${what}`)
}
