// An operation as a sentence: what was done, or what would be done. As the ipvsadm command: ipvsadm-line.ts.

import {formatServerKey} from '../domain/server.ts'
import {formatServiceKey} from '../domain/service.ts'
import {describeServer, describeService} from '../domain/settings-words.ts'
import type {SyncDaemon} from '../domain/sync.ts'
import type {Change} from './changes.ts'
import type {Operation} from './operation.ts'

export interface Telling {
  /** `planned`: would add …; without: added … */
  readonly tense?: 'done' | 'planned'
  /** Of an edit: what changes (changes.ts). Without, the sentence says what is there after it. */
  readonly changes?: readonly Change[]
  /** Of deleting a service: how many servers go with it. */
  readonly servers?: number
}

const verbs = {
  add: {done: 'added', planned: 'would add'},
  change: {done: 'changed', planned: 'would change'},
  leave: {done: 'left', planned: 'would leave'},
  delete: {done: 'deleted', planned: 'would delete'},
  zero: {done: 'zeroed', planned: 'would zero'},
  set: {done: 'set', planned: 'would set'},
  start: {done: 'started', planned: 'would start'},
  stop: {done: 'stopped', planned: 'would stop'},
} as const

export function describeOperation(operation: Operation, {tense = 'done', changes, servers}: Telling = {}): string {
  const say = (verb: keyof typeof verbs, rest: string): string => `${verbs[verb][tense]} ${rest}`
  const edited = (what: string, now: string): string => {
    if (changes === undefined) return say('change', `${what} to ${now}`)
    if (changes.length === 0) return say('leave', `${what} as it is`)
    return say('change', `${what}: ${changes.map(({text}) => text).join(', ')}`)
  }
  switch (operation.do) {
    case 'add-service':
      return say('add', `${formatServiceKey(operation.service.key)} (${describeService(operation.service)})`)
    case 'edit-service':
      return edited(formatServiceKey(operation.service.key), describeService(operation.service))
    case 'delete-service':
      return say('delete', `${formatServiceKey(operation.service)}${withServers(servers)}`)
    case 'add-server': {
      const {server, service} = operation
      return say('add', `${formatServerKey(server)} to ${formatServiceKey(service)} (${describeServer(server)})`)
    }
    case 'edit-server': {
      const {server, service} = operation
      return edited(`${formatServerKey(server)} in ${formatServiceKey(service)}`, describeServer(server))
    }
    case 'delete-server':
      return say('delete', `${formatServerKey(operation.server)} from ${formatServiceKey(operation.service)}`)
    case 'zero':
      return say('zero', `the counters of ${operation.service ? formatServiceKey(operation.service) : 'all services'}`)
    case 'flush':
      return say('delete', 'all services and their servers')
    case 'set-timeouts':
      return changes ? edited('timeouts', '') : say('set', `timeouts: ${timeoutWords(operation.timeouts)}`)
    case 'start-daemon':
      return say('start', describeDaemon(operation.daemon))
    case 'stop-daemon':
      return say('stop', `the ${operation.role} sync daemon`)
  }
}

function withServers(count: number | undefined): string {
  if (count === undefined || count === 0) return ''
  return count === 1 ? ' and its server' : ` and its ${count} servers`
}

function timeoutWords({tcp, tcpFin, udp}: {tcp?: number; tcpFin?: number; udp?: number}): string {
  const words = [tcp && `tcp ${tcp} s`, tcpFin && `tcp fin ${tcpFin} s`, udp && `udp ${udp} s`].filter(Boolean)
  return words.length > 0 ? words.join(', ') : 'none'
}

/** `the master sync daemon on eth0 (sync id 7, group 224.0.0.81, …)` */
export function describeDaemon({role, interface: device, syncId, maxLength, group, port, ttl}: SyncDaemon): string {
  const settings = [
    `sync id ${syncId}`,
    group && `group ${group}`,
    port && `port ${port}`,
    ttl && `ttl ${ttl}`,
    maxLength && `messages of ${maxLength} bytes`,
  ]
  return `the ${role} sync daemon on ${device} (${settings.filter(Boolean).join(', ')})`
}
