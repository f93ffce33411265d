// Bad input, and machines that are not ready, on a real kernel: the right exit code, one problem with its way out on
// stderr, and nothing changed.

import {beforeAll, describe, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {linesOf} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)

/** What nothing in this file may change: rules, thresholds, addresses. */
const stateOf = async () =>
  (await lab.on('director', 'ipvsadm -Sn; ipvsadm -Ln --thresholds; ip -o addr | grep -v fe80:')).stdout
let before = ''

/** On the director; the problem, its hint, and that everything is as before. */
async function refused(command: string, exits: number): Promise<{problem: string; hint: string}> {
  const {stdout, stderr} = await lab.on('director', command, {exits})
  expect(stdout).toBe('')
  const [problem = '', ...hint] = linesOf(stderr)
  expect(problem).toMatch(/^✗ /)
  expect(hint.filter((line) => !line.startsWith('  '))).toEqual([])
  expect(await stateOf()).toBe(before)
  return {problem, hint: hint.join('\n')}
}

// First, while nothing has loaded it yet.
describe('a kernel without IPVS', () => {
  beforeAll(() => lab.on(undefined, 'mv /lib/modules /lib/modules.away; ! grep -q ^ip_vs /proc/modules'))

  test.each([
    'service add -t 192.0.2.1:80',
    'server delete -t 192.0.2.1:80 -r 10.0.0.1',
    'service zero',
    'service show -t 192.0.2.1:80',
    'list',
    'service list --json',
    'director status',
  ])('%s: exit 6, and what to do', async (command) => {
    const {stdout, stderr} = await lab.on('director', `lvsctl ${command}`, {exits: 6})
    expect(stdout + stderr).toMatch(/this kernel has no IPVS/)
    expect(stdout + stderr).toMatch(/modprobe ip_vs\b.*lvsctl lab/s)
  })

  test('the same without root', async () => {
    const {stderr} = await lab.on('director', 'setpriv --bounding-set -all --inh-caps -all lvsctl list', {exits: 6})
    expect(stderr).toMatch(/modprobe ip_vs\b.*lvsctl lab/s)
  })

  test('a real server needs none', async () => {
    await lab.on('rs1', 'lvsctl realserver setup --vip 192.168.1.200 && lvsctl realserver status')
    await lab.on('rs1', 'lvsctl realserver teardown')
  })

  test('with the modules back it is loaded by itself', async () => {
    await lab.on(undefined, 'mv /lib/modules.away /lib/modules')
    expect((await lab.on('director', 'lvsctl list')).stdout).toBe('')
    await lab.on(undefined, 'grep -q ^ip_vs /proc/modules')
  })
})

describe('a table to spoil', () => {
  beforeAll(async () => {
    await lab.on('director', 'ipvsadm -R', {
      input: `-A -t 192.168.1.200:8080 -s wrr
-a -t 192.168.1.200:8080 -r 192.168.1.111:8080 -g -w 3
-A -t [2001:db8::1]:80 -s rr
-A -u 192.168.1.200:53 -s rr
-A -f 7 -s rr
`,
    })
    before = await stateOf()
    expect(linesOf(before).filter((line) => line.startsWith('-'))).toHaveLength(5)
  })

  const onService = 'lvsctl server add -t 192.168.1.200:8080'

  /** And what happens without lvsctl: the line, and what ipvsadm has to say about it. Nothing: it took it. */
  type Case = [command: string, problem: string, hint: string, ipvsadm: string, answer: string]
  const refusal = 'Invalid operation.  Possibly wrong module version, address not unicast, ...\n'

  test.each<Case>([
    ['lvsctl service add -t 0.0.0.0:80', '-t: 0.0.0.0 ', 'Give the virtual IP', '-A -t 0.0.0.0:80', ''],
    ['lvsctl service add -t 224.0.0.1:80', '-t: 224.0.0.1 is a multicast', '-f MARK', '-A -t 224.0.0.1:80', ''],
    ['lvsctl service add -t 010.0.0.1:80', '-t: 010.0.0.1 ', 'Did you mean', '-A -t 010.0.0.1:80', ''],
    ['lvsctl service add -t 10.9:80', '-t: 10.9 ', '', '-A -t 10.9:80', ''],
    ['lvsctl service add -t 192.0.2.1:80 -p -M 24', '-M: ', '-M 255.255.255.0', '-A -t 192.0.2.1:80 -p -M 24', ''],
    ['lvsctl service add -t 192.0.2.1:80 -p -M 255.0.255.0', '-M: ', '', '-A -t 192.0.2.1:80 -p -M 255.0.255.0', ''],
    [
      'lvsctl service add -t 192.0.2.1:80 -p --pe sip',
      '--pe: ',
      'name the service with -u',
      '-A -t 192.0.2.1:80 -p --pe sip',
      '',
    ],
    ['lvsctl service add -u 192.0.2.1:80 --pe sip', '--pe: ', 'Add -p', '-A -u 192.0.2.1:80 --pe sip', ''],
    [
      'lvsctl service add -t 192.0.2.1:80 -s wrrr',
      '-s: no scheduler "wrrr"',
      'Did you mean wrr (weighted round robin)?',
      '-A -t 192.0.2.1:80 -s wrrr',
      'Scheduler or persistence engine not found\n',
    ],
    [
      'lvsctl service add -t 192.0.2.1:80 -o',
      '-o: one-packet scheduling is for UDP',
      '-u',
      '-A -t 192.0.2.1:80 -o',
      'One-Packet Scheduling is only for UDP virtual services\n',
    ],
    [
      `${onService} -r 192.168.1.115:80 -g`,
      '-r: gatewaying cannot change the port',
      '-m',
      '-r 192.168.1.115:80 -g',
      '',
    ],
    [`${onService} -r 192.168.1.115:80 -i`, '-r: tunneling cannot change the port', '-m', '-r 192.168.1.115:80 -i', ''],
    [`${onService} -r 192.168.1.115:0 -m`, '-r: ', 'Use -r 192.168.1.115', '-r 192.168.1.115:0 -m', ''],
    [`${onService} -r 192.168.1.200`, '-r: 192.168.1.200 is the address of the service', '', '-r 192.168.1.200', ''],
    [`${onService} -r 0.0.0.0`, '-r: 0.0.0.0 ', 'one host', '-r 0.0.0.0', refusal],
    [`${onService} -r 239.1.1.1`, '-r: 239.1.1.1 is a multicast address', 'one host', '-r 239.1.1.1', refusal],
    [
      `${onService} -r 2001:db8::2 -g`,
      '-r: 2001:db8::2 is IPv6',
      '-i',
      '-r [2001:db8::2]:8080 -g',
      'Different address',
    ],
    [
      `${onService} -r 2001:db8::2 -m`,
      '-r: 2001:db8::2 is IPv6',
      '-i',
      '-r [2001:db8::2]:8080 -m',
      'Different address',
    ],
    [
      `${onService} -r 192.168.1.115 -i --tun-type gue`,
      '--tun-port: gue needs the UDP port',
      '--tun-port 6080',
      '-r 192.168.1.115 -i --tun-type gue',
      "You need to supply the 'tun-port' option for the 'gue' tunnel type\n",
    ],
    [
      `${onService} -r 192.168.1.115 -x 100 -y 200`,
      '-y: the lower threshold 200 is above the upper one 100',
      'lower',
      '-r 192.168.1.115 -x 100 -y 200',
      'Numerical result out of range\n',
    ],
    [`${onService} -r 192.168.1.115 -y 10`, '-y: ', '-x', '-r 192.168.1.115 -y 10', 'Numerical result out of range\n'],
    ['lvsctl server add -t [2001:db8::1]:80 -r fe80::1', '-r: fe80::1 is link-local', 'global', '', ''],
  ])('%s: exit 2', async (command, problem, hint, line, answer) => {
    const told = await refused(command, 2)
    expect(told.problem).toContain(`✗ ${problem}`)
    expect(told.hint).toContain(hint)
    if (line === '') return
    const rule = line.startsWith('-A') ? line : `-a -t 192.168.1.200:8080 ${line}`
    const {stderr} = await lab.on('rs2', `ipvsadm -C; ipvsadm -A -t 192.168.1.200:8080; ipvsadm ${rule}`, {
      exits: 'any',
    })
    if (answer === '') expect(stderr).toBe('')
    else expect(stderr).toContain(answer)
  })

  test.each([
    ['lvsctl service add -t 192.0.2.300:80', '-t: 192.0.2.300 is not an IPv4 address'],
    ['lvsctl service add -t 192.0.2.1:70000', '-t: 70000 is too high for a port'],
    ['lvsctl service add -t 192.0.2.1:80-90', '-t: 80-90 is more than one port'],
    ['lvsctl service add -t 192.0.2.1', '-t: a service without a port takes every port'],
    ['lvsctl service add -t 2001:db8::1::2', '-t: '],
    ["lvsctl service add -t 'fe80::1%eth0'", '-t: fe80::1%eth0 has a zone'],
    ['lvsctl service add -t localhost:80', '-t: localhost is a name'],
    ['lvsctl service add -f 0', '-f: 0 is too low for a firewall mark'],
    ['lvsctl service add -f 4294967296', '-f: 4294967296 is too high'],
    ['lvsctl service add -f 0x10', '-f: 0x10 is hexadecimal'],
    ['lvsctl service add -t 192.0.2.1:80 -p 5m', '-p: 5m has a unit'],
    ['lvsctl service add -t 192.0.2.1:80 -6', '-6: -6 is for firewall marks'],
    ['lvsctl service add -t 192.0.2.1:80 -s rr -b sh-port', '-b: sh-port is a flag of sh'],
    ["lvsctl service add -t ''", '-t: the address is missing'],
    ['lvsctl service add', 'no service is named'],
    ['lvsctl service add -t 192.0.2.1:80 --wieght 3', 'service add has no option --wieght'],
    ['lvsctl service edit -t 192.168.1.200:8080', 'nothing to change'],
    ['lvsctl service edit -t 192.168.1.200:8080 -o', '-o: one-packet scheduling is for UDP'],
    ['lvsctl service show 192.168.1.200:8080', 'SERVICE: 192.168.1.200:8080 does not say'],
    [`${onService} -r 192.168.1.115 -w -1`, '-w: -1 is negative'],
    [`${onService} -r 192.168.1.115 -w 2147483648`, '-w: 2147483648 is too high'],
    [`${onService} -r 192.168.1.115 -w 1.5`, '-w: 1.5 is not a whole number'],
    [`${onService} -r 192.168.1.115 -g -m`, '-g: -m and -g exclude each other'],
    [`${onService} -r 192.168.1.115 -g --tun-type gre`, '--tun-type: --tun-type is for tunneling'],
    ['lvsctl server edit -t 192.168.1.200:8080 -r 192.168.1.111 -y 5', '-y: '],
    ['lvsctl list --sort activ', '--sort: "activ" is none of its values'],
    ['lvsctl list --stats --rate', '--stats and --rate exclude each other'],
    ['lvsctl director setup --vip 192.168.1.256 --dev eth0', '--vip: 192.168.1.256 is not an IPv4 address'],
    ['lvsctl director setup --vip 192.168.1.200/24 --dev eth0', '--vip: 192.168.1.200/24 has a prefix length'],
    ['lvsctl director setup --vip 192.168.1.200', 'no interface is named'],
    ['lvsctl realserver setup --vip 224.0.0.1', '--vip: 224.0.0.1 is a multicast address'],
    ['lvsctl realserver setup --vip 192.168.1.114', "--vip: 192.168.1.114 is this host's own address"],
    ['lvsctl servcie add -t 192.0.2.1:80', 'no command "servcie add"'],
  ])('%s: exit 2', async (command, problem) => {
    expect((await refused(command, 2)).problem).toContain(`✗ ${problem}`)
  })

  test.each([
    ['lvsctl service show -t 192.168.1.200:8081', 'no service tcp://192.168.1.200:8081', 'tcp://192.168.1.200:8080'],
    ['lvsctl service edit -t 192.168.1.200:80 -s rr', 'no service tcp://192.168.1.200:80', 'tcp://192.168.1.200:8080'],
    ['lvsctl service delete -u 192.168.1.200:54', 'no service udp://192.168.1.200:54', 'udp://192.168.1.200:53'],
    ['lvsctl service zero -f 7 -6', 'no service fwmark6://7', 'fwmark://7'],
    ['lvsctl server list -t [2001:db8::2]:80', 'no service tcp://[2001:db8::2]:80', 'tcp://[2001:db8::1]:80'],
    [
      'lvsctl server add -t 192.168.1.201:8080 -r 192.168.1.115',
      'no service tcp://',
      'lvsctl service add -t 192.168.1',
    ],
    [
      'lvsctl server edit -t 192.168.1.200:8080 -r 192.168.1.112 -w 0',
      'no server 192.168.1.112:8080 in tcp://192.168.1.200:8080',
      '192.168.1.111:8080',
    ],
    [
      'lvsctl server delete -t 192.168.1.200:8080 -r 192.168.1.111:80',
      'no server 192.168.1.111:80 in tcp://192.168.1.200:8080',
      '192.168.1.111:8080',
    ],
    ['lvsctl server delete -f 7 -r 192.168.1.111', 'no server 192.168.1.111:0 in fwmark://7', 'It has no servers'],
    ['lvsctl director setup --vip 192.168.1.200 --dev eht0', 'no network interface "eht0"', 'eth0'],
    ['lvsctl service add -t 192.0.2.1:80 --netns directr', 'no network namespace "directr"', 'Did you mean director?'],
  ])('%s: exit 3 and the nearest', async (command, problem, nearest) => {
    const told = await refused(command, 3)
    expect(told.problem).toContain(`✗ ${problem}`)
    expect(told.hint).toContain(nearest)
  })

  test('a scheduler without a module: exit 6 and its name', async () => {
    const {problem, hint} = await refused('lvsctl service add -t 192.0.2.1:80 -s twos', 6)
    expect(problem).toContain('this kernel has no scheduler "twos"')
    expect(hint).toContain('modprobe ip_vs_twos')
  })

  test('several mistakes are told at once', async () => {
    const {stderr} = await lab.on('director', `${onService} -r 192.168.1.115 -w abc -x 1.5`, {exits: 2})
    expect(linesOf(stderr).filter((line) => line.startsWith('✗'))).toEqual([
      expect.stringMatching(/^✗ -w: abc is not a weight/),
      expect.stringMatching(/^✗ -x: 1\.5 is not a whole number/),
    ])
    expect(await stateOf()).toBe(before)
  })

  test('a server of the other family while a sync daemon runs: exit 2 instead of a bare EINVAL', async () => {
    await lab.on('director', 'ipvsadm --start-daemon master --mcast-interface eth0')
    const {problem, hint} = await refused(`${onService} -r 2001:db8::7 -i`, 2)
    expect(problem).toMatch(/sync daemon/)
    expect(hint).toMatch(/--stop-daemon master/)
    expect(
      (await lab.on('director', 'ipvsadm -a -t 192.168.1.200:8080 -r [2001:db8::7]:8080 -i', {exits: 255})).stderr,
    ).toBe(refusal)
    await lab.on('director', `ipvsadm --stop-daemon master; ${onService} -r 2001:db8::7 -i`)
  })
})

test('a namespace whose lo was never up: exit 2 instead of a bare EINVAL', async () => {
  await lab.on(undefined, 'ip netns add fresh')
  await lab.on('fresh', 'lvsctl service add -t 192.0.2.1:80')
  const {stderr} = await lab.on('fresh', 'lvsctl server add -t 192.0.2.1:80 -r 10.0.0.1', {exits: 2})
  expect(stderr).toMatch(/^✗ .*\n {2}ip link set lo up\n$/)
  await lab.on('fresh', 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1', {exits: 255})
  await lab.on('fresh', 'ip link set lo up && lvsctl server add -t 192.0.2.1:80 -r 10.0.0.1')
})

describe('a machine without User-Mode Linux', () => {
  // The guest is a machine, too.
  beforeAll(() => lab.on(undefined, 'rm "$(command -v linux.uml)"; echo true >/tmp/script'))

  test.each(['demo', 'shell', 'run /tmp/script'])('lab %s: exit 6 and one sentence', async (command) => {
    expect(
      await lab.on('client', `script -qec 'lvsctl lab ${command}' /dev/null </dev/null`, {exits: 6}),
    ).toMatchObject({
      stdout: expect.stringMatching(
        /^\S*✗\S* the lab needs linux\.uml, which is not installed here\s+apt-get install user-mode-linux\s*$/,
      ),
    })
  })
})
