import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {Writer} from '../../../src/netlink/bytes.ts'
import {Connection} from '../../../src/netlink/connection.ts'
import {NetlinkError} from '../../../src/netlink/errors.ts'
import {genericDictionary} from '../../../src/netlink/generic.ts'
import {encodeMessage, messageFlags} from '../../../src/netlink/message.ts'
import {addAddress, encodeAddress, links, routeDictionary} from '../../../src/netlink/route.ts'
import {createTrace, describeDatagram} from '../../../src/netlink/trace.ts'
import {FakeKernel, type Reply} from '../../support/fake-kernel.ts'
import {readGolden} from '../../support/golden-netlink.ts'

const vip = {link: 1, address: address('192.168.1.200'), prefixLength: 32, scope: 'host', label: 'lo:0'} as const

const traced = (reply: Reply, talk: (connection: Connection) => void): string[] => {
  const lines: string[] = []
  const kernel = new FakeKernel(() => reply)
  const trace = createTrace(routeDictionary, (line) => lines.push(line))
  try {
    talk(new Connection(kernel, {now: kernel.now, trace}))
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error
  }
  return lines
}

test('a request and its refusal', () => {
  const reply: Reply = {errno: 'EEXIST', extended: {message: 'ipv4: Address already assigned'}}
  expect(traced(reply, (connection) => addAddress(connection, vip))).toEqual([
    '→ RTM_NEWADDR seq 1 request|ack|exclusive|create [family=2 prefixLength=32 flags=0 scope=254 index=1] local=192.168.1.200 label=lo:0 address=192.168.1.200',
    '→ barrier seq 2 request|ack',
    '← error EEXIST seq 1 capped|extended "ipv4: Address already assigned"',
    '← ack seq 2 capped',
  ])
})

test('a dump', () => {
  const payload = encodeAddress(vip)
  const reply: Reply = {
    data: [
      {type: 20, payload},
      {type: 99, payload: new Uint8Array([1, 2])},
    ],
  }
  expect(traced(reply, (connection) => void links(connection))).toEqual([
    '→ RTM_GETLINK seq 1 request|dump [family=0 kind=0 index=0 flags=0 change=0] extensions=8',
    '← RTM_NEWADDR seq 1 multi [family=2 prefixLength=32 flags=0 scope=254 index=1] local=192.168.1.200 label=lo:0 address=192.168.1.200',
    '← type 99 seq 1 multi 0x0102',
    '← done seq 1 multi',
  ])
})

test('a dump that failed', () => {
  const reply: Reply = {errno: 'EOPNOTSUPP'}
  expect(traced(reply, (connection) => void links(connection)).at(-1)).toBe('← error EOPNOTSUPP seq 1 multi')
})

test('nests, and attributes without a row', () => {
  const golden = readGolden('ip-link-show')
  const lines = golden.received.flatMap((datagram) => describeDatagram(routeDictionary, datagram))
  const bridge = lines.find((line) => line.includes('name=br0'))
  expect(bridge).toMatch(/ info=\{kind=bridge data=0x[0-9a-f]{128}… \(\d+ bytes\)\}/)
  expect(bridge).toMatch(/ #\d+=0x/)
})

test('generic netlink, by family and command', () => {
  const {dictionary} = genericDictionary()
  const [sent] = readGolden('ipvsadm-add-tcp').sent
  expect(describeDatagram(dictionary, sent as Uint8Array)).toEqual([
    expect.stringMatching(/^CTRL GETFAMILY seq \d+ request\|ack \[command=3 version=1\] name=IPVS$/),
  ])
})

describe('what cannot be read is shown', () => {
  const message = (type: number, flags: number, payload: number[]): Uint8Array => {
    const out = new Writer()
    encodeMessage(out, type, flags, 1, 0, new Uint8Array(payload))
    return out.bytes()
  }

  test.each([
    ['a datagram', new Uint8Array([1, 2]), 'unreadable (netlink: 2 stray bytes after the last message): 0x0102'],
    [
      'a payload',
      message(20, 0, [2, 32]),
      'RTM_NEWADDR seq 1 unreadable (ifaddrmsg: 2 bytes, the struct has 8): 0x0220',
    ],
    ['flags', message(1, 0x8001, []), 'barrier seq 1 request|0x8000'],
    [
      'a dump that changed',
      message(99, messageFlags.dumpInterrupted | messageFlags.dumpFiltered, []),
      'type 99 seq 1 dump-interrupted|dump-filtered',
    ],
  ])('%s', (_what, datagram, line) => {
    expect(describeDatagram(routeDictionary, datagram)).toEqual([line])
  })

  test('an ack', () => {
    const [line] = describeDatagram(routeDictionary, message(2, 0, [1]))
    expect(line).toContain('unreadable (netlink: an error message of 1 bytes): 0x01')
  })

  test('a bug in a dictionary is not dressed up', () => {
    const broken = () => {
      throw new TypeError('bug')
    }
    expect(() => describeDatagram(broken, message(20, 0, []))).toThrow(TypeError)
  })
})

test('an empty value and a text with blanks are told apart', () => {
  const datagram = new Writer()
  encodeMessage(datagram, 20, 0, 1, 0, encodeAddress({...vip, label: ''}))
  encodeMessage(datagram, 20, 0, 1, 0, encodeAddress({...vip, label: 'a b'}))
  expect(describeDatagram(routeDictionary, datagram.bytes()).map((line) => /label=\S+( b")?/.exec(line)?.[0])).toEqual([
    'label=""',
    'label="a b"',
  ])
})
