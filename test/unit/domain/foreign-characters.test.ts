import {expect, test} from 'vitest'
import {findForeignCharacter, plainText, shown} from '../../../src/domain/foreign-characters.ts'

test.each([
  ['–g', 0, 'EN DASH (U+2013)', '-g'],
  ['—set', 0, 'EM DASH (U+2014)', '--set'],
  ['-w −1', 3, 'MINUS SIGN (U+2212)', '-w -1'],
  ['-r\u00a010.0.0.1', 2, 'NO-BREAK SPACE (U+00A0)', '-r 10.0.0.1'],
  ['\ufeff-A', 0, 'BYTE ORDER MARK (U+FEFF)', '-A'],
  ['“wlc”', 0, 'LEFT DOUBLE QUOTATION MARK (U+201C)', '"wlc"'],
  ['-A\tx', 2, 'TAB (U+0009)', '-A x'],
  ['１0', 0, 'U+FF11', '10'],
  ['web–é', 3, 'EN DASH (U+2013)', undefined],
  ['\u{1f600}', 0, 'U+1F600', undefined],
  ['\x7f', 0, 'U+007F', undefined],
])('%j', (text, index, name, plain) => {
  expect(findForeignCharacter(text)).toMatchObject({index, name})
  expect(plainText(text)).toBe(plain)
})

test('plain text has none', () => {
  expect(findForeignCharacter('-A -t [2001:db8::1]:80 ~')).toBeUndefined()
  expect(findForeignCharacter('')).toBeUndefined()
})

test.each([
  ['10.9', '10.9'],
  ['–g', '–g'],
  ['', '""'],
  ['a b', '"a b"'],
  ['a\nb', '"a\\nb"'],
  ['a\u200bb', '"a\\u{200B}b"'],
  ['\u001b[2J', '"\\u{001B}[2J"'],
  ['say "hi"', '"say \\"hi\\""'],
  ['x'.repeat(100), `${'x'.repeat(77)}...`],
])('%j is shown as %s', (text, expected) => expect(shown(text)).toBe(expected))
