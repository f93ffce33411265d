import {expect, test} from 'vitest'
import {expandImpliedValues} from '../../../src/cli/implied-values.ts'

const flags = {
  persistent: {char: 'p', type: 'option', implied: '360'},
  scheduler: {char: 's', type: 'option'},
  ops: {char: 'o', type: 'boolean'},
  ipv6: {char: '6', type: 'boolean'},
}

const expand = (line: string): string => expandImpliedValues(line.split(' ').filter(Boolean), flags).join(' ')

test.each([
  ['-p', '-p 360'],
  ['-p 300', '-p 300'],
  ['-p300', '-p300'],
  ['-p -s rr', '-p 360 -s rr'],
  ['--persistent --scheduler rr', '--persistent 360 --scheduler rr'],
  ['--persistent=300', '--persistent=300'],
  ['-s rr -p', '-s rr -p 360'],
  ['-op', '-op 360'],
  ['-f 7 -6op -s rr', '-f 7 -6op 360 -s rr'],
  ['-p tcp://192.0.2.1:80', '-p 360 tcp://192.0.2.1:80'],
  ['-p abc', '-p abc'],
  // A negative number is a wrong value, told as such; -6 is an option.
  ['-p -5', '-p -5'],
  ['-p -6', '-p 360 -6'],
  // Not -p in a bundle, but the value of -s.
  ['-sp', '-sp'],
  ['-- -p', '-- -p'],
  ['-p --', '-p 360 --'],
  ['', ''],
])('%s → %s', (line, expected) => expect(expand(line)).toBe(expected))

test('commands without such options are left alone', () => {
  expect(expandImpliedValues(['-p'], {scheduler: {char: 's'}})).toEqual(['-p'])
})
