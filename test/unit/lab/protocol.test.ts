import fc from 'fast-check'
import {expect, test} from 'vitest'
import {formatKill, formatRun, lineReader, parseAnswer} from '../../../src/lab/protocol.ts'

test('orders are one line each', () => {
  expect(formatRun(7)).toBe('run 7 -\n')
  expect(formatRun(8, 'rs1')).toBe('run 8 rs1\n')
  expect(formatKill(7)).toBe('kill 7\n')
})

test.each(['', 'two words', 'rs1\nkill 7', 'a;b'])('not a host: %j', (host) => {
  expect(() => formatRun(7, host)).toThrow('not the name of a lab host')
})

test.each([
  ['ready', {kind: 'ready'}],
  ['done 7 0', {kind: 'done', job: 7, code: 0}],
  ['done 12 255', {kind: 'done', job: 12, code: 255}],
  ['killed 7', {kind: 'killed', job: 7}],
])('%s', (line, expected) => expect(parseAnswer(line)).toEqual(expected))

test.each([
  '',
  'ready ',
  'done',
  'done 7',
  'done x 0',
  'done 7 -1',
  'done 7 0 0',
  'killed 7 9',
  'DONE 7 0',
  'a shell says hi',
])('not an answer: "%s"', (line) => expect(parseAnswer(line)).toBeUndefined())

test('lines come out whole however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z0-9 ]*$/)), fc.array(fc.nat(12)), (lines, cuts) => {
      const heard: string[] = []
      const read = lineReader((line) => heard.push(line))
      let stream = lines.map((line) => `${line}\n`).join('')
      for (const cut of cuts) {
        read(stream.slice(0, cut))
        stream = stream.slice(cut)
      }
      read(stream)
      expect(heard).toEqual(lines)
    }),
  )
})

test('an unfinished line waits', () => {
  const heard: string[] = []
  const read = lineReader((line) => heard.push(line))
  read('done 7')
  expect(heard).toEqual([])
  read(' 0\n')
  expect(heard).toEqual(['done 7 0'])
})
