// `-R`: one command of ipvsadm a line. Changes that follow one another go to the kernel in one batch, which cannot be told
// from one by one: it goes on after a refusal as ipvsadm does, and complaints come in order, before anything else is
// said.

import {exits, type Failure, type Request, tryHelp} from '../formats/ipvsadm/request.ts'
import {linesOf, splitRule} from '../formats/ipvsadm/rule-lines.ts'
import type {Operation} from '../plan/operation.ts'
import {carryOut, type Done} from './carry-out.ts'
import {change, fail, read, type Session} from './session.ts'

/** Such operations stand for themselves: nothing that ipvsadm asks the kernel lies between two of them. */
const batched: ReadonlySet<Operation['do']> = new Set([
  'add-service',
  'edit-service',
  'delete-service',
  'add-server',
  'edit-server',
  'delete-server',
])

const mostAtOnce = 4096

/** The exit code of the last line, or of the one that ends it. */
export async function restore(session: Session): Promise<number> {
  const input = session.world.stdin()
  const waiting: Operation[] = []
  let exit: number = exits.done
  const settle = (): void => {
    if (waiting.length > 0) exit = change(waiting.splice(0), session)
  }
  for (const lines of linesOf(typeof input === 'string' ? [input] : input)) {
    for (const line of lines) {
      const words = splitRule(line)
      if (words.length === 0) continue
      const reading = await read(words, session)
      if (reading.do === 'change' && batched.has(reading.operation.do)) {
        waiting.push(reading.operation)
        if (waiting.length >= mostAtOnce) settle()
        continue
      }
      settle()
      const done = await single(reading, session)
      exit = done.exit
      if (done.ends) return exit
    }
    // Whoever writes line by line may be waiting for what comes of it.
    settle()
  }
  return exit
}

async function single(reading: Request | Failure, session: Session): Promise<Done> {
  // A restore within a restore would read what is left of this one.
  const request = reading.do === 'restore' ? tryHelp : reading
  if (request.do === 'fail') return {exit: fail(request, session.world), ends: request.ends}
  return carryOut(request, session)
}
