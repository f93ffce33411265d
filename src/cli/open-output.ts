// Standard output and standard error of this process. Written synchronously and directly: making process.stdout of a pipe
// loads Node's network stack, and what is written before the process ends must not be lost.

import {fstatSync} from 'node:fs'
import {writeAll} from '../../native/descriptors.ts'
import {describeStream, type Output} from './output.ts'

const encoder = new TextEncoder()
/** A large table is not to be held twice. */
const room = new Uint8Array(64 * 1024)

export function openOutput(fd: 1 | 2, env: Readonly<Record<string, string | undefined>>): Output {
  let closed = false
  return {
    ...describeStream(mayBeTerminal(fd) ? streamOf(fd) : {}, env),
    write(text) {
      for (let rest = text; rest !== '' && !closed; ) {
        const {read, written} = encoder.encodeInto(rest, room)
        closed = !writeAll(fd, room.subarray(0, written))
        rest = rest.slice(read)
      }
    },
    get closed() {
      return closed
    },
  }
}

/** A pipe, a file, a closed descriptor and /dev/null are none, and need no stream that would ask. */
function mayBeTerminal(fd: number): boolean {
  try {
    const status = fstatSync(fd)
    return status.isCharacterDevice() && major(status.rdev) !== memoryDevices
  } catch {
    return false
  }
}

/** Of /dev/null and its like: MEM_MAJOR in include/uapi/linux/major.h. */
const memoryDevices = 1
/** As makedev(3) has it, for numbers below 4096. */
const major = (device: number): number => (device >>> 8) & 0xfff

/** Only a terminal's own stream knows its size. */
const streamOf = (fd: 1 | 2): NodeJS.WriteStream => (fd === 1 ? process.stdout : process.stderr)
