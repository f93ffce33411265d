// The folder that a guest and its host share, on the host's side: what lies where, written before the boot and around
// each job. The guest's side of the same layout is guest-scripts.ts.
//
//   boot/      init, agent, job, commands for the guest's PATH
//   uml/       UML's pid file and management socket
//   jobs/7/    env, command, in → out, err
//   results/   anything that either side wants the other to see

import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {agentScript, bashrc, guestCommands, initScript, jobScript} from './guest-scripts.ts'
import {shellQuote} from './shell-quote.ts'

export interface GuestFolder {
  readonly path: string
  readonly init: string
  readonly results: string
  /** What to preload into UML, under a name that has no blanks or colons. */
  readonly preload: string | undefined
  remove(): void
}

export interface JobText {
  readonly command: string
  readonly input: string | Uint8Array
  readonly env: Readonly<Record<string, string>>
  readonly merge: boolean
}

export interface JobFolder {
  readonly out: string
  readonly err: string
  read(): {stdout: string; stderr: string}
  remove(): void
}

export function makeGuestFolder(options: {
  readonly lvsctl: readonly string[]
  readonly preload: string | undefined
  readonly keep: boolean
}): GuestFolder {
  // UML's command line, mount options and LD_PRELOAD are split at blanks, commas and colons.
  const base = /^[\w/.+@~-]+$/.test(tmpdir()) ? tmpdir() : '/tmp'
  const path = mkdtempSync(join(base, 'lvsctl-lab-'))
  const boot = join(path, 'boot')
  for (const name of ['boot/bin', 'uml', 'jobs', 'results']) mkdirSync(join(path, name), {recursive: true})

  const init = join(boot, 'init')
  writeFileSync(init, initScript(path), {mode: 0o755})
  writeFileSync(join(boot, 'agent'), agentScript())
  writeFileSync(join(boot, 'job'), jobScript())
  writeFileSync(join(boot, 'bashrc'), bashrc())
  for (const [name, text] of Object.entries(guestCommands(options.lvsctl))) {
    writeFileSync(join(boot, 'bin', name), text, {mode: 0o755})
  }
  const preload = options.preload && join(boot, 'preload.so')
  if (options.preload && preload) symlinkSync(options.preload, preload)

  return {
    path,
    init,
    results: join(path, 'results'),
    preload,
    remove: () => {
      if (!options.keep) removeWhatGrows(path)
    },
  }
}

/** A guest that was killed a moment ago may still be creating a file, and rmSync's own retries do not count that. */
function removeWhatGrows(path: string): void {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      rmSync(path, {recursive: true, force: true})
    } catch {
      // Again in a moment.
    }
    if (!existsSync(path)) return
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  }
}

export function makeJobFolder(guestFolder: string, id: number, {command, input, env, merge}: JobText): JobFolder {
  const path = join(guestFolder, 'jobs', String(id))
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
  mkdirSync(path)
  writeFileSync(join(path, 'env'), exports.join(''))
  // On the command's own first line, so that the line numbers in the shell's messages stay true.
  writeFileSync(join(path, 'command'), `${merge ? 'exec 2>&1; ' : ''}${command}\n`)
  writeFileSync(join(path, 'in'), input)
  const out = join(path, 'out')
  const err = join(path, 'err')
  return {
    out,
    err,
    read: () => ({stdout: readText(out), stderr: readText(err)}),
    remove: () => rmSync(path, {recursive: true, force: true}),
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // killed before it was opened
  }
}
