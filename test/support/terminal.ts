// A person at a terminal of a lab host: tmux inside the guest, with a shell whose prompt is `ready:`. One terminal for a
// describe block, a fresh shell for each test.

import {afterAll, beforeAll, beforeEach} from 'vitest'
import {shellQuote} from '../../src/domain/shell-words.ts'
import type {Lab} from './lab.ts'

export interface Terminal {
  /** Commands of tmux itself. */
  tmux(...commands: readonly string[]): Promise<string>
  /** What is to be seen; `-e` with colours, `-S -` with all that scrolled away. */
  screen(options?: string): Promise<string>
  /** Keys by tmux's names: `Enter`, `C-c`, letters. */
  keys(names: string): Promise<unknown>
  /** A line, and Enter. */
  type(line: string): Promise<unknown>
  /** Waits for the screen to show it; what it shows. Throws with the screen after a minute and a half: a busy machine is slow. */
  shows(what: RegExp, options?: string): Promise<string>
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

export function useTerminal(lab: Lab, host: string, {columns, rows}: Size): Terminal {
  const shell = '"env PS1=ready: HISTFILE= bash --norc --noprofile"'
  const size = `-x ${columns} -y ${rows}`

  const tmux: Terminal['tmux'] = async (...commands) =>
    (await lab.on(host, `set -e\n${commands.map((one) => `tmux -L ${host} -f /dev/null ${one}`).join('\n')}`)).stdout
  const screen: Terminal['screen'] = async (options = '') => (await tmux(`capture-pane -p ${options}`)).trimEnd()
  const keys: Terminal['keys'] = (names) => tmux(`send-keys ${names}`)

  beforeAll(() => tmux(`new-session -d ${size} ${shell}`))
  afterAll(() => tmux('kill-server'))
  beforeEach(() => tmux(`resize-window ${size}`, `respawn-pane -k ${shell}`, 'clear-history'))

  return {
    tmux,
    screen,
    keys,
    type: (line) => tmux(`send-keys -l ${shellQuote(line)}`, 'send-keys Enter'),
    async shows(what, options = '') {
      const deadline = performance.now() + 90_000
      for (;;) {
        const now = await screen(options)
        if (what.test(now)) return now
        if (performance.now() > deadline) throw new Error(`${what} is not on the screen:\n${now}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
  }
}
