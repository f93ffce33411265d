import {expect, test} from 'vitest'
import type {Facts} from '../../../src/wizard/facts.ts'
import {resolve} from '../../../src/wizard/flow.ts'
import {recommend} from '../../../src/wizard/recommend.ts'
import {factsOf, flat, twoArms} from '../../support/wizard.ts'

test.each<[string, Facts, string, string, string, RegExp]>([
  ['one network', flat, '192.168.1.200:80', '192.168.1.111, 192.168.1.115', 'dr', /same network/],
  ['another port', flat, '192.168.1.200:80', '192.168.1.111:8080', 'nat', /111:8080 is not on port 80/],
  ['behind this host', twoArms, '192.168.1.200:80', '10.0.0.111, 10.0.0.115', 'nat', /behind this host/],
  ['behind a router', flat, '192.168.1.200:80', '10.0.0.111', 'tun', /the real servers are behind a router/],
  ['one of them behind a router', flat, '192.168.1.200:80', '192.168.1.111, 10.9.0.7', 'tun', /10\.9\.0\.7 is behind/],
  ['another port, behind a router', flat, '192.168.1.200:80', '10.0.0.111:8080', 'nat', /only NAT changes ports/],
  [
    'IPv6',
    factsOf('eth0 2001:db8:1::114/64'),
    '[2001:db8:1::200]:80',
    '2001:db8:1::111, 2001:db8:1::115',
    'dr',
    /same network/,
  ],
  ['from a real server', factsOf('eth0 192.168.1.111/24'), '192.168.1.200:80', '192.168.1.111', 'dr', /same network/],
  // A VIP that is routed here says nothing about where clients are.
  ['a VIP of no network', flat, '203.0.113.9:80', '192.168.1.111', 'dr', /same network/],
])('%s', (_what, facts, serviceText, servers, method, because) => {
  const {answers, verdicts} = resolve({service: serviceText, servers}, facts)
  expect(verdicts).toEqual([])
  const found = recommend(answers as Required<Pick<typeof answers, 'service' | 'servers'>>, facts)
  expect(found).toEqual({method, because: expect.stringMatching(because)})
})
