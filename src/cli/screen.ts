// A terminal's second screen, drawn over in place: no flicker, no traces when it is left. Left in every way a process can
// end but SIGKILL. What is drawn comes from watch.ts.

import type {Output} from './output.ts'

export interface ScreenSize {
  readonly columns: number
  /** Infinity where it is no screen of a certain height. */
  readonly rows: number
}

// xterm's control sequences (ctlseqs): alternate screen, cursor, wrapping of long lines.
const enter = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const leave = '\x1b[?7h\x1b[?25h\x1b[?1049l'

/** Terminals that know synchronised updates show the lines between these two at once; others ignore them. */
const [holdBack, showNow] = ['\x1b[?2026h', '\x1b[?2026l']

export interface Screen {
  draw(lines: readonly string[]): void
  close(): void
}

/** What a screen has to say while it is there. */
export interface ScreenEvents {
  /** The size changed, or the process goes on after Ctrl-Z. */
  readonly wake: () => void
  /** Somebody pressed q. */
  readonly quit: () => void
}

/** Ctrl-C and every signal that ends a process do so, with the terminal as it was found. */
export function openScreen(out: Output, {wake, quit}: ScreenEvents): Screen {
  const {stdin, stdout} = process
  let open = false
  const show = () => {
    if (!open) out.write(enter)
    open = true
    // Else what is typed would stand in the table.
    if (stdin.isTTY) stdin.setRawMode(true).resume()
  }
  const hide = () => {
    if (open) out.write(leave)
    open = false
    if (stdin.isTTY) stdin.setRawMode(false).pause()
  }
  const end = (signal: NodeJS.Signals) => {
    close()
    process.kill(process.pid, signal)
  }
  const suspend = () => {
    hide()
    process.kill(process.pid, 'SIGSTOP')
  }
  const resume = () => {
    show()
    wake()
  }
  /** Without echo the terminal no longer makes signals of these. */
  const press = (keys: Buffer) => {
    const text = keys.toString('latin1')
    if (text.includes('\x03')) end('SIGINT')
    else if (text.includes('\x1c')) end('SIGQUIT')
    else if (text.includes('\x1a')) suspend()
    else if (text === 'q') quit()
  }
  const close = () => {
    hide()
    for (const signal of deadly) process.off(signal, end)
    process.off('SIGTSTP', suspend).off('SIGCONT', resume).off('exit', hide)
    stdout.off('resize', wake)
    stdin.off('data', press)
  }
  for (const signal of deadly) process.on(signal, end)
  process.on('SIGTSTP', suspend).on('SIGCONT', resume).on('exit', hide)
  stdout.on('resize', wake)
  if (stdin.isTTY) stdin.on('data', press)
  show()
  const draw = (lines: readonly string[]) => {
    // After fg a timer can be heard before the signal is.
    if (!open) show()
    out.write(frame(lines))
  }
  return {draw, close}
}

const deadly = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** Line over line, each cleared behind its end. The cursor goes back to the top: a key typed there does not scroll. */
export function frame(lines: readonly string[]): string {
  return `${holdBack}\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J\x1b[H${showNow}`
}

/** As many lines as there is room for; the last says that there are more. */
export function clipLines(lines: readonly string[], rows: number, more: string): readonly string[] {
  return lines.length <= rows ? lines : [...lines.slice(0, Math.max(0, rows - 1)), more]
}
