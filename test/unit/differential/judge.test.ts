// What the differential test makes of a difference: it sees each, says where, and finds the shortest way to it.

import {describe, expect, test} from 'vitest'
import {differencesOf, formatDifference} from '../../support/differential/compare.ts'
import {shrink} from '../../support/differential/shrink.ts'
import type {Outcome, Step} from '../../support/differential/step.ts'

const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  stdout: 'a\nb\n',
  stderr: '',
  code: 0,
  state: ['one', 'two'],
  ...change,
})

describe('a difference', () => {
  test('none', () => expect(differencesOf(outcome(), outcome())).toEqual([]))

  test.each([
    ['stdout', {stdout: 'a\nb \n'}, 'stdout line 2: ipvsadm "b"; ours "b "'],
    ['stderr', {stderr: 'oh\n'}, 'stderr: ipvsadm nothing; ours "oh"'],
    ['code', {code: 255}, 'code: ipvsadm "0"; ours "255"'],
    ['state', {state: ['one']}, 'state line 2: ipvsadm "two"; ours nothing'],
  ] as const)('%s', (what, change, text) => {
    const found = differencesOf(outcome(), outcome(change))
    expect(found.map((one) => one.what)).toEqual([what])
    expect(found.map(formatDifference)).toEqual([text])
  })
})

describe('shrinking', () => {
  const step = (...argv: string[]): Step => ({argv})
  const long = [
    step('-C'),
    step('-A', '-t', 'x', '-s', 'rr'),
    {argv: ['-R', '-n'], input: 'one\ntwo\nthree\n'},
    step('-L', '-n', '--stats'),
    step('-Z'),
  ]

  test('to the steps, words and lines that matter', async () => {
    const shows = async (steps: readonly Step[]) =>
      steps.some(({input}) => input?.includes('two')) && steps.some(({argv}) => argv.includes('--stats'))
    expect(await shrink(long, shows)).toEqual([{argv: [], input: 'two\n'}, step('--stats')])
  })

  test('not at all, where everything matters', async () => {
    const whole = JSON.stringify(long)
    expect(await shrink(long, async (steps) => JSON.stringify(steps) === whole)).toEqual(long)
  })
})
