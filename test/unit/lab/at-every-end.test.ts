// Endings are tried on real processes: each child registers an undo that leaves a word, then ends in its own way.

import {spawn} from 'node:child_process'
import {expect, test} from 'vitest'

const module = new URL('../../../src/lab/at-every-end.ts', import.meta.url).href

function end(how: string): Promise<{out: string; code: number | null; signal: NodeJS.Signals | null}> {
  const source = `
    import {writeSync} from 'node:fs'
    import {atEveryEnd} from ${JSON.stringify(module)}
    atEveryEnd(() => { throw new Error('one bad undo') })
    atEveryEnd(() => writeSync(1, 'undone '))
    const cancel = atEveryEnd(() => writeSync(1, 'cancelled '))
    cancel()
    setInterval(() => {}, 1000)
    ${how}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {stdio: ['ignore', 'pipe', 'ignore']})
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({out, code, signal})))
}

test.each([
  ['process.exit(3)', {code: 3, signal: null}],
  [`process.kill(process.pid, 'SIGTERM')`, {code: null, signal: 'SIGTERM'}],
  [`process.kill(process.pid, 'SIGINT')`, {code: null, signal: 'SIGINT'}],
  [`process.kill(process.pid, 'SIGHUP')`, {code: null, signal: 'SIGHUP'}],
  [`throw new Error('crash')`, {code: 1, signal: null}],
  [`process.on('SIGTERM', () => process.exit(9)); process.kill(process.pid, 'SIGTERM')`, {code: 9, signal: null}],
])('%s', async (how, expected) => {
  expect(await end(how)).toEqual({out: 'undone ', ...expected})
})
