import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {TableLine, TableRow} from '../../../src/cli/fit-layout.ts'
import {layOut} from '../../../src/cli/layout.ts'

const row = (...texts: readonly string[]): TableRow => texts.map((text) => ({text}))

const render = (rows: readonly (TableRow | TableLine)[], columns = 80, optional: readonly number[] = []) =>
  layOut(rows, {columns, optional})

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
  const rows = [[{text: 'a'}, {text: 'over two', span: 2}], row('b', 'one', 'two two two')]
  expect(await render(rows, 12, [2])).toBe('a  over two\nb  one\n')
})

describe('a name that leaves no room for the rest', () => {
  const address = '[2001:db8:1234:5678:9abc:def0:1234:5678]:8080'

  test('has a line of its own, and the rest stays in its columns', async () => {
    expect(await render([row(address, 'x'), row('10.0.0.1:80', 'y')], 46)).toBe(
      `${address}\n             x\n10.0.0.1:80  y\n`,
    )
    expect(await render([row(address, 'x')], 20)).toBe(`${address}\n      x\n`)
  })

  test('but first a wide cell behind a name no longer waits for its column', async () => {
    const rows = [
      [{text: 'tcp://10.0.0.1:80'}, {text: 'rr, and more', span: 2}, {text: 'x'}],
      row('  10.0.0.2:80', 'method', 'weight', 'y'),
    ]
    expect(await render(rows, 36)).toBe('tcp://10.0.0.1:80  rr, and more    x\n  10.0.0.2:80      method  weight  y\n')
    expect(await render(rows, 35)).toBe('tcp://10.0.0.1:80  rr, and more  x\n  10.0.0.2:80  method  weight    y\n')
    expect(await render(rows, 33)).toBe(
      'tcp://10.0.0.1:80  rr, and more\n                               x\n  10.0.0.2:80  method  weight  y\n',
    )
  })

  test('where the rest does not fit either, all is left to the terminal', async () => {
    expect(await render([row(address, 'x'.repeat(30))], 20)).toBe(`${address}  ${'x'.repeat(30)}\n`)
  })

  test('whatever the addresses, no line is wider than the terminal', async () => {
    const text = (most: number) => fc.string({unit: fc.constantFrom('a', '1', ':'), minLength: 1, maxLength: most})
    const rows = fc.array(fc.tuple(text(50), text(12), text(8)), {minLength: 1, maxLength: 8})
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({min: 50, max: 90}), async (cells, columns) => {
        const lines = (
          await render(
            cells.map((one) => row(...one)),
            columns,
          )
        ).split('\n')
        expect(lines.filter((line) => line.length > columns)).toEqual([])
        for (const [name] of cells) expect(lines.some((line) => line.startsWith(name))).toBe(true)
      }),
    )
  })
})

test('notes move below before anything is left out', async () => {
  const rows = [row('name', 'bar', 'a remark'), row('other', 'bar', '')]
  const show = (columns: number) => layOut(rows, {columns, optional: [1], notes: true})
  expect(await show(30)).toBe('name   bar  a remark\nother  bar\n')
  expect(await show(15)).toBe('name   bar\n    a remark\nother  bar\n')
  expect(await show(8)).toBe('name\n    a remark\nother\n')
})

test('wide tables of thousands of rows are quick', async () => {
  const rows = Array.from({length: 3000}, (_, index) => [{text: `${index}`}, {text: 'wide', span: 2}, {text: 'end'}])
  // A layout that goes by the square of the rows would take minutes, and run into the limit of every test.
  expect((await render(rows)).split('\n')).toHaveLength(3001)
})
