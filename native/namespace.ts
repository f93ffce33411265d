// Moves this process' main thread into a network namespace. To be done before anything else: threads that exist already
// (libuv's pool: asynchronous fs, dns.lookup) stay where they are, sockets opened before do too.

import {closeSync, openSync} from 'node:fs'
import {isMainThread} from 'node:worker_threads'
import {errnoName, NetlinkError} from '../src/netlink/errors.ts'
import {native, socketConstants} from './index.ts'

/** Where ip-netns(8) keeps namespaces by name. */
export const namespaceFolder = '/run/netns'

export type NamespaceReference =
  | {readonly kind: 'name'; readonly name: string}
  | {readonly kind: 'path'; readonly path: string}
  | {readonly kind: 'process'; readonly pid: number}

/** Why a namespace could not be entered. `missing`: there is none of that name, path or process. */
export class NamespaceError extends Error {
  override readonly name = 'NamespaceError'
  readonly reason: 'missing' | 'not-permitted' | 'not-a-namespace' | 'failed'
  readonly path: string
  readonly errno: string

  constructor(path: string, errno: string) {
    super(`cannot enter the network namespace ${path}: ${errno}`)
    this.path = path
    this.errno = errno
    this.reason = reasons[errno] ?? 'failed'
  }
}

const reasons: Readonly<Record<string, NamespaceError['reason']>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  ESRCH: 'missing',
  EPERM: 'not-permitted',
  EACCES: 'not-permitted',
  EINVAL: 'not-a-namespace',
}

/** A number is a process, something with a slash a path, the rest a name. */
export function parseNamespace(text: string): NamespaceReference {
  if (/^[1-9]\d*$/.test(text)) return {kind: 'process', pid: Number(text)}
  if (text.includes('/')) return {kind: 'path', path: text}
  return {kind: 'name', name: text}
}

export function namespacePath(reference: NamespaceReference): string {
  switch (reference.kind) {
    case 'name':
      return `${namespaceFolder}/${reference.name}`
    case 'path':
      return reference.path
    case 'process':
      return `/proc/${reference.pid}/ns/net`
  }
}

/** Throws NamespaceError. Returns the way back. */
export function enterNamespace(reference: NamespaceReference): () => void {
  if (!isMainThread) throw new Error('a namespace is entered by the main thread')
  const home = openNamespace('/proc/thread-self/ns/net')
  try {
    moveTo(namespacePath(reference))
  } catch (error) {
    closeSync(home)
    throw error
  }
  return () => {
    const answer = native().setns(home, socketConstants.CLONE_NEWNET)
    closeSync(home)
    if (answer < 0) throw new NetlinkError('setns', -answer, 'back to where it came from')
  }
}

function moveTo(path: string): void {
  const fd = openNamespace(path)
  const answer = native().setns(fd, socketConstants.CLONE_NEWNET)
  closeSync(fd)
  if (answer < 0) throw new NamespaceError(path, errnoName(-answer))
}

function openNamespace(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new NamespaceError(path, (error as NodeJS.ErrnoException).code ?? 'EIO')
  }
}
