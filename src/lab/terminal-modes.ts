// Which terminal modes a stream of output has left on, and the bytes that undo them. A guest that is killed in the middle
// of an editor cannot tidy the user's terminal; then we do. Pure.

/** DEC private modes that programs switch, and the state in which a shell expects to find each (xterm ctlseqs). */
const modes = new Map<number, 'h' | 'l'>([
  [1, 'l'], // application cursor keys
  [7, 'h'], // wrap at the margin
  [25, 'h'], // cursor shown
  [1000, 'l'], // mouse reports, four kinds
  [1002, 'l'],
  [1003, 'l'],
  [1006, 'l'],
  [1049, 'l'], // alternate screen
  [2004, 'l'], // bracketed paste
])

export interface TerminalModes {
  see(output: string): void
  /** Empty when nothing was left switched. */
  undo(): string
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this reads
const sequence = /\x1b\[\?([\d;]+)([hl])/g
/** A sequence may be cut by the end of a chunk; this much is looked at again with the next one. */
const overlap = 24

export function trackTerminalModes(): TerminalModes {
  const switched = new Map<number, 'h' | 'l'>()
  let styled = false
  let rest = ''
  return {
    see(output) {
      const text = rest + output
      for (const [, numbers = '', state] of text.matchAll(sequence)) {
        for (const number of numbers.split(';')) switched.set(Number(number), state as 'h' | 'l')
      }
      styled ||= text.includes('\x1b[')
      rest = text.slice(-overlap)
    },
    undo() {
      const off = [...modes].filter(([mode, expected]) => switched.has(mode) && switched.get(mode) !== expected)
      return off.map(([mode, expected]) => `\x1b[?${mode}${expected}`).join('') + (styled ? '\x1b[0m' : '')
    },
  }
}
