// What the generator puts after each option: a small universe in which commands meet each other, and what breaks parsers.

import type {optionRows} from '../../../src/formats/ipvsadm/options.ts'

export type OptionName = (typeof optionRows)[number]['name']

export interface Values {
  /** What makes sense; empty where the option takes no value. */
  readonly good: readonly string[]
  readonly bad: readonly string[]
}

// biome-ignore format: a table
const numbers = [
  '', ' ', '0', '1', '-1', '-0', '+5', ' 7', '7 ', '\t7', '0x10', '010', '08', '1.5', '1e3', '7x', 'x7', 'abc', '１２',
  '127', '128', '255', '256', '-255', '65507', '65508', '65535', '65536', '65537', '70000', '2147483', '2147484',
  '21474836', '21474837', '2678400', '2678401', '2147483647', '2147483648', '-2147483648', '-2147483649',
  '4294967295', '4294967296', '4294967297', '9223372036854775807', '9223372036854775808', '18446744073709551615',
  '18446744073709551616', '99999999999999999999',
]

// biome-ignore format: a table
const virtualServers = [
  '192.0.2.10', '192.0.2.10:0', '192.0.2.10:', '192.0.2.10: ', ':80', ':', '', ' ', '192.0.2.10:65535',
  '192.0.2.10:65536', '192.0.2.10:70000', '192.0.2.10:-1', '192.0.2.10:+81', '192.0.2.10: 82', '192.0.2.10:80 ',
  '192.0.2.10:80-90', '192.0.2.10:80,90', '192.0.2.10:0x50', '192.0.2.10:0120', '192.0.2.10:00080',
  '192.0.2.10:80:90', '192.0.2.10:80x', '192.0.2.10:http', '192.0.2.10:HTTP', '192.0.2.10:domain',
  '192.0.2.10:http-alt', '192.0.2.10:nosuch', '192.0.2.10:99999999999999999999', '192.0.2', '192.0.522:80',
  '192.0.2.010:80', '010.9.9.7:80', '0x0a090906:80', '10.9:80', '80', '0', '3221225994:80', '3221225994',
  '4294967295:80', '4294967296:80', '0xc000020a:80', '256.1.1.1:80', '1.2.3.4.5:80', '1.2.3.4x:80', '1.2.3.4 :80',
  ' 192.0.2.10:80', '192.0.2.10.:80', '.:80', '1..2:80', '192.0.2.10;80', '192.0.2.10/32:80', '[2001:db8::10]',
  '[2001:db8::10]:', '[2001:db8::10]:0', '[2001:db8::10]:http', '[2001:db8::10]:+81', '[2001:db8::10]:70000',
  '[2001:db8::10]80', '[2001:db8::10]x:80', '2001:db8::10', '2001:db8::10:80', '2001:DB8::10', '[2001:DB8:0::10]:80',
  '[192.0.2.10]:80', '[192.0.2.10]', '[vip-one]:80', '::', '::1', '[::]:80', '[::ffff:192.0.2.10]:80',
  '::ffff:192.0.2.10', '[::192.0.2.10]:80', 'fe80::1', '[fe80::1]:80', '[fe80::1%eth0]:80', 'fe80::1%eth0', 'ff02::1',
  '[ff02::1]:80', '2001:db8::10/64', '255.255.255.255:80', '0.0.0.0:80', '224.0.0.1:80', '127.0.0.1:80', '[', ']',
  '[]', '[]:80', '[:80', ']:80', '[2001:db8::10:80', '2001:db8::10]:80', '[[2001:db8::10]]:80', '[2001:db8:::10]:80',
  'vip-one:80', 'vip-one', 'vip-one.example.com:http', 'VIP-ONE:80', 'vip-one.:80', 'vip-one:0', 'rs2:80',
  'six.example.com:80', 'six.example.com', '[six.example.com]:80', 'both.example.com:80', 'unknown.example.com:80',
  'unknown', 'localhost:80', 'ip6-localhost:80', '-:80', '@:80', '*:80', 'é.example.com:80', '–', 'a:b:c', 'a:b',
  ':::', '1:2', '%s%n:80', '192.0.2.10:%s',
]

// biome-ignore format: a table
const realServers = [
  ...virtualServers, '192.0.2.255', '192.0.2.255:80', '192.0.2.1:80', '198.51.100.1', '2001:db8::1', 'ff05::2',
  '10.1.1.1:0', '10.1.1.1:http', 'rs1.example.com:http', 'rs1', 'rs6.example.com', '10.1.1.255',
]

const none: Values = {good: [], bad: []}

// biome-ignore format: a table
export const values: Readonly<Record<OptionName, Values>> = {
  'tcp-service': {
    good: [
      '192.0.2.10:80', '192.0.2.10:80', '192.0.2.10:80', '192.0.2.11:443', '[2001:db8::10]:80', '[2001:db8::10]:80',
      '1.1.1.1:80', '223.255.255.254:80', '192.0.2.10:65535', '[fd00::1]:80', '[1:2::3]:80', '[2001:db8::10]:443',
    ],
    bad: virtualServers,
  },
  'udp-service': {good: ['192.0.2.10:53', '192.0.2.10:53', '192.0.2.10:80', '[2001:db8::10]:53'], bad: virtualServers},
  'sctp-service': {good: ['192.0.2.10:3868', '192.0.2.10:80', '[2001:db8::10]:3868'], bad: virtualServers},
  'fwmark-service': {good: ['1', '7', '7', '7'], bad: [...numbers, '2147483648']},
  ipv6: none,
  scheduler: {
    good: [
      'rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh', 'twos', 'sh', 'mh',
      'none',
    ],
    bad: [
      '', ' ', 'bogus', 'RR', 'rr ', 'wlcx', 'rr,wrr', 'r'.repeat(15), 'r'.repeat(16), 'w'.repeat(300), 'é', '-',
      '../rr', 'sh-port',
    ],
  },
  persistent: {good: ['300', '360', '1', '60', '2678400'], bad: numbers},
  netmask: {
    good: ['255.255.255.0', '255.255.255.255', '255.255.0.0', '64', '128', '48', '1', '24'],
    bad: [
      ...numbers, '255.0.255.0', '0.0.0.0', '255.255.255.256', '255.255.255', '0xffffff00', '255.255.255.0 ', '/24',
      '129', '64x', '+64', ' 64', 'ffff::', '::', 'vip-one', 'rs1.example.com', 'six.example.com', 'nonsense', '255.255.255.0.0',
    ],
  },
  pe: {
    good: ['sip'],
    bad: ['', 'bogus', 'SIP', 'sip ', 's'.repeat(15), 's'.repeat(16), 's'.repeat(17), 's'.repeat(300)],
  },
  ops: none,
  'sched-flags': {
    good: [
      'sh-fallback', 'sh-port', 'sh-fallback,sh-port', 'sh-port,sh-fallback', 'mh-fallback', 'mh-port',
      'mh-fallback,mh-port', 'flag-1', 'flag-2', 'flag-3', 'flag-1,flag-2,flag-3', 'flag-3,flag-1',
    ],
    bad: [
      '', ' ', ',', ',,', 'sh-fallback,', ',sh-port', 'sh-port,,sh-fallback', 'bogus', 'sh-port,bogus',
      'sh-port,sh-port', 'flag-4', 'flag-0', 'flag-', 'sh-port, sh-fallback', 'SH-PORT', 'flag-1,mh-port',
      'sh-fallback,mh-port', 'sh', '1',
    ],
  },
  'real-server': {
    good: [
      '10.1.1.1', '10.1.1.1:80', '10.1.1.2:80', '10.1.1.2:8080', '10.1.1.3', '10.1.1.4:443', '1.1.1.1', '129.0.0.1', '223.255.255.254:80', '10.1.1.1:65535', '10.1.1.1:1', 'fd00::1', '[1:2::3]:80', '[8001::1]:80',
      '127.0.0.1:80',
      '2001:db8:1::11', '[2001:db8:1::11]:80', '[2001:db8:1::12]:8080',
    ],
    bad: realServers,
  },
  gatewaying: none,
  ipip: none,
  masquerading: none,
  weight: {good: ['0', '1', '2', '100', '65535', '65536', '2147483647'], bad: numbers},
  'u-threshold': {good: ['0', '10', '100', '1000', '2147483647'], bad: numbers},
  'l-threshold': {good: ['0', '5', '10', '2147483647'], bad: numbers},
  'tun-type': {good: ['ipip', 'gue', 'gre'], bad: ['', 'GUE', 'gre ', 'bogus', 'ip', 'gueue', '1']},
  'tun-port': {good: ['6080', '1', '65535'], bad: [...numbers, 'http']},
  'tun-nocsum': none,
  'tun-csum': none,
  'tun-remcsum': none,
  connection: none,
  timeout: none,
  daemon: none,
  stats: none,
  rate: none,
  thresholds: none,
  'persistent-conn': none,
  'tun-info': none,
  exact: none,
  numeric: none,
  sort: none,
  nosort: none,
  syncid: {good: ['0', '1', '7', '255'], bad: numbers},
  'mcast-interface': {
    good: ['eth0', 'dummy0', 'lo', 'eth0'],
    bad: ['', 'eth9', 'nonexistent', 'e'.repeat(15), 'e'.repeat(16), 'e'.repeat(300), 'eth0 ', 'é'],
  },
  'mcast-group': {
    good: ['224.0.0.81', '239.1.1.1', '224.0.0.1', 'ff02::81', 'ff05::1', '[ff05::1]'],
    bad: [
      '', '10.0.0.1', '2001:db8::1', 'fe80::1', '240.0.0.1', '223.255.255.255', 'ff02::1:', '224.0.0', '0xe0000051',
      'nonsense', 'vip-one', '224.0.0.81:80', ' 224.0.0.81', '239.255.255.256', '::', '255.255.255.255',
    ],
  },
  'mcast-port': {good: ['8848', '1', '65535'], bad: numbers},
  'mcast-ttl': {good: ['1', '5', '255'], bad: numbers},
  'sync-maxlen': {good: ['1', '1000', '1472', '9000', '65507'], bad: numbers},
}

export const commandValues: Readonly<Record<string, Values>> = {
  'start-daemon': {good: ['master', 'backup'], bad: ['', 'Master', 'both', 'mast', 'master ', 'masterx', '1', 'slave']},
  'stop-daemon': {good: ['master', 'backup'], bad: ['', 'BACKUP', 'both', 'back', '2']},
}

/** Words that stand where they should not. */
// biome-ignore format: a table
export const strayWords: readonly string[] = [
  'foo', '', ' ', '-', '--', '---', '-?', '-z', '-Q', '--bogus', '--bogus=1', '--usage', '--list', '--save', '-A',
  '-L', '-n', '-nn', '-0', '-1', '-5', '-66', '-66f', '--lis', '--num', '--tcp', '-tcp', '--n', '--6', '–n', '-é',
  'ipvsadm', '#', '# comment', "'-n'", '"', '--=', '--=x', '-=', '-t', '-p', '--help', '--version', '-hv', '-Ln',
  '--numeric=', '--ipv6=1', '--add-service=x', '80', '-rf', '--no-sort', '--sort=1', 'x'.repeat(300), '%s%s%n', '\n',
  '-n\n', '\\', '$x', '-w', '-h', '-v', '/32',
]

export {numbers as strayNumbers}
