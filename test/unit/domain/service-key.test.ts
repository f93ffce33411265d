import {describe, expect, test} from 'vitest'
import {address, type Family} from '../../../src/domain/address.ts'
import {compareServiceKeys, formatServiceKey, type ServiceKey} from '../../../src/domain/service.ts'
import {
  defaultServerPort,
  parseServerAddress,
  parseServiceAddress,
  parseServiceKey,
  parseServiceOptions,
  type ServiceOptions,
  serviceArguments,
  serviceOption,
} from '../../../src/domain/service-key.ts'

const at = (protocol: 'tcp' | 'udp' | 'sctp' | `protocol-${number}`, host: string, port: number): ServiceKey => ({
  kind: 'address',
  protocol,
  address: address(host),
  port,
})
const marked = (mark: number, family: Family = 'ipv4'): ServiceKey => ({kind: 'fwmark', mark, family})

describe('one spelling, both ways', () => {
  test.each([
    ['tcp://192.0.2.10:80', at('tcp', '192.0.2.10', 80), '-t 192.0.2.10:80'],
    ['udp://[2001:db8::1]:53', at('udp', '2001:db8::1', 53), '-u [2001:db8::1]:53'],
    ['sctp://192.0.2.10:3868', at('sctp', '192.0.2.10', 3868), '--sctp-service 192.0.2.10:3868'],
    ['tcp://192.0.2.10:0', at('tcp', '192.0.2.10', 0), '-t 192.0.2.10:0'],
    ['fwmark://7', marked(7), '-f 7'],
    ['fwmark://4294967295', marked(4_294_967_295), '-f 4294967295'],
    ['fwmark6://7', marked(7, 'ipv6'), '-f 7 -6'],
    ['protocol-50://192.0.2.10:0', at('protocol-50', '192.0.2.10', 0), undefined],
  ])('%s', (text, key, options) => {
    expect(parseServiceKey(text)).toEqual({ok: true, value: key})
    expect(formatServiceKey(key)).toBe(text)
    expect(serviceArguments(key)?.join(' ')).toBe(options)
    expect(serviceOption(key)).toBe(options?.split(' ')[0])
  })

  test.each([
    ['', 'no service is named', /^Services are spelled/],
    ['TCP://192.0.2.10:80', 'TCP://192.0.2.10:80 has capitals', /^Did you mean tcp:\/\/192\.0\.2\.10:80\?$/],
    [
      '192.0.2.10:80',
      '192.0.2.10:80 does not say what kind of service it is',
      /^Did you mean tcp:\/\/192\.0\.2\.10:80\?$/,
    ],
    [
      'udp:192.0.2.10:53',
      'udp:192.0.2.10:53 does not say what kind of service it is',
      /^Did you mean udp:\/\/192\.0\.2\.10:53\?$/,
    ],
    ['web', 'web does not say what kind of service it is', /^Services are spelled/],
    ['http://192.0.2.10:80', 'http is not a kind of service', /^Services are spelled/],
    ['protocol-6://192.0.2.10:80', 'protocol-6 is not a kind of service', /^Services are spelled/],
    ['protocol-65536://192.0.2.10:80', 'protocol-65536 is not a kind of service', /^Services are spelled/],
    ['tcp://192.0.2.10', 'tcp://192.0.2.10 has no port', /^Such as tcp:\/\/192\.0\.2\.10:80, or port 0/],
    ['tcp://192.0.2.10:80/', 'tcp://192.0.2.10:80/ ends with a slash', /^Did you mean tcp:\/\/192\.0\.2\.10:80\?$/],
    [
      'tcp://10.9:80',
      '10.9 is not an IPv4 address: it has 2 numbers instead of 4 (ipvsadm would take it for 10.0.0.9)',
      /10\.0\.0\.9:80/,
    ],
    ['fwmark://0', '0 is too low for a firewall mark', /from 1 to 4294967295/],
    ['fwmark6://x', 'x is not a firewall mark', /from 1 to 4294967295/],
  ])('%j: %s', (text, message, hint) => {
    const parsed = parseServiceKey(text)
    expect(parsed).toMatchObject({ok: false, problem: {where: 'service', message}})
    expect(parsed.ok ? '' : parsed.problem.hint).toMatch(hint)
  })
})

describe('the options -t -u --sctp-service -f -6', () => {
  test.each<[ServiceOptions, ServiceKey]>([
    [{tcp: '192.0.2.10:80'}, at('tcp', '192.0.2.10', 80)],
    [{udp: '[2001:db8::1]:53', tcp: undefined, ipv6: false}, at('udp', '2001:db8::1', 53)],
    [{sctp: '192.0.2.10'}, at('sctp', '192.0.2.10', 0)],
    [{fwmark: '7'}, marked(7)],
    [{fwmark: '7', ipv6: true}, marked(7, 'ipv6')],
  ])('%j', (given, key) => expect(parseServiceOptions(given)).toEqual({ok: true, value: key}))

  test.each<[ServiceOptions, string, string | undefined, RegExp]>([
    [{}, 'no service is named', undefined, /-t ADDRESS:PORT.*-f MARK/],
    [{ipv6: true}, 'no service is named', undefined, /-f MARK/],
    [{tcp: '192.0.2.1:80', udp: '192.0.2.1:80'}, '-t and -u name two services', '-u', /one service/],
    [{sctp: '192.0.2.1:80', fwmark: '1'}, '--sctp-service and -f name two services', '-f', /one service/],
    [{tcp: '192.0.2.1:80', ipv6: true}, '-6 is for firewall marks; -t shows its family in the address', '-6', /out/],
    [{tcp: '192.0.2.1:x'}, 'x is not a port number', '-t', /192\.0\.2\.1:80/],
    [{udp: ''}, 'the address is missing', '-u', /^$/],
    [{fwmark: '0x7'}, '0x7 is hexadecimal, and decimal is expected', '-f', /Did you mean 7\?/],
  ])('%j: %s', (given, message, where, hint) => {
    const parsed = parseServiceOptions(given)
    if (parsed.ok) throw new Error('accepted')
    expect(parsed.problem.message).toBe(message)
    expect(parsed.problem.where).toBe(where)
    expect(parsed.problem.hint ?? '').toMatch(hint)
  })

  test('port names are asked for with their protocol', () => {
    const names = (name: string, protocol: string) => (name === 'domain' && protocol === 'udp' ? 53 : undefined)
    expect(parseServiceAddress('192.0.2.1:domain', 'udp', names)).toMatchObject({value: {port: 53}})
    expect(parseServiceAddress('192.0.2.1:domain', 'tcp', names)).toMatchObject({ok: false, problem: {where: '-t'}})
    expect(parseServiceKey('udp://192.0.2.1:domain', 'service', names)).toMatchObject({value: {port: 53}})
    expect(parseServerAddress('192.0.2.1:domain', (name) => names(name, 'udp'))).toMatchObject({value: {port: 53}})
  })
})

test.each([
  [at('tcp', '192.0.2.10', 8080), 8080],
  [marked(7), 0],
])('a server without port takes that of %j', (key, port) => expect(defaultServerPort(key)).toBe(port))

test('order: as ipvsadm -L, marks last and unsigned', () => {
  const sorted = [
    'tcp://9.0.0.1:80',
    'tcp://192.0.2.10:80',
    'tcp://192.0.2.10:443',
    'tcp://255.255.255.255:1',
    'udp://9.0.0.1:53',
    'protocol-50://9.0.0.1:0',
    'sctp://9.0.0.1:1',
    'tcp://[2001:db8::1]:80',
    'udp://[::1]:80',
    'fwmark://7',
    'fwmark6://7',
    'fwmark://8',
    'fwmark://3000000000',
  ]
  const keys = sorted.toReversed().map((text) => {
    const parsed = parseServiceKey(text)
    if (!parsed.ok) throw new Error(parsed.problem.message)
    return parsed.value
  })
  expect(keys.sort(compareServiceKeys).map(formatServiceKey)).toEqual(sorted)
})
