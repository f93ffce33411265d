// The same machine for somebody who is not root.

import type {Machine} from './run-command.ts'

/** What only root may read is there, and refused. */
export function asUser(on: Machine): Machine {
  const read = on.host.readFile.bind(on.host)
  on.host.readFile = (path) => {
    if (/^\/(?:run|etc)\/lvsctl\//.test(path)) throw Object.assign(new Error('EACCES'), {code: 'EACCES'})
    return read(path)
  }
  return on
}
