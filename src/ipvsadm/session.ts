// What one start of ipvsadm holds in its hands, for all that is done in it.

import {readArguments} from '../formats/ipvsadm/arguments.ts'
import type {KnownNames} from '../formats/ipvsadm/names.ts'
import {exits, type Failure, type Request} from '../formats/ipvsadm/request.ts'
import type {IpvsClient, IpvsInfo} from '../ipvs/client.ts'
import type {Operation} from '../plan/operation.ts'
import {kernelWords, wordsOfError} from './kernel-words.ts'
import {withNames} from './look-up.ts'
import type {World} from './world.ts'

export interface Session {
  readonly client: IpvsClient
  readonly info: IpvsInfo
  readonly world: World
  readonly known: KnownNames
}

export const read = (words: readonly string[], {known, world}: Session): Promise<Request | Failure> =>
  withNames(known, world.names, () => readArguments(words, known))

export function fail({text, exit}: Failure, {err}: World): number {
  err(text)
  return exit
}

/** What the kernel refuses is complained about in order; the exit code is that of the last. */
export function change(operations: readonly Operation[], {client, world}: Session): number {
  try {
    let exit: number = exits.done
    for (const [index, outcome] of client.execute(operations).entries()) {
      exit = outcome.ok ? exits.done : exits.failed
      if (!outcome.ok) world.err(`${kernelWords(outcome.errno, operations[index]?.do)}\n`)
    }
    return exit
  } catch (error) {
    return complain(error, exits.failed, world)
  }
}

/** Of what the kernel client throws; the program's own faults go on. */
export function complain(error: unknown, exit: number, {err}: World): number {
  const words = wordsOfError(error)
  if (words === undefined) throw error
  err(`${words}\n`)
  return exit
}
