// The way through a file of connections, from its pieces to its lines, once and in bounded memory: whatever the length of
// the file, there is one piece and one line at a time.

import type {Problem} from '../domain/problem.ts'
import {ConnectionReader, isHeading} from '../formats/procfs/ip-vs-conn.ts'
import {type UnreadableLine, unreadableLines} from '../formats/procfs/unreadable.ts'
import {type ConnectionFilter, compileFilter} from './filter.ts'

/** What was met on the way. */
export interface Passage {
  /** Entries that could be read, wanted or not. */
  read: number
  /** Of those that were wanted. */
  connections: number
  templates: number
  /** Lines that are none. */
  unreadable: number
  firstUnreadable: UnreadableLine | undefined
  /** Somebody had enough. */
  stopped: boolean
}

export interface Walker {
  /** A wanted entry is in `reader.line`; its bytes are there as long. False: that is enough. */
  entry(reader: ConnectionReader, bytes: Uint8Array): boolean
  /** After every piece. False: that is enough. */
  piece?(passage: Passage): boolean
}

const newline = 0x0a

/** Throws what reading a piece throws. */
export function walkConnections(
  pieces: Iterable<Uint8Array>,
  filter: ConnectionFilter,
  walker: Walker,
  passage: Passage = newPassage(),
): Passage {
  const reader = new ConnectionReader()
  const wanted = compileFilter(filter, reader.states)
  let number = 0

  const take = (bytes: Uint8Array, start: number, end: number): boolean => {
    number++
    if (!reader.read(bytes, start, end)) {
      if (end > start && !isHeading(bytes, start, end)) noteUnreadable(passage, number, bytes.subarray(start, end))
      return true
    }
    passage.read++
    if (!wanted(reader.line)) return true
    if (reader.template) passage.templates++
    else passage.connections++
    return walker.entry(reader, bytes)
  }

  /** The beginning of a line whose end is in the next piece. */
  let rest: Uint8Array = new Uint8Array(0)
  for (const piece of pieces) {
    let start = 0
    if (rest.length > 0) {
      const end = piece.indexOf(newline)
      const whole = joined(rest, end < 0 ? piece : piece.subarray(0, end))
      if (end < 0) {
        rest = whole.subarray(0, longestLine)
        continue
      }
      rest = rest.subarray(0, 0)
      start = end + 1
      if (!take(whole, 0, whole.length)) return stop(passage)
    }
    for (let end = piece.indexOf(newline, start); end >= 0; end = piece.indexOf(newline, start)) {
      if (!take(piece, start, end)) return stop(passage)
      start = end + 1
    }
    // A copy, because the next piece comes in the same memory; a Buffer's slice() would be none.
    if (start < piece.length) rest = new Uint8Array(piece.subarray(start))
    if (walker.piece?.(passage) === false) return stop(passage)
  }
  // A file that was cut off; the kernel ends its lines.
  if (rest.length > 0 && !take(rest, 0, rest.length)) return stop(passage)
  return passage
}

export const newPassage = (): Passage => ({
  read: 0,
  connections: 0,
  templates: 0,
  unreadable: 0,
  firstUnreadable: undefined,
  stopped: false,
})

/** `path` is where the lines came from. */
export const passageProblems = ({unreadable, firstUnreadable}: Passage, path: string): readonly Problem[] =>
  unreadableLines(path, firstUnreadable, unreadable)

/** An entry has at most some 370 bytes, 255 of them a persistence engine's: what has no end here is no line. */
const longestLine = 64 * 1024

/** Bytes of a line that are kept for a message, which shows fewer. */
const keptLength = 512

function noteUnreadable(passage: Passage, line: number, bytes: Uint8Array): void {
  passage.unreadable++
  passage.firstUnreadable ??= {line, text: new TextDecoder().decode(bytes.subarray(0, keptLength))}
}

function stop(passage: Passage): Passage {
  passage.stopped = true
  return passage
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const whole = new Uint8Array(left.length + right.length)
  whole.set(left)
  whole.set(right, left.length)
  return whole
}
