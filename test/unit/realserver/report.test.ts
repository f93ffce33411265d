import {expect, test} from 'vitest'
import {observe} from '../../../src/realserver/observe.ts'
import {setupReport, statusRows, teardownReport} from '../../../src/realserver/report.ts'
import {planSetup} from '../../../src/realserver/setup.ts'
import {realServerStatus} from '../../../src/realserver/status.ts'
import {planTeardown} from '../../../src/realserver/teardown.ts'
import {a, b, hostWith, onLo, setUp} from './bench.ts'

test('set-up', () => {
  const host = hostWith()
  const plan = planSetup({vips: [a]}, observe(host))
  expect(setupReport(plan, {})).toEqual([
    'ready: this host takes 192.168.1.200 by direct routing and stays silent about it on the LAN',
    '  not kept over a reboot',
    '  undo: lvsctl realserver teardown --vip 192.168.1.200',
  ])
  expect(setupReport(plan, {}, {dryRun: true})).toEqual(['nothing was changed (dry run)'])
  expect(setupReport(planSetup({vips: [a, b]}, observe(host)), {})[0]).toContain(
    'takes 192.168.1.200 and 192.168.1.201 by direct routing and stays silent about them',
  )
  setUp(host, a)
  expect(setupReport(planSetup({vips: [a]}, observe(host)), {})).toEqual([
    'nothing to do: 192.168.1.200 is set up here already',
  ])
})

test('teardown', () => {
  const host = hostWith()
  expect(teardownReport(planTeardown({vips: [a]}, observe(host)))).toEqual(['nothing to do'])
  setUp(host, a, b)
  expect(teardownReport(planTeardown({vips: [a]}, observe(host)))).toEqual([
    'done: this host does not take 192.168.1.200 any more',
  ])
  expect(teardownReport(planTeardown({}, observe(host)))).toEqual([
    'done: this host does not take 192.168.1.200 and 192.168.1.201 any more',
    '  ARP settings are as they were found',
  ])
  expect(teardownReport(planTeardown({}, observe(host)), {dryRun: true})).toEqual(['nothing was changed (dry run)'])
})

test('a VIP that was here before is not promised to be undone', () => {
  const host = hostWith({addresses: [onLo(a)]})
  const told = 'ARP stays quiet as long as it is here'
  expect(setupReport(planSetup({vips: [a, b]}, observe(host)), {}).slice(2)).toEqual([
    '  undo: lvsctl realserver teardown --vip 192.168.1.201',
    `  not undone: 192.168.1.200 was here before, and ${told}`,
  ])
  expect(setupReport(planSetup({vips: [a]}, observe(host)), {}).slice(2)).toEqual([
    `  not undone: 192.168.1.200 was here before, and ${told}`,
  ])
  setUp(host, a)
  expect(teardownReport(planTeardown({}, observe(host)))).toEqual(['done: nothing that set-up added is left here'])
})

test('status', () => {
  const listeners = [22, 80, 443, 8080, 8443].map((port) => ({address: a, port}))
  const host = hostWith({addresses: [onLo(b)]})
  const {vips} = realServerStatus(observe(host), {vips: [a, b], listeners})
  expect(statusRows(vips)).toEqual([
    [
      '192.168.1.200',
      'direct routing',
      'VIP on lo ✗',
      'ARP quiet ✗',
      'listening :22 :80 :443 :8080 … ✓',
      'not set up by lvsctl',
    ],
    ['192.168.1.201', 'direct routing', 'VIP on lo ✓', 'ARP quiet ✗', 'no TCP listener', 'not set up by lvsctl'],
  ])
  setUp(host, a)
  expect(statusRows(realServerStatus(observe(host)).vips)[0]).toEqual([
    '192.168.1.200',
    'direct routing',
    'VIP on lo ✓',
    'ARP quiet ✓',
    'no TCP listener',
    'set up by lvsctl',
  ])
})
