// `lvsctl lab run SCRIPT`: the user's script in a fresh guest with a network built, its output as it comes, its exit code.

import {readFileSync, realpathSync, writeFileSync} from 'node:fs'
import {basename, join, resolve} from 'node:path'
import type {Writable} from 'node:stream'
import {LvsctlError} from '../domain/problem.ts'
import {type BootOptions, bootGuest, type Guest} from './guest.ts'
import {shellQuote, shellWords} from './shell-quote.ts'
import {buildTopology, type Topology} from './topology.ts'

export interface ScriptOptions {
  readonly script: string
  readonly args?: readonly string[]
  readonly topology: Topology
  readonly stdout: Writable & {isTTY?: boolean}
  readonly stderr: Writable & {isTTY?: boolean}
  /** For the script; without it, as long as it takes. */
  readonly deadlineMs?: number
  readonly boot?: BootOptions
}

export async function runScript(options: ScriptOptions): Promise<number> {
  const {script, args = [], topology, stdout, stderr, deadlineMs = Number.POSITIVE_INFINITY, boot = {}} = options
  const text = readScript(script)
  const guest = await bootGuest(boot)
  try {
    await buildTopology(guest, topology)
    const words = [...interpreter(text), place(guest, script, text), ...args]
    const running = guest.run(`cd ${shellQuote(process.cwd())} 2>/dev/null\nexec ${shellWords(words)}`, {
      deadlineMs,
      // On one terminal the order of lines matters more than which stream they came by.
      merge: stdout === stderr || Boolean(stdout.isTTY && stderr.isTTY),
      onStdout: (chunk) => stdout.write(chunk),
      onStderr: (chunk) => stderr.write(chunk),
    })
    const {code} = await running.catch((error: unknown) => {
      throw wasKilled(error) ? tooLong(script, deadlineMs) : error
    })
    return code
  } finally {
    await guest.close()
  }
}

const wasKilled = (error: unknown): boolean => error instanceof LvsctlError && error.code === 'lab-job-deadline'

/** Its output has been seen already. */
const tooLong = (script: string, deadlineMs: number): LvsctlError =>
  new LvsctlError({
    failure: 'deadline',
    code: 'lab-job-deadline',
    message: `${script} was killed after ${deadlineMs / 1000} s`,
  })

function readScript(script: string): string {
  try {
    return readFileSync(script, 'latin1')
  } catch (cause) {
    const {code = 'unknown error'} = cause as NodeJS.ErrnoException
    const missing = code === 'ENOENT'
    throw new LvsctlError({
      failure: missing ? 'missing' : code === 'EACCES' ? 'permission' : 'usage',
      code: 'lab-script',
      message: missing ? `no script "${script}"` : `cannot read the script "${script}" (${code})`,
      cause,
    })
  }
}

/** The words of the `#!` line as the kernel reads it (execve(2)): a path and at most one argument. `sh` without one. */
export function interpreter(text: string): string[] {
  const match = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*\S))?/.exec(text)
  return match?.[1] ? [match[1], ...(match[2] ? [match[2]] : [])] : ['sh']
}

/** In place, so that files beside the script are found; a copy where the guest has its own file system instead. */
function place(guest: Guest, script: string, text: string): string {
  if (!/^\/(run|dev|proc|sys)\//.test(realpathSync(script))) return resolve(script)
  const name = basename(script)
  writeFileSync(join(guest.results, name), text, 'latin1')
  return `${guest.resultsInGuest}/${name}`
}
