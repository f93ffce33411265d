// A network namespace of its own for the tests of a file: empty, gone afterwards, and nothing of this host's network
// touched. Needs root.

import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process'
import {readlinkSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll} from 'vitest'
import {enterNamespace} from '../../native/namespace.ts'

/** `describe.runIf(canUnshare)`: containers may forbid it, and ordinary users cannot. */
export const canUnshare = spawnSync('unshare', ['--net', 'true']).status === 0

export interface Namespace {
  /** The process that keeps it. */
  readonly pid: number
  /** Runs ip(8) in it; with `-j` first, the answer is parsed. */
  ip(words: string): unknown
}

/** This process is in it while the tests of the file run. */
export function useNamespace(): Namespace {
  let keeper: ChildProcess | undefined
  let leave = (): void => {}
  beforeAll(async () => {
    const home = readlinkSync('/proc/self/ns/net')
    keeper = spawn('unshare', ['--net', 'sleep', '600'], {stdio: 'ignore'})
    while (readlinkSync(`/proc/${keeper.pid}/ns/net`) === home) await sleep(5)
    leave = enterNamespace({kind: 'process', pid: keeper.pid as number})
  })
  afterAll(() => {
    leave()
    keeper?.kill('SIGKILL')
  })
  return {
    get pid() {
      return keeper?.pid as number
    },
    ip: (words) => {
      const text = execFileSync('ip', words.split(' '), {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']})
      return words.startsWith('-j') ? JSON.parse(text || '[]') : text
    },
  }
}
