import {expect, test} from 'vitest'
import {renderTable} from '../../../src/cli/table.ts'

test('columns are as wide as their widest cell, lines end at their last letter', async () => {
  expect(
    await renderTable([
      [{text: 'a'}, {text: 'bbb'}, {text: 'c'}],
      [{text: 'aaaa'}, {text: 'b'}, {text: ''}],
    ]),
  ).toBe('a     bbb  c\naaaa  b\n')
})

test('figures stand at the right, and colour does not count', async () => {
  const red = (text: string) => `\x1b[31m${text}\x1b[39m`
  expect(
    await renderTable([
      [
        {text: 'a', paint: red},
        {text: '1', align: 'right'},
      ],
      [{text: 'bb'}, {text: '100', align: 'right'}],
    ]),
  ).toBe('\x1b[31ma\x1b[39m     1\nbb  100\n')
})

test('wide characters take two places', async () => {
  expect(
    await renderTable([
      [{text: '漢'}, {text: 'x'}],
      [{text: 'abc'}, {text: 'y'}],
    ]),
  ).toBe('漢   x\nabc  y\n')
})

test('no rows are no text', async () => expect(await renderTable([])).toBe(''))
