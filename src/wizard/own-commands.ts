// Commands of lvsctl run as processes of their own, by the program that runs now: exactly what an operator would type.
// They are in a session of their own, so that Ctrl-C ends none of them half-way; it is noted, and told when they are done.

import {spawn} from 'node:child_process'
import type {Program} from '../domain/program.ts'
import type {Runner} from './apply.ts'
import type {Command} from './plan.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface OwnCommands extends Runner {
  /** What a command answers, where it is asked for data. */
  ask(command: Command): Promise<{readonly exit: number; readonly said: string; readonly answer: string}>
  /** From here on a signal is only noted. */
  hold(): void
  release(): void
}

/** `shown`: what they write is for the person at the terminal. */
export function ownCommands({node, script}: Program, {shown}: {readonly shown: boolean}): OwnCommands {
  let interrupted = false
  const note = () => {
    interrupted = true
  }

  const start = (command: Command, visible: boolean) =>
    new Promise<{exit: number; said: string; answer: string}>((resolve, reject) => {
      const out = visible ? 'inherit' : 'pipe'
      const child = spawn(node, [script, ...command], {detached: true, stdio: ['ignore', out, out]})
      let said = ''
      let answer = ''
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        answer += text
      })
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      child.once('error', reject)
      child.once('close', (code) => resolve({exit: code ?? 1, said, answer}))
    })

  return {
    run: (command) => start(command, shown),
    ask: (command) => start(command, false),
    get interrupted() {
      return interrupted
    },
    hold: () => {
      for (const one of signals) process.on(one, note)
    },
    release: () => {
      for (const one of signals) process.off(one, note)
    },
  }
}
