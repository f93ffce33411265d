import {expect, test} from 'vitest'
import {chooseCpu, cpuForGuest, parseCpuList} from '../../../src/lab/cpu.ts'

test.each([
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-1,4,6-7\n', [0, 1, 4, 6, 7]],
])('list %j', (list, cpus) => expect(parseCpuList(list)).toEqual(cpus))

test.each([
  {allowed: [0, 1], taken: [], turn: 0, cpu: 0},
  {allowed: [0, 1], taken: [], turn: 1, cpu: 1},
  {allowed: [0, 1], taken: [0], turn: 0, cpu: 1},
  {allowed: [0, 1], taken: [0, 1, 1], turn: 7, cpu: 0},
  {allowed: [2, 5], taken: [0, 1, 2], turn: 0, cpu: 5},
  {allowed: [3], taken: [3, 3], turn: 1, cpu: 3},
  {allowed: [], taken: [], turn: 0, cpu: undefined},
])('of $allowed with $taken taken, turn $turn: $cpu', ({allowed, taken, turn, cpu}) => {
  expect(chooseCpu(allowed, taken, turn)).toBe(cpu)
})

test('this machine has one for a guest', () => {
  expect(cpuForGuest()).toBeTypeOf('number')
})
