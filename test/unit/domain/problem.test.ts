import {expect, test} from 'vitest'
import {accept, reject} from '../../../src/domain/parsed.ts'
import {exitCodes, LvsctlError, problem, refuse, warning} from '../../../src/domain/problem.ts'

const thrownBy = (run: () => unknown): LvsctlError => {
  try {
    run()
  } catch (error) {
    if (error instanceof LvsctlError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('warnings stop nobody', () => {
  expect(() => refuse([warning('mask-unused', 'the mask is not used')])).not.toThrow()
  expect(() => refuse([])).not.toThrow()
})

test('one error: its message, its hint, its place', () => {
  const error = thrownBy(() =>
    refuse([warning('x', 'y'), problem('weight-invalid', 'abc is not a weight', {where: '-w', hint: 'A number'})]),
  )
  expect(error).toMatchObject({
    failure: 'usage',
    code: 'weight-invalid',
    message: '-w: abc is not a weight',
    hint: 'A number',
    exit: 2,
  })
})

test('several: all of them, one a line', () => {
  const error = thrownBy(() => refuse([problem('a', 'first', {hint: 'x'}), problem('b', 'second')]))
  expect(error.message).toBe('first\nsecond')
  expect(error.hint).toBeUndefined()
  expect(error.problems.map(({code}) => code)).toEqual(['a', 'b'])
})

test('the cause is kept', () => {
  const cause = new Error('EPERM')
  expect(new LvsctlError({failure: 'permission', code: 'not-permitted', message: 'no', cause})).toMatchObject({
    cause,
    exit: 5,
  })
})

test('every exit code once', () => expect(new Set(Object.values(exitCodes)).size).toBe(Object.keys(exitCodes).length))

test('a parser answers the value, or why there is none', () => {
  expect(accept(0)).toEqual({ok: true, value: 0})
  expect(reject('a', 'b')).toEqual({ok: false, problem: {code: 'a', severity: 'error', message: 'b'}})
})
