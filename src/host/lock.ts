// One at a time per network namespace. The lock is an abstract Unix socket address (unix(7)): it belongs to the
// namespace, as what it protects does, and the kernel lets go of it when its holder ends, however that ends.

import {native, socketConstants} from '../../native/index.ts'
import {Writer} from '../netlink/bytes.ts'
import {errnoName} from '../netlink/errors.ts'
import {busy} from './failures.ts'
import {pause} from './pause.ts'

const AF_UNIX = 1

export function holding<Result>(name: string, waitMs: number, work: () => Result): Result {
  const fd = native().socket(AF_UNIX, socketConstants.SOCK_DGRAM | socketConstants.SOCK_CLOEXEC, 0)
  if (fd < 0) throw new Error(`socket: ${errnoName(-fd)}`)
  try {
    take(fd, name, waitMs)
    return work()
  } finally {
    native().close(fd)
  }
}

function take(fd: number, name: string, waitMs: number): void {
  const deadline = performance.now() + waitMs
  for (;;) {
    const answer = native().bind(fd, abstractAddress(`lvsctl/${name}`))
    if (answer >= 0) return
    if (errnoName(-answer) !== 'EADDRINUSE') throw new Error(`bind: ${errnoName(-answer)}`)
    if (performance.now() >= deadline) throw busy(name, waitMs)
    pause(20)
  }
}

/** sockaddr_un whose path begins with a NUL. */
function abstractAddress(name: string): Uint8Array {
  const out = new Writer(64)
  out.u16(AF_UNIX)
  out.u8(0)
  out.raw(new TextEncoder().encode(name))
  return out.bytes()
}
