// `-L -c`: the connection table, a piece at a time, so that a million connections need no more memory than a hundred.

import {connectionFile, connectionLine, connectionTitles} from '../formats/ipvsadm/connections.ts'
import type {KnownNames} from '../formats/ipvsadm/names.ts'
import {linesOf} from '../formats/ipvsadm/rule-lines.ts'
import {withNames} from './look-up.ts'
import type {Session} from './session.ts'

/** There may be as many clients as connections. */
const mostNames = 20_000

/** False: there is nothing to read. */
export async function listConnections(
  {numeric, engineData}: {readonly numeric: boolean; readonly engineData: boolean},
  {known, world}: Session,
): Promise<boolean> {
  const pieces = world.connections()
  if (!pieces) {
    world.err(`cannot open file ${connectionFile}\n`)
    return false
  }
  let titled = false
  for (const lines of linesOf(pieces)) {
    const rows = titled ? lines : lines.slice(1)
    if (!titled) world.out(connectionTitles(engineData))
    titled = true
    const write = (names: KnownNames | undefined): string =>
      rows.map((row) => connectionLine(row, engineData, names) ?? '').join('')
    world.out(numeric ? write(undefined) : await withNames(known, world.names, () => write(known)))
    if (known.size > mostNames) known.forget()
  }
  if (!titled) world.err(`unexpected input from ${connectionFile}\n`)
  return titled
}
