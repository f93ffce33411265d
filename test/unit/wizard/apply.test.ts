// What happens to the rest when one command fails, or somebody interrupts: taken back, last first.

import {expect, test} from 'vitest'
import {apply, type Runner} from '../../../src/wizard/apply.ts'
import type {Command, Step} from '../../../src/wizard/plan.ts'

const step = (name: string, undo = true): Step => ({command: [name], ...(undo && {undo: ['no', name]})})
const steps = [step('a'), step('b'), step('c', false), step('d')]

/** Commands that fail, and after how many somebody interrupts. */
async function applied(failing: readonly string[], interruptAfter = Number.POSITIVE_INFINITY) {
  const ran: string[] = []
  const echoed: string[] = []
  const runner: Runner = {
    run: async (command) => {
      ran.push(command.join(' '))
      return failing.includes(command.join(' ')) ? {exit: 4, said: 'there already'} : {exit: 0, said: ''}
    },
    get interrupted() {
      return ran.length >= interruptAfter
    },
  }
  const echo = (sign: string) => (command: Command) => {
    echoed.push(`${sign}${command.join(' ')}`)
  }
  const result = await apply(steps, runner, {doing: echo('+'), undoing: echo('-')})
  return {result, ran, echoed}
}

test('all is well', async () => {
  const {result, ran} = await applied([])
  expect(result).toEqual({outcome: 'done'})
  expect(ran).toEqual(['a', 'b', 'c', 'd'])
})

test('one fails: those before it are taken back, and every line is told', async () => {
  const {result, ran, echoed} = await applied(['d'])
  expect(result).toEqual({
    outcome: 'failed',
    command: ['d'],
    exit: 4,
    said: 'there already',
    undone: 2,
    left: [],
  })
  expect(ran).toEqual(['a', 'b', 'c', 'd', 'no b', 'no a'])
  expect(echoed).toEqual(['+a', '+b', '+c', '+d', '-no b', '-no a'])
})

test('the first fails: there is nothing to take back', async () =>
  expect((await applied(['a'])).result).toMatchObject({outcome: 'failed', undone: 0, left: []}))

test('what cannot be taken back is said, and the rest is', async () =>
  expect((await applied(['d', 'no b'])).result).toMatchObject({undone: 1, left: [['no', 'b']]}))

test('interrupted: the command that runs is finished, then all are taken back', async () => {
  const {result, ran} = await applied([], 2)
  expect(result).toMatchObject({outcome: 'interrupted', exit: 130, undone: 2, left: []})
  expect(ran).toEqual(['a', 'b', 'no b', 'no a'])
})

test('interrupted in the last one: all is done', async () =>
  expect((await applied([], 4)).result).toEqual({outcome: 'done'}))
