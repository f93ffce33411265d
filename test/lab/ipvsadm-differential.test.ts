// Random command lines against ipvsadm 1.31 and against ours: the same words, the same exit code, the same table, after
// every step. More of them: npm run differential -- --steps 50000 [--seed N].

import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, test, vi} from 'vitest'
import {explanations} from '../support/differential/explained.ts'
import {buildNetwork} from '../support/differential/network.ts'
import {formatFinding, type Named, prepare, runRandom, runSequences, showEach} from '../support/differential/run.ts'
import {useLab} from '../support/lab.ts'

const root = join(import.meta.dirname, '../..')
const regressions: readonly Named[] = JSON.parse(
  readFileSync(join(root, 'test/regressions/ipvsadm-differential.json'), 'utf8'),
)

const steps = 3000
const seed = Number(process.env.LVSCTL_DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31)

const lab = useLab()

// A machine that does more than this takes its time.
vi.setConfig({testTimeout: 600_000, hookTimeout: 600_000})

beforeAll(async () => {
  await prepare()
  await buildNetwork(lab.guest)
})

test('ipvsadm does not differ from itself', async () => {
  const {findings} = await runRandom(lab.guest, {steps: 200, seed, opponent: 'real'})
  expect(findings.map(formatFinding), `seed ${seed}`).toEqual([])
})

test('what differed once', async () => {
  expect(regressions.length).toBeGreaterThan(0)
  const {findings} = await runSequences(lab.guest, regressions)
  expect(findings.map(formatFinding)).toEqual([])
})

test(`${steps} random steps`, {timeout: 600_000}, async () => {
  console.log(`npm run differential -- --steps ${steps} --seed ${seed}`)
  const report = await runRandom(lab.guest, {steps, seed})
  expect(report.findings.map(formatFinding), `seed ${seed}`).toEqual([])
  expect(report.steps).toBe(steps)
  // Good and bad ones, refused by ipvsadm, by the kernel and by nobody.
  expect(report.codes[0]).toBeGreaterThan(steps / 4)
  for (const code of [1, 2, 255]) expect(report.codes[code], `exit code ${code}`).toBeGreaterThan(steps / 100)
})

describe('a difference that is meant', () => {
  const document = readFileSync(join(root, 'docs/ipvsadm-compatibility.md'), 'utf8')

  const rows = [...document.matchAll(/^\| (.*?) +\| /gm)].map(([, cell]) => cell)

  test.each(explanations.map((one) => [one.id, one] as const))('%s', async (id, {row, example}) => {
    expect(rows.filter((cell) => cell === row)).toEqual([row])
    const shown = await showEach(lab.guest, [{name: id, sequence: example}])
    expect(shown.get(id)?.differences.length).toBeGreaterThan(0)
    expect(shown.get(id)?.explained).toEqual([id])
  })
})
