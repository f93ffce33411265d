// Save, clear, restore, on a real kernel: whatever its table can hold comes back the same, in every format, by the
// commands themselves; and from any table to any other there is a way.

import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {beforeAll, expect, test} from 'vitest'
import {schedulers} from '../../src/domain/schedulers.ts'
import {compareServiceKeys, type Service} from '../../src/domain/service.ts'
import type {Configuration} from '../../src/domain/table.ts'
import {anyState} from '../support/arbitrary-state.ts'
import {useLab} from '../support/lab.ts'
import type {Fate} from '../support/table-driver.ts'

const lab = useLab()

const driver = `${process.execPath} ${join(import.meta.dirname, '../support/table-driver.ts')}`

/** The kernel looks for a module of any name that it does not know, and that takes its time. */
const isThere = ({scheduler, engine}: Service): boolean =>
  schedulers.some(({name}) => name === scheduler && name !== 'twos') && (engine === undefined || engine === 'sip')

/** Each with as many services as would else be in sixty: what takes time is starting programs. */
const tables = (seed: number, count: number): readonly Configuration[] =>
  fc.sample(
    fc
      .array(anyState, {minLength: 60, maxLength: 60})
      .map((states) => states.flatMap(({configuration}) => configuration))
      .map((all) =>
        all
          .filter(({service}) => isThere(service))
          .filter(
            ({service}, at, rest) =>
              rest.findIndex((one) => compareServiceKeys(one.service.key, service.key) === 0) === at,
          ),
      ),
    {seed, numRuns: count},
  )

beforeAll(() => lab.on(undefined, 'ip link set lo up; modprobe ip_vs'))

test('any table, in any format, and from any to any other', {timeout: 240_000}, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  console.log(`SEED=${seed}`)
  writeFileSync(join(lab.guest.results, 'tables'), JSON.stringify(tables(seed, 2)))
  const {stdout} = await lab.on(undefined, `${driver} ${lab.guest.resultsInGuest}/tables`, {deadlineMs: 220_000})
  const fates: readonly Fate[] = JSON.parse(stdout)
  for (const [number, {held, back, previous}] of fates.entries()) {
    // The kernel did take most of what it was given: nothing is compared with nothing.
    expect(held.length).toBeGreaterThan(15)
    expect(held.flatMap(({servers}) => servers).length).toBeGreaterThan(15)
    expect(Object.keys(back)).toEqual(['rules', 'yaml', 'json'])
    for (const {table, unchanged} of Object.values(back)) {
      expect(table).toEqual(held)
      expect(unchanged).toMatch(/^nothing to do/)
    }
    if (number === 0) continue
    expect(previous?.table).toEqual(fates[number - 1]?.held)
    expect(previous?.planned).toEqual({...previous?.done, changed: false, dryRun: true})
  }
})
