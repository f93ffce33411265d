// What the words of the command line come to, and everything that is wrong with them at once.

import {describe, expect, test} from 'vitest'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {parseSetup, type SetupWords, sshPeer} from '../../../src/realserver/request.ts'

const vip = ['192.168.1.200']

test.each<[string, SetupWords, object]>([
  ['a VIP alone', {vip}, {vips: vip, method: 'dr'}],
  ['several', {vip: ['192.168.1.200,2001:db8::1', '192.168.1.201']}, {vips: [...vip, '2001:db8::1', '192.168.1.201']}],
  ['a tunnel', {vip, method: 'tun'}, {method: 'tun', tunnel: {type: 'ipip'}}],
  [
    'a tunnel in UDP',
    {vip, method: 'tun', 'tun-type': 'gue', 'tun-port': '6080', 'mtu-cure': 'clamp'},
    {tunnel: {type: 'gue', port: 6080}, mtuCure: 'clamp'},
  ],
  [
    'behind NAT',
    {method: 'nat', gateway: ['10.0.0.1', '2001:db8::1']},
    {vips: [], gateways: ['10.0.0.1', '2001:db8::1']},
  ],
  ['elsewhere', {vip, interface: 'dummy0', 'arp-scope': 'eth0'}, {device: 'dummy0', arpScope: 'eth0'}],
])('%s', (_what, words, expected) => expect(parseSetup(words)).toMatchObject(expected))

test.each<[string, SetupWords, readonly string[]]>([
  ['nothing', {}, ['vip-missing']],
  ['an unknown method', {vip, method: 'drr'}, ['choice-unknown']],
  ['an unknown tunnel', {vip, method: 'tun', 'tun-type': 'ip-ip'}, ['choice-unknown']],
  ['a cure that is none', {vip, method: 'tun', 'mtu-cure': 'x'}, ['choice-unknown']],
  ['gue without port', {vip, method: 'tun', 'tun-type': 'gue'}, ['tunnel-port-missing']],
  ['a port without gue', {vip, method: 'tun', 'tun-port': '6080'}, ['tunnel-port-unexpected']],
  ['a port that is none', {vip, method: 'tun', 'tun-type': 'gue', 'tun-port': '70000'}, ['tunnel-port-invalid']],
  [
    'tunnel options without a tunnel',
    {vip, 'tun-type': 'gre', 'mtu-cure': 'clamp'},
    ['option-unexpected', 'option-unexpected'],
  ],
  ['NAT without a gateway', {method: 'nat'}, ['gateway-missing']],
  ['NAT with a VIP', {method: 'nat', gateway: ['10.0.0.1'], vip}, ['vip-unexpected']],
  ['a gateway without NAT', {vip, gateway: ['10.0.0.1']}, ['option-unexpected']],
  [
    'a VIP that is none, and a gateway too many',
    {vip: ['x'], gateway: ['y']},
    ['option-unexpected', 'address-is-name', 'address-is-name'],
  ],
])('%s is refused', (_what, words, codes) => {
  try {
    parseSetup(words)
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof LvsctlError)) throw error
    expect(error.exit).toBe(2)
    expect(error.problems.map(({code}) => code)).toEqual(codes)
  }
})

test.each(['0.0.0.0', '224.0.0.1', '127.0.0.1', '255.255.255.255'])('%s is no gateway', (gateway) => {
  expect(() => parseSetup({method: 'nat', gateway: [gateway]})).toThrow(
    expect.objectContaining({
      failure: 'usage',
      code: 'gateway-not-unicast',
      message: expect.stringMatching(/a gateway$/),
    }),
  )
})

test('interfaces that are none are told with what else is wrong', () => {
  const told = (words: SetupWords) => {
    try {
      parseSetup(words, 'realserver setup', ['lo', 'eth0'])
      return []
    } catch (error) {
      return (error as LvsctlError).problems.map(({where, code}) => `${where} ${code}`)
    }
  }
  expect(told({vip: ['bad'], interface: 'nope', 'arp-scope': 'eth7'})).toEqual([
    '--vip address-is-name',
    '--interface interface-unknown',
    '--arp-scope interface-unknown',
  ])
  expect(told({vip: ['bad'], interface: 'dummy0', 'arp-scope': 'all'})).toEqual(['--vip address-is-name'])
  expect(told({vip, interface: 'nope'})).toEqual([])
})

describe('the other end of an ssh connection', () => {
  test.each([
    ['203.0.113.9 50000 192.168.1.111 22', '203.0.113.9'],
    ['2001:db8:9::9 50000 2001:db8::1 22', '2001:db8:9::9'],
    ['::ffff:203.0.113.9 50000 ::ffff:192.168.1.111 22', '203.0.113.9'],
    ['', undefined],
    ['UNKNOWN 65535 UNKNOWN 65535', undefined],
  ])('%j', (text, expected) => expect(sshPeer({SSH_CONNECTION: text}).sshPeer).toBe(expected))
  test('there is none', () => expect(sshPeer({})).toEqual({}))
})
