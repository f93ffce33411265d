import fc from 'fast-check'
import {expect, test} from 'vitest'
import {diffLines} from '../../../src/host/text-diff.ts'

test('what stays, goes and comes', () => {
  expect(diffLines('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual(['  a', '- b', '+ x', '  c', '+ d'])
  expect(diffLines(undefined, 'a\n\nb\n')).toEqual(['+ a', '+', '+ b'])
  expect(diffLines('a\n', '')).toEqual(['- a'])
  expect(diffLines('a\n', 'a\n')).toEqual(['  a'])
})

test('both texts can be read back from it', () => {
  const line = fc.constantFrom('a', 'b', 'c')
  fc.assert(
    fc.property(fc.array(line, {maxLength: 12}), fc.array(line, {maxLength: 12}), (a, b) => {
      const text = (lines: readonly string[]) => lines.map((one) => `${one}\n`).join('')
      const lines = diffLines(text(a), text(b))
      const without = (mark: string) => lines.filter((one) => !one.startsWith(mark)).map((one) => one.slice(2))
      expect([without('+'), without('-')]).toEqual([a, b])
    }),
  )
})
