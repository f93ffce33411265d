// A running lab guest: boot it, run commands in it, end it. The words on the wire are protocol.ts, the commands under way
// jobs.ts, the scripts inside guest-scripts.ts, the process uml.ts.

import type {Duplex} from 'node:stream'
import {type ErrorDetails, LvsctlError} from '../domain/problem.ts'
import {atEveryEnd} from './at-every-end.ts'
import {cpuForGuest} from './cpu.ts'
import {type GuestFolder, makeGuestFolder} from './guest-folder.ts'
import {guestShared} from './guest-scripts.ts'
import {createJobs, type RunOptions, type RunResult} from './jobs.ts'
import {projectCommand} from './project.ts'
import {lineReader, parseAnswer} from './protocol.ts'
import {findCommand, requireLab} from './requirements.ts'
import {startUml, type Uml} from './uml.ts'
import {duration, indentTail} from './words.ts'
import {findXstateShim, lacksXstateShim} from './xstate-shim.ts'

export interface BootOptions {
  readonly memoryMiB?: number
  /** For the boot. */
  readonly deadlineMs?: number
  /** How long the guest may take to kill a command that is over its deadline before the guest itself is killed. */
  readonly graceMs?: number
  /** Leave the shared folder behind. */
  readonly keep?: boolean
  /** Attach the guest's terminal; see `Guest.terminal`. */
  readonly terminal?: boolean
  /** The command behind `lvsctl` in the guest. */
  readonly lvsctl?: readonly string[]
  /** The library to preload into UML; `null` for none. */
  readonly preload?: string | null
}

export interface Guest {
  /** Runs a shell command; any exit code is a result. Throws when the deadline passed or the guest is gone. */
  run(command: string, options?: RunOptions): Promise<RunResult>
  /** Ends the guest at once; nothing is left running and, unless asked for, nothing on the disk. */
  close(): Promise<void>
  /** Settles when the guest is gone, whatever the reason. */
  readonly ended: Promise<void>
  /** What the kernel and UML have said. */
  readonly console: () => string
  /** A folder that both see: here … */
  readonly results: string
  /** … and in the guest. */
  readonly resultsInGuest: string
  /** Bytes to and from the guest's /dev/tty1, when asked for. */
  readonly terminal: Duplex | undefined
  /** UML's process, which leads the group of all its helpers. */
  readonly pid: number
}

export async function bootGuest(options: BootOptions = {}): Promise<Guest> {
  requireLab()
  const {memoryMiB = 1024, deadlineMs = 60_000, graceMs = 10_000, keep = false, terminal = false} = options
  // Before there is anything to undo: until somebody listens, a signal ends this process at once.
  const made: {folder?: GuestFolder; uml?: Uml} = {}
  const cancelUndo = atEveryEnd(() => {
    made.uml?.kill()
    made.folder?.remove()
  })
  const folder = makeGuestFolder({
    lvsctl: options.lvsctl ?? projectCommand(),
    preload: options.preload === undefined ? findXstateShim() : (options.preload ?? undefined),
    keep,
  })
  made.folder = folder
  const kernel = findCommand('linux.uml') ?? 'linux.uml'
  const uml = startUml({kernel, folder, memoryMiB, terminal, cpu: cpuForGuest()})
  made.uml = uml

  const jobs = createJobs({
    folder: folder.path,
    keep,
    graceMs,
    send: (line) => uml.serial.write(line),
    onHung: (waiting) => void end(failures.hung(uml, waiting)),
  })

  let gone: LvsctlError | undefined
  /** Ends the guest; whoever waits gets the reason. */
  const end = async (reason: LvsctlError): Promise<void> => {
    gone ??= reason
    uml.kill()
    await uml.ended
    cancelUndo()
    folder.remove()
    jobs.failAll(gone)
  }
  const ready = Promise.withResolvers<void>()
  const ended = uml.ended.then(async (how) => {
    await end(failures.ended(uml, how))
    ready.reject(gone)
  })
  const hear = (line: string) => {
    const answer = parseAnswer(line)
    if (answer?.kind === 'ready') ready.resolve()
    else if (answer) jobs.hear(answer)
  }
  uml.serial.setEncoding('utf8').on('data', lineReader(hear))

  const timer = setTimeout(() => void end(failures.boot(uml, deadlineMs)), deadlineMs)
  try {
    await ready.promise
  } finally {
    clearTimeout(timer)
  }
  return {
    run: async (command, run) => {
      if (gone) throw gone
      return jobs.run(command, run)
    },
    close: async () => {
      await end(failures.closed())
      await ended
    },
    ended,
    console: uml.console,
    results: folder.results,
    resultsInGuest: `${guestShared}/results`,
    terminal: uml.terminal,
    pid: uml.pid,
  }
}

/** Why a guest is gone; all but the last show its console. */
const failures = {
  boot: (uml: Uml, deadlineMs: number) =>
    withConsole(uml, {
      failure: 'deadline',
      code: 'lab-boot',
      message: `the lab kernel was not up after ${duration(deadlineMs)}`,
    }),
  hung: (uml: Uml, waiting: string) =>
    withConsole(uml, {
      failure: 'deadline',
      code: 'lab-hung',
      message: `the lab kernel no longer answers; ${waiting} was waiting`,
    }),
  ended: (uml: Uml, how: string) =>
    lacksXstateShim(uml.console())
      ? withConsole(uml, {
          failure: 'unsupported',
          code: 'lab-xstate',
          message: 'the lab kernel cannot restore floating point state on this CPU (Intel AMX or the like)',
          hint: 'Build the small library that helps: npm run build (needs a C compiler)',
        })
      : withConsole(uml, {
          failure: 'unexpected',
          code: 'lab-ended',
          message: `the lab kernel ended by itself (${how})`,
        }),
  closed: () => new LvsctlError({failure: 'unexpected', code: 'lab-closed', message: 'the lab was closed'}),
}

function withConsole(uml: Uml, details: ErrorDetails): LvsctlError {
  return new LvsctlError({...details, message: `${details.message}; its console:\n${indentTail(uml.console())}`})
}
