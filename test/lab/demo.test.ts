// `lvsctl lab demo` as a newcomer meets it: on this machine, not in a guest. What it shows, what it leaves behind when it is
// interrupted, and that it does not call a broken cluster a good one.

import {type ChildProcess, spawn} from 'node:child_process'
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {projectRoot} from '../../src/lab/project.ts'

const root = projectRoot()

/** TMPDIR of what runs here: whatever is left in it was left behind. */
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsctl-demo-'))
})
afterEach(() => {
  // Only after a failure does it still run. A guest notices that its host is gone.
  started?.child.kill('SIGKILL')
  rmSync(folder, {recursive: true, maxRetries: 20, retryDelay: 100})
})
let started: Run | undefined

/** Living processes with the folder on their command line, as all of a guest have. */
const guests = (): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/lvsctl-lab-`)
    } catch {
      return false // ended meanwhile
    }
  })

async function eventually(what: () => boolean, patienceMs = 10_000): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until && !what(); ) await sleep(20)
}

class Run {
  seen = ''
  readonly child: ChildProcess
  readonly ended: Promise<number | NodeJS.Signals | null>

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {...process.env, TMPDIR: folder, ...env},
    })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.seen += chunk
      })
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(signal ?? code)))
    started = this
  }

  async sees(what: string): Promise<void> {
    await eventually(() => this.seen.includes(what), 60_000)
    if (!this.seen.includes(what)) throw new Error(`never saw ${JSON.stringify(what)} in:\n${this.seen}`)
  }
}

const demo = (bin = join(root, 'bin/lvsctl')) => new Run(process.execPath, [bin, 'lab', 'demo'])

async function leftNothing(): Promise<void> {
  await eventually(() => guests().length === 0)
  expect(guests()).toEqual([])
  expect(readdirSync(folder).filter((name) => name.startsWith('lvsctl-lab-'))).toEqual([])
}

test('it shows the commands, 60 and 20 of 80 answers, the table, and that all is well, in less than a minute', async () => {
  const before = performance.now()
  const run = demo()
  expect(await run.ended, run.seen).toBe(0)
  expect(performance.now() - before).toBeLessThan(60_000)
  const order = [
    'client    192.168.1.10',
    'director# lvsctl director setup --vip 192.168.1.200 --dev eth0',
    'director# lvsctl service add -t 192.168.1.200:8080 -s wrr',
    'director# lvsctl server add -t 192.168.1.200:8080 -r 192.168.1.111 -g -w 3',
    'director# lvsctl server add -t 192.168.1.200:8080 -r 192.168.1.115 -g -w 1',
    'rs1# lvsctl realserver setup --vip 192.168.1.200',
    '[#] sysctl -w net.ipv4.conf.all.arp_ignore=1',
    'rs2# lvsctl realserver setup --vip 192.168.1.200',
    '✓ on the LAN, 192.168.1.200 is the director alone',
    'rs1  ██████████████████████████████            60   expected 60',
    'rs2  ██████████                                20   expected 20',
    'director# lvsctl list --stats',
    '✓ the kernel counted 80 connections',
    'director# lvsctl server edit -t 192.168.1.200:8080 -r 192.168.1.111 -w 0',
    'weight 3 → 0 (quiesced: new clients go elsewhere)',
    '✓ answers: rs1 0, rs2 20',
    '192.168.1.111:8080      gatewaying  quiesced',
    '✓ the cluster did what it should',
  ]
  const places = order.map((line) => run.seen.indexOf(line))
  expect(order.filter((_, index) => (places[index] as number) < 0)).toEqual([])
  expect(places).toEqual([...places].sort((left, right) => left - right))
  expect(run.seen).not.toContain('✗')
  // No terminal: no colour, whatever the tools inside were told.
  expect(run.seen).not.toContain('\x1b')
  await leftNothing()
})

describe('interrupted', () => {
  test('by Ctrl-C on a terminal: the guest is gone, the terminal is sane', async () => {
    const command = 'trap : INT; "$NODE" "$LVSCTL" lab demo; echo "left with $?"; stty -a'
    const run = new Run('script', ['-qefc', command, '/dev/null'], {
      NODE: process.execPath,
      LVSCTL: join(root, 'bin/lvsctl'),
      SHELL: '/bin/sh',
      TERM: 'xterm',
    })
    await run.sees('The client asks 80 times')
    expect(guests().length).toBeGreaterThan(1)
    run.child.stdin?.write('\x03')
    await run.sees('left with 130')
    await run.ended
    expect(run.seen).toMatch(/ icanon .* echo /s)
    expect(run.seen).not.toContain('did what it should')
    await leftNothing()
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s while the kernel boots', async (signal) => {
    const run = demo()
    await eventually(() => guests().length > 0)
    run.child.kill(signal)
    expect(await run.ended).toBe(signal)
    await leftNothing()
  })

  test('by SIGKILL while the kernel boots: the guest notices that it is alone', async () => {
    const run = demo()
    await eventually(() => guests().length > 0)
    run.child.kill('SIGKILL')
    expect(await run.ended).toBe('SIGKILL')
    await eventually(() => guests().length === 0)
    expect(guests()).toEqual([])
  })
})

test('a cluster that does something else: it says what, and exits 1', async () => {
  // A copy of the project whose lvsctl gives every server the same weight.
  const copy = join(folder, 'project')
  mkdirSync(join(copy, 'bin'), {recursive: true})
  for (const name of ['package.json', 'bin/package.json', 'dist'])
    cpSync(join(root, name), join(copy, name), {recursive: true})
  cpSync(join(root, 'bin/lvsctl'), join(copy, 'bin/real'))
  writeFileSync(
    join(copy, 'bin/lvsctl'),
    `process.argv = process.argv.map((word, index) => (process.argv[index - 1] === '-w' && word === '3' ? '1' : word))
     require('./real')('lvsctl')`,
  )
  const run = demo(join(copy, 'bin/lvsctl'))
  expect(await run.ended, run.seen).toBe(1)
  expect(run.seen).toMatch(/rs1 {2}█{20} +40 {3}expected 60\n/)
  expect(run.seen).toContain('✗ answers: rs1 60, rs2 20')
  expect(run.seen).toContain('✗ the cluster did not do what it should')
  await leftNothing()
})
