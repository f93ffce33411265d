import {describe, expect, test} from 'vitest'
import {keyLength, Tally} from '../../../src/connections/tally.ts'

const key = (...numbers: readonly number[]) => {
  const made = new Uint32Array(keyLength)
  made.set(numbers)
  return made
}

const shown = (tally: Tally, most?: number) =>
  [...tally.largest(most)].map((entry) => {
    const {connections, templates} = tally.countsOf(entry)
    return [tally.keyOf(entry)[0], connections, templates]
  })

test('most connections first, then most templates, then by key, unsigned', () => {
  const tally = new Tally()
  const add = (name: number, connections: number, templates: number) => {
    for (let times = 0; times < connections; times++) tally.add(key(name), false)
    for (let times = 0; times < templates; times++) tally.add(key(name), true)
  }
  add(0xffff_ffff, 1, 0)
  add(5, 0, 9)
  add(7, 3, 0)
  add(6, 3, 1)
  add(2, 1, 0)
  expect(shown(tally)).toEqual([
    [6, 3, 1],
    [7, 3, 0],
    [2, 1, 0],
    [0xffff_ffff, 1, 0],
    [5, 0, 9],
  ])
  expect(shown(tally, 2)).toEqual([
    [6, 3, 1],
    [7, 3, 0],
  ])
})

test('nothing', () => {
  expect(shown(new Tally())).toEqual([])
  expect(shown(new Tally(), 3)).toEqual([])
})

describe('many', () => {
  const many = 100_000
  const tally = new Tally()
  // Each by its number modulo 7, in an order that has nothing to do with it.
  for (let index = 0; index < many; index++) {
    const number = (index * 7919) % many
    for (let times = 0; times <= number % 7; times++) tally.add(key(0, number, number), false)
  }

  test('are all there', () => {
    expect(tally.size).toBe(many)
    const seen = new Uint8Array(many)
    for (let entry = 0; entry < tally.size; entry++) {
      const [, number = 0] = tally.keyOf(entry)
      seen[number] = 1
      expect(tally.countsOf(entry).connections).toBe((number % 7) + 1)
    }
    expect(seen.every((one) => one === 1)).toBe(true)
  })

  test.each([1, 10, 1000, 20_000, 99_999])('the %i largest are the first of all', (most) => {
    expect(tally.largest(most)).toEqual(tally.largest().slice(0, most))
  })
})
