// A sequence of steps on both sides, from an empty table, until they differ without an explanation.

import {type Difference, differencesOf} from './compare.ts'
import {askIpvsadm, explain, type Pair} from './explained.ts'
import type {Sides} from './sides.ts'
import type {Outcome, Step} from './step.ts'

interface Run {
  /** How many were run, the one that differed included. */
  readonly steps: number
  readonly codes: readonly number[]
  /** What ipvsadm said on stderr, its first line, without what it quotes. */
  readonly complaints: readonly string[]
  /** Ids of explained differences that were met. */
  readonly explained: readonly string[]
  readonly found?: Found
}

interface Found {
  /** Which parts differ: two runs with the same parts are taken to show the same. */
  readonly what: string
  readonly differences: readonly Difference[]
}

/** What ipvsadm itself says of both namespaces when a sequence is over: a second opinion on our reading of the table. */
const closing: readonly Step[] = [
  {argv: ['-Sn']},
  {argv: ['-Ln', '--thresholds']},
  {argv: ['-Ln', '--tun-info']},
  {argv: ['-L', '--daemon']},
  {argv: ['-L', '--timeout']},
]

export async function compareOn(sides: Sides, sequence: readonly Step[]): Promise<Run> {
  await sides.reset()
  const codes: number[] = []
  const complaints: string[] = []
  const explained: string[] = []
  for (const [index, step] of sequence.entries()) {
    const asked = askIpvsadm(step)
    const {real, ours} = await sides.run(step, asked.step)
    explained.push(...asked.reasons)
    codes.push(real.code)
    if (real.stderr !== '') complaints.push(complaintOf(real.stderr))
    const pair = inTheirOrder(sides, asked.step, real, ours)
    const differences = differencesOf(pair.real, pair.ours)
    if (differences.length === 0) continue
    const reasons = explain(pair, step)
    if (reasons === undefined) return {steps: index + 1, codes, complaints, explained, found: finding(differences)}
    explained.push(...reasons)
    // The tables went apart for a good reason; what follows would tell nothing.
    if (differences.some(({what}) => what === 'state')) return {steps: index + 1, codes, complaints, explained}
  }
  const differences = closing.flatMap((step) => {
    const {inReal, inOurs} = sides.askIpvsadm(step)
    return differencesOf({...inReal, state: []}, {...inOurs, state: []})
  })
  const run = {steps: sequence.length, codes, complaints, explained}
  return differences.length === 0 ? run : {...run, found: finding(differences)}
}

export interface Shown {
  readonly real: Outcome
  readonly ours: Outcome
  /** What `ipvsadm -Sn` says after it. */
  readonly rules: readonly string[]
  /** Why they differ, where they are meant to; null where something is left unexplained. */
  readonly explained: readonly string[] | null
  readonly differences: readonly Difference[]
}

/** A sequence on both sides; what came of its last step. */
export async function showLast(sides: Sides, sequence: readonly Step[]): Promise<Shown> {
  await sides.reset()
  for (const step of sequence.slice(0, -1)) await sides.run(step)
  const step = sequence.at(-1) as Step
  const {real, ours} = await sides.run(step)
  const pair = inTheirOrder(sides, step, real, ours)
  const differences = differencesOf(pair.real, pair.ours)
  let explained = explain(pair, step) ?? null
  if (explained === null) {
    const asked = askIpvsadm(step)
    await sides.reset()
    for (const before of sequence.slice(0, -1)) await sides.run(before)
    const again = await sides.run(step, asked.step)
    const others = explain(again, step)
    if (others !== undefined) explained = [...asked.reasons, ...others]
  }
  const rules = sides
    .askIpvsadm({argv: ['-Sn']})
    .inReal.stdout.split('\n')
    .slice(0, -1)
  return {real, ours, rules, explained, differences}
}

/**
 * Steps that only look, at a table that is moving: ours between two looks of ipvsadm that saw the same, all three in our
 * namespace.
 */
export async function compareLive(sides: Sides, sequence: readonly Step[]): Promise<readonly Difference[]> {
  const differences: Difference[] = []
  for (const step of sequence) {
    for (let tries = 1; ; tries++) {
      const before = sides.askIpvsadm(step).inOurs
      const {ours} = await sides.run(step)
      const after = sides.askIpvsadm(step).inOurs
      if (JSON.stringify(before) !== JSON.stringify(after) && tries < 50) continue
      if (tries === 50) throw new Error(`it never held still: ${step.argv.join(' ')}`)
      if (after.stdout === '') throw new Error(`nothing to see: ${step.argv.join(' ')}`)
      differences.push(...differencesOf({...after, state: []}, {...ours, state: []}))
      break
    }
  }
  return differences
}

/**
 * Unsorted, the kernel's order shows, and that is another in each namespace: it hashes a service by where its namespace
 * lies in memory, too (ip_vs_svc_hashkey). So ipvsadm says it again in our namespace, where the table is the same.
 */
function inTheirOrder(sides: Sides, step: Step, real: Outcome, ours: Outcome): Pair {
  if (real.stdout === ours.stdout) return {real, ours}
  if (step.argv.includes('--nosort')) return {real: {...real, stdout: sides.askIpvsadm(step).inOurs.stdout}, ours}
  // A script cannot be run again to see: only which lines there are counts.
  return step.input?.includes('--nosort') ? {real: sortedLines(real), ours: sortedLines(ours)} : {real, ours}
}

const sortedLines = (outcome: Outcome): Outcome => ({
  ...outcome,
  stdout: outcome.stdout.split('\n').sort().join('\n'),
})

const complaintOf = (stderr: string): string =>
  (stderr.split('\n')[0] as string).replace(/`[^']*'|'[^']*'|\S+(?=: (unknown|missing|option))|(?<=argument ).*/g, '…')

const finding = (differences: readonly Difference[]): Found => ({
  what: differences.map(({what}) => what).join(),
  differences,
})
