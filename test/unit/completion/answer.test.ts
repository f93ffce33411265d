import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {formatAnswer, unquote} from '../../../src/completion/answer.ts'

const words = (...candidates: {value: string; about?: string; open?: boolean}[]) =>
  ({kind: 'words', candidates}) as const
const bash = (value: string, dropped = '', typed = ''): string =>
  formatAnswer(words({value}), {shell: 'bash', dropped, typed}).split('\n').slice(1, -1).join('\n')

test.each([
  [words(), ''],
  [words({value: 'a', about: 'One thing.'}, {value: 'b'}), 'words\na\tOne thing\nb\t\n'],
  [words({value: '192.0.2.1:', open: true}), 'open\n192.0.2.1:\t\n'],
  [words({value: '192.0.2.1:', open: true}, {value: 'x'}), 'words\n192.0.2.1:\t\nx\t\n'],
  [{kind: 'files', before: '--file='} as const, 'files --file=\n'],
  [words({value: 'a', about: 'two\nlines'}), 'words\na\ttwo lines\n'],
  [words({value: 'a\nb'}, {value: 'c'}), 'words\nc\t\n'],
  [words({value: 'a\tb'}), ''],
])('fish and zsh: %j', (completion, expected) => {
  for (const shell of ['fish', 'zsh']) expect(formatAnswer(completion, {shell, dropped: '', typed: ''})).toBe(expected)
})

describe('bash', () => {
  test.each([
    ['tcp://192.0.2.1:80', '', 'tcp://192.0.2.1:80'],
    ['tcp://192.0.2.1:80', 'tcp:', '//192.0.2.1:80'],
    ['tcp://[2001:db8::1]:80', 'tcp://\\[2001:db8::', '1]:80'],
    ['--scheduler=rr', '--scheduler=', 'rr'],
    ['$(reboot)', '', '\\$\\(reboot\\)'],
    ['a b;c', '', 'a\\ b\\;c'],
  ])('%s behind %j', (value, dropped, expected) => expect(bash(value, dropped)).toBe(expected))

  test('between quotes words come as they are, or not at all', () => {
    expect(bash('tcp://[2001:db8::1]:80', '', "'tcp")).toBe('tcp://[2001:db8::1]:80')
    expect(bash('$(reboot)', '', '"$')).toBe('')
  })

  test('what is quoted means what it was', () => {
    const typed = fc.string({unit: 'binary', minLength: 1}).filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(fc.property(typed, (text) => unquote(bash(text)) === text))
  })
})

test.each([
  ["'a b'", 'a b'],
  ["'a b", 'a b'],
  ['"a\'b"', "a'b"],
  ['a\\ b', 'a b'],
  ["'a\\b'", 'a\\b'],
  ['\\[2001:db8::1\\]:80', '[2001:db8::1]:80'],
  ['a\\', 'a'],
  ['', ''],
])('%s is %s', (word, expected) => expect(unquote(word)).toBe(expected))
