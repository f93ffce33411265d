import {describe, expect, test} from 'vitest'
import {type Endpoint, parseEndpoint} from '../../../src/domain/endpoint.ts'
import {lenientIpv4, parseHost} from '../../../src/domain/explain-address.ts'

const parsed = (text: string): Endpoint => {
  const answer = parseEndpoint(text, '-r')
  if (!answer.ok) throw new Error(answer.problem.message)
  return answer.value
}

describe('host:port', () => {
  test.each([
    ['192.0.2.1:80', '192.0.2.1', 80],
    ['192.0.2.1:0', '192.0.2.1', 0],
    ['192.0.2.1:65535', '192.0.2.1', 65535],
    ['192.0.2.1', '192.0.2.1', undefined],
    ['[2001:db8::1]:80', '2001:db8::1', 80],
    ['[2001:DB8:0::1]:80', '2001:db8::1', 80],
    ['[2001:db8::1]', '2001:db8::1', undefined],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['2001:db8::1:80', '2001:db8::1:80', undefined],
    ['::', '::', undefined],
  ])('%s', (text, address, port) => expect(parsed(text)).toEqual({address, port}))

  // asked, message, hint
  test.each([
    ['', 'the address is missing', undefined],
    [':80', 'the address is missing', undefined],
    ['[]:80', 'the address is missing', undefined],
    [
      '10.9:80',
      '10.9 is not an IPv4 address: it has 2 numbers instead of 4 (ipvsadm would take it for 10.0.0.9)',
      'Did you mean 10.0.0.9:80?',
    ],
    [
      '010.9.9.7:80',
      '010.9.9.7 is not an IPv4 address: 010 begins with 0, which may mean octal (ipvsadm would take it for 8.9.9.7)',
      'Did you mean 10.9.9.7:80?',
    ],
    ['08.9.9.7', '08.9.9.7 is not an IPv4 address: 08 begins with 0, which may mean octal', 'Did you mean 8.9.9.7?'],
    [
      '0x0a090906:80',
      '0x0a090906 is not an IPv4 address: 0x0a090906 is hexadecimal (ipvsadm would take it for 10.9.9.6)',
      'Did you mean 10.9.9.6:80?',
    ],
    ['80', '80 is not an IPv4 address: it has 1 number instead of 4', 'A port stands behind its address, 192.0.2.1:80'],
    ['192.168.1.300:80', '192.168.1.300 is not an IPv4 address: 300 is above 255', undefined],
    ['192.168.1.x:80', '192.168.1.x is not an IPv4 address: x is not a number', undefined],
    ['1.2.3.4.5:80', '1.2.3.4.5 is not an IPv4 address: it has 5 numbers instead of 4', undefined],
    ['1.2..4:80', '1.2..4 is not an IPv4 address: a number is missing after a dot', undefined],
    ['.1.2.3:80', '.1.2.3 is not an IPv4 address: a number is missing before a dot', undefined],
    [
      'www.example.com:80',
      'www.example.com is a name, not an address, and no names are looked up',
      'Give the address; getent ahosts www.example.com shows it',
    ],
    ['[192.0.2.1]:80', '[192.0.2.1]:80 has an IPv4 address in brackets', 'Brackets are for IPv6: 192.0.2.1:80'],
    ['[192.0.2.1]', '[192.0.2.1] has an IPv4 address in brackets', 'Brackets are for IPv6: 192.0.2.1'],
    ['[2001:db8::1', '[2001:db8::1 has no closing bracket', 'An IPv6 address with its port: [2001:db8::1]:80'],
    ['[2001:db8::1]80', '80 follows the bracket of [2001:db8::1]80', 'An IPv6 address with its port: [2001:db8::1]:80'],
    [
      '[fe80::1%eth0]:80',
      'fe80::1%eth0 has a zone (%eth0)',
      'IPVS knows no zones: give a global or unique local address',
    ],
    [
      '2001:db8:0:0:0:0:0:1:80',
      '2001:db8:0:0:0:0:0:1:80 is not an IPv6 address: it has 9 groups, and 8 is the most',
      'With a port: [2001:db8::1]:80',
    ],
    [
      '2001:db8::1:65535',
      '2001:db8::1:65535 is not an IPv6 address: 65535 has more than four digits',
      'With a port: [2001:db8::1]:65535',
    ],
    ['2001:db8::1:65536', '2001:db8::1:65536 is not an IPv6 address: 65536 has more than four digits', undefined],
    ['1::2::3', '1::2::3 is not an IPv6 address: :: may stand once', undefined],
    ['1:::2', '1:::2 is not an IPv6 address: three colons in a row', undefined],
    ['2001:db8::g', '2001:db8::g is not an IPv6 address: g is not a hexadecimal digit', undefined],
    ['1:2:3', '1:2:3 is not an IPv6 address: it has 3 groups of 8, and no :: stands for the rest', undefined],
    ['1:2:3:4:5:6:7:8:', '1:2:3:4:5:6:7:8: is not an IPv6 address: a single colon at the end', undefined],
    [':1:2:3:4:5:6:7:8', ':1:2:3:4:5:6:7:8 is not an IPv6 address: a single colon at the start', undefined],
    [
      '::1.2.3.400',
      '::1.2.3.400 is not an IPv6 address: it ends in 1.2.3.400, which is not an IPv4 address',
      undefined,
    ],
    ['192.0.2.1/24:80', '192.0.2.1/24 has a prefix length', 'Did you mean 192.0.2.1:80?'],
    ['192.0.2.1 :80', '"192.0.2.1 " contains a blank', 'Did you mean 192.0.2.1:80?'],
    ['tcp://192.0.2.1:80/', 'tcp://192.0.2.1:80/ is a URL, and an address is expected', 'Did you mean 192.0.2.1:80?'],
    ['192.0.2.1:', 'no port follows the colon of 192.0.2.1:', undefined],
    ['[2001:db8::1]:', 'no port follows the colon of [2001:db8::1]:', undefined],
    ['192.0.2.1:65536', '65536 is too high for a port', 'A port is a whole number from 0 to 65535'],
    ['192.0.2.1:-1', '-1 is negative', 'A port is a whole number from 0 to 65535'],
    ['192.0.2.1:0x50', '0x50 is hexadecimal, and decimal is expected', 'Did you mean 192.0.2.1:80?'],
    ['192.0.2.1:080', '080 begins with 0, which may mean octal', 'Did you mean 192.0.2.1:80?'],
    ['192.0.2.1:+81', '+81 has a sign', 'Did you mean 192.0.2.1:81?'],
    ['[2001:db8::1]: 82', '" 82" has a blank around it', 'Did you mean [2001:db8::1]:82?'],
    ['192.0.2.1:80x', '80x is not a port', 'A port is a whole number from 0 to 65535'],
    ['192.0.2.1:http', 'http is not a port number', 'Give a number: 192.0.2.1:80'],
    [
      '192.0.2.1:80–90',
      '192.0.2.1:80–90 contains EN DASH (U+2013)',
      'With plain characters: 80-90 is more than one port, and one is expected',
    ],
    ['192.0.2.1：80', '192.0.2.1：80 contains FULLWIDTH COLON (U+FF1A)', 'Did you mean 192.0.2.1:80?'],
    ['192.0.2.1:80\u200b', '"192.0.2.1:80\\u{200B}" contains ZERO WIDTH SPACE (U+200B)', 'Did you mean 192.0.2.1:80?'],
    ['192.0.2.1:８0', '192.0.2.1:８0 contains U+FF18', 'Did you mean 192.0.2.1:80?'],
    ['192.0.2.1:80\r', '"192.0.2.1:80\\r" contains CARRIAGE RETURN (U+000D)', 'Did you mean 192.0.2.1:80?'],
  ])('%j: %s', (text, message, hint) => {
    const answer = parseEndpoint(text, '-r')
    expect(answer).toMatchObject({ok: false, problem: {severity: 'error', where: '-r', message}})
    expect(answer.ok ? undefined : answer.problem.hint).toBe(hint)
  })

  test.each(['80-90', '80,443', '80,', '80:90'])('no ports like %s', (ports) =>
    expect(parseEndpoint(`192.0.2.1:${ports}`)).toMatchObject({
      problem: {message: `${ports} is more than one port, and one is expected`, hint: expect.stringContaining('-f')},
    }),
  )
})

describe('port names come from the caller', () => {
  const names = (name: string) => ({http: 80, broken: 70_000})[name]

  test('known', () => expect(parseEndpoint('192.0.2.1:http', '-t', names)).toMatchObject({value: {port: 80}}))

  test.each(['httpp', 'broken'])('%s', (name) =>
    expect(parseEndpoint(`192.0.2.1:${name}`, '-t', names)).toMatchObject({
      problem: {code: 'port-invalid', message: `no port is called ${name} (/etc/services)`},
    }),
  )
})

describe('an address alone', () => {
  test.each([
    ['192.0.2.1:80', '192.0.2.1:80 has a port (80), and an address alone is expected', 'Did you mean 192.0.2.1?'],
    ['[::1]:80', '[::1]:80 has a port (80), and an address alone is expected', 'Did you mean ::1?'],
    ['[::1]', '[::1] has brackets', 'Did you mean ::1?'],
    ['192.0.2.1/32', '192.0.2.1/32 has a prefix length', 'Did you mean 192.0.2.1?'],
    [
      '192.0.2.1,192.0.2.2',
      '192.0.2.1,192.0.2.2 is a list, and one address is expected',
      'Repeat the command for each address',
    ],
    [
      'example.com:80',
      'example.com is a name, not an address, and no names are looked up',
      'Give the address; getent ahosts example.com shows it',
    ],
    ['\ufeff192.0.2.1', '"\\u{FEFF}192.0.2.1" contains BYTE ORDER MARK (U+FEFF)', 'Did you mean 192.0.2.1?'],
    ['http://192.0.2.1/index', 'http://192.0.2.1/index is a URL', 'Did you mean 192.0.2.1?'],
    ['!', '! is not an IP address', undefined],
  ])('%j: %s', (text, message, hint) => {
    const answer = parseHost(text, '--vip')
    expect(answer).toMatchObject({ok: false, problem: {where: '--vip', message}})
    expect(answer.ok ? undefined : answer.problem.hint).toBe(hint)
  })
})

// What `ipvsadm -A -t TEXT:80` and inet_aton(3) make of it.
test.each([
  ['10.9', '10.0.0.9'],
  ['10.9.7', '10.9.0.7'],
  ['010.9.9.7', '8.9.9.7'],
  ['0x0a090906', '10.9.9.6'],
  ['0x0a.011.9.6', '10.9.9.6'],
  ['1', '0.0.0.1'],
  ['4294967295', '255.255.255.255'],
  ['1.16777215', '1.255.255.255'],
  ['1.2.65535', '1.2.255.255'],
  ['0', '0.0.0.0'],
])('inet_aton reads %s as %s', (text, expected) => expect(lenientIpv4(text)).toBe(expected))

test.each([
  '4294967296',
  '1.16777216',
  '1.2.65536',
  '1.2.3.256',
  '256.1',
  '08.1.1.1',
  '0x',
  '1..2',
  '',
  'a.b',
  '1.2.3.4.5',
])('inet_aton reads nothing in %j', (text) => expect(lenientIpv4(text)).toBeUndefined())
