// The host's side of the differential test: makes up sequences, has the guest run them, and gathers what it found.

import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'
import fc from 'fast-check'
import {bundleOptions} from '../../../scripts/bundle-options.ts'
import type {Guest} from '../../../src/lab/guest.ts'
import {shellWords} from '../../../src/lab/shell-quote.ts'
import {type Difference, formatDifference} from './compare.ts'
import type {Shown} from './compare-on.ts'
import {anySequence} from './generate.ts'
import type {Opponent} from './sides.ts'
import {formatStep, type Step} from './step.ts'

export interface Named {
  readonly name: string
  readonly sequence: readonly Step[]
}

export interface Finding extends Named {
  readonly step: number
  readonly differences: readonly Difference[]
}

export interface Report {
  readonly steps: number
  readonly findings: readonly Finding[]
  /** How often ipvsadm ended with each code. */
  readonly codes: Readonly<Record<string, number>>
  /** How often it complained of what. */
  readonly complaints: Readonly<Record<string, number>>
  /** How often each explained difference was met. */
  readonly explained: Readonly<Record<string, number>>
}

export interface RunOptions {
  readonly steps: number
  /** The same seed, the same sequences. */
  readonly seed: number
  readonly opponent?: Opponent
  /** After so many findings it ends. */
  readonly most?: number
  readonly onProgress?: (report: Report) => void
}

const project = join(import.meta.dirname, '../../..')
const bundle = join(project, 'dist', 'differential.cjs')

export async function prepare(): Promise<void> {
  await build({
    ...bundleOptions,
    entryPoints: [join(import.meta.dirname, 'in-guest.ts')],
    outfile: bundle,
  })
}

/** Random sequences until there were so many steps. */
export async function runRandom(guest: Guest, options: RunOptions): Promise<Report> {
  const {steps, seed, opponent = 'shim', most = 10, onProgress} = options
  let report = nothing
  for (let chunk = 0; report.steps < steps && report.findings.length < most; chunk++) {
    const left = steps - report.steps
    const runs = fc.sample(anySequence, {seed: seed + chunk, numRuns: runsPerChunk})
    const named = untilSteps(runs, left).map((sequence, run) => ({name: `seed ${seed + chunk}, run ${run}`, sequence}))
    report = merge(report, await runSequences(guest, named, opponent, most - report.findings.length))
    onProgress?.(report)
  }
  return report
}

const nothing: Report = {steps: 0, findings: [], codes: {}, complaints: {}, explained: {}}

const runsPerChunk = 25

export async function runSequences(
  guest: Guest,
  sequences: readonly Named[],
  opponent: Opponent = 'shim',
  most = Number.POSITIVE_INFINITY,
): Promise<Report> {
  const records = await order(guest, sequences, opponent, most)
  const findings = records.flatMap(({finding}) => (finding ? [finding] : []))
  const [summary] = records.flatMap((record) => (record.summary ? [record.summary] : []))
  return {...nothing, ...summary, findings}
}

/** Listings of traffic in our namespace: ours and ipvsadm's of the same moment. */
export async function compareListings(
  guest: Guest,
  listings: readonly (readonly string[])[],
  opponent: Opponent = 'shim',
): Promise<readonly Finding[]> {
  const orders = listings.map((argv) => ({name: argv.join(' '), sequence: [{argv}], live: true}))
  const records = await order(guest, orders, opponent)
  return records.flatMap(({finding}) => (finding ? [finding] : []))
}

/** What comes of the last step of each, by name. */
export async function showEach(
  guest: Guest,
  sequences: readonly Named[],
  opponent: Opponent = 'shim',
): Promise<ReadonlyMap<string, Shown>> {
  const records = await order(
    guest,
    sequences.map((one) => ({...one, show: true})),
    opponent,
  )
  return new Map(records.flatMap(({shown}) => (shown ? [[shown.name, shown] as const] : [])))
}

interface Answer {
  readonly finding?: Finding
  readonly shown?: Shown & {readonly name: string}
  readonly summary?: Omit<Report, 'findings'>
}

async function order(
  guest: Guest,
  orders: readonly Named[],
  opponent: Opponent,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Answer[]> {
  writeFileSync(join(guest.results, 'sequences'), orders.map((one) => `${JSON.stringify(one)}\n`).join(''))
  const words = [process.execPath, bundle, `${guest.resultsInGuest}/sequences`, opponent, `${most}`]
  const env = {OUR_IPVSADM: join(project, 'bin', 'ipvsadm')}
  const {stdout, stderr, code} = await guest.run(shellWords(words), {env, deadlineMs: 600_000})
  if (code !== 0) throw new Error(`the comparison failed in the guest:\n${stderr}`)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function untilSteps(sequences: readonly (readonly Step[])[], most: number): (readonly Step[])[] {
  let left = most
  return sequences.flatMap((sequence) => {
    const kept = sequence.slice(0, left)
    left -= kept.length
    return kept.length > 0 ? [kept] : []
  })
}

const merge = (left: Report, right: Report): Report => ({
  steps: left.steps + right.steps,
  findings: [...left.findings, ...right.findings],
  codes: addCounts(left.codes, right.codes),
  complaints: addCounts(left.complaints, right.complaints),
  explained: addCounts(left.explained, right.explained),
})

function addCounts(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>) {
  const sum = {...left}
  for (const [key, count] of Object.entries(right)) sum[key] = (sum[key] ?? 0) + count
  return sum
}

/** For people: what to type, and what came of it. */
export const formatFinding = ({name, step, sequence, differences}: Finding): string =>
  [
    `${name}, step ${step}:`,
    ...sequence.map((one) => `  ${formatStep(one)}`),
    ...differences.map((one) => `    ${formatDifference(one)}`),
    `  as a regression: ${JSON.stringify({name, sequence})}`,
  ].join('\n')
