import {expect, test} from 'vitest'
import {markdownRows} from '../../../scripts/man/markdown-table.ts'
import {bold, escapeText, marked, paragraph, prose, tagged, title} from '../../../scripts/man/roff.ts'

test.each([
  ['--dry-run', '\\-\\-dry\\-run'],
  ['a\\b', 'a\\eb'],
  ["jq '.services[]'", 'jq \\(aq.services[]\\(aq'],
  ['`x`', '\\(gax\\(ga'],
  ['say "no"', 'say \\(dqno\\(dq'],
  ['~/^', '\\(ti/\\(ha'],
  ['ADDRESS,…', 'ADDRESS,\\[u2026]'],
  ['weight 1 → 0', 'weight 1 \\[u2192] 0'],
  ['𝄞', '\\[u1D11E]'],
  ['two\nlines', 'two lines'],
])('%j', (text, expected) => expect(escapeText(text)).toBe(expected))

test('no text becomes a request', () => {
  expect(paragraph(escapeText('.so /etc/passwd'))).toEqual(['.PP', '\\&.so /etc/passwd'])
  expect(paragraph(escapeText("'so /etc/passwd"))).toEqual(['.PP', '\\(aqso /etc/passwd'])
  expect(tagged(bold('.x'), '.y')).toEqual(['.TP', '\\fB.x\\fR', '\\&.y'])
  expect(prose('  .so x\n  y')).toEqual(['.PP', '.RS 4', '.nf', '\\&.so x', 'y', '.fi', '.RE'])
})

test('paragraphs are filled, what is set in is not', () => {
  expect(prose('One\ntwo:\n  a  b\n  c\nthree\n\nfour')).toEqual([
    ...['.PP', 'One two:'],
    ...['.PP', '.RS 4', '.nf', 'a  b', 'c', '.fi', '.RE'],
    ...['.PP', 'three'],
    ...['.PP', 'four'],
  ])
})

test('backticks are bold', () => {
  expect(marked('see `lvsctl -h` there')).toBe('see \\fBlvsctl \\-h\\fR there')
})

test('the title carries no date', () => {
  expect(title({name: 'lvsctl-list', section: 8, source: 'lvsctl 1', manual: 'M'})).toEqual([
    '.TH "LVSCTL\\-LIST" 8 "" "lvsctl 1" "M"',
  ])
})

test('rows of a table in Markdown', () => {
  expect(markdownRows('# T\n\n| a | b |\n| --- | :-: |\n| `1` | x \\| y |\n\n| 2 |  |\n')).toEqual([
    ['`1`', 'x | y'],
    ['2', ''],
  ])
})
