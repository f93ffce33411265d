// The rhythm of --watch, and what is drawn. That a terminal is left as it was found is shown on real ones:
// test/lab/watch.test.ts.

import {afterEach, expect, test, vi} from 'vitest'
import type {Output} from '../../../src/cli/output.ts'
import {clipLines, frame} from '../../../src/cli/screen.ts'
import {readInterval, watch} from '../../../src/cli/watch.ts'

/** A pipe whose reader has enough after so many writes. */
function pipe(writes: number) {
  const written: string[] = []
  const out: Output = {
    terminal: false,
    columns: Number.POSITIVE_INFINITY,
    colour: false,
    write: (text) => void written.push(text),
    get closed() {
      return written.length >= writes
    },
  }
  return {out, written}
}

afterEach(() => void vi.useRealTimers())

test('views follow each other until nobody reads', async () => {
  const {out, written} = pipe(3)
  let views = 0
  await watch({seconds: 0.01, out, inPlace: false, separator: '\n', view: async () => `view ${++views}\n`})
  expect(written).toEqual(['view 1\n', '\nview 2\n', '\nview 3\n'])
})

test('at their times, however long one takes; those that were missed are left out', async () => {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']})
  const {out} = pipe(4)
  const at: number[] = []
  const start = performance.now()
  const watching = watch({
    seconds: 0.2,
    out: {
      ...out,
      get closed() {
        return at.length >= 4
      },
    },
    inPlace: false,
    separator: '',
    async view() {
      at.push(performance.now() - start)
      if (at.length === 2) await new Promise((resolve) => setTimeout(resolve, 250))
      return ''
    },
  })
  await vi.advanceTimersByTimeAsync(1000)
  await watching
  // 0, 0.2, then 0.4 is missed.
  expect(at.map(Math.round)).toEqual([0, 200, 600, 800])
})

test('what a view throws ends it', async () => {
  const {out, written} = pipe(9)
  const view = async () => {
    if (written.length === 2) throw new Error('the table is gone')
    return 'view\n'
  }
  await expect(watch({seconds: 0.01, out, inPlace: false, separator: '', view})).rejects.toThrow('the table is gone')
  expect(written).toHaveLength(2)
})

test('a frame is drawn in place: no line is cleared before it is written', () => {
  expect(frame(['one', 'two'])).toBe('\x1b[?2026h\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J\x1b[H\x1b[?2026l')
})

test.each([
  [['a', 'b'], 2, ['a', 'b']],
  [['a', 'b', 'c'], 2, ['a', '…']],
  [['a', 'b'], 1, ['…']],
  [['a', 'b'], Number.POSITIVE_INFINITY, ['a', 'b']],
])('%j in %d rows', (lines, rows, expected) => expect(clipLines(lines, rows, '…')).toEqual(expected))

test.each([
  ['2', 2],
  ['0.5', 0.5],
  ['86400', 86_400],
  [undefined, undefined],
])('an interval: %s', (text, seconds) => expect(readInterval(text)).toBe(seconds))

test.each(['0', '0.05', '-1', '1e3', '2s', '', '86401', ' 2', 'Infinity'])('no interval: "%s"', (text) => {
  expect(() => readInterval(text)).toThrow('is not an interval in seconds')
})
