// One start of ipvsadm: its arguments in, its text out, its exit code back. Nothing here is global to the process, and
// nothing ends it.

import {readArguments} from '../formats/ipvsadm/arguments.ts'
import {KnownNames} from '../formats/ipvsadm/names.ts'
import {exits} from '../formats/ipvsadm/request.ts'
import {carryOut, type SingleRequest, tell} from './carry-out.ts'
import {wordsOfError} from './kernel-words.ts'
import {restore} from './restore.ts'
import {fail, read, type Session} from './session.ts'
import type {World} from './world.ts'

export type {World} from './world.ts'

/** `argv`: without the program's name. */
export async function runIpvsadm(argv: readonly string[], world: World): Promise<number> {
  const known = new KnownNames()
  const first = readArguments(argv, known)
  if (first.do === 'help' || first.do === 'version') return tell(first.do, world)
  const kernel = openKernel(world)
  if (!kernel) return exits.refused
  const session: Session = {...kernel, world, known}
  if (argv.length === 0) return (await carryOut(everything, session)).exit
  const reading = await read(argv, session)
  if (reading.do === 'fail') return fail(reading, world)
  if (reading.do === 'restore') return restore(session)
  return (await carryOut(reading, session)).exit
}

/** What there is to do without arguments. */
const everything: SingleRequest = {
  do: 'list-table',
  options: {columns: 'plain', numeric: false, exact: false, sorted: true},
}

/** ipvsadm asks the kernel for its version before anything else, and ends where it gets none. */
function openKernel({client, err}: World): Pick<Session, 'client' | 'info'> | undefined {
  try {
    const opened = client()
    return {client: opened, info: opened.info()}
  } catch (error) {
    const words = wordsOfError(error)
    if (words === undefined) throw error
    err(`Can't initialize ipvs: ${words}\nAre you sure that IP Virtual Server is built in the kernel or as module?\n`)
    return undefined
  }
}
