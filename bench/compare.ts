// Times whole programs against each other: one run of each per round, so that a machine that changes its pace changes it
// for all, and medians of the rounds' ratios.

import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'

export interface Contender {
  readonly name: string
  /** Program and arguments, no shell. */
  readonly argv: readonly string[]
  /** A file for standard input. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Run before each timed run, untimed. */
  readonly before?: readonly string[]
}

/** Milliseconds of each round, by contender. Throws when a run fails: a failed run is not a fast one. */
export function time(contenders: readonly Contender[], rounds: number): Record<string, number[]> {
  const times: Record<string, number[]> = Object.fromEntries(contenders.map(({name}) => [name, []]))
  // One round to warm caches (files, compile cache) that is not counted, unless it is all there is.
  for (let round = rounds === 1 ? 0 : -1; round < rounds; round++)
    for (const contender of contenders) {
      const milliseconds = once(contender)
      if (round >= 0) times[contender.name]?.push(milliseconds)
    }
  return times
}

function once({argv, input, env, before}: Contender): number {
  if (before) run(before)
  const stdin = input === undefined ? undefined : readFileSync(input)
  const start = process.hrtime.bigint()
  run(argv, stdin, env)
  return Number(process.hrtime.bigint() - start) / 1e6
}

function run([program, ...args]: readonly string[], input?: Buffer, env: Readonly<Record<string, string>> = {}): void {
  const {status, stderr, error} = spawnSync(program as string, args, {
    ...(input ? {input} : {}),
    env: {...process.env, ...env},
    maxBuffer: 1 << 28,
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? `exit ${status}: ${stderr}`}`)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The median over rounds of subject / base. */
export function ratio(times: Readonly<Record<string, readonly number[]>>, subject: string, base: string): number {
  const [above, below] = [times[subject] ?? [], times[base] ?? []]
  return Number(median(above.map((value, round) => value / (below[round] as number))).toFixed(3))
}
