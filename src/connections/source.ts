// Which file the connections come from, and what to say where there is none.

import {LvsctlError} from '../domain/problem.ts'

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
  if (source.env.LVSCTL_PROC)
    throw new LvsctlError({
      failure: 'missing',
      code: 'proc-missing',
      message: `no file ${path}, and LVSCTL_PROC says that the connections are there`,
    })
  throw new LvsctlError({
    failure: 'unsupported',
    code: 'ipvs-unavailable',
    message: 'this kernel has no IPVS, or its module ip_vs is not loaded: there are no connections',
    hint: 'Load it: sudo modprobe ip_vs. To rehearse without it: lvsctl lab',
  })
}
