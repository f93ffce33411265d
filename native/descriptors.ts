// Open files of this process, read and written synchronously and directly: Node's own streams of a pipe load its network
// stack, which takes longer than most commands do.

import {readSync, writeSync} from 'node:fs'

/** False: nobody reads any more (`| head`), and nothing is wrong with that. Throws what else writing throws. */
export function writeAll(fd: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false
      passOver(error)
    }
  }
  return true
}

/** A piece is good until the next one is asked for, since they share their memory. */
export function* readPieces(fd: number): Generator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(64 * 1024)
  for (;;) {
    const length = readOnce(fd, buffer)
    if (length === 0) return
    yield buffer.subarray(0, length)
  }
}

/** 0: the end. */
function readOnce(fd: number, buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, buffer)
    } catch (error) {
      passOver(error)
    }
  }
}

/** Throws what is no reason to try again. */
function passOver(error: unknown): void {
  const {code} = error as NodeJS.ErrnoException
  // Somebody made the pipe non-blocking, and its other end is slow.
  if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  else if (code !== 'EINTR') throw error
}
