// Standard input: a text that is piped in, or a person who can be asked. Read synchronously like everything else here.

import {readPieces} from '../../native/descriptors.ts'

export interface Input {
  /** A person types here. */
  readonly terminal: boolean
  readAll(): string
  /** One line as an answer; empty when there is none (Ctrl-D, Ctrl-C). The question goes to standard error. */
  ask(question: string): Promise<string>
  /** One line, edited with all comforts; Enter alone is the proposal. undefined: Ctrl-C, Ctrl-D. */
  prompt(question: string, proposal: string | undefined): Promise<string | undefined>
}

export function openInput(): Input {
  return {
    get terminal() {
      // Loaded when somebody asks: it brings Node's network stack along.
      return process.getBuiltinModule('node:tty').isatty(0)
    },
    readAll,
    async ask(question) {
      const {createInterface} = await import('node:readline')
      const reader = createInterface({input: process.stdin, output: process.stderr})
      return new Promise((resolve) => {
        reader.once('close', () => resolve(''))
        reader.question(question, (answer) => {
          resolve(answer)
          reader.close()
        })
      })
    },
    async prompt(question, proposal) {
      const {askOnTerminal} = await import('./prompt.ts')
      return askOnTerminal(question, proposal)
    },
  }
}

function readAll(): string {
  return Buffer.concat(Array.from(readPieces(0), (piece) => Buffer.from(piece))).toString('utf8')
}
