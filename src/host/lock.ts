// One lvsctl at a time in a role, by flock(2): the kernel lets go of the lock when its holder ends, however that ends. The
// file can be opened by root only. What anybody may hold (an abstract socket address, the lock of a file that all can
// read) any local user could hold for ever.

import {closeSync, constants, openSync} from 'node:fs'
import {join} from 'node:path'
import {native} from '../../native/index.ts'
import {errnoName} from '../netlink/errors.ts'
import {busy, stateNotOurs} from './failures.ts'
import {errnoOf, privateFolder} from './files.ts'
import {pause} from './pause.ts'

const {O_CREAT, O_NOFOLLOW, O_RDONLY} = constants
const LOCK_EX = 2
const LOCK_NB = 4

/** Throws `deadline` when the lock is not to be had in time, `permission` where the folder is not what root made. The files stay: one that is removed could be held twice. */
export function holding<Result>(folder: string, name: string, waitMs: number, work: () => Result): Result {
  const fd = open(folder, name)
  // Whoever may not have the lock goes on: what it needs to change anything is said by what it tries to change.
  if (fd === undefined) return work()
  try {
    take(fd, name, waitMs)
    return work()
  } finally {
    closeSync(fd)
  }
}

function open(folder: string, name: string): number | undefined {
  const path = join(folder, `${name}.lock`)
  try {
    privateFolder(folder)
    return openSync(path, O_RDONLY | O_CREAT | O_NOFOLLOW, 0o600)
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) return undefined
    if (errnoOf(error) === 'ELOOP') throw stateNotOurs(path, 'is a symbolic link')
    throw error
  }
}

function take(fd: number, name: string, waitMs: number): void {
  const deadline = performance.now() + waitMs
  for (;;) {
    const answer = native().flock(fd, LOCK_EX | LOCK_NB)
    if (answer >= 0) return
    const errno = errnoName(-answer)
    if (errno !== 'EAGAIN' && errno !== 'EINTR') throw new Error(`flock: ${errno}`)
    if (performance.now() >= deadline) throw busy(name, waitMs)
    pause(20)
  }
}
