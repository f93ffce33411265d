// Emptying the table: what would go, and doing it, under the same lock as every other change.

import {LvsctlError} from '../domain/problem.ts'
import type {Configuration} from '../domain/table.ts'
import {explain} from '../ipvs/errors.ts'
import {planTable} from '../plan/diff.ts'
import type {Operation} from '../plan/operation.ts'
import {type Machine, readTable} from './machine.ts'

export interface Contents {
  readonly configuration: Configuration
  readonly services: number
  readonly servers: number
  /** The kernel keeps their entries until they time out, and drops their packets. */
  readonly activeConnections: number
}

export function readContents(machine: Machine): Contents {
  const {configuration, activeConnections} = readTable(machine)
  return {
    configuration,
    services: configuration.length,
    servers: configuration.reduce((sum, {servers}) => sum + servers.length, 0),
    activeConnections: activeConnections(
      configuration.map(({service}): Operation => ({do: 'delete-service', service: service.key})),
    ),
  }
}

/**
 * `saved`: what was saved just before; the table must still be that. Throws `partial` when it is not empty afterwards,
 * `deadline` when another lvsctl holds the table for long.
 */
export function clearTable(machine: Machine, saved?: Configuration): void {
  const {client, host} = machine
  host.exclusively('table', () => {
    if (saved) requireUnchanged(machine, saved)
    const operation: Operation = {do: 'flush'}
    const [outcome] = client.execute([operation])
    if (outcome?.ok === false) throw explain(operation, outcome.errno)
    const left = client.services().length
    if (left === 0) return
    throw new LvsctlError({
      failure: 'partial',
      code: 'not-as-asked',
      message: `the table was emptied, and ${left === 1 ? 'a service is' : `${left} services are`} there again`,
      hint: 'Another program writes the table (keepalived, a script): stop that first. What is so: lvsctl list',
    })
  })
}

function requireUnchanged(machine: Machine, saved: Configuration): void {
  const {configuration} = readTable(machine)
  if (planTable({configuration: saved}, {configuration}).operations.length === 0) return
  throw new LvsctlError({
    failure: 'unexpected',
    code: 'table-changed',
    message: 'the table changed after it was saved: it was not cleared',
    hint: 'Another program writes it. Do the same again',
  })
}
