// Bringing a saved state back: read what runs, plan the way from there, walk it, read back. Under one lock from the first
// to the last. What fails half-way is undone, and what is said of it afterwards has been read, not assumed.

import {familyOf} from '../domain/address.ts'
import {LvsctlError, type Problem, problem, refuse, warning} from '../domain/problem.ts'
import type {SavedState} from '../domain/saved-state.ts'
import {familyOfKey, formatServiceKey} from '../domain/service.ts'
import {validateServer} from '../domain/validate.ts'
import type {Outcome} from '../ipvs/client.ts'
import {explain} from '../ipvs/errors.ts'
import {batchesOf, type DiffMode, planTable, type Settings, type TablePlan} from '../plan/diff.ts'
import {executeBatches, type Report} from '../plan/execute.ts'
import {configurationAfter, withInverses} from '../plan/inverse.ts'
import type {Operation} from '../plan/operation.ts'
import {countPlan, type PlanCounts, planLine} from '../plan/outline.ts'
import type {MachineFacts} from '../table/change.ts'
import {type Machine, readTable, remaining} from './machine.ts'
import {planSysctls, type SysctlChange, sysctlEffect, sysctlInverse, sysctlKey} from './sysctls.ts'

export interface RestoreRequest {
  readonly state: SavedState
  /** `replace`: the table is as saved, nothing more; `append`: nothing is removed. */
  readonly mode: DiffMode
  /** Nothing saved empties the table: meant. */
  readonly allowEmpty: boolean
  readonly facts: MachineFacts
}

export interface RestorePlan extends TablePlan {
  readonly sysctls: readonly SysctlChange[]
  readonly counts: PlanCounts
  /** Of what is removed. */
  readonly activeConnections: number
  /** Something that runs is removed or changed: to be asked about. */
  readonly touchesRunning: boolean
  readonly warnings: readonly Problem[]
}

const isIdle = ({operations, sysctls}: RestorePlan): boolean => operations.length + sysctls.length === 0

export interface Restored {
  readonly plan: RestorePlan
  /** False: it was not agreed to, and nothing was done. */
  readonly done: boolean
}

/** What would be done. Throws `usage` for what cannot be done here, all reasons at once. */
export function planRestore(machine: Machine, request: RestoreRequest): RestorePlan {
  return prepare(machine, request).plan
}

/**
 * Throws `partial` when it was undone, or says what is left; `deadline` when another lvsctl holds the table for long.
 * `agree` sees the plan before anything is done.
 */
export function restore(machine: Machine, request: RestoreRequest, agree: (plan: RestorePlan) => boolean): Restored {
  return machine.host.exclusively('table', () => {
    const prepared = prepare(machine, request)
    const {plan} = prepared
    if (isIdle(plan) && prepared.missingSysctls.length === 0) return {plan, done: true}
    if (!agree(plan)) return {plan, done: false}
    const warnings = carryOut(machine, prepared)
    return {plan: {...plan, warnings: [...plan.warnings, ...warnings]}, done: true}
  })
}

interface Prepared {
  readonly plan: RestorePlan
  /** What is there before, of the kinds that are to be restored. */
  readonly before: Settings
  /** What is to be there after, of the same kinds. */
  readonly expected: Settings
  readonly missingSysctls: readonly string[]
  readonly request: RestoreRequest
}

function prepare(machine: Machine, request: RestoreRequest): Prepared {
  const {client, host} = machine
  const {state, mode} = request
  const found = readTable(machine)
  const before: Settings = {
    configuration: found.configuration,
    ...(state.timeouts && {timeouts: client.timeouts()}),
    ...(state.daemons && {daemons: client.daemons()}),
  }
  refuse([...emptying(before, request), ...impossibleHere(machine, before, request)])

  const plan = planTable(state, before, mode)
  const {changes: sysctls, missing: missingSysctls} = planSysctls(host, state.sysctls, {keep: mode === 'append'})
  const removals = plan.operations.filter((one) => one.do === 'delete-service' || one.do === 'delete-server')
  const serversOf = sizes(before, removals)
  const edits = plan.operations.some((one) => one.do.startsWith('edit-') || one.do === 'stop-daemon')
  const settings = sysctls.length > 0 || plan.operations.some((one) => one.do === 'set-timeouts')
  return {
    plan: {
      ...plan,
      sysctls,
      counts: countPlan(plan.operations, ({service}) => serversOf.get(formatServiceKey(service)) ?? 0),
      activeConnections: found.activeConnections(removals),
      touchesRunning: removals.length > 0 || edits || (settings && found.configuration.length > 0),
      warnings: [],
    },
    before,
    expected: {...state, configuration: expectedConfiguration(plan, before, request)},
    missingSysctls,
    request,
  }
}

function sizes({configuration}: Settings, removals: readonly Operation[]): ReadonlyMap<string, number> {
  if (!removals.some((one) => one.do === 'delete-service')) return new Map()
  return new Map(configuration.map(({service, servers}) => [formatServiceKey(service.key), servers.length]))
}

function expectedConfiguration(plan: TablePlan, before: Settings, {state, mode}: RestoreRequest) {
  if (mode === 'replace' || before.configuration.length === 0) return state.configuration
  return configurationAfter(plan.operations, before.configuration)
}

function emptying({configuration}: Settings, {state, mode, allowEmpty}: RestoreRequest): Problem[] {
  if (mode === 'append' || allowEmpty || state.configuration.length > 0 || configuration.length === 0) return []
  const services = configuration.length === 1 ? 'a service' : `${configuration.length} services`
  return [
    {
      code: 'nothing-saved',
      severity: 'error',
      message: `there is no service in it, and the table has ${services}: nothing was changed`,
      hint: 'To empty the table so: --allow-empty. Otherwise the file is not what it should be',
    },
  ]
}

/** What no file can show: that this machine has no IPv4 yet, that a sync daemon runs. One of each is enough. */
function impossibleHere({client, host}: Machine, before: Settings, {state, facts}: RestoreRequest): Problem[] {
  const {configuration, daemons} = state
  const links = daemons?.length ? host.links().map(({name}) => name) : []
  const missing = daemons?.filter((one) => !links.includes(one.interface)) ?? []
  const ipv4Configured = facts.ipv4Configured()
  let syncDaemonRuns: boolean | undefined
  const problems = new Map<string, Problem>()
  for (const {service, servers} of configuration) {
    const family = familyOfKey(service.key)
    for (const server of servers) {
      const mixed = familyOf(server.address) !== family
      if (!mixed && ipv4Configured !== false) continue
      if (mixed) syncDaemonRuns ??= (daemons ?? before.daemons ?? client.daemons()).length > 0
      for (const one of validateServer(service, server, {ipv4Configured, syncDaemonRuns: mixed && syncDaemonRuns}))
        if (hereOnly.includes(one.code) && !problems.has(one.code))
          problems.set(one.code, {...one, where: formatServiceKey(service.key)})
    }
    if (problems.size === hereOnly.length) break
  }
  return [
    ...problems.values(),
    ...missing.map(({role, interface: name}) =>
      problem('interface-unknown', `no network interface "${name}" for the ${role} sync daemon`, {
        hint: `There are: ${links.join(', ')}`,
      }),
    ),
  ]
}

const hereOnly: readonly string[] = ['no-ipv4-yet', 'server-family-sync']

/** Returns what is worth knowing. */
function carryOut(machine: Machine, prepared: Prepared): readonly Problem[] {
  const {plan, before} = prepared
  const sysctls: SysctlChange[] = []
  const failing = <Result>(act: () => Result, meaning: (error: unknown) => unknown): Result => {
    try {
      return act()
    } catch (error) {
      throw withSysctlsBack(machine, sysctls, meaning(error))
    }
  }
  failing(
    () => setSysctls(machine, plan.sysctls, sysctls),
    (error) => afterSome(sysctls, error),
  )
  const report = failing(
    () => executeBatches(batchesOf(plan.operations), machine.client, (done) => withInverses(done, before)),
    (error) => interrupted(machine, prepared, error),
  )
  if (!report.ok) throw withSysctlsBack(machine, sysctls, refused(machine, prepared, report))
  const warnings = failing(
    () => setLateSysctls(machine, prepared, sysctls),
    (error) => interrupted(machine, prepared, error),
  )
  confirm(machine, prepared)
  return warnings
}

function setSysctls({host}: Machine, changes: readonly SysctlChange[], done: SysctlChange[]): void {
  for (const change of changes) {
    host.apply(sysctlEffect(change))
    done.push(change)
  }
}

/** The failure itself where nothing had been set before it. */
function afterSome(sysctls: readonly SysctlChange[], error: unknown): unknown {
  if (!(error instanceof LvsctlError) || sysctls.length === 0) return error
  return new LvsctlError({
    failure: 'partial',
    code: 'rolled-back',
    message: `${error.message}; the table was not touched`,
    hint: error.hint,
    cause: error,
  })
}

/** Of the modules that came with the services: lblc_expiration is there when there is lblc. */
function setLateSysctls(machine: Machine, {missingSysctls, request}: Prepared, done: SysctlChange[]): Problem[] {
  const {sysctls = {}} = request.state
  const late = Object.fromEntries(missingSysctls.map((name) => [name, sysctls[name] as string]))
  const {changes, missing} = planSysctls(machine.host, late, {keep: true})
  setSysctls(machine, changes, done)
  return missing.map((name) =>
    warning('sysctl-unknown', `this kernel has no sysctl ${sysctlKey(name)}: it stays unset`),
  )
}

/** Throws where the machine, read back, is not as asked. Nothing is undone then: it would undo what somebody else did. */
function confirm(machine: Machine, {expected, request}: Prepared): void {
  const left = [...remaining(machine, expected.configuration), ...remainingSettings(machine, expected, request.mode)]
  if (left.length === 0) return
  throw new LvsctlError({
    failure: 'partial',
    code: 'not-as-asked',
    message: `everything was carried out, but read back the table is not as asked: another program changed it meanwhile. Still needed:\n${listed(left)}`,
    hint: 'Find out who writes the table (keepalived, a script), then run the same again: it does the rest',
  })
}

function remainingSettings({client}: Machine, {timeouts, daemons}: Settings, mode: DiffMode): readonly Operation[] {
  const found: Settings = {
    configuration: [],
    ...(timeouts && {timeouts: client.timeouts()}),
    ...(daemons && {daemons: client.daemons()}),
  }
  return planTable({configuration: [], timeouts, daemons}, found, mode).operations
}

/** What the kernel refused, with what became of the rest; only the first refusal is told, others mostly follow from it. */
function refused(
  machine: Machine,
  prepared: Prepared,
  {done, failed, rolledBack}: Report<Operation, Outcome>,
): LvsctlError {
  const [first] = failed as readonly [{operation: Operation; failure: Outcome}]
  const cause = explain(first.operation, first.failure.ok ? '' : first.failure.errno)
  if (done.length === 0) return cause
  const others = failed.length > 1 ? ` (and ${counted(failed.length - 1, 'more refusal')})` : ''
  return new LvsctlError({
    failure: 'partial',
    code: 'rolled-back',
    message: `${cause.message}${others}; ${asBefore(machine, prepared, `${counted(rolledBack.length, 'change')} undone`)}`,
    hint: cause.hint,
    cause,
  })
}

/** After a way back: what is so now. */
function asBefore(machine: Machine, {before}: Prepared, undone: string): string {
  const left = [...remaining(machine, before.configuration), ...remainingSettings(machine, before, 'replace')]
  if (left.length === 0) return `${undone}, and the table is as it was`
  return `${undone}, but the table is not as it was. To get there:\n${listed(left)}`
}

function withSysctlsBack({host}: Machine, done: readonly SysctlChange[], error: unknown): unknown {
  const stuck: string[] = []
  for (const change of done.toReversed())
    try {
      host.apply(sysctlInverse(change))
    } catch {
      stuck.push(`${change.key} = ${change.to} (was ${change.from})`)
    }
  if (stuck.length === 0) return error
  const {message, hint} = error as LvsctlError
  const list = stuck.join(', ')
  return new LvsctlError({
    failure: 'partial',
    code: 'left-behind',
    message: `${message}; this could not be set back: ${list}`,
    hint,
    cause: error,
  })
}

/** The kernel's answers were lost, or what came after the table failed. */
function interrupted(machine: Machine, prepared: Prepared, error: unknown): unknown {
  // Without permission nothing was done; and what is no LvsctlError was thrown before anything was sent.
  if (!(error instanceof LvsctlError) || error.failure === 'permission') return error
  return new LvsctlError({
    failure: 'partial',
    code: 'rolled-back',
    message: `${error.message}; ${leadBack(machine, prepared)}`,
    hint: 'What is so: lvsctl list. Running the same again does what is missing',
    cause: error,
  })
}

/** It is not known what was done: what differs from before is changed back. */
function leadBack(machine: Machine, prepared: Prepared): string {
  const {client} = machine
  const {before} = prepared
  try {
    const now: Settings = {
      configuration: readTable(machine).configuration,
      ...(before.timeouts && {timeouts: client.timeouts()}),
      ...(before.daemons && {daemons: client.daemons()}),
    }
    const {operations} = planTable(before, now)
    client.execute(operations)
    return asBefore(machine, prepared, `${counted(operations.length, 'change')} undone`)
  } catch {
    return 'it could not be undone, and how much of it was done is unknown'
  }
}

function listed(operations: readonly Operation[]): string {
  const lines = operations.slice(0, 5).map((operation) => {
    const {sign, text} = planLine(operation)
    return `${sign} ${text}`
  })
  if (operations.length > lines.length) lines.push(`and ${counted(operations.length - lines.length, 'more change')}`)
  return lines.join('\n')
}

const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
