// How far a long reading has come, for a person who waits: one line on standard error, written over itself, from half a
// second on, and gone at the end. Nothing where nobody looks.

import type {Output} from './output.ts'

export interface Progress {
  /** Cheap to call often; `text` is asked for when it is shown. */
  tell(text: () => string): void
  /** Takes the line away, before anything else is written. */
  clear(): void
}

/** Milliseconds. */
const patience = 500
const pace = 100

export function progressOn(err: Output, now: () => number = () => performance.now()): Progress {
  if (!err.terminal) return {tell: () => undefined, clear: () => undefined}
  let next = now() + patience
  let shown = false
  return {
    tell(text) {
      const time = now()
      if (time < next) return
      next = time + pace
      shown = true
      err.write(`\r\x1b[K${text().slice(0, err.columns - 1)}`)
    },
    clear() {
      if (shown) err.write('\r\x1b[K')
      shown = false
    },
  }
}
