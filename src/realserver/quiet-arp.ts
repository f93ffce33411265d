// Which ARP settings must change so that no interface speaks about addresses on lo or on a dummy or tunnel interface.

import {type Problem, problem, warning} from '../domain/problem.ts'
import type {Link} from '../host/host.ts'
import type {Settings} from '../host/settings.ts'
import {arpKey, arpRules, effective, speaksArp} from './arp.ts'
import type {Observed} from './observe.ts'

export interface QuietArp {
  readonly warnings: readonly Problem[]
  /** `host` where an arp_ignore of 3, which hides only such addresses, is found and kept. */
  readonly scope: 'global' | 'host'
}

/** `where`: `all`, or the one interface whose settings may be touched; the others keep theirs, and may speak. */
export function quietArp(observed: Observed, settings: Settings, where = 'all'): QuietArp {
  const speaking = observed.links.filter(speaksArp)
  const values = where === 'all' ? settleAll(speaking, settings) : settleOne(where, observed, settings)
  const warnings = values
    .filter(({name, setting, value}) => name !== 'all' && setting === 'arp_ignore' && value === 8)
    .map(deaf)
  const quiet = values.every(({setting, value}) =>
    arpRules.every((rule) => rule.setting !== setting || rule.quiet(value, 'global')),
  )
  return {
    warnings: where === 'all' ? warnings : [...warnings, ...loudElsewhere(where, speaking, observed)],
    scope: quiet ? 'global' : 'host',
  }
}

/** Of an interface, once all is done. */
interface Settled {
  readonly name: string
  readonly setting: (typeof arpRules)[number]['setting']
  readonly value: number
}

function settleAll(speaking: readonly Link[], settings: Settings): readonly Settled[] {
  return arpRules.flatMap(({setting, required, quiet}) => {
    const all = settings.settle(arpKey('all', setting), String(required), (value) => quiet(effective(value), 'host'))
    return [
      {name: 'all', setting, value: effective(all)},
      ...speaking.map(({name}) => {
        // Beside a quiet value of `all`, only a larger value without a meaning is still loud.
        const does = (value: string) => quiet(effective(all, value), 'host')
        return {name, setting, value: effective(all, settings.settle(arpKey(name, setting), String(required), does))}
      }),
    ]
  })
}

/** The larger of both counts, so that a loud value of `all` which is larger than ours cannot be made quiet here. */
function settleOne(name: string, observed: Observed, settings: Settings): readonly Settled[] {
  return arpRules.map(({setting, required, quiet}): Settled => {
    const all = observed.sysctls.get(arpKey('all', setting))
    const does = (value: string) => quiet(effective(all, value), 'host')
    return {name, setting, value: effective(all, settings.settle(arpKey(name, setting), String(required), does))}
  })
}

/** Why the settings of that interface alone will not do. */
export function scopeProblems(where: string, observed: Observed): readonly Problem[] {
  if (where === 'all') return []
  const link = observed.links.find(({name}) => name === where)
  if (link && !speaksArp(link) && link.up)
    return [
      problem('arp-scope-silent', `nobody speaks ARP on ${where}: its settings change nothing`, {
        where: '--arp-scope',
        hint: 'Name the interface to the LAN, or leave it out',
      }),
    ]
  return arpRules.flatMap(({setting, required, quiet}) => {
    const key = arpKey('all', setting)
    const all = observed.sysctls.get(key)
    if (quiet(effective(all, String(required)), 'host')) return []
    return [
      problem(
        'arp-all-loud',
        `${key} is ${all}, which counts for ${where} too and lets this host speak about the VIP`,
        {
          where: '--arp-scope',
          hint: `Leave --arp-scope out, or: sysctl -w ${key}=${required}`,
        },
      ),
    ]
  })
}

function loudElsewhere(where: string, speaking: readonly Link[], {sysctls}: Observed): readonly Problem[] {
  const loud = speaking.filter(
    ({name}) =>
      name !== where &&
      !arpRules.every(({setting, quiet}) =>
        quiet(effective(sysctls.get(arpKey('all', setting)), sysctls.get(arpKey(name, setting))), 'host'),
      ),
  )
  return loud.map(({name}) =>
    warning('arp-loud', `${name} still speaks about the VIP: --arp-scope ${where} leaves its settings alone`, {
      hint: 'That does no harm where the director is not on that network',
    }),
  )
}

function deaf({name}: Settled): Problem {
  return warning('arp-deaf', `arp_ignore is 8 on ${name}: this host answers for none of its addresses there`, {
    hint: 'Neighbours find it by static entries only; 1 is enough for a real server',
  })
}
