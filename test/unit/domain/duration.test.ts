import {expect, test} from 'vitest'
import {durationWords, parseDuration} from '../../../src/domain/duration.ts'

test.each([
  ['900', 900],
  ['45s', 45],
  ['15m', 900],
  ['15min', 900],
  ['2h', 7200],
  ['31d', 2_678_400],
])('%s is %i s', (text, seconds) => expect(parseDuration(text, 'timeout')).toEqual({ok: true, value: seconds}))

test.each(['32d', '015m', '1h30m', '15 m', 'm', '-5m', '99999999999999d', ''])('"%s" is refused', (text) =>
  expect(parseDuration(text, 'timeout', '--tcp')).toMatchObject({ok: false, problem: {where: '--tcp'}}),
)

test.each([
  [59, undefined],
  [60, '1 min'],
  [900, '15 min'],
  [5400, '1 h 30 min'],
  [93_784, '1 d 2 h 3 min 4 s'],
])('%i s in words', (seconds, words) => expect(durationWords(seconds)).toBe(words))

test.each([
  ['1.5h', '1.5h is not a timeout in seconds'],
  ['2H', '2H is not a timeout in seconds'],
  ['99999999999d', '8639999999913600 is too high for a timeout in seconds'],
  ['999999999999999999999999d', 'is too high for a timeout in seconds'],
])('%s is told what a time looks like', (text, message) => {
  expect(parseDuration(text, 'timeout')).toMatchObject({
    ok: false,
    problem: {
      message: expect.stringContaining(message),
      hint: expect.stringContaining('or a number with a unit: 90s, 15m, 2h, 1d'),
    },
  })
})
