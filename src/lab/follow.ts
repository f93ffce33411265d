// Reading a file while it grows: how a job's output is seen live. The guest writes through the shared folder; the host
// kernel announces nothing useful about it, so this looks again a few times a second.

import {closeSync, openSync, readSync} from 'node:fs'

const intervalMs = 30

export interface Following {
  /** Hands over what is left and stops. */
  end(): void
}

export function follow(file: string, onChunk: (chunk: Buffer) => void): Following {
  let fd: number | undefined
  const look = () => {
    try {
      fd ??= openSync(file, 'r')
    } catch {
      return // not created yet
    }
    for (;;) {
      const buffer = Buffer.allocUnsafe(64 * 1024)
      const length = readSync(fd, buffer)
      if (length === 0) return
      onChunk(buffer.subarray(0, length))
    }
  }
  const timer = setInterval(look, intervalMs)
  return {
    end() {
      clearInterval(timer)
      look()
      if (fd !== undefined) closeSync(fd)
    },
  }
}
