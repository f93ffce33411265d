// Another program, run to its end: what it wrote, and how it ended.

import {spawnSync} from 'node:child_process'

export interface Ran {
  readonly status: number | null
  readonly signal?: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Of not being started at all: ENOENT where there is no such program. */
  readonly error?: Error | undefined
}

export type RunProgram = (words: readonly string[]) => Ran

export const runProgram: RunProgram = ([program = '', ...words]) =>
  spawnSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    // Those for root lie where an ordinary user's shell does not look.
    env: {...process.env, LC_ALL: 'C', PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`},
  })

/** Why it failed, in its own words if it had any. */
export const complaintOf = ({error, status, signal, stderr}: Ran): string =>
  error?.message ?? (stderr.trim() || `it ended with ${signal ?? status}`)
