import {describe, expect, test} from 'vitest'
import {bar, countOf, describeStream, paintFor, percent, scaleNumber} from '../../../src/cli/output.ts'

describe('what a stream is good for', () => {
  test.each([
    ['a pipe', {}, {}, {terminal: false, columns: Number.POSITIVE_INFINITY, colour: false}],
    ['a terminal', {isTTY: true, columns: 100}, {TERM: 'xterm'}, {terminal: true, columns: 100, colour: true}],
    ['a terminal of unknown width', {isTTY: true}, {}, {terminal: true, columns: 80, colour: true}],
    ['NO_COLOR', {isTTY: true}, {NO_COLOR: '1'}, {terminal: true, columns: 80, colour: false}],
    ['an empty NO_COLOR says nothing', {isTTY: true}, {NO_COLOR: ''}, {terminal: true, columns: 80, colour: true}],
    ['a dumb terminal', {isTTY: true}, {TERM: 'dumb'}, {terminal: true, columns: 80, colour: false}],
    ['a pipe told otherwise', {}, {LVSCTL_FORCE_TTY: '120'}, {terminal: true, columns: 120, colour: true}],
    ['a pipe told so without width', {}, {LVSCTL_FORCE_TTY: 'yes'}, {terminal: true, columns: 80, colour: true}],
  ])('%s', (_what, stream, env, expected) => expect(describeStream(stream, env)).toEqual(expected))
})

test('colour only where it is wanted', () => {
  expect(paintFor({colour: true}).red('✗')).toBe('\x1b[31m✗\x1b[39m')
  expect(paintFor({colour: true}).red('')).toBe('')
  expect(paintFor({colour: false}).red('✗')).toBe('✗')
})

test.each([
  [0n, '0'],
  [999n, '999'],
  [9999n, '9999'],
  [10_000n, '10k'],
  [12_345n, '12.3k'],
  [99_999n, '99.9k'],
  [123_456n, '123k'],
  [1_000_000n, '1M'],
  [1_204_999n, '1.2M'],
  [1_250_000n, '1.25M'],
  [45_678_901n, '45.6M'],
  [18_446_744_073_709_551_615n, '18.4E'],
])('%i is %s', (value, expected) => expect(scaleNumber(value)).toBe(expected))

test.each([
  [0, ''],
  [0.75, '██████'],
  [0.25, '██'],
  [1 / 3, '██▋'],
  [1, '████████'],
  [0.01, '▏'],
])('a bar for %d', (share, expected) => expect(bar(share, 8)).toBe(expected))

test('counts in sentences', () => {
  expect([countOf(1, 'server'), countOf(0, 'server'), countOf(1998, 'server')]).toEqual([
    '1 server',
    '0 servers',
    '1,998 servers',
  ])
  expect(percent(2 / 3)).toBe('67 %')
})
