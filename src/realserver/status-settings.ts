// The settings that this role needs or changed: what each is, what it should be, who set it, and what a file will make of
// it when the machine starts.

import {familyOf} from '../domain/address.ts'
import {type Problem, warning} from '../domain/problem.ts'
import type {Ledger} from '../host/ledger.ts'
import {setupLines} from '../host/setup-line.ts'
import type {Persisted} from '../host/sysctl-files.ts'
import {sysctlFilePath} from '../persist/common-files.ts'
import {arpKey, arpRules, effective} from './arp.ts'
import {liveLedger, type Observed, silentHostAddresses} from './observe.ts'
import {drops, reversePathKey} from './reverse-path.ts'

export interface SettingStatus {
  readonly key: string
  readonly is: string
  /** What set-up made it; undefined where it found what will do. */
  readonly should?: string
  /** What it was before. */
  readonly found?: string
  readonly ok: boolean
  /** Who set it: `lvsctl`, or the file that says the same; undefined: nobody knows. */
  readonly by?: string
  readonly atBoot?: Persisted
}

export function settingStatus(
  observed: Observed,
  persisted: (key: string) => Persisted | undefined,
): readonly SettingStatus[] {
  const ledger = liveLedger(observed)
  const keys = new Set(ledger?.sysctls.map(({key}) => key))
  if (silentHostAddresses(observed).some(({address}) => familyOf(address) === 'ipv4'))
    for (const {setting} of arpRules) keys.add(arpKey('all', setting))
  return [...keys].flatMap((key) => {
    const is = observed.sysctls.get(key)
    if (is === undefined) return []
    const entry = ledger?.sysctls.find((one) => one.key === key)
    const atBoot = persisted(key)
    const by = entry && entry.set === is ? 'lvsctl' : atBoot?.value === is ? atBoot.file : undefined
    return [
      {
        key,
        is,
        ...(entry && {should: entry.set, found: entry.found}),
        ok: entry === undefined || entry.set === is || willDo(key, is, observed),
        ...(by !== undefined && {by}),
        ...(atBoot && {atBoot}),
      },
    ]
  })
}

/** Whether another value than ours does as well, or more. */
function willDo(key: string, is: string, {sysctls}: Observed): boolean {
  const rule = arpRules.find(({setting}) => key.endsWith(`.${setting}`))
  if (rule) return rule.quiet(effective(is), 'host')
  return !key.endsWith('.rp_filter') || !drops(effective(sysctls.get(reversePathKey('all')), is), true)
}

/** The file that --persist writes comes behind those of smaller names, and before /etc/sysctl.conf. */
const isOutdone = (file: string): boolean =>
  file.includes('/sysctl.d/') && nameOf(file) < nameOf(sysctlFilePath('realserver'))

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A value that is wrong is told with the VIP that suffers from it; here is what will go wrong at the next start. */
export function settingProblems(settings: readonly SettingStatus[], ledger: Ledger | undefined): readonly Problem[] {
  const again = ledger && setupLines('realserver', ledger, ['--persist'])
  return settings.flatMap(({key, is, should, atBoot}) => {
    if (should === undefined || !atBoot || atBoot.value === should) return []
    const place = `${atBoot.file}, line ${atBoot.line},`
    const outdone = isOutdone(atBoot.file)
    const now = atBoot.value === is ? `, as it is now` : ''
    return [
      warning(
        'sysctl-at-boot',
        `${place} sets ${key} to ${atBoot.value}${now}: a reboot or "sysctl --system" undoes ${should}`,
        {hint: outdone && again ? `Change it there, or outdo it: ${again}` : 'Change it there'},
      ),
    ]
  })
}
