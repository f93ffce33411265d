import {expect, test} from 'vitest'
import {trackTerminalModes} from '../../../src/lab/terminal-modes.ts'

const undoOf = (...chunks: string[]) => {
  const modes = trackTerminalModes()
  for (const chunk of chunks) modes.see(chunk)
  return modes.undo()
}

test.each([
  ['plain text needs nothing', ['hello\r\n'], ''],
  ['a prompt killed in the middle of editing', ['\x1b[?2004hlab# '], '\x1b[?2004l\x1b[0m'],
  ['a mode that was switched back', ['\x1b[?2004h', 'x', '\x1b[?2004l'], '\x1b[0m'],
  ['an editor killed', ['\x1b[?1049h\x1b[?25l'], '\x1b[?25h\x1b[?1049l\x1b[0m'],
  ['several modes in one sequence', ['\x1b[?1002;1006h'], '\x1b[?1002l\x1b[?1006l\x1b[0m'],
  ['a sequence cut in two', ['text\x1b[?10', '49h'], '\x1b[?1049l\x1b[0m'],
  ['the last switch counts', ['\x1b[?25l\x1b[?25h\x1b[?25l'], '\x1b[?25h\x1b[0m'],
  ['modes nobody cares for', ['\x1b[?12h'], '\x1b[0m'],
])('%s', (_, chunks, expected) => expect(undoOf(...chunks)).toBe(expected))
