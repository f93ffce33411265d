import {expect, test} from 'vitest'
import {nearest} from '../../../src/domain/nearest.ts'

const verbs = ['add', 'edit', 'delete', 'list', 'show', 'zero']

test.each([
  ['lst', ['list']],
  ['delte', ['delete']],
  ['hsow', ['show']],
  ['ad', ['add']],
  ['addd', ['add']],
  ['list', ['list']],
  ['quiesce', []],
  ['', []],
])('%j → %j', (word, expected) => expect(nearest(word, verbs)).toEqual(expected))

test('best first, three at most unless asked otherwise', () => {
  const candidates = ['eth10', 'eth1', 'eth2', 'eth3', 'eth4', 'lo']
  expect(nearest('eth1', candidates)).toEqual(['eth1', 'eth2', 'eth3'])
  expect(nearest('eth1', candidates, 1)).toEqual(['eth1'])
  expect(nearest('eth1', new Set(candidates), 9)).toEqual(['eth1', 'eth2', 'eth3', 'eth4', 'eth10'])
})
