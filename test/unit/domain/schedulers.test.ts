import {describe, expect, test} from 'vitest'
import {
  formatSchedulerFlags,
  parseScheduler,
  parseSchedulerFlags,
  schedulerFlagNames,
  schedulers,
} from '../../../src/domain/schedulers.ts'
import type {SchedulerFlag} from '../../../src/domain/service.ts'

// CONFIG_IP_VS_RR … CONFIG_IP_VS_TWOS in net/netfilter/ipvs/Kconfig, and none.
test('the kernel has these', () => {
  expect(schedulers.map(({name}) => name).sort()).toEqual(
    'dh fo lblc lblcr lc mh none nq ovf rr sed sh twos wlc wrr'.split(' '),
  )
  expect(new Set(schedulers.map(({advice}) => advice)).size).toBe(15)
})

test.each(schedulers.map(({name}) => name))('%s', (name) =>
  expect(parseScheduler(name)).toEqual({ok: true, value: name}),
)

test.each([
  ['wrrr', 'no scheduler "wrrr"', 'Did you mean wrr (weighted round robin)?'],
  ['rwr', 'no scheduler "rwr"', 'Did you mean wrr (weighted round robin)?'],
  ['WLC', 'no scheduler "WLC"', 'Did you mean wlc (weighted least connections)?'],
  ['round-robin', 'no scheduler "round-robin"', 'Did you mean rr (round robin)?'],
  ['maglev hashing', 'no scheduler "maglev hashing"', 'Did you mean mh (Maglev hashing)?'],
  [
    '',
    'the scheduler is missing',
    'Schedulers are rr, wrr, lc, wlc, fo, ovf, lblc, lblcr, dh, sh, mh, sed, nq, twos, none',
  ],
  [
    'fastest',
    'no scheduler "fastest"',
    'Schedulers are rr, wrr, lc, wlc, fo, ovf, lblc, lblcr, dh, sh, mh, sed, nq, twos, none',
  ],
])('%j: %s', (text, message, hint) =>
  expect(parseScheduler(text)).toEqual({
    ok: false,
    problem: {code: 'scheduler-unknown', severity: 'error', where: '-s', message, hint},
  }),
)

describe('flags', () => {
  test.each<[string, string, readonly SchedulerFlag[]]>([
    ['sh', 'sh-fallback', ['flag-1']],
    ['sh', 'sh-fallback,sh-port', ['flag-1', 'flag-2']],
    ['mh', 'mh-port', ['flag-2']],
    ['sh', 'sh-port,flag-3', ['flag-2', 'flag-3']],
    ['rr', 'flag-1,flag-2,flag-3', ['flag-1', 'flag-2', 'flag-3']],
    ['out-of-tree', 'flag-1', ['flag-1']],
  ])('%s -b %s', (scheduler, text, flags) => {
    expect(parseSchedulerFlags(scheduler, text)).toEqual({ok: true, value: flags})
    expect(formatSchedulerFlags(scheduler, flags)).toBe(text)
  })

  test('order and repetition do not count', () => {
    expect(parseSchedulerFlags('sh', 'sh-port,sh-fallback,sh-port')).toEqual({ok: true, value: ['flag-1', 'flag-2']})
    expect(parseSchedulerFlags('sh', 'flag-1')).toEqual(parseSchedulerFlags('sh', 'sh-fallback'))
    expect(schedulerFlagNames('sh', ['flag-2', 'flag-1'])).toEqual(['sh-fallback', 'sh-port'])
    expect(formatSchedulerFlags('sh', [])).toBe('')
  })

  test.each([
    [
      'rr',
      'sh-port',
      'scheduler-flag-foreign',
      'sh-port is a flag of sh, and the scheduler is rr',
      'With -s sh, or without sh-port',
    ],
    [
      'mh',
      'sh-port',
      'scheduler-flag-foreign',
      'sh-port is a flag of sh, and the scheduler is mh',
      'mh has mh-fallback and mh-port',
    ],
    ['sh', 'sh-prt', 'scheduler-flag-unknown', 'no scheduler flag "sh-prt"', 'Did you mean sh-port?'],
    ['rr', 'bogus', 'scheduler-flag-unknown', 'no scheduler flag "bogus"', 'rr has no flags'],
    ['sh', ',', 'scheduler-flag-unknown', 'a scheduler flag is missing', 'sh has sh-fallback and sh-port'],
    ['sh', 'sh-port,', 'scheduler-flag-unknown', 'a scheduler flag is missing', 'sh has sh-fallback and sh-port'],
  ])('%s -b %s', (scheduler, text, code, message, hint) =>
    expect(parseSchedulerFlags(scheduler, text)).toMatchObject({
      ok: false,
      problem: {code, severity: 'error', where: '-b', message, hint},
    }),
  )
})
