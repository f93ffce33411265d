// Whatever is wrong: one clear error on stderr, nothing on stdout, the right exit code, and the table untouched.

import {beforeEach, describe, expect, test} from 'vitest'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {memoryClient} from '../../../src/ipvs/memory-client.ts'
import {lvsctl, type Machine, machine, machineAfter, rules} from '../../support/run-command.ts'

let on: Machine
let before: readonly string[]
beforeEach(async () => {
  on = await machineAfter(
    'service add -t 192.168.1.200:8080 -s wrr',
    'server add -t 192.168.1.200:8080 -r 192.168.1.111',
    'service add -t [2001:db8::1]:80',
    'service add -u 192.168.1.200:53',
  )
  before = rules(on)
})

/** Command → the first line of the error (without its mark), and the hint below it where that matters. */
type Case = [command: string, message: string, hint?: string]

async function check(exit: number, command: string, message: string, hint?: string | undefined): Promise<void> {
  const result = await lvsctl(command, on)
  expect(result.stderr).toContain(`✗ ${message}`)
  if (hint !== undefined) expect(result.stderr).toContain(hint)
  expect(result).toMatchObject({stdout: '', exit})
  expect(rules(on)).toEqual(before)
}

const service = 'service add -t 192.0.2.1:80'
const server = 'server add -t 192.168.1.200:8080'

describe('values that are no values: exit 2, pointing at the argument', () => {
  test.each<Case>([
    ['service add -t 192.0.2.300:80', '-t: 192.0.2.300 is not an IPv4 address'],
    ['service add -t 192.0.2:80', '-t: 192.0.2 '],
    ['service add -t 010.0.0.1:80', '-t: 010.0.0.1 '],
    ['service add -t 192.0.2.1:70000', '-t: 70000 is too high for a port'],
    ['service add -t 192.0.2.1:0x50', '-t: 0x50 is hexadecimal'],
    ['service add -t 192.0.2.1:80-90', '-t: 80-90 is more than one port'],
    ['service add -t 192.0.2.1:', '-t: no port follows the colon'],
    ['service add -t 192.0.2.1:nosuch', '-t: no port is called nosuch'],
    ['service add -t www.example.com:80', '-t: '],
    ['service add -t [192.0.2.1]:80', '-t: ', 'Brackets are for IPv6'],
    ['service add -t 2001:db8::1::2', '-t: '],
    ['service add -t http://192.0.2.1:80', '-t: ', 'Did you mean 192.0.2.1:80?'],
    ['service add -f 0', '-f: 0 is too low for a firewall mark'],
    ['service add -f 4294967296', '-f: 4294967296 is too high'],
    ['service add -f 0x10', '-f: 0x10 is hexadecimal', 'Did you mean 16?'],
    ['service add -f -1', '-f: -1 is negative'],
    [`${service} -p 0`, '-p: 0 is too low'],
    [`${service} -p -5`, '-p: -5 is negative'],
    [`${service} -p 5m`, '-p: 5m has a unit', 'Did you mean 300?'],
    [`${service} -p 2678401`, '-p: 2678401 is too high'],
    [`${service} -p -M 24`, '-M: ', '-M 255.255.255.0'],
    [`${service} -p -M 255.0.255.0`, '-M: 255.0.255.0 is not a netmask'],
    [`${service} -p -M 0.0.0.0`, '-M: '],
    ['service add -t [2001:db8::5]:80 -p -M 129', '-M: 129 is too high'],
    ['service add -t [2001:db8::5]:80 -p -M 255.255.255.0', '-M: '],
    [`${service} -s wrrr`, '-s: no scheduler "wrrr"', 'Did you mean wrr (weighted round robin)?'],
    [`${service} -s sh -b sh-prot`, '-b: no scheduler flag', 'Did you mean sh-port?'],
    [`${service} -s rr -b sh-port`, '-b: sh-port is a flag of sh'],
    [`${service} -b ,`, '-b: a scheduler flag is missing'],
    [`${service} --pe spi -p`, '--pe: no persistence engine "spi"'],
    [`${server} -r 192.168.1.115 -w -1`, '-w: -1 is negative'],
    [`${server} -r 192.168.1.115 -w 1.5`, '-w: 1.5 is not a whole number'],
    [`${server} -r 192.168.1.115 -w 2147483648`, '-w: 2147483648 is too high'],
    [`${server} -r 192.168.1.115 -x abc`, '-x: abc is not an upper threshold'],
    [`${server} -r 192.168.1.115 -i --tun-type gpe`, '--tun-type: no tunnel type gpe'],
    [`${server} -r 192.168.1.115 -i --tun-type gue --tun-port 0`, '--tun-port: 0 is too low'],
    ['list --sort activ', '--sort: "activ" is none of its values', 'Did you mean active?'],
    ['service show tpc://192.168.1.200:8080', 'SERVICE: tpc is not a kind of service'],
    ['service show 192.168.1.200:8080', 'SERVICE: ', 'Did you mean tcp://192.168.1.200:8080?'],
    ['realserver setup --vip 192.168.1.256', '--vip: 192.168.1.256 is not an IPv4 address'],
    ['realserver setup --vip 224.0.0.1', '--vip: 224.0.0.1 is a multicast address'],
  ])('%s', (command, message, hint) => check(2, command, message, hint))
})

describe('what the kernel would take silently, or answer with a bare EINVAL: exit 2', () => {
  test.each<Case>([
    ['service add -t 0.0.0.0:80', '-t: 0.0.0.0 '],
    ['service add -t 224.0.0.1:80', '-t: 224.0.0.1 is a multicast address'],
    ['service add -t 255.255.255.255:80', '-t: 255.255.255.255 is the broadcast address'],
    ['service add -t 192.0.2.1', '-t: a service without a port takes every port'],
    [`${service} -o`, '-o: one-packet scheduling is for UDP'],
    [`${service} -p --pe sip`, '--pe: the sip engine reads UDP packets'],
    ['service add -u 192.0.2.1:5060 --pe sip', '--pe: a persistence engine does nothing without persistence'],
    [`${server} -r 0.0.0.0`, '-r: 0.0.0.0 '],
    [`${server} -r 239.1.1.1`, '-r: 239.1.1.1 is a multicast address'],
    [`${server} -r 192.168.1.200`, '-r: 192.168.1.200 is the address of the service itself'],
    [
      `${server} -r 192.168.1.115:80 -g`,
      '-r: gatewaying cannot change the port: the service is on 8080, the server would be on 80',
      'Use -r 192.168.1.115 (port 8080), or -m to translate ports',
    ],
    [`${server} -r [2001:db8::2]:8080 -g`, '-r: 2001:db8::2 is IPv6'],
    ['server add -t [2001:db8::1]:80 -r fe80::1', '-r: fe80::1 is link-local'],
    [`${server} -r 192.168.1.115 -i --tun-type gue`, '--tun-port: gue needs the UDP port'],
    [`${server} -r 192.168.1.115 -g --tun-type gue --tun-port 6080`, '--tun-type: --tun-type is for tunneling'],
    [`${server} -r 192.168.1.115 -i --tun-csum`, '--tun-csum: ipip has no checksum'],
    [`${server} -r 192.168.1.115 -x 100 -y 200`, '-y: the lower threshold 200 is above the upper one 100'],
    [`${server} -r 192.168.1.115 -y 10`, '-y: the lower threshold is 10 and there is no upper one'],
  ])('%s', (command, message, hint) => check(2, command, message, hint))
})

describe('options that do not go together, are missing, or are not there: exit 2', () => {
  test.each<Case>([
    ['service add', 'no service is named', 'Name it with -t ADDRESS:PORT'],
    ['service add -t 192.0.2.1:80 -u 192.0.2.1:80', '-u: -t and -u name two services'],
    ['service add -t 192.0.2.1:80 tcp://192.0.2.1:80', '-t: -t and "tcp://192.0.2.1:80" name two services'],
    ['service add -t 192.0.2.1:80 -6', '-6: -6 is for firewall marks'],
    ['service add -t 192.0.2.1:80 -t 192.0.2.2:80', '-t is given more than once'],
    ['service add -t', '-t needs a value'],
    ['service add -t -s rr', '-t needs a value'],
    [`${service} --wieght 3`, 'service add has no option --wieght'],
    [`${service} --schedular rr`, 'service add has no option --schedular', 'Did you mean --scheduler?'],
    [`${service} -w 3`, 'service add has no option -w', 'It belongs to: lvsctl server add|edit'],
    [`${server} -r 192.168.1.115 -s rr`, 'server add has no option -s', 'It belongs to: lvsctl service add|edit'],
    ['service edit -u 192.168.1.200:53 -o --no-ops', '--no-ops: -o and --no-ops exclude each other'],
    [server, 'no server is named', 'Name it with -r'],
    [`${server} -r 192.168.1.115 -g -m`, '-g: -m and -g exclude each other'],
    [`${server} -r 192.168.1.115 -i --tun-csum --tun-nocsum`, '--tun-csum: --tun-nocsum and --tun-csum exclude'],
    ['list --stats --rate', '--stats and --rate exclude each other'],
    ['list everything', '"everything": list does not take this argument'],
    ['service edit -t 192.168.1.200:8080', 'nothing to change'],
    ['realserver setup', 'no VIP is named', 'Such as: lvsctl realserver setup --vip 192.168.1.200'],
    ['realserver script', 'no VIP is named', 'Such as: lvsctl realserver script --vip 192.168.1.200'],
    ['director setup', 'no VIP is named', 'Such as: lvsctl director setup --vip 192.168.1.200'],
    ['director setup --vip 192.168.1.200', 'no interface is named'],
  ])('%s', (command, message, hint) => check(2, command, message, hint))
})

describe('what is not there: exit 3 with the nearest', () => {
  test.each<Case>([
    ['service show -t 192.168.1.200:8081', 'no service tcp://192.168.1.200:8081', 'tcp://192.168.1.200:8080'],
    ['service delete -t 192.168.1.201:8080', 'no service tcp://192.168.1.201:8080', 'tcp://192.168.1.200:8080'],
    ['server list -t [2001:db8::2]:80', 'no service tcp://[2001:db8::2]:80', 'tcp://[2001:db8::1]:80'],
    ['server edit -t 192.168.1.200:8080 -r 192.168.1.112 -w 0', 'no server 192.168.1.112:8080', '192.168.1.111:8080'],
    ['director setup --vip 192.168.1.200 --dev eht0', 'no network interface "eht0"', 'eth0'],
  ])('%s', (command, message, hint) => check(3, command, message, hint))

  test('a namespace', async () => {
    const here = machine({
      enterNamespace(name) {
        throw new LvsctlError({
          failure: 'missing',
          code: 'namespace-missing',
          message: `no network namespace "${name}"`,
        })
      },
    })
    expect(await lvsctl('list --netns blu', here)).toEqual({
      stdout: '',
      stderr: '✗ no network namespace "blu"\n',
      exit: 3,
    })
  })
})

test('no root: exit 5, and which capability', async () => {
  const here = machine({ipvs: memoryClient({privileged: false})})
  for (const command of [
    service,
    'service delete -t 192.0.2.1:80',
    'service zero',
    'server delete -t 192.0.2.1:80 -r 10.0.0.1',
  ])
    expect(await lvsctl(command, here)).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^✗ not permitted: .*CAP_NET_ADMIN/),
      exit: 5,
    })
})

test('a scheduler that this kernel lacks: exit 6 with its module', async () => {
  const here = machine({ipvs: memoryClient({schedulers: ['rr']})})
  expect(await lvsctl(`${service} -s twos`, here)).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('modprobe ip_vs_twos'),
    exit: 6,
  })
  expect(rules(here)).toEqual([])
})

test('a kernel without IPVS: exit 6', async () => {
  const here: Machine = {
    ...machine(),
    get ipvs(): never {
      throw new LvsctlError({
        failure: 'unsupported',
        code: 'ipvs-unavailable',
        message: 'no IPVS',
        hint: 'modprobe ip_vs',
      })
    },
  }
  expect(await lvsctl(service, here)).toEqual({stdout: '', stderr: '✗ no IPVS\n  modprobe ip_vs\n', exit: 6})
})

test('a table that is not as asked afterwards: exit 7 with what differs', async () => {
  const ipvs = memoryClient()
  const other = Object.assign(Object.create(ipvs), {
    service: (key: Parameters<typeof ipvs.service>[0]) => {
      const found = ipvs.service(key)
      return found && {...found, service: {...found.service, persistence: 299}}
    },
    execute: ipvs.execute.bind(ipvs),
  }) as typeof ipvs
  expect(await lvsctl(`${service} -p 300`, machine({ipvs: other}))).toEqual({
    stdout: '',
    stderr: `✗ the kernel took the change, but the table is not as asked: persistent 300 → 299 s
  Another program may have written it at the same moment. What is so: lvsctl list
`,
    exit: 7,
  })
})

describe('what nobody foresaw: exit 1', () => {
  const broken = (): Machine => ({
    ...machine(),
    get ipvs(): never {
      throw new TypeError('x is not a function')
    },
  })

  test('one line without the inside of the program', async () => {
    expect(await lvsctl('list', broken())).toEqual({
      stdout: '',
      stderr: '✗ unexpected: x is not a function\n  A fault of lvsctl or of the machine: --verbose shows where\n',
      exit: 1,
    })
  })

  test('--verbose shows where', async () => {
    expect((await lvsctl('list --verbose', broken())).stderr).toMatch(/TypeError: x is not a function\n\s+at /)
  })
})

describe('--json: the error is on stdout, and the exit code is the same', () => {
  test.each([
    ['service add -t 192.0.2.300:80', 2, 'address-invalid'],
    ['service delete -t 192.0.2.9:80', 3, 'service-missing'],
    ['service add -t 192.168.1.200:8080 -s wrr', 4, 'service-exists-as-asked'],
    ['service add -t 192.168.1.200:8080', 4, 'service-exists'],
    ['service add -t 192.168.1.200:8080 --bogus', 2, 'option-unknown'],
  ])('%s', async (command, exit, code) => {
    const result = await lvsctl(`${command} --json`, on)
    expect(result).toMatchObject({stderr: '', exit})
    expect(JSON.parse(result.stdout)).toMatchObject({error: {code, exit, message: expect.any(String)}})
  })

  test('every problem with its place', async () => {
    const {stdout} = await lvsctl(`${server} -r 192.168.1.115 -w abc -x 1.5 --json`, on)
    expect(JSON.parse(stdout).error.problems.map(({where}: {where: string}) => where)).toEqual(['-w', '-x'])
  })
})

test.each([
  ['service add -t 192.0.2.9:80 \u2013s rr', '"\u2013s" begins with EN DASH (U+2013)', '-s'],
  ['server edit -t 192.168.1.200:8080 -r 192.168.1.111 \u2014w 3', '"\u2014w" begins with EM DASH (U+2014)', '-w'],
  [
    'server edit -t 192.168.1.200:8080 -r 192.168.1.111 \u2014weight 3',
    '"\u2014weight" begins with EM DASH (U+2014)',
    '--weight',
  ],
])('a pasted dash: %s', async (command, message, meant) => {
  expect(await lvsctl(command, on)).toEqual({
    stdout: '',
    stderr: `✗ ${message} where an option should begin\n  Write ${meant}\n`,
    exit: 2,
  })
})

test('several mistakes are told at once', async () => {
  expect((await lvsctl(`${server} -r 192.168.1.115 -w abc -x 1.5`, on)).stderr).toBe(`✗ -w: abc is not a weight
  A weight is a whole number from 0 to 2147483647
✗ -x: 1.5 is not a whole number
  An upper threshold is a whole number from 0 to 2147483647
`)
})

test.each([
  ['lab run', 'lab run needs a SCRIPT'],
  ['arp probe', 'arp probe needs an ADDRESS'],
  ['lab run x.sh --deadline abc', '--deadline: expected an integer but received: abc'],
  ['lab run x.sh --deadline 0', '--deadline: expected an integer greater than or equal to 1 but received: 0'],
])('%s: exit 2', async (command, message) => {
  const {stderr, exit} = await lvsctl(command, on)
  expect({line: stderr.split('\n')[0], exit}).toEqual({line: `✗ ${message}`, exit: 2})
})

test('LVSCTL_PROC without a table in it: exit 3', async () => {
  expect(await lvsctl('list', machine({env: {LVSCTL_PROC: '/nowhere'}}))).toMatchObject({
    stderr: expect.stringContaining('no file /nowhere/net/ip_vs'),
    exit: 3,
  })
})
