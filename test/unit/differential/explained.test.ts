// What is meant to differ is explained, and nothing that only looks like it.

import {describe, expect, test} from 'vitest'
import {askIpvsadm, explain} from '../../support/differential/explained.ts'
import type {Outcome, Step} from '../../support/differential/step.ts'

const said = (change: Partial<Outcome>): Outcome => ({stdout: '', stderr: '', code: 0, state: [], ...change})
const list: Step = {argv: ['-L']}
const reasons = (real: Partial<Outcome>, ours: Partial<Outcome>, step = list) =>
  explain({real: said(real), ours: said(ours)}, step)

describe('explained', () => {
  test.each([
    ['FWM  -1 wlc\n', 'FWM  4294967295 wlc\n'],
    ['FWM  -2147483648 IPv6 rr persistent 9\n', 'FWM  2147483648 IPv6 rr persistent 9\n'],
    ['FWM  -1                                  0        0\n', 'FWM  4294967295                          0        0\n'],
    [
      '-A -f -1 -s rr\n-a -f -1 -r 10.1.1.1:0 -g -w 1\n',
      '-A -f 4294967295 -s rr\n-a -f 4294967295 -r 10.1.1.1:0 -g -w 1\n',
    ],
    ['FWM  -2147483648 IPv6                   0        0\n', 'FWM  2147483648 IPv6                    0        0\n'],
  ])('great marks: %j', (real, ours) => expect(reasons({stdout: real}, {stdout: ours})).toEqual(['great marks']))

  test.each([
    ['TCP  192.0.2.1:80 sh ()\n', 'TCP  192.0.2.1:80 sh (flag-3)\n'],
    ['TCP  192.0.2.1:80 mh (mh-port) persistent 9\n', 'TCP  192.0.2.1:80 mh (mh-port,flag-3) persistent 9\n'],
    ['-A -t 192.0.2.1:80 -s sh -b \n', '-A -t 192.0.2.1:80 -s sh -b flag-3\n'],
    ['-A -t 192.0.2.1:80 -s mh -p 9 -b mh-port\n', '-A -t 192.0.2.1:80 -s mh -p 9 -b mh-port,flag-3\n'],
  ])('flag 3: %j', (real, ours) => expect(reasons({stdout: real}, {stdout: ours})).toEqual(['flag 3']))

  test('both in one listing', () => {
    const real = 'FWM  -1 sh ()\n'
    const ours = 'FWM  4294967295 sh (flag-3)\n'
    expect(reasons({stdout: real}, {stdout: ours})).toEqual(['great marks', 'flag 3'])
  })

  test('the crash', () => {
    const refusal = {code: 2, stderr: "invalid scheduler flag `,'\n"}
    expect(reasons({code: 139}, refusal)).toEqual(['nothing but commas'])
  })
})

describe('not explained', () => {
  test.each<readonly [string, Partial<Outcome>, Partial<Outcome>]>([
    ['another mark', {stdout: 'FWM  -1 wlc\n'}, {stdout: 'FWM  4294967294 wlc\n'}],
    ['another column', {stdout: 'FWM  -1          0\n'}, {stdout: 'FWM  4294967295          0\n'}],
    ['a mark, and a blank', {stdout: 'FWM  -1 wlc\n'}, {stdout: 'FWM  4294967295 wlc \n'}],
    ['flag 3 of rr', {stdout: 'TCP  192.0.2.1:80 rr ()\n'}, {stdout: 'TCP  192.0.2.1:80 rr (flag-3)\n'}],
    ['another crash', {code: 139}, {code: 2, stderr: 'illegal weight specified\n'}],
    ['a crash of ours', {code: 0}, {code: 139}],
    ['a crash that left another table', {code: 139, state: ['a']}, {code: 2, stderr: "invalid scheduler flag `,'\n"}],
    ['an exit code', {code: 1}, {code: 2}],
  ])('%s', (_what, real, ours) => expect(reasons(real, ours)).toBeUndefined())
})

describe('in other words', () => {
  test.each([
    ['[192.0.2.1]:80', '192.0.2.1:80'],
    ['--tcp-service=[vip-one]:80', '--tcp-service=vip-one:80'],
    ['[192.0.2.1:81]:80', '192.0.2.1:81:80'],
  ])('%s', (word, asked) => expect(askIpvsadm({argv: ['-A', word]}).step.argv).toEqual(['-A', asked]))

  test.each(['[2001:db8::1]:80', '[192.0.2.1]', '[]:80', '192.0.2.1:80'])('%s stays', (word) => {
    expect(askIpvsadm({argv: [word], input: word})).toEqual({step: {argv: [word], input: word}, reasons: []})
  })
})
