// What makes rules come back at boot: a systemd unit of ours, and the link that enables it. Installed and removed
// here; the steps are computed first, as for the host roles, so that a dry run shows what would be done. Which file is
// read then: boot-rules.ts.

import {basename} from 'node:path'
import {LvsctlError, type Problem, problem, refuse, warning} from '../domain/problem.ts'
import type {Program} from '../domain/program.ts'
import {type RunEvents, runRole} from '../host/carry-out.ts'
import type {Effect, Host, HostReader} from '../host/host.ts'
import {isUnchanged} from '../host/signed-text.ts'
import {planEffects, type RolePlan} from '../host/step.ts'
import {enablingLinkOf, hasSystemd, reloadEffects, unitFolder} from '../host/systemd.ts'
import {programProblems} from './boot-program.ts'
import {otherLoaders} from './boot-rules.ts'
import {formatUnit, type UnitOptions, unitName} from './boot-unit.ts'

export const unitPath = `${unitFolder}/${unitName}`
export const enablingLink = enablingLinkOf(unitName)

export interface BootRequest extends UnitOptions {
  readonly program: Program
}

/**
 * Throws one usage error with everything that speaks against it, or `unsupported` where there is no systemd. A unit that
 * a person changed stays as it is, and is enabled.
 */
export function planInstallBoot({program, network}: BootRequest, host: HostReader): RolePlan {
  requireSystemd(host)
  const about = programProblems(program, host)
  refuse([...obstacles(host), ...about])
  const text = host.readFile(unitPath)
  const wanted = formatUnit(program, {network})
  const effects: Effect[] = []
  const warnings = [...about, ...otherLoaders(host)]
  if (text === undefined || (text !== wanted && isUnchanged(text)))
    effects.push({do: 'write-file', path: unitPath, content: wanted})
  else if (text !== wanted) warnings.push(changed('is left as it is'))
  if (!host.inspect(enablingLink)) effects.push({do: 'make-symlink', path: enablingLink, target: unitPath})
  return plan(effects, warnings, host)
}

/** Nothing there is nothing to do. Removes what lvsctl wrote; the rules themselves stay. */
export function planRemoveBoot(host: HostReader): RolePlan {
  const effects: Effect[] = []
  const warnings: Problem[] = []
  const target = host.inspect(enablingLink)?.target
  if (target !== undefined && basename(target) === unitName)
    effects.push({do: 'remove-symlink', path: enablingLink, target})
  const unit = unitState(host)
  if (unit === 'ours') effects.push({do: 'remove-file', path: unitPath})
  else if (unit === 'changed') warnings.push(changed('is kept, no longer enabled'))
  return plan(effects, warnings, host)
}

/** One lvsctl at a time. Throws LvsctlError; returns what was planned, which then is what was done. */
export function installBoot(host: Host, request: BootRequest, events?: RunEvents): RolePlan {
  return runRole('boot', host, () => planInstallBoot(request, host), events)
}

export function removeBoot(host: Host, events?: RunEvents): RolePlan {
  return runRole('boot', host, () => planRemoveBoot(host), events)
}

type UnitState = 'none' | 'ours' | 'changed' | 'masked' | 'foreign'

function plan(effects: readonly Effect[], warnings: readonly Problem[], host: HostReader): RolePlan {
  return planEffects([], warnings, host, effects.length > 0 ? [...effects, ...reloadEffects(host)] : effects)
}

function unitState(host: HostReader): UnitState {
  const facts = host.inspect(unitPath)
  if (!facts) return 'none'
  if (facts.target === '/dev/null') return 'masked'
  if (facts.kind !== 'file') return 'foreign'
  return isUnchanged(host.readFile(unitPath) ?? '') ? 'ours' : 'changed'
}

const masked = problem('boot-masked', `${unitName} is masked: it does not start whatever is installed`, {
  hint: `systemctl unmask ${unitName}`,
})

function obstacles(host: HostReader): readonly Problem[] {
  const unit = unitState(host)
  const link = host.inspect(enablingLink)
  return [
    ...(unit === 'masked' ? [masked] : []),
    ...(unit === 'foreign' ? [foreign(unitPath)] : []),
    ...(link && basename(link.target ?? '') !== unitName ? [foreign(enablingLink)] : []),
  ]
}

const foreign = (path: string): Problem =>
  problem('boot-foreign', `${path} is there and is not lvsctl's`, {hint: `See what it is: ls -l ${path}`})

const changed = (fate: string): Problem =>
  warning('boot-unit-changed', `${unitPath} was changed since lvsctl wrote it, and ${fate}`, {
    hint: `To have it written anew: rm ${unitPath} && lvsctl save --boot`,
  })

function requireSystemd(host: HostReader): void {
  if (hasSystemd(host)) return
  throw new LvsctlError({
    failure: 'unsupported',
    code: 'systemd-missing',
    message: 'there is no systemd here, and lvsctl knows no other way into the boot',
    hint: 'Have your init run this once, early: lvsctl restore --boot',
  })
}
