import {describe, expect, test} from 'vitest'
import {formatServerKey} from '../../../../src/domain/server.ts'
import {formatServiceKey} from '../../../../src/domain/service.ts'
import {type ProcService, parseProcIpVs} from '../../../../src/formats/procfs/ip-vs.ts'

const heading = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`

const parse = (lines: string) => parseProcIpVs(`${heading}${lines}`)

/** One line a service, in ipvsadm's manner. */
const summary = (one: ProcService): string =>
  [
    formatServiceKey(one.key),
    one.scheduler,
    ...(one.persistent ? [`persistent ${one.netmask ?? '?'}`] : []),
    `ops ${one.onePacket}`,
    ...one.servers.map(
      ({forwarding, weight, active, inactive, ...key}) =>
        `${formatServerKey(key)} ${forwarding} ${weight} ${active}/${inactive}`,
    ),
  ].join(' | ')

const read = (lines: string): readonly string[] => {
  const {value, problems} = parse(lines)
  expect(problems).toEqual([])
  return value.services.map(summary)
}

test.each([
  ['', []],
  [
    'TCP  CB00710A:0050 rr  \n  -> 0A01020C:1F90      Masq    1      2          1         \n',
    ['tcp://203.0.113.10:80 | rr | ops false | 10.1.2.12:8080 masquerading 1 2/1'],
  ],
  ['UDP  CB00710A:0035 rr ops  \n', ['udp://203.0.113.10:53 | rr | ops true']],
  ['SCTP CB00710A:0F1C wlc  \n', ['sctp://203.0.113.10:3868 | wlc | ops false']],
  [
    'TCP  CB00710A:01BB wlc  persistent 30000 FFFFFF00\n',
    ['tcp://203.0.113.10:443 | wlc | persistent 255.255.255.0 | ops false'],
  ],
  [
    'TCP  [2001:0db8:00ff:0000:0000:0000:0000:0010]:0050 rr persistent 36000 40000000\n' +
      '  -> [2001:0db8:000b:0000:0000:0000:0000:0012]:0050      Route   0      7          11        \n' +
      '  -> 0A01010B:0050      Tunnel  1      0          0         \n',
    [
      'tcp://[2001:db8:ff::10]:80 | rr | persistent 64 | ops undefined | 10.1.1.11:80 tunneling 1 0/0 | [2001:db8:b::12]:80 gatewaying 0 7/11',
    ],
  ],
  ['IP_50  CB00710A:0000 rr  \n', ['protocol-50://203.0.113.10:0 | rr | ops false']],
])('%j', (lines, expected) => expect(read(lines)).toEqual(expected))

describe('a firewall mark', () => {
  test.each([
    ['has no family of its own: IPv4 unless a server shows it', 'FWM  0000000B rr \n', 'fwmark://11 | rr | ops false'],
    ['is unsigned', 'FWM  FFFFFFFF rr ops \n', 'fwmark://4294967295 | rr | ops true'],
    [
      'has a mask only where the family is certain',
      'FWM  0000000B rr persistent 5000 FFFFFF00\n',
      'fwmark://11 | rr | persistent ? | ops false',
    ],
    [
      'takes the family of a server that is not tunneled to',
      'FWM  00000007 wlc persistent 1000 30000000\n  -> [2001:0db8:0000:0000:0000:0000:0000:0009]:0050      Route   1      0          0         \n',
      'fwmark6://7 | wlc | persistent 48 | ops false | [2001:db8::9]:80 gatewaying 1 0/0',
    ],
    [
      'learns nothing from a tunneled one',
      'FWM  00000007 wlc \n  -> 0A010101:0000      Tunnel  1      0          0         \n',
      'fwmark://7 | wlc | ops false | 10.1.1.1:0 tunneling 1 0/0',
    ],
  ])('%s', (_what, lines, expected) => expect(read(lines)).toEqual([expected]))
})

test('hash order becomes canonical order', () => {
  const lines = [
    'UDP  0A000001:0035 rr  ',
    'TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0050 rr ',
    'TCP  0A000002:0050 rr  ',
    '  -> 0A0000FF:0050      Masq    1      0          0         ',
    '  -> 0900000A:0050      Masq    1      0          0         ',
    'TCP  0A000001:01BB rr  ',
    'TCP  0A000001:0050 rr  ',
    'SCTP 0A000001:0050 rr  ',
    'FWM  0000000B rr ',
    'FWM  00000002 rr ',
  ]
  const {services} = parse(`${lines.join('\n')}\n`).value
  expect(services.map(({key}) => formatServiceKey(key))).toEqual([
    'tcp://10.0.0.1:80',
    'tcp://10.0.0.1:443',
    'tcp://10.0.0.2:80',
    'udp://10.0.0.1:53',
    'sctp://10.0.0.1:80',
    'tcp://[2001:db8::1]:80',
    'fwmark://2',
    'fwmark://11',
  ])
  expect(services[2]?.servers.map(formatServerKey)).toEqual(['9.0.0.10:80', '10.0.0.255:80'])
})

test.each([
  ['a line of another kind', 'nonsense\n'],
  ['a server before any service', '  -> 0A01020C:1F90      Masq    1      2          1         \n'],
  ['an unknown method', 'TCP  CB00710A:0050 rr  \n  -> 0A01020C:1F90      Fly    1      2          1         \n'],
  ['a cut address', 'TCP  CB0071:0050 rr  \n'],
  ['an unknown protocol', 'XYZ  CB00710A:0050 rr  \n'],
])('%s is a problem with its line', (_what, lines) => {
  const {problems} = parse(lines)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({
    code: 'proc-line-unreadable',
    where: `/proc/net/ip_vs:${3 + lines.trimEnd().split('\n').length}`,
  })
})

test.each([
  ['neither shows a server', 'FWM  00000003 rr \nFWM  00000003 wlc \n', ['fwmark://3 rr', 'fwmark6://3 wlc']],
  [
    'the first shows an IPv6 one',
    'FWM  00000003 rr \n  -> [2001:0db8:0000:0000:0000:0000:0000:0009]:0050      Route   1      0          0         \nFWM  00000003 wlc \n',
    ['fwmark://3 wlc', 'fwmark6://3 rr'],
  ],
  [
    'the second shows an IPv4 one',
    'FWM  00000003 rr \nFWM  00000003 wlc \n  -> 0A010101:0000      Route   1      0          0         \n',
    ['fwmark://3 wlc', 'fwmark6://3 rr'],
  ],
])('two services of one mark are of both families: %s', (_name, lines, expected) => {
  const text = `${heading}${lines}`
  const {services} = parseProcIpVs(text).value
  expect(services.map(({key, scheduler}) => `${formatServiceKey(key)} ${scheduler}`)).toEqual(expected)
})
