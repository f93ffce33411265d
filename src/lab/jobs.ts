// Commands under way in a guest: each is a folder, an order on the line, and a promise that waits for the answer, with a
// deadline. Does not know what carries the lines.

import {LvsctlError} from '../domain/problem.ts'
import {type Following, follow} from './follow.ts'
import {makeJobFolder} from './guest-folder.ts'
import {type Answer, formatKill, formatRun} from './protocol.ts'
import {duration, indentTail} from './words.ts'

export interface RunOptions {
  /** The namespace to run in; without it the guest itself. */
  readonly host?: string
  /** The job is killed then; Infinity for none. */
  readonly deadlineMs?: number
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Send stderr where stdout goes, in true order. */
  readonly merge?: boolean
  /** Called while the job runs. */
  readonly onStdout?: (chunk: Buffer) => void
  readonly onStderr?: (chunk: Buffer) => void
}

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

export interface Jobs {
  run(command: string, options?: RunOptions): Promise<RunResult>
  hear(answer: Answer): void
  /** Rejects all that wait. */
  failAll(error: LvsctlError): void
}

export interface JobsOptions {
  readonly folder: string
  readonly keep: boolean
  /** How long the guest may take to kill a job before it counts as hung. */
  readonly graceMs: number
  readonly send: (line: string) => void
  readonly onHung: (waiting: string) => void
}

const defaultDeadlineMs = 60_000

export function createJobs({folder, keep, graceMs, send, onHung}: JobsOptions): Jobs {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  let last = 0

  const run = async (command: string, options: RunOptions = {}): Promise<RunResult> => {
    const {host, deadlineMs = defaultDeadlineMs, input = '', env = {}, merge = false, onStdout, onStderr} = options
    const id = ++last
    const order = formatRun(id, host)
    const files = makeJobFolder(folder, id, {command, input, env, merge})
    const followings: Following[] = []
    if (onStdout) followings.push(follow(files.out, onStdout))
    if (onStderr) followings.push(follow(files.err, onStderr))
    const answer = Promise.withResolvers<Answer>()
    waiting.set(id, answer)
    let timer = startTimer(deadlineMs, () => {
      send(formatKill(id))
      timer = startTimer(graceMs, () => onHung(nameJob(command, host)))
    })
    send(order)
    try {
      const heard = await answer.promise
      const output = files.read()
      if (heard.kind === 'done') return {...output, code: heard.code}
      throw new LvsctlError({
        failure: 'deadline',
        code: 'lab-job-deadline',
        message: `${nameJob(command, host)} was killed after ${duration(deadlineMs)}; its output:\n${indentTail(output.stdout + output.stderr)}`,
      })
    } finally {
      clearTimeout(timer)
      for (const one of followings) one.end()
      waiting.delete(id)
      if (!keep) files.remove()
    }
  }

  return {
    run,
    hear: (answer) => {
      if (answer.kind !== 'ready') waiting.get(answer.job)?.resolve(answer)
    },
    failAll: (error) => {
      for (const one of waiting.values()) one.reject(error)
    },
  }
}

/** Infinity never comes. */
function startTimer(ms: number, action: () => void): NodeJS.Timeout | undefined {
  return ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(action, ms)
}

function nameJob(command: string, host: string | undefined): string {
  const first = command.trim().split('\n', 1)[0] ?? ''
  return `\`${first.length > 80 ? `${first.slice(0, 79)}…` : first}\`${host === undefined ? '' : ` on ${host}`}`
}
