// `lvsctl lab shell`: the user's terminal joined to a terminal of the guest. The guest's own line discipline does echo,
// Ctrl-C and job control; this side only carries bytes and the window size, and puts the terminal back however it ends.

import {setTimeout as sleep} from 'node:timers/promises'
import type {ReadStream, WriteStream} from 'node:tty'
import {LvsctlError} from '../domain/problem.ts'
import {atEveryEnd} from './at-every-end.ts'
import {type BootOptions, bootGuest, type Guest} from './guest.ts'
import {terminalDevice} from './guest-scripts.ts'
import {shellQuote} from './shell-quote.ts'
import {trackTerminalModes} from './terminal-modes.ts'
import {buildTopology, describeTopology, type Topology} from './topology.ts'

export interface ShellOptions {
  readonly topology: Topology
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly boot?: BootOptions
}

/** Pressed three times in a row it ends the lab from outside: the way out when the guest hangs. */
const escapeKey = 0x1d // Ctrl-]
const escapePresses = 3

function greeting(topology: Topology): string {
  return [
    `lab network "${topology.name}": ${topology.summary}`,
    '',
    ...describeTopology(topology)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    'on HOST COMMAND… runs a command on one of them, on HOST bash is a shell there.',
    'What you change here, files too, is gone when you leave: exit. If the lab hangs: Ctrl-] three times.',
    '',
  ].join('\n')
}

/** Resolves to the exit code of the shell. */
export async function labShell({topology, stdin, stdout, boot = {}}: ShellOptions): Promise<number> {
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new LvsctlError({
      failure: 'usage',
      code: 'lab-shell-terminal',
      message: 'the lab shell needs a terminal for its input and output',
      hint: 'For a script: lvsctl lab run SCRIPT',
    })
  }
  const guest = await bootGuest({...boot, terminal: true})
  try {
    await buildTopology(guest, topology)
    stdout.write(`${greeting(topology)}\n`)
    return await attach(guest, stdin, stdout)
  } finally {
    await guest.close()
  }
}

async function attach(guest: Guest, stdin: ReadStream, stdout: WriteStream): Promise<number> {
  const {terminal} = guest
  if (!terminal) throw new Error('the guest was booted without a terminal')

  const modes = trackTerminalModes()
  const left = Promise.withResolvers<never>()
  left.promise.catch(() => {})
  let presses = 0
  const carryIn = (chunk: Buffer) => {
    for (const byte of chunk) {
      presses = byte === escapeKey ? presses + 1 : 0
      if (presses === escapePresses) {
        left.reject(new LvsctlError({failure: 'unexpected', code: 'lab-left', message: 'the lab was ended by Ctrl-]'}))
      }
    }
    terminal.write(chunk)
  }
  const watch = (chunk: Buffer) => modes.see(chunk.toString('latin1'))
  const resize = windowSizer(guest, stdout)

  let restored = false
  const restore = () => {
    if (restored) return
    restored = true
    stdin.setRawMode(false)
    stdout.write(modes.undo())
  }
  const cancelRestore = atEveryEnd(restore)
  stdin.setRawMode(true)
  stdin.on('data', carryIn).resume()
  terminal.on('data', watch).pipe(stdout, {end: false})
  stdout.on('resize', resize)
  try {
    const shell = guest.run(shellCommand(stdout), {
      deadlineMs: Number.POSITIVE_INFINITY,
      env: {TERM: process.env.TERM ?? 'linux', COLORTERM: process.env.COLORTERM ?? ''},
    })
    shell.catch(() => {}) // heard by nobody when the user has left
    const {code} = await Promise.race([shell, left.promise])
    await sleep(20) // the last words travel on another line than the exit code
    return code
  } finally {
    stdout.off('resize', resize)
    terminal.unpipe(stdout).off('data', watch)
    stdin.off('data', carryIn).pause()
    restore()
    cancelRestore()
  }
}

const sizeOf = ({rows, columns}: WriteStream) => `rows ${rows || 24} cols ${columns || 80}`

/** A session of its own whose controlling terminal this is: that makes Ctrl-C and job control work. */
function shellCommand(stdout: WriteStream): string {
  return [
    `exec <${terminalDevice} >${terminalDevice} 2>&1`, // first: a terminal that nobody holds open forgets its size
    `stty sane ${sizeOf(stdout)}`,
    `cd ${shellQuote(process.cwd())} 2>/dev/null`,
    `exec setsid --ctty --wait bash -i`,
  ].join('\n')
}

/** Tells the guest of a new window size; while one message is under way, only the newest size waits. */
function windowSizer(guest: Guest, stdout: WriteStream): () => void {
  let busy = false
  let again = false
  const tell = async () => {
    if (busy) {
      again = true
      return
    }
    busy = true
    do {
      again = false
      await guest.run(`stty -F ${terminalDevice} ${sizeOf(stdout)}`).catch(() => {})
    } while (again)
    busy = false
  }
  return () => void tell()
}
