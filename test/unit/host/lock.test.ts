// The lock of a role against other processes; what it does within one is in the contract of hosts.

import {type ChildProcess, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {holding} from '../../../src/host/lock.ts'

let folder: string
let child: ChildProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsctl-lock-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  child = undefined
  rmSync(folder, {recursive: true})
})

/** A process that has the lock and keeps it. */
async function holder(): Promise<ChildProcess> {
  const lock = join(import.meta.dirname, '../../../src/host/lock.ts')
  const code = `const {holding} = await import(process.argv[1])
holding(process.argv[2], 'role', 1000, () => {
  fs.writeSync(1, 'held')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`
  const started = spawn(process.execPath, ['--input-type=module', '-e', code, lock, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = started
  await new Promise((resolve) => started.stdout.once('data', resolve))
  return started
}

test('held by another process: waits, and says so in the end', async () => {
  await holder()
  const start = performance.now()
  expect(() => holding(folder, 'role', 100, () => 'done')).toThrow(expect.objectContaining({code: 'busy', exit: 8}))
  expect(performance.now() - start).toBeGreaterThanOrEqual(100)
})

test('a holder that is killed has let go of it', async () => {
  const other = await holder()
  other.kill('SIGKILL')
  await new Promise((resolve) => other.once('exit', resolve))
  expect(holding(folder, 'role', 0, () => 'done')).toBe('done')
})

test('another user cannot even open it', () => {
  const umask = process.umask(0)
  try {
    holding(join(folder, 'new'), 'role', 0, () => undefined)
  } finally {
    process.umask(umask)
  }
  expect(statSync(join(folder, 'new/role.lock')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700)
})

test.runIf(process.getuid?.() === 0)('who may not have it goes on to what else is not permitted (as root)', () => {
  holding(folder, 'role', 0, () => undefined)
  process.seteuid?.(65534)
  try {
    expect(holding(folder, 'role', 0, () => 'done')).toBe('done')
    expect(holding(join(folder, 'none'), 'role', 0, () => 'done')).toBe('done')
  } finally {
    process.seteuid?.(0)
  }
})

test('a link in place of the lock, or of its folder, is not followed', () => {
  const precious = join(folder, 'precious')
  mkdirSync(precious)
  symlinkSync(join(precious, 'file'), join(folder, 'role.lock'))
  symlinkSync(precious, join(folder, 'link'))
  for (const place of [folder, join(folder, 'link')])
    expect(() => holding(place, 'role', 0, () => 'done')).toThrow(expect.objectContaining({code: 'state-not-ours'}))
  expect(readdirSync(precious)).toEqual([])
})
