import {expect, test} from 'vitest'
import {toJson} from '../../../src/cli/json.ts'

test('64-bit numbers keep every digit and stay numbers', () => {
  expect(toJson({bytes: 18_446_744_073_709_551_615n, small: 5n})).toBe(
    '{\n  "bytes": 18446744073709551615,\n  "small": 5\n}',
  )
})

test('keys stay in the order they were written', () => {
  expect(Object.keys(JSON.parse(toJson({zebra: 1, apple: 2})))).toEqual(['zebra', 'apple'])
})
