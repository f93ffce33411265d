import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Effect} from '../../../src/host/host.ts'
import type {LedgerSysctl} from '../../../src/host/ledger-kinds.ts'
import {restore, Settings} from '../../../src/host/settings.ts'
import {codes} from '../../support/problems.ts'

const key = 'net.ipv4.ip_forward'
const now = (value: string) => new Map([[key, value]])
const entry = (found: string, set: string): LedgerSysctl => ({key, found, set})
const settle = (noted: readonly LedgerSysctl[], values: ReadonlyMap<string, string>) => {
  const settings = new Settings(values, noted)
  settings.settle(key, '1', (value) => Number(value) >= 1)
  const {effects, warnings} = settings
  return {effects, entries: settings.noted, warnings}
}

test('what does as it is stays, and is not noted', () => {
  for (const value of ['1', '2']) expect(settle([], now(value))).toEqual({effects: [], entries: [], warnings: []})
})

test('what does not is set, and what was found is noted', () => {
  expect(settle([], now('0'))).toEqual({
    effects: [{do: 'set-sysctl', key, value: '1'}],
    entries: [entry('0', '1')],
    warnings: [],
  })
})

test('noted and cut off before it was set: set without a word', () => {
  const {effects, entries, warnings} = settle([entry('0', '1')], now('0'))
  expect([effects.length, entries, warnings]).toEqual([1, [entry('0', '1')], []])
})

test('somebody chose another value since: kept where it does, else set again and noted as what to go back to', () => {
  const kept = settle([entry('0', '1')], now('2'))
  expect([kept.effects, kept.entries, codes(kept.warnings)]).toEqual([[], [], ['sysctl-changed']])
  const again = settle([entry('0', '1')], now('-1'))
  expect([again.entries, codes(again.warnings)]).toEqual([[entry('-1', '1')], ['sysctl-changed']])
})

test('a setting that this kernel lacks', () => {
  expect(() => settle([], new Map())).toThrow(expect.objectContaining({code: 'sysctl-unknown'}))
})

test('back goes only what is as set-up made it', () => {
  expect(restore([entry('0', '1')], now('1')).effects).toEqual([{do: 'set-sysctl', key, value: '0'}])
  expect(restore([entry('0', '1')], now('0'))).toEqual({effects: [], warnings: []})
  const changed = restore([entry('0', '1')], now('2'))
  expect([changed.effects, codes(changed.warnings)]).toEqual([[], ['sysctl-changed']])
  expect(changed.warnings[0]?.hint).toContain(`sysctl -w ${key}=0`)
})

test('settled and restored, every value is as it was', () => {
  const value = fc.integer({min: 0, max: 3}).map(String)
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), {maxLength: 5}), (rows) => {
      const before = new Map(rows.map(([found], index) => [`k.${index}`, found]))
      const wanted = rows.map(([, value], index) => ({key: `k.${index}`, value}))
      const values = new Map(before)
      const apply = (effects: readonly Effect[]) => {
        for (const one of effects) if (one.do === 'set-sysctl') values.set(one.key, one.value)
      }
      const settle = (noted: readonly LedgerSysctl[] = []) => {
        const settings = new Settings(values, noted)
        for (const {key, value} of wanted) settings.settle(key, value)
        return settings
      }
      const {effects, noted} = settle()
      apply(effects)
      expect([...values.values()]).toEqual(wanted.map((one) => one.value))
      expect(settle(noted).effects).toEqual([])
      apply(restore(noted, values).effects)
      expect(values).toEqual(before)
    }),
  )
})
