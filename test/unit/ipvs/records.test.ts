// How the wire says it, number by number: flag bits, byte orders, what is left out. Round trips are test/property's.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {plainTunnel} from '../../../src/domain/forwarding.ts'
import {server} from '../../../src/domain/server.ts'
import {type ServiceKey, service} from '../../../src/domain/service.ts'
import {commands, ipvsWords, messageFields, serverFields, serviceFields} from '../../../src/ipvs/attributes.ts'
import {
  decodeDaemon,
  decodeInfo,
  decodeRunningServer,
  decodeServer,
  decodeServerKey,
  decodeService,
  decodeServiceKey,
  encodeServer,
  encodeServerKey,
  encodeService,
  encodeServiceKey,
} from '../../../src/ipvs/records.ts'
import {decodeOperation, encodeOperation} from '../../../src/ipvs/requests.ts'
import {littleEndian, Writer} from '../../../src/netlink/bytes.ts'
import {DecodeError, encodeFields} from '../../../src/netlink/fields.ts'

const web: ServiceKey = {kind: 'address', protocol: 'tcp', address: address('10.9.9.9'), port: 0x1234}
const web6: ServiceKey = {kind: 'address', protocol: 'udp', address: address('2001:db8::9'), port: 53}
const rs = {address: address('10.1.1.1'), port: 0x1f90}

/** An integer as this machine writes it. */
const host = (value: number, size: 2 | 4): string => {
  const digits = value.toString(16).padStart(size * 2, '0')
  return littleEndian ? (digits.match(/../g) ?? []).reverse().join('') : digits
}

/** Payload of one attribute, in hex. */
function attribute(bytes: Uint8Array, type: number): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint16(at, littleEndian)
    if ((view.getUint16(at + 2, littleEndian) & 0x3fff) === type)
      return Buffer.from(bytes.subarray(at + 4, at + length)).toString('hex')
    at += (length + 3) & ~3
  }
  return undefined
}

const serviceBytes = (record: Parameters<typeof decodeService>[0]): Uint8Array => {
  const out = new Writer()
  encodeFields(serviceFields, record, out)
  return out.bytes()
}
const serverBytes = (record: Parameters<typeof decodeServerKey>[0]): Uint8Array => {
  const out = new Writer()
  encodeFields(serverFields, record, out)
  return out.bytes()
}

describe('byte orders', () => {
  test("ports are in network order, families and protocols in this machine's", () => {
    const bytes = serviceBytes(encodeService(service(web)))
    expect(attribute(bytes, 4)).toBe('1234')
    expect(attribute(bytes, 1)).toBe(host(2, 2))
    expect(attribute(bytes, 2)).toBe(host(6, 2))
    expect(attribute(serverBytes(encodeServerKey(rs)), 2)).toBe('1f90')
  })

  test('an IPv4 address is the first four of sixteen bytes', () => {
    expect(attribute(serviceBytes(encodeService(service(web))), 3)).toBe(`0a090909${'00'.repeat(12)}`)
    expect(attribute(serviceBytes(encodeService(service(web6))), 3)).toBe('20010db8000000000000000000000009')
  })

  test("an IPv4 netmask is in network order, an IPv6 prefix length in this machine's", () => {
    expect(attribute(serviceBytes(encodeService(service(web, {netmask: '255.255.240.0'}))), 9)).toBe('fffff000')
    expect(attribute(serviceBytes(encodeService(service(web6, {netmask: '64'}))), 9)).toBe(host(64, 4))
  })

  test('the tunnel port is in network order, its flags are not', () => {
    const tunnel = {type: 'gue', port: 0x17c0, checksum: 'remote'} as const
    const bytes = serverBytes(encodeServer(server(rs, {forwarding: 'tunneling', tunnel})))
    expect([13, 14, 15].map((type) => attribute(bytes, type))).toEqual(['01', '17c0', host(2, 2)])
  })

  test("the multicast port of a daemon is in this machine's order", () => {
    const {record} = encodeOperation({
      do: 'start-daemon',
      daemon: {role: 'backup', interface: 'eth0', syncId: 3, port: 8848, group: address('224.0.0.90')},
    })
    const out = new Writer()
    encodeFields(messageFields, record, out)
    const daemon = out.bytes().subarray(4)
    expect(attribute(daemon, 7)).toBe(host(8848, 2))
    expect(attribute(daemon, 5)).toBe('e000005a')
    expect(attribute(daemon, 2)).toBe('6574683000')
  })
})

describe('flags', () => {
  const flagsOf = (settings: Parameters<typeof service>[1]) => encodeService(service(web, settings)).flags
  test.each([
    ['none', {}, 0],
    ['persistent', {persistence: 300}, 0x01],
    ['persistent for no time', {persistence: 0}, 0x01],
    ['one packet', {onePacket: true}, 0x04],
    ["the scheduler's", {schedulerFlags: ['flag-1', 'flag-2', 'flag-3']}, 0x38],
    ['all', {persistence: 1, onePacket: true, schedulerFlags: ['flag-2']}, 0x15],
  ] as const)('%s', (_name, settings, flags) => {
    expect(flagsOf(settings)).toEqual({flags, mask: 0xffff_ffff})
  })

  const decoded = (flags: number, mask = 0xffff_ffff, timeout = 0) =>
    decodeService({...encodeService(service(web)), flags: {flags, mask}, timeout})

  test("the kernel's own mark is not a setting", () => {
    expect(decoded(0x02)).toEqual(service(web))
  })
  test('bits without a name are passed over', () => {
    expect(decoded(0xffff_ffc0)).toEqual(service(web))
  })
  test('bits outside of the mask are not set', () => {
    expect(decoded(0x05, 0x04)).toEqual(service(web, {onePacket: true}))
  })
  test('a timeout without the flag is no persistence, the flag without a timeout is', () => {
    expect(decoded(0x02, 0xffff_ffff, 300)).toEqual(service(web))
    expect(decoded(0x03, 0xffff_ffff, 300)).toEqual(service(web, {persistence: 300}))
    expect(decoded(0x03)).toEqual(service(web, {persistence: 0}))
  })
})

describe('what identifies', () => {
  test('a mark needs no address, and an address no mark', () => {
    expect(encodeServiceKey({kind: 'fwmark', mark: 7, family: 'ipv6'})).toEqual({family: 10, mark: 7})
    expect(Object.keys(encodeServiceKey(web))).toEqual(['family', 'protocol', 'address', 'port'])
  })
  test('a mark wins over an address', () => {
    expect(decodeServiceKey({...encodeServiceKey(web), mark: 9})).toEqual({kind: 'fwmark', mark: 9, family: 'ipv4'})
  })
  test('a mark of 0 is TCP on nothing', () => {
    const nothing = {kind: 'address', protocol: 'tcp', address: '0.0.0.0', port: 0}
    expect(decodeServiceKey({...encodeServiceKey(web), mark: 0})).toEqual(nothing)
  })
  test('short addresses, as requests may have them, are filled up with zeros', () => {
    expect(decodeServiceKey({...encodeServiceKey(web), address: Uint8Array.of(10, 9, 9, 9)})).toEqual(web)
    const short = {...encodeServiceKey(web6), address: Uint8Array.of(0x20, 1, 0xd, 0xb8)}
    expect(decodeServiceKey(short)).toEqual({...web6, address: '2001:db8::'})
  })
  test('an address family that is none of ours', () => {
    expect(() => decodeServiceKey({...encodeServiceKey(web), family: 3})).toThrow(DecodeError)
  })
  test("a server of no family is of its service's", () => {
    const {family: _, ...record} = encodeServerKey({address: address('2001:db8::1'), port: 80})
    expect(decodeServerKey(record, 'ipv6').address).toBe('2001:db8::1')
    expect(decodeServerKey({...record, family: 0}, 'ipv6').address).toBe('2001:db8::1')
  })
})

describe('numbers without a name', () => {
  test.each([
    [4, 'bypass'],
    [5, 'method-5'],
    [7, 'method-7'],
    [0x103, 'gatewaying'],
  ])('method %s is %s', (forwarding, name) => {
    expect(decodeServer({...encodeServer(server(rs)), forwarding}, 'ipv4').forwarding).toBe(name)
  })
  test('tunnels', () => {
    const record = {...encodeServer(server(rs)), tunnelType: 9, tunnelPort: 1, tunnelFlags: 3}
    expect(decodeServer(record, 'ipv4').tunnel).toEqual({type: 'type-9', port: 1, checksum: 'flags-3'})
    expect(decodeServer({...record, tunnelType: 0, tunnelPort: 0, tunnelFlags: 0}, 'ipv4').tunnel).toEqual(plainTunnel)
  })
  test.each([
    [50, 'protocol-50'],
    [0, 'protocol-0'],
    [132, 'sctp'],
  ])('protocol %s is %s', (protocol, name) => {
    expect(decodeServiceKey({...encodeServiceKey(web), protocol})).toMatchObject({protocol: name})
  })
})

test('a prefix length that is no number is a bug, not a 0', () => {
  for (const netmask of ['ffff::', '64.5', '', '-1', '255.255.255.0'])
    expect(() => encodeService(service(web6, {netmask}))).toThrow(TypeError)
  for (const netmask of ['24', '2001:db8::', '255.255.255', ''])
    expect(() => encodeService(service(web, {netmask}))).toThrow(TypeError)
})

test('a server without figures has none', () => {
  const {connections, statistics} = decodeRunningServer(encodeServer(server(rs)), 'ipv4')
  expect(connections).toEqual({active: 0, inactive: 0, persistent: 0})
  expect(new Set(Object.values(statistics))).toEqual(new Set([0n]))
})

test('a daemon that is neither master nor backup', () => {
  expect(() => decodeDaemon({state: 3, interface: 'eth0', syncId: 0})).toThrow('3 is neither master nor backup')
})

test('info', () => {
  expect(decodeInfo({version: 0x010201, connectionTableSize: 4096})).toEqual({
    version: '1.2.1',
    connectionTableSize: 4096,
  })
  expect(() => decodeInfo({version: 1})).toThrow('info.connectionTableSize is missing')
})

describe('the family', () => {
  test('has all 17 commands, each with a table', () => {
    expect(Object.values(commands)).toEqual(Array.from({length: 17}, (_, index) => index + 1))
    expect([...ipvsWords.commands.keys()]).toEqual(Object.values(commands))
    expect([...ipvsWords.commands.values()].every(({fields}) => fields !== undefined)).toBe(true)
  })
  test('has the commands that only read or answer, which are no operations', () => {
    for (const command of [commands.GET_SERVICE, commands.GET_DEST, commands.SET_INFO, 99])
      expect(() => decodeOperation({command, record: {}})).toThrow(DecodeError)
  })
})
