// popt's reading of words, with options of its own.

import {expect, test} from 'vitest'
import {indexOptions, type OptionRead, OptionReader} from '../../../../src/formats/ipvsadm/popt.ts'

type Name = 'list' | 'weight' | 'maybe'

const index = indexOptions<Name>([
  {name: 'list', letters: 'Ll', value: 'none'},
  {name: 'weight', letters: 'w', value: 'required'},
  {name: 'maybe', letters: 'p', value: 'optional'},
])

const unknown = {problem: 'unknown option'}
const missing = {problem: 'missing argument'}
const unwanted = {problem: 'option does not take an argument'}

function readAll(line: string): {read: unknown[]; others: readonly string[]; last: string} {
  const reader = new OptionReader<Name>(line === '' ? [] : line.split(' '), index)
  const read: unknown[] = []
  for (let one: OptionRead<Name> = reader.read(); one.kind !== 'end'; one = reader.read()) {
    read.push(one.kind === 'problem' ? {problem: one.text} : one.value === undefined ? one.name : [one.name, one.value])
    if (one.kind === 'problem') break
  }
  return {read, others: reader.others, last: reader.lastWord}
}

test.each([
  ['', []],
  ['-L', ['list']],
  ['-Ll', ['list', 'list']],
  ['--list', ['list']],
  ['-w5', [['weight', '5']]],
  ['-w=5', [['weight', '5']]],
  ['-w==5', [['weight', '=5']]],
  ['-w 5', [['weight', '5']]],
  ['-w -5', [['weight', '-5']]],
  ['-w=', [['weight', '']]],
  ['--weight=', [['weight', '']]],
  ['--weight --list', [['weight', '--list']]],
  ['-Lw5', ['list', ['weight', '5']]],
  ['-p', ['maybe']],
  ['-p 5', [['maybe', '5']]],
  ['-p -L', ['maybe', 'list']],
  ['--maybe=5', [['maybe', '5']]],
  ['-w', [missing]],
  ['--weight', [missing]],
  ['-q', [unknown]],
  ['-Lq', ['list', unknown]],
  ['--lis', [unknown]],
  ['--', []],
  ['---', [unknown]],
  ['--=x', [unknown]],
  ['-L=', [unwanted]],
  ['-L=x', [unwanted]],
  ['--list=x', [unwanted]],
])('%s', (line, expected) => expect(readAll(line).read).toEqual(expected))

test.each([
  ['a -L b', ['a', 'b']],
  ['- -L', ['-']],
  ['-L -- -w', ['-w']],
  ['-w 1 2 --  -- x', ['2', '', '--', 'x']],
])('%s leaves words over', (line, others) => expect(readAll(line).others).toEqual(others))

test('the word that is to blame is told whole', () => {
  expect(readAll('-L -Lqw').last).toBe('-Lqw')
  expect(readAll('-L --list=7').last).toBe('--list=7')
})
