// Which file the connections come from, and what to say where there is none.

import {procAbsent} from '../formats/procfs/absent.ts'

/** What is asked: the command's context has it all. */
export interface ConnectionSource {
  readonly env: Readonly<Record<string, string | undefined>>
  readChunks(path: string): Iterable<Uint8Array> | undefined
}

export interface ConnectionFile {
  readonly path: string
  readonly pieces: Iterable<Uint8Array>
}

/**
 * `ip_vs_conn` tells the persistence engines, `ip_vs_conn_sync` the origins. Of this thread, because --netns moved no
 * other; LVSCTL_PROC names another /proc.
 */
export function openConnections(source: ConnectionSource, {origins}: {readonly origins: boolean}): ConnectionFile {
  const folder = source.env.LVSCTL_PROC || '/proc/thread-self'
  const path = `${folder}/net/${origins ? 'ip_vs_conn_sync' : 'ip_vs_conn'}`
  const pieces = source.readChunks(path)
  if (pieces) return {path, pieces}
  throw procAbsent(path, {
    told: Boolean(source.env.LVSCTL_PROC),
    what: 'the connections are',
    consequence: ': there are no connections',
  })
}
