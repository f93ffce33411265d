import {expect, test} from 'vitest'
import {ChangedCells} from '../../../src/cli/changed-cells.ts'
import type {TableRow} from '../../../src/cli/fit-layout.ts'

const bold = (text: string) => `*${text}*`
const row = (...texts: readonly string[]): TableRow => texts.map((text) => ({text}))
const shown = (cells: TableRow) => cells.map(({text, paint}) => (paint ? paint(text) : text))

/** What each view shows of its rows, by name. */
function views(...all: readonly Readonly<Record<string, TableRow>>[]) {
  const changed = new ChangedCells({bold})
  return all.map((view) => {
    const rows = Object.entries(view).map(([name, cells]) => shown(changed.mark(name, cells)))
    changed.next()
    return rows
  })
}

test('the first view is no news', () => {
  expect(views({a: row('a', '1')})).toEqual([[['a', '1']]])
})

test('a cell that changed is, once', () => {
  expect(views({a: row('a', '1')}, {a: row('a', '2')}, {a: row('a', '2')})).toEqual([
    [['a', '1']],
    [['a', '*2*']],
    [['a', '2']],
  ])
})

test('a row that moved is not; a row that is new is', () => {
  expect(views({b: row('b', '1')}, {a: row('a', '2'), b: row('b', '1')})[1]).toEqual([
    ['*a*', '*2*'],
    ['b', '1'],
  ])
})

test('a row that was away for a while is new again', () => {
  expect(views({a: row('a'), b: row('b')}, {b: row('b')}, {a: row('a'), b: row('b')})[2]).toEqual([['*a*'], ['b']])
})

test('padding and bars are no news', () => {
  const before = row('active 9', '███▌', ' 43 %')
  expect(views({a: before}, {a: row('active     9', '███▋', '43 %')})[1]).toEqual([['active     9', '███▋', '43 %']])
})

test('colour stays', () => {
  const red = (text: string) => `<${text}>`
  expect(views({a: [{text: '1', paint: red}]}, {a: [{text: '2', paint: red}]})[1]).toEqual([['*<2>*']])
})
