// Standard output and standard error of this process. Written synchronously and directly: making process.stdout of a pipe
// loads Node's network stack, and what is written before the process ends must not be lost.

import {fstatSync} from 'node:fs'
import {writeAll} from '../../native/descriptors.ts'
import {describeStream, type Output} from './output.ts'

export function openOutput(fd: 1 | 2, env: Readonly<Record<string, string | undefined>>): Output {
  let closed = false
  return {
    ...describeStream(isCharacterDevice(fd) ? streamOf(fd) : {}, env),
    write(text) {
      if (!closed) closed = !writeAll(fd, Buffer.from(text))
    },
    get closed() {
      return closed
    },
  }
}

/** A terminal is one, /dev/null is another; a pipe, a file or a closed descriptor is none. */
function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice()
  } catch {
    return false
  }
}

/** Only a terminal's own stream knows its size. */
const streamOf = (fd: 1 | 2): NodeJS.WriteStream => (fd === 1 ? process.stdout : process.stderr)
