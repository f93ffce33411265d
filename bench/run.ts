// `npm run bench [-- --json]`: ratios, never milliseconds. Each figure compares programs that took turns in one run.

import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'
import {bundleOptions} from '../scripts/bundle-options.ts'
import {bootGuest, type Guest} from '../src/lab/guest.ts'
import {ipvsadmArguments} from '../src/plan/ipvsadm-line.ts'
import {type Contender, median, ratio, time} from './compare.ts'
import {benchOperations} from './rules.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const empty = join(dist, 'bench-empty.cjs')
const batch = join(dist, 'bench-batch.cjs')
const timing = join(dist, 'bench-in-guest.cjs')
const peak = join(dist, 'bench-peak.cjs')
const lvsctl = join(root, 'bin', 'lvsctl')
const ipvsadm = join(root, 'bin', 'ipvsadm')
const node = process.execPath

const hostRounds = 30
const guestRounds = 7
/** Of what needs a kernel of its own. */
const fillRounds = 5
/** Of what takes a minute. */
const longRounds = 1

/** What each number is to reach; shown beside it. */
const goals = {
  'coldStart.serviceList': 2.6,
  'coldStart.ipvsadmShim': 1.3,
  'list.vsIpvsadm': 1.2,
  'batch.vsIpvsadm': 0.3,
  restore12k: 0.25,
  restoreUnchanged12k: 0.15,
  restore120k: 0.15,
  list12k: 1,
  save12k: 1,
  'peakMemory.restore120k': 300,
} as Record<string, number>

const restore = (file: string) => [node, lvsctl, 'restore', file]

/** What a new guest has not read from the disk yet, both have read before. */
const warm = ['sh', '-c', `${restore('few').join(' ')} && ipvsadm -C && ipvsadm -Ln`]

/** What the shell asks at a TAB. */
const completing = ['complete', 'bash', '', 'service', 'show', '']

await prepare()
const cold = coldStart()
const {times: table, peakMegabytes} = await inLab()
const numbers = {
  coldStart: {
    version: ratio(cold, 'version', 'empty'),
    serviceList: ratio(cold, 'serviceList', 'empty'),
    complete: ratio(cold, 'complete', 'empty'),
    ipvsadmShim: ratio(cold, 'ipvsadmShim', 'empty'),
  },
  list: {vsIpvsadm: ratio(table, 'lvsctl list', 'ipvsadm -Ln')},
  batch: {vsIpvsadm: ratio(table, 'batch', 'ipvsadm -R')},
  restore12k: ratio(table, 'lvsctl restore', 'ipvsadm -R'),
  restoreUnchanged12k: ratio(table, 'lvsctl restore, nothing to do', 'ipvsadm -R'),
  read12k: ratio(table, 'ipvsadm -Ln, of the same', 'ipvsadm -R'),
  empty12k: ratio(table, 'empty script', 'ipvsadm -R'),
  restore120k: ratio(table, 'lvsctl restore, 120,000', 'ipvsadm -R, 120,000'),
  list12k: ratio(table, 'lvsctl list', 'ipvsadm -Ln'),
  save12k: ratio(table, 'lvsctl save', 'ipvsadm -Sn'),
  peakMemory: {restore120k: peakMegabytes},
}
if (process.argv.includes('--json')) console.log(JSON.stringify(numbers, null, 2))
else show()

/** The bundles that the guest runs: as the tool itself is shipped, not as sources whose types are stripped at start. */
async function prepare(): Promise<void> {
  writeFileSync(empty, '')
  for (const [name, outfile] of [
    ['batch', join(dist, 'bench-batch-code.cjs')],
    ['in-guest', timing],
    ['peak', peak],
  ] as const)
    await build({...bundleOptions, entryPoints: [join(root, 'bench', `${name}.ts`)], outfile})
  // As bin/lvsctl does.
  writeFileSync(
    batch,
    `require('module').enableCompileCache(__dirname + '/cache')\nrequire('./bench-batch-code.cjs')\n`,
  )
  // Fails where there is no IPVS; what is compiled stays, as what lvsctl compiles does.
  spawnSync(node, [batch])
}

/** On this machine's kernel, which may have no IPVS: the list is read from a captured /proc. */
function coldStart(): Record<string, number[]> {
  const proc = join(root, 'bench', 'proc')
  return time(
    [
      {name: 'empty', argv: [node, empty]},
      {name: 'version', argv: [node, lvsctl, '--version']},
      {name: 'serviceList', argv: [node, lvsctl, 'service', 'list'], env: {LVSCTL_PROC: proc}},
      {name: 'complete', argv: [node, lvsctl, ...completing], env: {LVSCTL_PROC: proc}},
      {name: 'ipvsadmShim', argv: [node, ipvsadm, '-v']},
    ],
    hostRounds,
  )
}

interface InLab {
  readonly times: Record<string, number[]>
  /** Of a restore of 120,000 rules. */
  readonly peakMegabytes: number
}

async function inLab(): Promise<InLab> {
  // What shares a guest comes one after the other in it.
  const small = [
    [
      {name: 'ipvsadm -R', argv: ['ipvsadm', '-R'], input: 'rules', before: warm},
      {name: 'lvsctl restore, nothing to do', argv: restore('rules')},
      {name: 'empty script', argv: [node, empty]},
      {name: 'ipvsadm -Ln, of the same', argv: ['ipvsadm', '-Ln']},
    ],
    [{name: 'batch', argv: [node, batch], before: warm}],
    [{name: 'lvsctl restore', argv: restore('rules'), before: warm}],
  ]
  const large = [
    [{name: 'ipvsadm -R, 120,000', argv: ['ipvsadm', '-R'], input: 'rules-120k', before: warm}],
    [{name: 'lvsctl restore, 120,000', argv: restore('rules-120k'), before: warm}],
  ]
  const times = {...(await timeFilling(small, fillRounds)), ...(await timeFilling(large, longRounds))}
  const filled = [
    {name: 'ipvsadm -Ln', argv: ['ipvsadm', '-Ln']},
    {name: 'lvsctl list', argv: [node, lvsctl, 'list']},
    {name: 'ipvsadm -Sn', argv: ['ipvsadm', '-Sn']},
    {name: 'lvsctl save', argv: [node, lvsctl, 'save']},
  ]
  await inGuest(async (guest) => {
    await guest.run(`cd ${guest.resultsInGuest} && ipvsadm -R <rules`)
    Object.assign(times, await timeInGuest(guest, filled, guestRounds))
  })
  return {times, peakMegabytes: await inGuest((guest) => peakOf(guest, restore('rules-120k')))}
}

/**
 * An empty table is filled in a kernel that was just started: servers that were removed stay in a list for two minutes, and
 * every server that is added is looked for there (ip_vs_trash_get_dest in net/netfilter/ipvs/ip_vs_ctl.c), so that whoever
 * comes second would pay for the first.
 */
async function timeFilling(
  groups: readonly (readonly Contender[])[],
  rounds: number,
): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++)
    for (const group of groups)
      for (const [name, taken] of Object.entries(await inGuest((guest) => timeInGuest(guest, group, 1))))
        times[name] = [...(times[name] ?? []), ...taken]
  return times
}

async function inGuest<Result>(work: (guest: Guest) => Promise<Result>): Promise<Result> {
  const guest = await bootGuest()
  try {
    for (const [name, services] of Object.entries({few: 2, rules: 2000, 'rules-120k': 20_000}))
      writeRules(guest, name, services)
    return await work(guest)
  } finally {
    await guest.close()
  }
}

function writeRules(guest: Guest, name: string, services: number): void {
  const lines = benchOperations(services).map((operation) => `${ipvsadmArguments(operation)?.join(' ')}\n`)
  writeFileSync(join(guest.results, name), lines.join(''))
}

async function peakOf(guest: Guest, argv: readonly string[]): Promise<number> {
  const {stdout} = await guest.run(`cd ${guest.resultsInGuest} && ${node} ${peak} ${argv.join(' ')}`, {
    deadlineMs: 600_000,
  })
  return Math.round(Number(stdout) / 1024)
}

async function timeInGuest(
  guest: Guest,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Record<string, number[]>> {
  writeFileSync(join(guest.results, 'contenders'), JSON.stringify({contenders, rounds}))
  const command = `cd ${guest.resultsInGuest} && ${node} ${timing} contenders`
  const {stdout, stderr, code} = await guest.run(command, {deadlineMs: 600_000})
  if (code !== 0) throw new Error(`the benchmark in the lab failed: ${stderr}`)
  return JSON.parse(stdout)
}

function show(): void {
  const rows: [string, number, string][] = [
    ['coldStart.version', numbers.coldStart.version, '`lvsctl --version` to an empty script of the same Node'],
    ['coldStart.serviceList', numbers.coldStart.serviceList, '`lvsctl service list` to an empty script'],
    ['coldStart.complete', numbers.coldStart.complete, 'a TAB behind `lvsctl service show` to an empty script'],
    ['coldStart.ipvsadmShim', numbers.coldStart.ipvsadmShim, '`ipvsadm -v`, ours, to an empty script'],
    [
      'list.vsIpvsadm',
      numbers.list.vsIpvsadm,
      '`lvsctl list` to `ipvsadm -Ln`, 2,000 services × 5 servers, in the lab',
    ],
    ['batch.vsIpvsadm', numbers.batch.vsIpvsadm, 'adding those 12,000 rules to `ipvsadm -R`, in the lab'],
    ['restore12k', numbers.restore12k, '`lvsctl restore` of them to `ipvsadm -R`'],
    ['restoreUnchanged12k', numbers.restoreUnchanged12k, 'the same where nothing is to be done'],
    ['read12k', numbers.read12k, '`ipvsadm -Ln` to it: a restore has to read the table too'],
    ['empty12k', numbers.empty12k, 'an empty script to it: what Node alone takes of both'],
    ['restore120k', numbers.restore120k, '20,000 services × 5 servers'],
    ['list12k', numbers.list12k, '`lvsctl list` to `ipvsadm -Ln`'],
    ['save12k', numbers.save12k, '`lvsctl save` to `ipvsadm -Sn`'],
    ['peakMemory.restore120k', numbers.peakMemory.restore120k, 'MB at most, restoring 120,000 rules'],
  ]
  for (const [name, value, what] of rows) {
    const goal = goals[name]
    const verdict = goal === undefined ? '' : value <= goal ? ` (goal ${goal} ✓)` : ` (goal ${goal} ✗)`
    console.log(`${name.padEnd(22)} ${value.toFixed(2)}${verdict}  ${what}`)
  }
  const milliseconds = (name: string) => Math.round(median({...cold, ...table}[name] ?? []))
  console.log(
    `\nempty script: ${milliseconds('empty')} ms here; ipvsadm -Ln: ${milliseconds('ipvsadm -Ln')} ms in the lab`,
  )
}
