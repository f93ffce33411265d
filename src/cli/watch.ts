// --watch: a view again and again, every so many seconds. On a terminal each takes the place of the one before (screen.ts),
// elsewhere it follows it. What a view shows is the caller's.

import {shown} from '../domain/foreign-characters.ts'
import {problem, refuse} from '../domain/problem.ts'
import type {Output} from './output.ts'
import {clipLines, openScreen, type Screen, type ScreenSize} from './screen.ts'

/** In seconds; undefined: not asked for. Throws a usage error. */
export function readInterval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= shortest && seconds <= longest) return seconds
  refuse([
    problem('interval-invalid', `${shown(text)} is not an interval in seconds`, {
      where: '--watch',
      hint: `From ${shortest} to ${longest}, such as --watch 2`,
    }),
  ])
}

const shortest = 0.1
const longest = 86_400

export interface Watched {
  readonly seconds: number
  readonly out: Output
  /** A terminal that can be drawn over. */
  readonly inPlace: boolean
  /** Between views that follow each other. */
  readonly separator: string
  /** Made anew each time. The first is made before the screen is taken: what is wrong from the start is told as ever. */
  view(size: ScreenSize): Promise<string>
}

/** Until q is pressed, a signal ends the process, or nobody reads any more. Throws what a view throws, with the terminal as it was. */
export async function watch({seconds, out, inPlace, separator, view}: Watched): Promise<void> {
  const pause = new Pause()
  const start = performance.now()
  let screen: Screen | undefined
  // The number of the next view that is due. Every one comes at its time, however long the one before took; those that
  // were missed are left out, and one out of turn (the window changed) moves none.
  let due = 0
  let over = false
  const quit = () => {
    over = true
    pause.end()
  }
  try {
    for (let views = 0; !over && !out.closed; views++) {
      const size = inPlace ? screenSize(out) : {columns: out.columns, rows: Number.POSITIVE_INFINITY}
      const text = await view(size)
      if (inPlace) {
        screen ??= openScreen(out, {wake: () => pause.end(), quit})
        screen.draw(clipLines(text.trimEnd().split('\n'), size.rows, more))
      } else out.write(views === 0 ? text : `${separator}${text}`)
      const passed = (performance.now() - start) / 1000
      if (passed >= due * seconds - early) due = Math.max(due, Math.floor(passed / seconds)) + 1
      await pause.take(due * seconds - passed)
    }
  } finally {
    screen?.close()
  }
}

/** By so much a timer may be ahead of the clock. */
const early = 0.005

const more = '… and more: choose with --service or --server, or make the window larger'

/** LVSCTL_FORCE_TTY may have made a terminal, and told its width (output.ts). */
function screenSize(out: Output): ScreenSize {
  const {isTTY, columns, rows} = process.stdout
  return isTTY ? {columns, rows} : {columns: out.columns, rows: Number.POSITIVE_INFINITY}
}

/** A wait that can be cut short. */
class Pause {
  private wake: (() => void) | undefined

  take(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(), seconds * 1000)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  end(): void {
    this.wake?.()
    this.wake = undefined
  }
}
