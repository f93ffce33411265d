// One User-Mode Linux process: its command line, its channels, its console, its end. Knows nothing of what runs inside.

import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync, readFileSync, statfsSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Duplex} from 'node:stream'
import type {GuestFolder} from './guest-folder.ts'

export interface UmlOptions {
  readonly kernel: string
  /** Its own: UML keeps its pid file there, PID 1 is a script in it, what to preload lies in it. */
  readonly folder: Pick<GuestFolder, 'path' | 'init' | 'preload'>
  readonly memoryMiB: number
  /** Attach /dev/tty1 to a channel of its own. */
  readonly terminal: boolean
  /** Hold it on this processor; why: cpu.ts. */
  readonly cpu: number | undefined
}

export interface Uml {
  readonly pid: number
  /** The guest's /dev/ttyS0. */
  readonly serial: Duplex
  /** The guest's /dev/tty1. */
  readonly terminal: Duplex | undefined
  /** What UML and the kernel have said, newest end kept. */
  readonly console: () => string
  /** Settles when the process is gone, with the reason in words; never rejects. */
  readonly ended: Promise<string>
  /** Kills UML with all its helpers; synchronous, so that it also serves while this process exits. */
  readonly kill: () => void
}

const consoleLimit = 1024 * 1024
/** For killed processes to vanish. */
const patienceMs = 3000
const deathMs = 500

/** `con` and `ssl` name UML's virtual consoles and serial lines; fd:N attaches one to a descriptor it inherits. */
export function umlArguments({folder, memoryMiB, terminal}: Omit<UmlOptions, 'kernel' | 'cpu'>): string[] {
  return [
    `mem=${memoryMiB}M`,
    `uml_dir=${join(folder.path, 'uml')}`,
    'rootfstype=hostfs',
    'ro',
    `init=${folder.init}`,
    'con=null',
    'con0=null,fd:1',
    ...(terminal ? ['con1=fd:4'] : []),
    'ssl0=fd:3',
    'quiet',
    'noreboot',
  ]
}

/**
 * The guest's memory is a file that UML unlinks as soon as it is open. It belongs in /dev/shm, but only where that can
 * hold it: containers often have 64 MiB there, and UML would die by SIGBUS when it is full.
 */
function memoryFolder(memoryMiB: number): string {
  try {
    const {bavail, bsize} = statfsSync('/dev/shm')
    if (bavail * bsize > memoryMiB * 1024 * 1024) return '/dev/shm'
  } catch {
    // no /dev/shm
  }
  return tmpdir()
}

export function startUml(options: UmlOptions): Uml {
  const words = [options.kernel, ...umlArguments(options)]
  const [program = '', ...rest] = options.cpu === undefined ? words : ['taskset', '-c', String(options.cpu), ...words]
  // A group of its own: a Ctrl-C in the terminal does not reach UML, and one kill reaches all of its processes.
  const child = spawn(program, rest, {
    detached: true,
    cwd: options.folder.path,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', options.terminal ? 'pipe' : 'ignore'],
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: options.folder.path,
      TMPDIR: memoryFolder(options.memoryMiB),
      ...(options.folder.preload ? {LD_PRELOAD: options.folder.preload} : {}),
    },
  })
  const serial = channel(child, 3)
  const terminal = options.terminal ? channel(child, 4) : undefined

  let said = ''
  const hear = (chunk: string) => {
    said = (said + chunk.replaceAll('\r', '')).slice(-consoleLimit)
  }
  child.stdout?.setEncoding('utf8').on('data', hear)
  child.stderr?.setEncoding('utf8').on('data', hear)

  const {pid} = child
  let gone = false
  const kill = () => {
    // A group number that is free again may by now be somebody else's.
    if (pid === undefined || gone) return
    try {
      process.kill(-pid, 'SIGKILL')
      waitUntilDead(pid)
    } catch {
      // the group is gone already
    }
  }
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`cannot start ${program}: ${error.message}`))
    child.once('exit', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`))
  })
  // All of UML's processes share its descriptors: its output is closed when the last of them has died.
  const allGone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ended = exited.then(async (how) => {
    // When UML dies alone, the host processes that carried its guest processes stay behind, stopped.
    kill()
    const impatience = Promise.withResolvers<void>()
    const timer = setTimeout(impatience.resolve, patienceMs)
    await Promise.race([allGone, impatience.promise])
    clearTimeout(timer)
    gone = true
    return how
  })
  return {pid: pid ?? -1, serial, terminal, console: () => said, ended, kill}
}

/** A killed process goes on until it is its turn to run, and could make a file in a folder that is removed meanwhile. */
function waitUntilDead(pid: number): void {
  const isDead = (): boolean => {
    const stat = `/proc/${pid}/stat`
    // The state stands behind the name, which may have any characters: proc_pid_stat(5).
    return !existsSync(stat) || /\) [ZX] [^)]*$/.test(readFileSync(stat, 'latin1'))
  }
  for (let waited = 0; waited < deathMs && !isDead(); waited += 5)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}

function channel(child: ChildProcess, fd: number): Duplex {
  // spawn makes 'pipe' beyond stdout a socket pair: both directions in one descriptor.
  const stream = child.stdio[fd] as unknown as Duplex
  // A guest that is gone is reported by `ended`, not by the write that noticed it first.
  stream.on('error', () => {})
  return stream
}
