// Real servers tried before anything is done: whether they are there, and whether something listens. Each once.

import type {Problem} from '../domain/problem.ts'
import {formatServerKey, type ServerKey} from '../domain/server.ts'
import type {Person} from './dialogue.ts'
import type {Facts} from './facts.ts'
import type {Complete} from './plan.ts'
import {describeReached, type Reached} from './reach.ts'

export interface Trying {
  readonly facts: Facts
  /** undefined: nobody can be asked. */
  readonly person: Person | undefined
  readonly reach: (server: ServerKey) => Promise<Reached>
}

/** Servers that were given and not typed, tried all the same: what is to be known of them. */
export async function tryUntried(
  {service, servers}: Complete,
  world: Trying,
  tried: Set<string>,
): Promise<readonly Problem[]> {
  if (service.protocol !== 'tcp') return []
  const untried = servers.filter((one) => !tried.has(formatServerKey(one)))
  const found = await Promise.all(untried.map((one) => tryServer(one, world, tried)))
  return found.filter((one) => typeof one !== 'string')
}

/** A person is told what was found. */
export async function tryServer(server: ServerKey, {person, facts, reach}: Trying, tried: Set<string>) {
  tried.add(formatServerKey(server))
  const found = describeReached(server, await reach(server), facts)
  if (typeof found === 'string') person?.tell([`  ${found}`])
  else person?.warn(found)
  return found
}
