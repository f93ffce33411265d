// Standard input, output and error as text, and what ipvsadm makes of it when they cannot be read or written.

import {closeSync, openSync} from 'node:fs'
import {StringDecoder} from 'node:string_decoder'
import {readPieces, writeAll} from '../../native/descriptors.ts'

/** Writes everything, until nobody reads any more (`| head`), or until it fails, which is thrown once. */
export function writerTo(fd: 1 | 2): (text: string) => void {
  let closed = false
  return (text) => {
    if (closed) return
    closed = true
    closed = !writeAll(fd, Buffer.from(text))
  }
}

/** As it comes. What cannot be read, such as a closed descriptor, is empty. */
export function* piecesOf(fd: number): Generator<string> {
  const decoder = new StringDecoder('utf8')
  try {
    for (const piece of readPieces(fd)) yield decoder.write(piece)
  } catch {
    return
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
