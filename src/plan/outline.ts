// A plan in outline: each operation as a line under its sign, and how many there are of which kind. The same operation as
// a sentence: describe.ts; as the ipvsadm command: ipvsadm-line.ts.

import {formatServerKey, type Server} from '../domain/server.ts'
import {formatServiceKey, type Service} from '../domain/service.ts'
import {describeServer, describeService} from '../domain/settings-words.ts'
import type {Timeouts} from '../domain/timeouts.ts'
import {type Change, serverChanges, serviceChanges, timeoutChanges} from './changes.ts'
import {describeOperation} from './describe.ts'
import type {TablePlan} from './diff.ts'
import type {Operation} from './operation.ts'

export interface PlanLine {
  readonly sign: '+' | '~' | '-'
  /** `server 192.168.1.111:8080 in tcp://192.168.1.200:8080  weight 3 → 2` */
  readonly text: string
}

/** Of an edit: what changes. */
export function plannedChanges(operation: Operation, before: TablePlan['before']): readonly Change[] | undefined {
  const there = before.get(operation)
  if (!there) return undefined
  switch (operation.do) {
    case 'edit-service':
      return serviceChanges(there as Service, operation.service)
    case 'edit-server':
      return serverChanges(there as Server, operation.server)
    case 'set-timeouts':
      return timeoutChanges(there as Timeouts, {...(there as Timeouts), ...operation.timeouts})
    default:
      return undefined
  }
}

export function planLine(operation: Operation, before: TablePlan['before'] = new Map()): PlanLine {
  const line = (sign: PlanLine['sign'], text: string): PlanLine => ({sign, text})
  const edited = (what: string, now: string): PlanLine => {
    const changes = plannedChanges(operation, before)
    return line('~', `${what}  ${changes ? changes.map(({text}) => text).join(', ') : now}`)
  }
  switch (operation.do) {
    case 'add-service':
      return line('+', `service ${formatServiceKey(operation.service.key)} (${describeService(operation.service)})`)
    case 'edit-service':
      return edited(`service ${formatServiceKey(operation.service.key)}`, describeService(operation.service))
    case 'delete-service':
      return line('-', `service ${formatServiceKey(operation.service)}`)
    case 'add-server':
      return line('+', `${serverIn(operation)} (${describeServer(operation.server)})`)
    case 'edit-server':
      return edited(serverIn(operation), describeServer(operation.server))
    case 'delete-server':
      return line('-', serverIn(operation))
    case 'set-timeouts':
      return edited('timeouts', withoutVerb(operation))
    case 'start-daemon':
      return line('+', withoutVerb(operation))
    case 'stop-daemon':
    case 'flush':
      return line('-', withoutVerb(operation))
    case 'zero':
      return line('~', withoutVerb(operation))
  }
}

function serverIn({service, server}: Extract<Operation, {do: 'add-server' | 'edit-server' | 'delete-server'}>): string {
  return `server ${formatServerKey(server)} in ${formatServiceKey(service)}`
}

function withoutVerb(operation: Operation): string {
  const sentence = describeOperation(operation)
  return sentence.slice(sentence.indexOf(' ') + 1)
}

export interface PlanCounts {
  readonly added: KindCounts
  readonly changed: KindCounts
  readonly removed: KindCounts
}

export interface KindCounts {
  readonly services: number
  readonly servers: number
}

/** Of services and servers; `serversOf`: how many go with a service that is removed. */
export function countPlan(
  operations: readonly Operation[],
  serversOf: (operation: Extract<Operation, {do: 'delete-service'}>) => number = () => 0,
): PlanCounts {
  const none = () => ({services: 0, servers: 0})
  const counts = {added: none(), changed: none(), removed: none()}
  for (const operation of operations) {
    const row = countedAs[operation.do]
    if (row) counts[row[0]][row[1]]++
    if (operation.do === 'delete-service') counts.removed.servers += serversOf(operation)
  }
  return counts
}

const countedAs: Readonly<Partial<Record<Operation['do'], readonly [keyof PlanCounts, keyof KindCounts]>>> = {
  'add-service': ['added', 'services'],
  'edit-service': ['changed', 'services'],
  'delete-service': ['removed', 'services'],
  'add-server': ['added', 'servers'],
  'edit-server': ['changed', 'servers'],
  'delete-server': ['removed', 'servers'],
}
