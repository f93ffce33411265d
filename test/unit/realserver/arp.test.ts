// What the reference lab on a 6.1 kernel measured, and what net/ipv4/arp.c says about the values it did not try.

import {expect, test} from 'vitest'
import type {AddressScope} from '../../../src/host/host.ts'
import {arpRules, effective} from '../../../src/realserver/arp.ts'

const quiet = (setting: string, value: number, scope: AddressScope = 'global') =>
  arpRules.find((rule) => rule.setting === setting)?.quiet(value, scope)

test.each<[number, AddressScope, boolean]>([
  [0, 'global', false],
  [0, 'host', false],
  [1, 'global', true],
  [2, 'global', true],
  [3, 'global', false],
  [3, 'link', false],
  [3, 'host', true],
  [4, 'host', false],
  [7, 'global', false],
  [8, 'global', true],
  [9, 'global', false],
  [-1, 'global', false],
])('arp_ignore %d, address of scope %s: quiet %s', (value, scope, is) =>
  expect(quiet('arp_ignore', value, scope)).toBe(is),
)

test.each([
  [0, false],
  [1, false],
  [2, true],
  [3, false],
])('arp_announce %d: quiet %s', (value, is) => expect(quiet('arp_announce', value)).toBe(is))

test('what set-up writes is quiet, for any scope', () => {
  for (const {required, quiet} of arpRules)
    for (const scope of ['global', 'host'] as const) expect(quiet(required, scope)).toBe(true)
})

test.each([
  [['0', '1'], 1],
  [['3', '1'], 3],
  [['-1', '0'], 0],
  [[undefined, '2'], 2],
  [['nonsense', '1'], 1],
] as const)('the larger of %j counts: %d', (values, larger) => expect(effective(...values)).toBe(larger))
