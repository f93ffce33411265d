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

const lab = useLab()

const driver = `${process.execPath} ${join(import.meta.dirname, '../support/table-driver.ts')}`
const formats = ['rules', 'yaml', 'json'] as const

/** The kernel looks for a module of any name that it does not know, and that takes its time. */
const isThere = ({scheduler, engine}: Service): boolean =>
  schedulers.some(({name}) => name === scheduler && name !== 'twos') && (engine === undefined || engine === 'sip')

/** Each with as many services as would else be in twenty: what takes time is starting programs. */
const tables = (seed: number, count: number): readonly Configuration[] =>
  fc.sample(
    fc
      .array(anyState, {minLength: 20, maxLength: 20})
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

test('any table, in any format', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  console.log(`SEED=${seed}`)
  const held: Configuration[] = []
  for (const [number, configuration] of tables(seed, 3).entries()) {
    writeFileSync(join(lab.guest.results, 'table'), JSON.stringify(configuration))
    const {stdout} = await lab.on(
      undefined,
      `set -e
       ${driver} ${lab.guest.resultsInGuest}/table
       ${formats
         .map(
           (format) => `lvsctl save --format ${format} /tmp/${number}.${format} >/dev/null 2>&1
       lvsctl restore /tmp/${number}.${format} | grep -o '^nothing to do'
       lvsctl clear --yes >/dev/null
       lvsctl restore /tmp/${number}.${format} >/dev/null 2>&1
       ${driver}
       lvsctl save --format ${format} 2>/dev/null | cmp - /tmp/${number}.${format} && echo "the same"`,
         )
         .join('\n')}`,
      {deadlineMs: 100_000},
    )
    const [first = '', ...rest] = stdout.trimEnd().split('\n')
    const back = rest.filter((line) => line.startsWith('['))
    for (const one of back) expect(JSON.parse(one)).toEqual(JSON.parse(first))
    expect(back).toHaveLength(3)
    expect(rest.filter((line) => !line.startsWith('['))).toEqual(formats.flatMap(() => ['nothing to do', 'the same']))
    held.push(JSON.parse(first))
  }
  // The kernel did take most of what it was given: nothing was compared with nothing.
  expect(held.flat().length).toBeGreaterThan(50)
  expect(held.flatMap((one) => one.flatMap(({servers}) => servers)).length).toBeGreaterThan(50)

  for (const [number, configuration] of held.entries()) {
    const format = formats[number % 3]
    const {stdout} = await lab.on(
      undefined,
      `lvsctl restore --yes --dry-run --json /tmp/${number}.${format} >/tmp/planned 2>/dev/null || exit
       lvsctl restore --yes --json /tmp/${number}.${format} >/tmp/done 2>/dev/null || exit
       ${driver}; cat /tmp/planned; echo; echo; cat /tmp/done`,
    )
    const [table = '', planned = '', done = ''] = stdout.split(/\n(?=\{)|\n\n\n?(?=\{)/)
    expect(JSON.parse(table)).toEqual(configuration)
    expect({...JSON.parse(done), changed: false, dryRun: true}).toEqual(JSON.parse(planned))
  }
})
