// A plan for a whole table as people and programs see it: its lines, its counts in words, its JSON.

import {formatServerKey} from '../domain/server.ts'
import {formatServiceKey} from '../domain/service.ts'
import type {TablePlan} from '../plan/diff.ts'
import {ipvsadmLine} from '../plan/ipvsadm-line.ts'
import type {Operation} from '../plan/operation.ts'
import {type KindCounts, type PlanCounts, planLine, plannedChanges} from '../plan/outline.ts'
import {countOf, type Paint} from './output.ts'

interface SettingChange {
  readonly key: string
  readonly from: string
  readonly to: string
}

export interface ReportedPlan extends TablePlan {
  readonly sysctls: readonly SettingChange[]
  readonly counts: PlanCounts
  readonly activeConnections: number
}

/** Wider texts push their ipvsadm line further right instead of everybody's. */
const widest = 72

/** `  + server … in …     ipvsadm -a …`: a line each, in the order they would be done. */
export function planLines({operations, before, sysctls}: ReportedPlan, paint: Paint): readonly string[] {
  const rows = [
    ...sysctls.map(({key, from, to}) => ({
      sign: '~' as const,
      text: `sysctl ${key}  ${from} → ${to}`,
      typed: `sysctl -w ${key}=${quoted(to)}`,
    })),
    ...operations.map((operation) => ({...planLine(operation, before), typed: ipvsadmLine(operation)})),
  ]
  const width = rows.reduce((most, {text}) => (text.length > widest ? most : Math.max(most, text.length)), 0)
  const colours = {'+': paint.green, '~': paint.yellow, '-': paint.red}
  return rows.map(({sign, text, typed}) =>
    `  ${colours[sign](sign)} ${text.padEnd(typed ? width : 0)}${typed ? `   ${paint.dim(typed)}` : ''}`.trimEnd(),
  )
}

const quoted = (value: string): string => (/\s/.test(value) ? `'${value}'` : value)

/** `4 changes, 1,998 services unchanged` */
export function planHeading({operations, sysctls, unchanged}: ReportedPlan): string {
  const changes = operations.length + sysctls.length
  const same = `${countOf(unchanged, 'service')} unchanged`
  return changes === 0 ? `nothing to do, ${same}` : `${countOf(changes, 'change')}, ${same}`
}

const verbs = {added: ['added', 'add'], changed: ['changed', 'change'], removed: ['removed', 'remove']} as const

/** `added 2 services and 10 servers, removed 1 server (4 active connections cut)`; or `would …`. */
export function planWords(plan: ReportedPlan, {planned = false, gently = false} = {}): string {
  const parts = (['added', 'changed', 'removed'] as const)
    // What is only added needs no consent, and is no part of what is asked.
    .filter((what) => !(gently && what === 'added'))
    .flatMap((what) => {
      const counted = kinds(plan.counts[what])
      return counted === ''
        ? []
        : [`${verbs[what][planned ? 1 : 0]} ${counted}${what === 'removed' ? cut(plan.activeConnections) : ''}`]
    })
  const settings = settingWords(plan)
  if (settings.length > 0) parts.push(`${verbs.changed[planned ? 1 : 0]} ${settings.join(' and ')}`)
  return parts.join(', ')
}

function kinds({services, servers}: KindCounts): string {
  return [
    ...(services > 0 ? [countOf(services, 'service')] : []),
    ...(servers > 0 ? [countOf(servers, 'server')] : []),
  ].join(' and ')
}

/** The kernel keeps the entries of connections whose server is gone, and drops their packets. */
export const cut = (activeConnections: number): string =>
  activeConnections === 0 ? '' : ` (${countOf(activeConnections, 'active connection')} cut)`

function settingWords({operations, sysctls}: ReportedPlan): readonly string[] {
  const has = (kinds: readonly Operation['do'][]): boolean => operations.some((one) => kinds.includes(one.do))
  return [
    ...(has(['set-timeouts']) ? ['the timeouts'] : []),
    ...(has(['start-daemon', 'stop-daemon']) ? ['the sync daemons'] : []),
    ...(sysctls.length > 0 ? [countOf(sysctls.length, 'sysctl')] : []),
  ]
}

export function planShape({operations, before, sysctls, counts, activeConnections, unchanged}: ReportedPlan) {
  return {
    counts,
    unchanged,
    activeConnections,
    operations: operations.map((operation) => operationShape(operation, before)),
    sysctls,
  }
}

function operationShape(operation: Operation, before: TablePlan['before']) {
  const changes = plannedChanges(operation, before)
  return {
    operation: operation.do,
    service: serviceOf(operation) ?? null,
    server: 'server' in operation ? formatServerKey(operation.server) : null,
    changes: changes?.map(({property, from, to}) => ({property, from, to})) ?? null,
    ipvsadm: ipvsadmLine(operation) ?? null,
  }
}

function serviceOf(operation: Operation): string | undefined {
  if (!('service' in operation) || !operation.service) return undefined
  return formatServiceKey('key' in operation.service ? operation.service.key : operation.service)
}
