import {describe, expect, test} from 'vitest'
import {problem} from '../../../src/domain/problem.ts'
import {readAnswers} from '../../../src/formats/answers.ts'

const keys = ['service', 'servers', 'persistence', 'masquerade', 'keep']

const found = async (text: string) =>
  (await readAnswers(text, keys)).problems.map(({line, column, message, hint}) => [line, column, message, hint])

test.each([
  ['YAML', 'service: 192.168.1.200:80\nservers:\n  - 192.168.1.111\n  - 192.168.1.115 3\npersistence: 300\nkeep: no\n'],
  [
    'JSON',
    '{"service": "192.168.1.200:80", "servers": ["192.168.1.111", "192.168.1.115 3"], "persistence": 300, "keep": "no"}',
  ],
  [
    'a list in a line',
    'service: 192.168.1.200:80\nservers: 192.168.1.111, 192.168.1.115 3\npersistence: 300\nkeep: no\n',
  ],
])('%s', async (_format, text) => {
  const {texts, problems} = await readAnswers(text, keys)
  expect(problems).toEqual([])
  expect(texts).toEqual({
    service: '192.168.1.200:80',
    servers: '192.168.1.111, 192.168.1.115 3',
    persistence: '300',
    keep: 'no',
  })
})

describe('what is wrong, at its place', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['a mistyped key', 'service: x\nserver: y\n', [2, 1, 'there is no question "server"', 'Did you mean servers?']],
    ['a key of something else', 'wheels: 4\n', [1, 1, 'there is no question "wheels"', `There are ${keys.join(', ')}`]],
    [
      'an object for an answer',
      'service:\n  vip: 1\n',
      [2, 3, 'service is neither a text nor a number nor a list of them', undefined],
    ],
    ['an empty answer', 'service:\n', [1, 9, 'service is neither a text nor a number nor a list of them', undefined]],
    ['a list', '- service\n', [1, 1, 'answers are lines of "key: answer"', `There are ${keys.join(', ')}`]],
    ['nothing', '', [1, 1, 'answers are lines of "key: answer"', `There are ${keys.join(', ')}`]],
  ])('%s', async (_what, text, expected) => expect(await found(text)).toEqual([expected]))

  test('no YAML', async () => expect((await found('service: [1\n'))[0]?.[0]).toBe(2))

  test('a key twice', async () => expect((await found('keep: no\nkeep: boot\n'))[0]?.[0]).toBe(2))

  test('a wrong answer', async () => {
    const {place} = await readAnswers('service: x\n\nkeep: y\n', keys)
    expect(place([{key: 'keep', problem: problem('p', 'no')}])).toMatchObject([{line: 3, column: 7, message: 'no'}])
  })
})
