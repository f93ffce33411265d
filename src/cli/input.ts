// Standard input: a text that is piped in, or a person who can be asked. Read synchronously like everything else here.

import {readSync} from 'node:fs'

export interface Input {
  /** A person types here. */
  readonly terminal: boolean
  readAll(): string
  /** One line as an answer; empty when there is none (Ctrl-D, Ctrl-C). The question goes to standard error. */
  ask(question: string): Promise<string>
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
  }
}

function readAll(): string {
  const parts: Buffer[] = []
  const buffer = Buffer.alloc(256 * 1024)
  for (;;) {
    try {
      const length = readSync(0, buffer)
      if (length === 0) return Buffer.concat(parts).toString('utf8')
      parts.push(Buffer.from(buffer.subarray(0, length)))
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException
      // Somebody made the pipe non-blocking, and its writer is slow.
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      else if (code !== 'EINTR') throw error
    }
  }
}
