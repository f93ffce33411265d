// A change of what surrounds the services: timeouts and sync daemons. Computed by timeouts.ts and sync.ts, carried out
// here: all its operations or none, and read back.

import {LvsctlError, type Problem} from '../domain/problem.ts'
import {asAsked} from '../domain/sync.ts'
import type {IpvsClient} from '../ipvs/client.ts'
import {explain} from '../ipvs/errors.ts'
import {type Change, daemonChanges, timeoutChanges} from '../plan/changes.ts'
import {describeOperation} from '../plan/describe.ts'
import {execute, reportError} from '../plan/execute.ts'
import {withInverses} from '../plan/inverse.ts'
import type {Operation} from '../plan/operation.ts'

export interface SettingsChange {
  /** In order; empty: everything is as asked already. */
  readonly operations: readonly Operation[]
  /** Of what was there before; undefined where nothing was. */
  readonly changes?: readonly Change[]
  /** Worth knowing and no reason to stop. */
  readonly warnings: readonly Problem[]
}

/** Throws what the kernel's refusal means, with what was done before it undone; `partial` where it is not as asked. */
export function carryOutSettings(client: IpvsClient, {operations}: SettingsChange): void {
  const before = {configuration: [], timeouts: client.timeouts(), daemons: client.daemons()}
  const report = execute(withInverses(operations, before), {
    apply(operation) {
      const [outcome] = client.execute([operation])
      if (outcome?.ok === false) throw explain(operation, outcome.errno)
    },
  })
  const error = reportError(
    report,
    (operation) => describeOperation(operation),
    (failure) => asError(failure),
  )
  if (error) throw error
  const differences = operations.filter((one) => !isUndone(one, operations)).flatMap((one) => verify(client, one))
  if (differences.length === 0) return
  throw new LvsctlError({
    failure: 'partial',
    code: 'not-as-asked',
    message: `the kernel took the change, but it is not as asked: ${differences.join(', ')}`,
    hint: 'Another program may have changed it at the same moment (keepalived manages sync daemons too)',
  })
}

function asError(failure: unknown): LvsctlError {
  if (failure instanceof LvsctlError) return failure
  throw failure
}

/** A daemon that is stopped to be started anew is not to be gone in the end. */
const isUndone = (one: Operation, all: readonly Operation[]): boolean =>
  one.do === 'stop-daemon' && all.some((other) => other.do === 'start-daemon' && other.daemon.role === one.role)

/** What differs between what was asked and what is so now. */
function verify(client: IpvsClient, operation: Operation): readonly string[] {
  const texts = (changes: readonly Change[]): readonly string[] => changes.map(({text}) => text)
  switch (operation.do) {
    case 'set-timeouts': {
      const now = client.timeouts()
      return texts(timeoutChanges({...now, ...operation.timeouts}, now))
    }
    case 'start-daemon': {
      const {daemon} = operation
      const now = client.daemons().find(({role}) => role === daemon.role)
      return now ? texts(daemonChanges(asAsked(daemon, now), now)) : [`no ${daemon.role} runs`]
    }
    case 'stop-daemon':
      return client.daemons().some(({role}) => role === operation.role) ? [`a ${operation.role} still runs`] : []
    default:
      throw new TypeError(`${operation.do} is no setting`)
  }
}
