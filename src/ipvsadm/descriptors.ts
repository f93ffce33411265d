// Standard input, output and error of this process, read and written synchronously and directly: Node's own streams of a
// pipe load its network stack, which takes longer than all that ipvsadm does.

import {closeSync, openSync, readSync, writeSync} from 'node:fs'
import {StringDecoder} from 'node:string_decoder'

/** Writes everything, until nobody reads any more (`| head`): nothing is wrong with that. */
export function writerTo(fd: 1 | 2): (text: string) => void {
  let closed = false
  return (text) => {
    const bytes = Buffer.from(text)
    for (let at = 0; !closed && at < bytes.length; ) {
      try {
        at += writeSync(fd, bytes, at)
      } catch (error) {
        closed = !passes(error)
        if (closed && codeOf(error) !== 'EPIPE') throw error
      }
    }
  }
}

const pieceBytes = 64 * 1024

/** As it comes. What cannot be read, such as a closed descriptor, is empty. */
export function* piecesOf(fd: number): Generator<string> {
  const buffer = Buffer.alloc(pieceBytes)
  const decoder = new StringDecoder('utf8')
  for (;;) {
    let length: number
    try {
      length = readSync(fd, buffer)
    } catch (error) {
      if (passes(error)) continue
      return
    }
    if (length === 0) break
    yield decoder.write(buffer.subarray(0, length))
  }
  const rest = decoder.end()
  if (rest !== '') yield rest
}

/** undefined: it cannot be opened. */
export function piecesOfFile(path: string): Iterable<string> | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
  }
  return closing(fd)
}

function* closing(fd: number): Generator<string> {
  try {
    yield* piecesOf(fd)
  } finally {
    closeSync(fd)
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** Somebody made the pipe non-blocking, and its other end is slow. */
function passes(error: unknown): boolean {
  const code = codeOf(error)
  if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  return code === 'EAGAIN' || code === 'EINTR'
}
