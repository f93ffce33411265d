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
const lvsctl = join(root, 'bin', 'lvsctl')
const node = process.execPath

const hostRounds = 30
const guestRounds = 7

/** What each number is to reach; shown beside it. */
const goals = {
  'coldStart.serviceList': 2.6,
  'list.vsIpvsadm': 1.2,
  'batch.vsIpvsadm': 0.3,
} as Record<string, number>

await prepare()
const cold = coldStart()
const table = await inLab()
const numbers = {
  coldStart: {version: ratio(cold, 'version', 'empty'), serviceList: ratio(cold, 'serviceList', 'empty')},
  list: {vsIpvsadm: ratio(table, 'lvsctl list', 'ipvsadm -Ln')},
  batch: {vsIpvsadm: ratio(table, 'batch', 'ipvsadm -R')},
}
if (process.argv.includes('--json')) console.log(JSON.stringify(numbers, null, 2))
else show()

/** The bundles that the guest runs: as the tool itself is shipped, not as sources whose types are stripped at start. */
async function prepare(): Promise<void> {
  writeFileSync(empty, '')
  for (const [name, outfile] of [
    ['batch', join(dist, 'bench-batch-code.cjs')],
    ['in-guest', inGuest],
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
    ],
    hostRounds,
  )
}

async function inLab(): Promise<Record<string, number[]>> {
  const guest = await bootGuest()
  try {
    const rules = benchOperations()
      .map((operation) => `${ipvsadmArguments(operation)?.join(' ')}\n`)
      .join('')
    writeFileSync(join(guest.results, 'rules'), rules)
    const input = `${guest.resultsInGuest}/rules`
    const adding: Contender[] = [
      {name: 'ipvsadm -R', argv: ['ipvsadm', '-R'], input, before: ['ipvsadm', '-C']},
      {name: 'batch', argv: [node, batch], before: ['ipvsadm', '-C']},
    ]
    const listing: Contender[] = [
      {name: 'ipvsadm -Ln', argv: ['ipvsadm', '-Ln']},
      {name: 'lvsctl list', argv: [node, lvsctl, 'list']},
    ]
    const added = await timeInGuest(guest, adding)
    return {...added, ...(await timeInGuest(guest, listing))}
  } finally {
    await guest.close()
  }
}

async function timeInGuest(guest: Guest, contenders: readonly Contender[]): Promise<Record<string, number[]>> {
  writeFileSync(join(guest.results, 'contenders'), JSON.stringify({contenders, rounds: guestRounds}))
  const command = `${node} ${inGuest} ${guest.resultsInGuest}/contenders`
  const {stdout, stderr, code} = await guest.run(command, {deadlineMs: 600_000})
  if (code !== 0) throw new Error(`the benchmark in the lab failed: ${stderr}`)
  return JSON.parse(stdout)
}

function show(): void {
  const rows: [string, number, string][] = [
    ['coldStart.version', numbers.coldStart.version, '`lvsctl --version` to an empty script of the same Node'],
    ['coldStart.serviceList', numbers.coldStart.serviceList, '`lvsctl service list` to an empty script'],
    [
      'list.vsIpvsadm',
      numbers.list.vsIpvsadm,
      '`lvsctl list` to `ipvsadm -Ln`, 2,000 services × 5 servers, in the lab',
    ],
    ['batch.vsIpvsadm', numbers.batch.vsIpvsadm, 'adding those 12,000 rules to `ipvsadm -R`, in the lab'],
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
