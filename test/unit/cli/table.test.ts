import {expect, test} from 'vitest'
import {renderTable, type TableLine, type TableRow} from '../../../src/cli/table.ts'

const row = (...texts: readonly string[]): TableRow => texts.map((text) => ({text}))

const render = (rows: readonly (TableRow | TableLine)[], columns = 80, optional: readonly number[] = []) =>
  renderTable(rows, {columns, optional})

test('columns are as wide as their widest cell, lines end at their last letter', async () => {
  expect(await render([row('a', 'bbb', 'c'), row('aaaa', 'b', '')])).toBe('a     bbb  c\naaaa  b\n')
})

test('figures stand at the right', async () => {
  const figure = (text: string) => ({text, align: 'right'}) as const
  expect(
    await render([
      [{text: 'a'}, figure('1'), figure('100')],
      [{text: 'b'}, figure('20'), figure('3')],
    ]),
  ).toBe('a   1  100\nb  20    3\n')
})

test('a cell over several columns widens only the last of them', async () => {
  expect(
    await render([[{text: 'a'}, {text: 'a long setting', span: 2}, {text: 'x'}], row('b', 'bb', 'bbb', 'y')]),
  ).toBe('a  a long setting  x\nb  bb  bbb         y\n')
})

test('lines between rows have no say in the widths', async () => {
  expect(await render([row('a', 'b'), 'a line that is longer than everything else', '', row('c', 'd')])).toBe(
    'a  b\na line that is longer than everything else\n\nc  d\n',
  )
})

test('colour does not count', async () => {
  const red = (text: string) => `\x1b[31m${text}\x1b[39m`
  expect(await render([[{text: 'a', paint: red}, {text: 'b'}], row('aaa', 'b')])).toBe(
    '\x1b[31ma\x1b[39m    b\naaa  b\n',
  )
})

test('a narrow terminal loses optional columns, the first named first', async () => {
  const rows = [row('name', 'method', 'weight', 'bar')]
  expect(await render(rows, 30, [3, 1])).toBe('name  method  weight  bar\n')
  expect(await render(rows, 24, [3, 1])).toBe('name  method  weight\n')
  expect(await render(rows, 15, [3, 1])).toBe('name  weight\n')
  expect(await render(rows, 5, [3, 1])).toBe('name  weight\n')
})

test('an optional column goes from under a wide cell too', async () => {
  const rows = [[{text: 'a'}, {text: 'over two', span: 2}], row('b', 'one', 'two')]
  expect(await render(rows, 9, [2])).toBe('a  over two\nb  one\n')
})

test('what never fits is left whole', async () => {
  const address = '[2001:db8:1234:5678:9abc:def0:1234:5678]:8080'
  expect(await render([row(address, 'x')], 20)).toBe(`${address}  x\n`)
})

test('wide tables of thousands of rows are quick', async () => {
  const rows = Array.from({length: 3000}, (_, index) => [{text: `${index}`}, {text: 'wide', span: 2}, {text: 'end'}])
  const start = performance.now()
  expect((await render(rows)).split('\n')).toHaveLength(3001)
  // 0.2 s where this was written; without blocks it would be by the square of the rows.
  expect(performance.now() - start).toBeLessThan(2000)
})
