import {describe, expect, test} from 'vitest'
import {type IntegerKind, parseInteger} from '../../../src/domain/integer.ts'

test.each([
  ['weight', '0', 0],
  ['weight', '2147483647', 2_147_483_647],
  ['fwmark', '1', 1],
  ['fwmark', '4294967295', 4_294_967_295],
  ['persistence', '2678400', 2_678_400],
  ['upperThreshold', '0', 0],
  ['tunnelPort', '65535', 65_535],
  ['syncId', '255', 255],
  ['timeout', '0', 0],
] as const)('%s %s', (kind, text, value) => expect(parseInteger(text, kind)).toEqual({ok: true, value}))

// kind, asked, where, message, hint
test.each([
  ['weight', '', '-w', 'the weight is missing', 'A weight is a whole number from 0 to 2147483647'],
  ['weight', 'abc', '-w', 'abc is not a weight', 'A weight is a whole number from 0 to 2147483647'],
  ['weight', '-1', '-w', '-1 is negative', 'A weight is a whole number from 0 to 2147483647'],
  ['weight', '−5', '-w', '−5 contains MINUS SIGN (U+2212)', 'A weight is a whole number from 0 to 2147483647'],
  ['weight', '1.5', '-w', '1.5 is not a whole number', 'A weight is a whole number from 0 to 2147483647'],
  [
    'weight',
    '1-5',
    '-w',
    '1-5 is a range, and one number is expected',
    'A weight is a whole number from 0 to 2147483647',
  ],
  [
    'weight',
    '1,2',
    '-w',
    '1,2 is a list, and one number is expected',
    'A weight is a whole number from 0 to 2147483647',
  ],
  ['weight', '5m', '-w', '5m has a unit', 'A weight is a whole number from 0 to 2147483647'],
  ['weight', ' ', '-w', '" " is blank', 'A weight is a whole number from 0 to 2147483647'],
  ['weight', ' 3', '-w', '" 3" has a blank around it', 'Did you mean 3?'],
  ['weight', '+3', '-w', '+3 has a sign', 'Did you mean 3?'],
  ['weight', '007', '-w', '007 begins with 0, which may mean octal', 'Did you mean 7?'],
  ['weight', '0x10', '-w', '0x10 is hexadecimal, and decimal is expected', 'Did you mean 16?'],
  ['weight', '1,000', '-w', '1,000 has separators', 'Did you mean 1000?'],
  ['weight', '\u00a03', '-w', '"\\u{00A0}3" contains NO-BREAK SPACE (U+00A0)', 'Did you mean 3?'],
  [
    'weight',
    '2147483648',
    '-w',
    '2147483648 is too high for a weight',
    'A weight is a whole number from 0 to 2147483647',
  ],
  [
    'fwmark',
    '0',
    '-f',
    '0 is too low for a firewall mark',
    'A firewall mark is a whole number from 1 to 4294967295; 0 is the mark of packets that nobody marked',
  ],
  [
    'fwmark',
    '4294967296',
    '-f',
    '4294967296 is too high for a firewall mark',
    'A firewall mark is a whole number from 1 to 4294967295',
  ],
  ['fwmark', '-1294967296', '-f', '-1294967296 is negative', 'Did you mean 3000000000?'],
  ['fwmark', '-4294967296', '-f', '-4294967296 is negative', 'A firewall mark is a whole number from 1 to 4294967295'],
  ['persistence', '5m', '-p', '5m has a unit', 'Did you mean 300?'],
  [
    'persistence',
    '32d',
    '-p',
    '32d has a unit',
    'A persistence timeout in seconds is a whole number from 1 to 2678400',
  ],
  [
    'persistence',
    '2678401',
    '-p',
    '2678401 is too high for a persistence timeout in seconds',
    'A persistence timeout in seconds is a whole number from 1 to 2678400; that is 31 days',
  ],
  ['syncId', '256', '--syncid', '256 is too high for a sync id', 'A sync id is a whole number from 0 to 255'],
] as const)('%s %j', (kind, text, where, message, hint) =>
  expect(parseInteger(text, kind)).toMatchObject({
    ok: false,
    problem: {code: expect.stringMatching(/-invalid$/), severity: 'error', where, message, hint},
  }),
)

describe('where', () => {
  test.each<[IntegerKind, string | undefined, string | undefined]>([
    ['weight', undefined, '-w'],
    ['weight', 'cluster.yaml:7:12', 'cluster.yaml:7:12'],
    ['port', undefined, undefined],
  ])('%s %s', (kind, where, expected) => {
    const parsed = parseInteger('x', kind, where)
    expect(parsed.ok ? '' : parsed.problem.where).toBe(expected)
  })
})

test('a number of any length is out of range, and shown short', () => {
  const parsed = parseInteger('9'.repeat(500), 'weight')
  expect(parsed.ok ? '' : parsed.problem.message).toBe(`${'9'.repeat(77)}... is too high for a weight`)
})
