import {expect, test} from 'vitest'
import {progressOn} from '../../../src/cli/progress.ts'

function watch({terminal}: {terminal: boolean}) {
  let time = 0
  let asked = 0
  const written: string[] = []
  const progress = progressOn(
    {write: (text) => void written.push(text), terminal, columns: 20, colour: false},
    () => time,
  )
  return {
    written,
    asked: () => asked,
    clear: () => progress.clear(),
    at(milliseconds: number) {
      time = milliseconds
      progress.tell(() => {
        asked++
        return `${milliseconds} entries read, and more`
      })
    },
  }
}

test('nothing in the first half second, then ten times a second, in place, and gone at the end', () => {
  const {at, clear, written} = watch({terminal: true})
  for (const time of [0, 100, 499]) at(time)
  clear()
  expect(written).toEqual([])
  for (const time of [500, 510, 599, 600, 601]) at(time)
  clear()
  clear()
  expect(written).toEqual(['\r\x1b[K500 entries read, a', '\r\x1b[K600 entries read, a', '\r\x1b[K'])
})

test('nothing where nobody looks, and no work for it', () => {
  const {at, clear, written, asked} = watch({terminal: false})
  for (const time of [0, 600, 1200]) at(time)
  clear()
  expect([written, asked()]).toEqual([[], 0])
})
