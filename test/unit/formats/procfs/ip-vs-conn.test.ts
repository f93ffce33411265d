import {describe, expect, test} from 'vitest'
import {
  type Connection,
  ConnectionReader,
  connectionStates,
  isHeading,
} from '../../../../src/formats/procfs/ip-vs-conn.ts'

const encode = (text: string) => new TextEncoder().encode(text)

function read(line: string, reader = new ConnectionReader()): Connection | undefined {
  // Something before and behind, as in a file.
  const bytes = encode(`x\n${line}\nTCP `)
  return reader.read(bytes, 2, bytes.length - 5) ? reader.connection(bytes) : undefined
}

describe('lines of the kernel', () => {
  // /proc/net/ip_vs_conn of Linux 6.1, ip_vs_conn_sync where there is an origin.
  test('TCP over IPv4', () => {
    expect(read('TCP C0000202 9A10 CB00710A 0050 0A01010B 1F90 ESTABLISHED     894')).toEqual({
      kind: 'connection',
      client: {address: '192.0.2.2', port: 39440},
      service: {kind: 'address', protocol: 'tcp', address: '203.0.113.10', port: 80},
      server: {address: '10.1.1.11', port: 8080},
      state: 'ESTABLISHED',
      expires: 894,
      origin: undefined,
      engine: undefined,
    })
  })

  test('TCP over IPv6', () => {
    const line =
      'TCP 2001:0db8:0001:0000:0000:0000:0000:0002 A8D2 2001:0db8:00ff:0000:0000:0000:0000:0010 0050 2001:0db8:000a:0000:0000:0000:0000:0011 0050 ESTABLISHED     894'
    expect(read(line)).toMatchObject({
      client: {address: '2001:db8:1::2', port: 43218},
      service: {kind: 'address', protocol: 'tcp', address: '2001:db8:ff::10', port: 80},
      server: {address: '2001:db8:a::11', port: 80},
    })
  })

  test.each([
    [
      'an IPv4 client of an IPv6 server',
      'TCP C0000202 9A10 CB00710A 0050 2001:0db8:0000:0000:0000:0000:0000:0011 0050 SYN_RECV         3',
      {client: {address: '192.0.2.2'}, server: {address: '2001:db8::11', port: 80}},
    ],
    [
      'an IPv6 client of an IPv4 server',
      'UDP 2001:0db8:0000:0000:0000:0000:0000:0002 0001 2001:0db8:0000:0000:0000:0000:0000:0010 0050 0A01010B 0050 UDP             12',
      {client: {address: '2001:db8::2', port: 1}, server: {address: '10.1.1.11', port: 80}},
    ],
    [
      'the template of an engine',
      'UDP C0000202 0000 CB00710A 13C4 0A01010B 13C4 ASSURED          54 sip abcdef123456@host.example',
      {kind: 'template', engine: {name: 'sip', data: 'abcdef123456@host.example'}},
    ],
    [
      'engine data with blanks',
      'UDP C0000202 0000 CB00710A 13C4 0A01010B 13C4 ASSURED          54 sip a b',
      {engine: {name: 'sip', data: 'a b'}},
    ],
    [
      'the template of a mark',
      'IP  C0000202 0000 0000000B 0000 0A01010B 0000 ASSURED          46',
      {kind: 'template', service: {kind: 'fwmark', mark: 11, family: 'ipv4'}},
    ],
    [
      'the largest mark',
      'IP  C0000202 0000 FFFFFFFF 0000 0A01010B 0000 NONE             46',
      {kind: 'template', service: {kind: 'fwmark', mark: 4_294_967_295, family: 'ipv4'}},
    ],
    [
      'the template of an IPv6 mark',
      'IP  2001:0db8:0001:0000:0000:0000:0000:0010 0000 0000:000b:0000:0000:0000:0000:0000:0000 0000 2001:0db8:0002:0000:0000:0000:0000:0111 0000 NONE             43',
      {kind: 'template', service: {kind: 'fwmark', mark: 11, family: 'ipv6'}},
    ],
    [
      'the template of port 0',
      'TCP C0000202 0000 CB00710A 0000 0A01020C 0000 ASSURED          68',
      {kind: 'template', service: {kind: 'address', protocol: 'tcp', address: '203.0.113.10', port: 0}},
    ],
    [
      'a protocol whose name is longer than its column',
      'SCTP C0000202 9A10 CB00710A 0F1C 0A01010B 0F1C S-ACK-SENT       3',
      {service: {protocol: 'sctp', port: 3868}, state: 'S-ACK-SENT', expires: 3},
    ],
    [
      'a protocol without a name',
      'IP_50 C0000202 01F4 CB00710A 01F4 0A01010B 01F4 NONE             3',
      {service: {protocol: 'protocol-50'}},
    ],
    [
      'made here',
      'TCP C0000202 9A00 CB00710A 0050 0A01010B 0050 TIME_WAIT   LOCAL      111',
      {origin: 'local', state: 'TIME_WAIT', expires: 111},
    ],
    [
      'come from the other director',
      'TCP C0000202 9A00 CB00710A 0050 0A01010B 0050 SYN_RECV    SYNC       111',
      {origin: 'sync', state: 'SYN_RECV', expires: 111},
    ],
    [
      'a state nobody knew',
      'TCP C0000202 9A00 CB00710A 0050 0A01010B 0050 NEW_STATE       111',
      {state: 'NEW_STATE', kind: 'connection'},
    ],
    [
      'a state longer than its column',
      'SCTP C0000202 9A00 CB00710A 0050 0A01010B 0050 SHUTDOWN_ACK_SER     111',
      {state: 'SHUTDOWN_ACK_SER'},
    ],
    ['a timer below zero', 'TCP C0000202 9A00 CB00710A 0050 0A01010B 0050 CLOSE       18446744073709551', {expires: 0}],
    ['a long timer', 'TCP C0000202 0000 CB00710A 0050 0A01010B 0050 ASSURED     2678400', {expires: 2_678_400}],
  ])('%s', (_what, line, expected) => expect(read(line)).toMatchObject(expected))
})

describe('a template is known by state and client port', () => {
  const kind = (protocol: string, port: string, state: string) =>
    read(`${protocol} C0000202 ${port} CB00710A 0050 0A01010B 0050 ${state.padEnd(11)} 111`)?.kind

  test.each([
    ['TCP', '0000', 'ASSURED', 'template'],
    ['TCP', '0000', 'NONE', 'template'],
    ['UDP', '0000', 'NONE', 'template'],
    ['TCP', '9A00', 'NONE', 'connection'],
    // An FTP data connection that is awaited (ip_vs_tcp_conn_listen).
    ['TCP', '0000', 'LISTEN', 'connection'],
    // A datagram that expects no answer (RFC 768).
    ['UDP', '0000', 'UDP', 'connection'],
    ['UDP', '0001', 'UDP', 'connection'],
  ])('%s from port %s in state %s is a %s', (protocol, port, state, expected) =>
    expect(kind(protocol, port, state)).toBe(expected),
  )
})

test('every known state is read as itself, and no two are taken for each other', () => {
  const reader = new ConnectionReader()
  for (const state of connectionStates)
    expect(read(`TCP C0000202 9A00 CB00710A 0050 0A01010B 0050 ${state} 111`, reader)?.state).toBe(state)
  expect(reader.states).toEqual(connectionStates)
})

describe('what is no line of the kernel', () => {
  const good = 'TCP C0000202 9A10 CB00710A 0050 0A01010B 0050 ESTABLISHED     894'

  test.each([
    ['', 'nothing'],
    [' ', 'a blank'],
    ['TCP', 'one word'],
    [good.slice(0, 30), 'half of it'],
    [good.replace('TCP', 'XYZ'), 'a protocol that is none'],
    [good.replace('C0000202', 'G0000202'), 'an address that is not hexadecimal'],
    [good.replace('C0000202', 'C000020'), 'an address that is too short'],
    [good.replace('C0000202', 'C00002022'), 'an address that is too long'],
    [good.replace('9A10', '9A1'), 'a port that is too short'],
    [good.replace('9A10', '-001'), 'a port with a sign'],
    [good.replace('894', '-3'), 'a time with a sign'],
    [good.replace('894', '89x'), 'a time that is no number'],
    [good.replace(/ +894/, ''), 'no time'],
    [good.replace('ESTABLISHED', 'established'), 'a state in small letters'],
    [good.replace('ESTABLISHED', 'A'.repeat(40)), 'a state that does not end'],
    [good.replace('    894', 'SOMEWHERE 894'), 'an origin that is none'],
    [good.replace('CB00710A', '2001:0db8:0000:0000:0000:0000:0000:0001'), 'two families'],
    ['\u0000\u0001\u0002\u00ff', 'bytes'],
  ])('%j: %s', (line) => expect(read(line)).toBeUndefined())

  test('states are not learnt without end', () => {
    const reader = new ConnectionReader()
    for (let index = 0; index < 1000; index++) read(good.replace('ESTABLISHED', `S${index}`), reader)
    expect(reader.states.length).toBeLessThan(200)
    expect(read(good, reader)?.state).toBe('ESTABLISHED')
  })
})

test('the heading is known', () => {
  const heading = encode('Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData')
  expect(isHeading(heading, 0, heading.length)).toBe(true)
  expect(isHeading(heading, 1, heading.length)).toBe(false)
})
