// Which rules are brought back at boot: ours, or where there are none what ipvsadm's own service left behind. And who
// else would load rules then.
//
// Debian: /etc/init.d/ipvsadm sources /etc/default/ipvsadm, and with AUTO=true flushes the table and loads
// /etc/ipvsadm.rules at start, flushes at stop. Red Hat and its kin: ipvsadm.service loads /etc/sysconfig/ipvsadm, and
// writes it when it is stopped.

import {type Problem, warning} from '../domain/problem.ts'
import type {HostReader} from '../host/host.ts'

export interface BootRules {
  readonly path: string
  /** Why this file, for the journal: `saved by lvsctl`. */
  readonly reason: string
}

interface Source extends BootRules {
  readonly counts: (host: HostReader) => boolean
}

/** Where `lvsctl save --boot` saves to. */
export const bootRulesPath = '/etc/lvsctl/rules'

const debianDefaults = '/etc/default/ipvsadm'

/** First come, first served. */
const sources: readonly Source[] = [
  {path: bootRulesPath, reason: 'saved by lvsctl', counts: () => true},
  {path: '/etc/ipvsadm.rules', reason: `ipvsadm's, and ${debianDefaults} says AUTO=true`, counts: debianLoads},
  {path: '/etc/sysconfig/ipvsadm', reason: "saved by ipvsadm's service", counts: () => true},
]

/** Any of them may be what the unit finds. */
export const bootRulesPaths: readonly string[] = sources.map(({path}) => path)

/** undefined: there is nothing to bring back. */
export function bootRules(host: HostReader): BootRules | undefined {
  const found = sources.find(({path, counts}) => host.inspect(path) !== undefined && counts(host))
  return found && {path: found.path, reason: found.reason}
}

/** The script compares with `true`, letter by letter; the last assignment counts. */
function debianLoads(host: HostReader): boolean {
  const text = host.readFile(debianDefaults) ?? ''
  return [...text.matchAll(/^[ \t]*AUTO=(["']?)(\w*)\1[ \t]*(?:[#;].*)?$/gm)].at(-1)?.[2] === 'true'
}

const theirUnit = 'ipvsadm.service'
const scriptPath = '/etc/init.d/ipvsadm'
const wantsPath = `/etc/systemd/system/multi-user.target.wants/${theirUnit}`

/** ipvsadm's own service where it loads rules at boot as well: it flushes what it finds, and which comes last is open. */
export function otherLoaders(host: HostReader): readonly Problem[] {
  if (host.inspect(`/etc/systemd/system/${theirUnit}`)?.target === '/dev/null') return []
  const conflicts: Problem[] = []
  if (host.inspect(scriptPath) && debianLoads(host))
    conflicts.push(
      warning(
        'boot-conflict',
        `${scriptPath} clears the table at boot and loads /etc/ipvsadm.rules, where it is enabled`,
        {
          hint: `Set AUTO="false" in ${debianDefaults}; a sync daemon that it starts is not affected`,
        },
      ),
    )
  if (host.inspect(wantsPath))
    conflicts.push(
      warning('boot-conflict', `${theirUnit} is enabled: it loads rules at boot too, over what is there`, {
        hint: `systemctl disable ${theirUnit}`,
      }),
    )
  return conflicts
}
