// `npm run bench [-- --json]`: ratios, never milliseconds. Each figure compares programs that took turns in one run.

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
const inGuest = join(dist, 'bench-in-guest.cjs')
const peak = join(dist, 'bench-peak.cjs')
const lvsctl = join(root, 'bin', 'lvsctl')
const ipvsadm = join(root, 'bin', 'ipvsadm')
const node = process.execPath

const hostRounds = 30
const guestRounds = 7
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

await prepare()
const cold = coldStart()
const {times: table, peakMegabytes} = await inLab()
const numbers = {
  coldStart: {
    version: ratio(cold, 'version', 'empty'),
    serviceList: ratio(cold, 'serviceList', 'empty'),
    ipvsadmShim: ratio(cold, 'ipvsadmShim', 'empty'),
  },
  list: {vsIpvsadm: ratio(table, 'lvsctl list', 'ipvsadm -Ln')},
  batch: {vsIpvsadm: ratio(table, 'batch', 'ipvsadm -R')},
  restore12k: ratio(table, 'lvsctl restore', 'ipvsadm -R'),
  restoreUnchanged12k: ratio(table, 'lvsctl restore, nothing to do', 'ipvsadm -R again'),
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
    ['in-guest', inGuest],
    ['peak', peak],
  ] as const)
    await build({...bundleOptions, entryPoints: [join(root, 'bench', `${name}.ts`)], outfile})
  // As bin/lvsctl does.
  writeFileSync(
    batch,
    `require('module').enableCompileCache(__dirname + '/cache')\nrequire('./bench-batch-code.cjs')\n`,
  )
}

/** On this machine's kernel, which may have no IPVS: the list is read from a captured /proc. */
function coldStart(): Record<string, number[]> {
  const proc = join(root, 'bench', 'proc')
  return time(
    [
      {name: 'empty', argv: [node, empty]},
      {name: 'version', argv: [node, lvsctl, '--version']},
      {name: 'serviceList', argv: [node, lvsctl, 'service', 'list'], env: {LVSCTL_PROC: proc}},
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
  const guest = await bootGuest()
  try {
    const [small, large] = [writeRules(guest, 'rules', 2000), writeRules(guest, 'rules-120k', 20_000)]
    const empty = ['ipvsadm', '-C']
    const restore = (file: string) => [node, lvsctl, 'restore', file]
    // Each group leaves the table that the next one reads.
    const groups: readonly (readonly [readonly Contender[], number])[] = [
      [
        [
          {name: 'ipvsadm -R, 120,000', argv: ['ipvsadm', '-R'], input: large, before: empty},
          {name: 'lvsctl restore, 120,000', argv: restore(large), before: empty},
        ],
        longRounds,
      ],
      [
        [
          {name: 'ipvsadm -R', argv: ['ipvsadm', '-R'], input: small, before: empty},
          {name: 'batch', argv: [node, batch], before: empty},
          {name: 'lvsctl restore', argv: restore(small), before: empty},
        ],
        guestRounds,
      ],
      [
        [
          // In front: it leaves the table that the other finds.
          {name: 'ipvsadm -R again', argv: ['ipvsadm', '-R'], input: small, before: empty},
          {name: 'lvsctl restore, nothing to do', argv: restore(small)},
          {name: 'ipvsadm -Ln', argv: ['ipvsadm', '-Ln']},
          {name: 'lvsctl list', argv: [node, lvsctl, 'list']},
          {name: 'ipvsadm -Sn', argv: ['ipvsadm', '-Sn']},
          {name: 'lvsctl save', argv: [node, lvsctl, 'save']},
        ],
        guestRounds,
      ],
    ]
    const times: Record<string, number[]> = {}
    for (const [contenders, rounds] of groups) Object.assign(times, await timeInGuest(guest, contenders, rounds))
    return {times, peakMegabytes: await peakOf(guest, restore(large))}
  } finally {
    await guest.close()
  }
}

/** In the guest's own path. */
function writeRules(guest: Guest, name: string, services: number): string {
  const lines = benchOperations(services).map((operation) => `${ipvsadmArguments(operation)?.join(' ')}\n`)
  writeFileSync(join(guest.results, name), lines.join(''))
  return `${guest.resultsInGuest}/${name}`
}

async function peakOf(guest: Guest, argv: readonly string[]): Promise<number> {
  const {stdout} = await guest.run(`ipvsadm -C; ${node} ${peak} ${argv.join(' ')}`, {deadlineMs: 600_000})
  return Math.round(Number(stdout) / 1024)
}

async function timeInGuest(
  guest: Guest,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Record<string, number[]>> {
  writeFileSync(join(guest.results, 'contenders'), JSON.stringify({contenders, rounds}))
  const command = `${node} ${inGuest} ${guest.resultsInGuest}/contenders`
  const {stdout, stderr, code} = await guest.run(command, {deadlineMs: 600_000})
  if (code !== 0) throw new Error(`the benchmark in the lab failed: ${stderr}`)
  return JSON.parse(stdout)
}

function show(): void {
  const rows: [string, number, string][] = [
    ['coldStart.version', numbers.coldStart.version, '`lvsctl --version` to an empty script of the same Node'],
    ['coldStart.serviceList', numbers.coldStart.serviceList, '`lvsctl service list` to an empty script'],
    ['coldStart.ipvsadmShim', numbers.coldStart.ipvsadmShim, '`ipvsadm -v`, ours, to an empty script'],
    [
      'list.vsIpvsadm',
      numbers.list.vsIpvsadm,
      '`lvsctl list` to `ipvsadm -Ln`, 2,000 services × 5 servers, in the lab',
    ],
    ['batch.vsIpvsadm', numbers.batch.vsIpvsadm, 'adding those 12,000 rules to `ipvsadm -R`, in the lab'],
    ['restore12k', numbers.restore12k, '`lvsctl restore` of them to `ipvsadm -R`'],
    ['restoreUnchanged12k', numbers.restoreUnchanged12k, 'the same where nothing is to be done'],
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
