// Starts programs in a network namespace and waits for them: through a small shell of its own there, because a fork of
// Node is four times as dear as all that ipvsadm does.

import {execFileSync, spawn} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {shellQuote, shellWords} from '../../../src/lab/shell-quote.ts'
import type {Said} from './step.ts'

export interface Starter {
  run(words: readonly string[], input?: string): Said
  close(): void
}

/** In the namespace that the thread is in now; `folder` is for its files. */
export function makeStarter(folder: string): Starter {
  const place = mkdtempSync(join(folder, 'starter-'))
  const [orders, answers, command, input, output, errors] = [
    'orders',
    'answers',
    'command',
    'input',
    'output',
    'errors',
  ].map((name) => join(place, name)) as [string, string, string, string, string, string]
  execFileSync('mkfifo', [orders, answers])
  const shell = spawn('sh', ['-c', server, 'sh', orders, answers, command], {stdio: 'ignore'})
  shell.unref()
  const toShell = openSync(orders, 'w')
  const fromShell = openSync(answers, 'r')
  const redirections = `<${shellQuote(input)} >${shellQuote(output)} 2>${shellQuote(errors)}`
  const buffer = Buffer.alloc(16)
  return {
    run: (words, text = '') => {
      writeFileSync(input, text)
      writeFileSync(command, `${shellWords(words)} ${redirections}\n`)
      writeSync(toShell, 'run\n')
      const code = Number(buffer.toString('latin1', 0, readSync(fromShell, buffer)))
      return {stdout: readFileSync(output, 'utf8'), stderr: readFileSync(errors, 'utf8'), code}
    },
    close: () => {
      closeSync(toShell)
      closeSync(fromShell)
      rmSync(place, {recursive: true})
    },
  }
}

const server = `exec 3<"$1" 4>"$2"
while read -r order <&3; do
  . "$3"
  echo "$?" >&4
done`
