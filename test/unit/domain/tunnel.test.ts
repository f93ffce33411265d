import {expect, test} from 'vitest'
import {chooseForwarding, chooseTunnelChecksum, parseTunnelType} from '../../../src/domain/tunnel.ts'

test.each(['ipip', 'gue', 'gre'])('--tun-type %s', (type) =>
  expect(parseTunnelType(type)).toEqual({ok: true, value: type}),
)

test.each([
  ['geu', 'no tunnel type geu', 'Did you mean gue?'],
  ['IPIP', 'no tunnel type IPIP', 'Did you mean ipip?'],
  ['vxlan', 'no tunnel type vxlan', 'Tunnel types are ipip, gue, gre'],
  ['', 'the tunnel type is missing', 'Tunnel types are ipip, gue, gre'],
])('--tun-type %j', (text, message, hint) =>
  expect(parseTunnelType(text)).toMatchObject({ok: false, problem: {where: '--tun-type', message, hint}}),
)

test.each([
  [['-g'], 'gatewaying'],
  [['-i'], 'tunneling'],
  [['-m'], 'masquerading'],
  [['-g', '-g'], 'gatewaying'],
  [[], undefined],
])('%j', (options, method) => expect(chooseForwarding(options)).toEqual({ok: true, value: method}))

test('one method', () =>
  expect(chooseForwarding(['-m', '-g'])).toMatchObject({
    problem: {
      code: 'forwarding-ambiguous',
      where: '-g',
      message: '-m and -g exclude each other',
      hint: 'Give one of -m, -i, -g',
    },
  }))

test.each([
  [['--tun-nocsum'], 'none'],
  [['--tun-csum'], 'full'],
  [['--tun-remcsum'], 'remote'],
  [[], undefined],
])('%j', (options, checksum) => expect(chooseTunnelChecksum(options)).toEqual({ok: true, value: checksum}))

test('one checksum', () =>
  expect(chooseTunnelChecksum(['--tun-csum', '--tun-remcsum', '--tun-nocsum'])).toMatchObject({
    problem: {message: '--tun-nocsum and --tun-csum and --tun-remcsum exclude each other'},
  }))
