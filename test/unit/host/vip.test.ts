import {expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {hostPrefixOf, parseVips, subnetEdges} from '../../../src/host/vip.ts'

test.each([
  [['192.168.1.200'], ['192.168.1.200']],
  [
    ['192.168.1.200,192.168.1.201', '192.168.1.202'],
    ['192.168.1.200', '192.168.1.201', '192.168.1.202'],
  ],
  [['192.168.1.200, 2001:DB8:0::200'], ['192.168.1.200', '2001:db8::200']],
  [['169.254.1.1'], ['169.254.1.1']],
  [['fd00::1'], ['fd00::1']],
])('%j', (given, vips) => expect(parseVips(given)).toEqual(vips))

function problemsOf(given: readonly string[]) {
  try {
    parseVips(given)
  } catch (error) {
    if (error instanceof LvsctlError)
      return {exit: error.exit, codes: error.problems.map(({code}) => code), message: error.message}
    throw error
  }
  throw new Error(`${given} was taken`)
}

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.255.255.254',
  '224.0.0.1',
  '239.255.255.255',
  '255.255.255.255',
  '::',
  '::1',
  'ff02::1',
  'fe80::1',
  'febf::1',
  '::ffff:192.0.2.1',
])('%s cannot be a VIP', (text) => expect(problemsOf([text])).toMatchObject({exit: 2, codes: ['vip-not-unicast']}))

test.each(['', '192.168.1', '192.168.1.300', '010.0.0.1', '192.168.1.200/32', 'www.example.com', '2001:db8::1%eth0'])(
  '%j is no address',
  (text) => {
    const {exit, codes, message} = problemsOf([text])
    expect({exit, count: codes.length}).toEqual({exit: 2, count: 1})
    expect(message).toContain('--vip: ')
  },
)

test('every problem of a list is told at once, and the same address twice is one', () => {
  expect(problemsOf(['192.168.1.200,192.168.1.200,127.0.0.1', 'x.1.2.3,']).codes).toEqual([
    'vip-duplicate',
    'vip-not-unicast',
    'address-invalid',
    'address-missing',
  ])
  expect(problemsOf(['2001:db8::1,2001:0db8:0::0001']).codes).toEqual(['vip-duplicate'])
})

test('one VIP is one host', () => {
  expect(parseVips(['192.168.1.200', '2001:db8::1']).map(hostPrefixOf)).toEqual([32, 128])
})

test.each([
  ['192.168.1.0', 24, 'network'],
  ['192.168.1.255', 24, 'broadcast'],
  ['192.168.1.191', 26, 'broadcast'],
  ['192.168.1.128', 26, 'network'],
])('%s is nobody’s in a /%i', (vip, prefixLength, word) => {
  const own = {interface: 'eth0', address: address('192.168.1.130'), prefixLength, scope: 'global'} as const
  expect(subnetEdges(address(vip), [own])).toEqual([
    expect.objectContaining({code: 'vip-subnet-edge', message: `${vip} is the ${word} address of eth0`}),
  ])
})

test.each([
  ['192.168.1.255', '192.168.1.130', 32],
  ['192.168.1.131', '192.168.1.130', 31],
  ['192.168.2.255', '192.168.1.130', 24],
  ['192.168.1.200', '192.168.1.130', 24],
  ['192.168.1.255', '192.168.0.1', 16],
  ['2001:db8::', '2001:db8::1', 64],
])('%s is an address like others beside %s/%i', (vip, own, prefixLength) =>
  expect(
    subnetEdges(address(vip), [{interface: 'eth0', address: address(own), prefixLength, scope: 'global'}]),
  ).toEqual([]),
)
