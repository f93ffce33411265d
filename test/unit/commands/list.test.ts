// What the lists look like: the golden texts in test/golden/cli show every output of one table. A change of the looks is
// a change of those files: npx vitest run --project unit test/unit/commands/list.test.ts -u

import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {memoryClient} from '../../../src/ipvs/memory-client.ts'
import {procPath} from '../../../src/table/read-listing.ts'
import {exampleProc, exampleTable} from '../../support/example-table.ts'
import {lvsctl, type Machine, machine, machineAfter} from '../../support/run-command.ts'

const golden = (name: string): string => join(import.meta.dirname, `../../golden/cli/${name}.txt`)

/** As it would stand in a terminal session; the command that made it is the first line. */
async function session(command: string, on: Machine): Promise<string> {
  const {stdout, stderr, exit} = await lvsctl(command, on)
  return `$ lvsctl ${command}\n${stdout}${stderr === '' ? '' : `\n(stderr)\n${stderr}`}${exit === 0 ? '' : `(exit ${exit})\n`}`
}

let on: Machine
beforeAll(async () => {
  on = await exampleTable()
})

const terminal = (columns: number, more: Record<string, string> = {NO_COLOR: '1'}): Machine => ({
  ...on,
  env: {LVSCTL_FORCE_TTY: `${columns}`, ...more},
})

/** A user without CAP_NET_ADMIN: netlink refuses, /proc tells. */
const user = (env: Record<string, string> = {}): Machine =>
  machine({ipvs: memoryClient({privileged: false}), files: {[procPath]: exampleProc}, env})

const service = '-t 192.168.1.200:8080'

describe('in a pipe', () => {
  test.each([
    ['list', 'list-pipe'],
    ['list --stats', 'list-stats-pipe'],
    ['list --rate', 'list-rate-pipe'],
    ['list --wide', 'list-wide-pipe'],
    ['list --sort active', 'list-sort-pipe'],
    ['list --server 192.168.1.111', 'list-server-pipe'],
    ['service list', 'service-list-pipe'],
    ['service list --stats', 'service-list-stats-pipe'],
    [`server list ${service}`, 'server-list-pipe'],
    [`server list ${service} --rate`, 'server-list-rate-pipe'],
    [`service show ${service}`, 'service-show-pipe'],
  ])('%s', async (command, name) => expect(await session(command, on)).toMatchFileSnapshot(golden(name)))

  test('every line of a kind has the same number of fields', async () => {
    for (const command of ['list', 'list --wide', 'list --stats', 'list --rate', 'service list --wide']) {
      const lines = (await lvsctl(command, on)).stdout.trimEnd().split('\n')
      expect(new Set(lines.map((line) => line.split('\t').length)).size).toBe(1)
    }
  })
})

describe('on a terminal', () => {
  test.each([
    ['list', 'list-terminal'],
    ['list --wide', 'list-wide-terminal'],
    ['list --quiesced --forwarding DR', 'list-quiesced-terminal'],
    ['service list --wide', 'service-list-wide-terminal'],
    ['list --stats', 'list-stats-terminal'],
    ['list --rate', 'list-rate-terminal'],
    ['list --stats --exact', 'list-stats-exact-terminal'],
    ['service list', 'service-list-terminal'],
    ['service list --rate', 'service-list-rate-terminal'],
    [`server list ${service}`, 'server-list-terminal'],
    [`server list ${service} --stats`, 'server-list-stats-terminal'],
    [`service show ${service}`, 'service-show-terminal'],
  ])('%s', async (command, name) => expect(await session(command, terminal(120))).toMatchFileSnapshot(golden(name)))

  test('a service without servers is no blank', async () => {
    const here = {
      ...(await machineAfter('service add udp://10.0.0.1:53')),
      env: {LVSCTL_FORCE_TTY: '80', NO_COLOR: '1'},
    }
    for (const options of ['', '--wide', '--stats', '--rate'])
      expect((await lvsctl(`server list udp://10.0.0.1:53 ${options}`, here)).stdout).toBe(
        '(no servers: clients are refused)\n',
      )
  })

  test('the servers of one service fit, too', async () => {
    for (const columns of [72, 80, 82, 120]) {
      const {stdout} = await lvsctl(`service show ${service}`, terminal(columns))
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
    }
  })

  test('the share goes before a name stands above its row', async () => {
    const here = await machineAfter('service add tcp://10.0.0.1:80', 'server add tcp://10.0.0.1:80 10.0.0.2:80')
    const {stdout} = await lvsctl('list --wide', {...here, env: {LVSCTL_FORCE_TTY: '80', NO_COLOR: '1'}})
    expect(stdout).not.toContain('share')
    expect(stdout).toMatch(/^ {2}10\.0\.0\.2:80 {2}gatewaying +1 +0/m)
  })

  test('a narrow one has no bars', async () => {
    expect((await lvsctl('list', terminal(120))).stdout).toContain('█')
    expect((await lvsctl('list', terminal(80))).stdout).not.toContain('█')
  })

  test('colour unless it is not wanted', async () => {
    expect((await lvsctl('list', terminal(120, {}))).stdout).toContain('\x1b[')
    for (const env of [{NO_COLOR: '1'}, {TERM: 'dumb'}])
      expect((await lvsctl('list', terminal(120, env))).stdout).not.toContain('\x1b[')
  })

  test('an empty table is said to be empty', async () => {
    const empty = machine({env: {LVSCTL_FORCE_TTY: '80'}})
    expect((await lvsctl('list', empty)).stdout).toBe('no services\n')
    expect((await lvsctl('service list', empty)).stdout).toBe('no services\n')
    expect((await lvsctl('list --stats', empty)).stdout).toBe('no services\n')
  })
})

describe('80 columns', () => {
  /** The longest addresses there are, and every setting. */
  const longest = [
    'service add -u [2001:db8:1234:5678:9abc:def0:1234:5678]:8443 -s sh -b sh-fallback,sh-port -p 300 -M 64 -o --pe sip',
    'server add -u [2001:db8:1234:5678:9abc:def0:1234:5678]:8443 -r [2001:db8:1234:5678:9abc:def0:1234:1111]:8443 -m -x 900 -y 600',
    'server add -u [2001:db8:1234:5678:9abc:def0:1234:5678]:8443 -r 10.9.0.7 -i --tun-type gue --tun-port 65535 --tun-remcsum',
    'service add -t 192.168.100.200:65535 -p 2678400 -M 255.255.255.0',
    'server add -t 192.168.100.200:65535 -r 192.168.100.111 -m -w 2147483647',
    'server add -t 192.168.100.200:65535 -r 192.168.100.115 -m -w 0',
  ]
  const commands = [
    'list',
    'list --wide',
    'list --stats',
    'list --rate',
    'service list',
    'service list --wide',
    'service list --rate',
  ]

  test.each(commands)('%s: nothing is wider', async (command) => {
    const here = {...(await machineAfter(...longest)), env: {LVSCTL_FORCE_TTY: '80', NO_COLOR: '1'}}
    const {stdout, stderr} = await lvsctl(command, here)
    const lines = stdout.split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.some((line) => line.startsWith('udp://[2001:db8:1234:5678:9abc:def0:1234:5678]:8443'))).toBe(true)
    expect(stderr).toBe('')
  })

  test('list', async () => {
    const here = {...(await machineAfter(...longest)), env: {LVSCTL_FORCE_TTY: '80', NO_COLOR: '1'}}
    await expect(await session('list', here)).toMatchFileSnapshot(golden('list-80-columns'))
  })

  test('the share stays', async () => {
    expect((await lvsctl('list', terminal(80))).stdout).toContain('  76 %\n')
  })
})

describe('filters', () => {
  const records = async (command: string, here = on) =>
    (await lvsctl(command, here)).stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) =>
        line
          .split('\t')
          .slice(0, line.startsWith('server') ? 3 : 2)
          .join(' '),
      )

  test.each([
    [
      '--server 192.168.1.111',
      [
        'service tcp://192.168.1.200:443',
        'server tcp://192.168.1.200:443 192.168.1.111:443',
        'service tcp://192.168.1.200:8080',
        'server tcp://192.168.1.200:8080 192.168.1.111:8080',
      ],
    ],
    [
      '--server 192.168.1.111:443',
      ['service tcp://192.168.1.200:443', 'server tcp://192.168.1.200:443 192.168.1.111:443'],
    ],
    ['--server 2001:DB8::9', ['service tcp://[2001:db8::1]:443', 'server tcp://[2001:db8::1]:443 [2001:db8::9]:8443']],
    ['--server 192.168.1.111:80', []],
    ['--server 192.168.1.99', []],
    ['--quiesced', ['service tcp://192.168.1.200:443', 'server tcp://192.168.1.200:443 192.168.1.111:443']],
    ['--quiesced --forwarding NAT', []],
    [
      '--forwarding tun --server 10.9.0.7 --server 10.0.0.7',
      ['service tcp://[2001:db8::1]:443', 'server tcp://[2001:db8::1]:443 10.9.0.7:443'],
    ],
    [
      '--forwarding m --forwarding ipip',
      [
        'service tcp://[2001:db8::1]:443',
        'server tcp://[2001:db8::1]:443 10.9.0.7:443',
        'server tcp://[2001:db8::1]:443 [2001:db8::9]:8443',
        'service fwmark://7',
        'server fwmark://7 10.0.0.7:0',
      ],
    ],
    [
      '--service udp://192.168.1.200:53 --service fwmark://7 --service fwmark://7',
      ['service udp://192.168.1.200:53', 'service fwmark://7', 'server fwmark://7 10.0.0.7:0'],
    ],
    ['--service tcp://192.168.1.200:http --server 192.168.1.111', undefined],
    [
      '--service tcp://192.168.1.200:8080 --server 192.168.1.115',
      ['service tcp://192.168.1.200:8080', 'server tcp://192.168.1.200:8080 192.168.1.115:8080'],
    ],
  ])('%s', async (options, expected) => {
    if (expected) return expect(await records(`list ${options}`)).toEqual(expected)
    expect(await lvsctl(`list ${options}`, on)).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(
        /^✗ no service tcp:\/\/192\.168\.1\.200:80\n {2}Nearest: tcp:\/\/192\.168\.1\.200:8080/,
      ),
      exit: 3,
    })
  })

  test('a service keeps the totals of all its servers, and what is refused is told of all', async () => {
    const {stdout} = await lvsctl('list --server 192.168.1.115', terminal(120))
    expect(stdout).toBe(`tcp://192.168.1.200:8080  wrr                   active 41  inactive 30.1k
  192.168.1.115:8080      gatewaying  weight 1  active 10  inactive 30.1k  ██  24 %

1 service, 1 server of 2
`)
    expect((await lvsctl('list --server 192.168.1.115', on)).stdout).toMatch(/^service\t\S+\twrr\t-\t2\t41\t30132\n/)
    expect(
      (
        await lvsctl(
          'list --quiesced',
          await machineAfter(
            'service add -t 10.0.0.1:80',
            'server add -t 10.0.0.1:80 -r 10.0.0.2 -w 0',
            'server add -t 10.0.0.1:80 -r 10.0.0.3',
          ).then((here) => ({...here, env: {LVSCTL_FORCE_TTY: '100', NO_COLOR: '1'}})),
        )
      ).stdout,
    ).not.toContain('refused')
  })

  test('that leave nothing say so', async () => {
    expect((await lvsctl('list --server 10.1.1.1', terminal(80))).stdout).toBe('nothing matches\n')
    expect(await lvsctl('list --server 10.1.1.1', on)).toEqual({stdout: '', stderr: '', exit: 0})
  })

  test('in JSON, too', async () => {
    const {services} = JSON.parse((await lvsctl('list --forwarding i --json', on)).stdout)
    expect(
      services.map(({id, servers}: {id: string; servers: {id: string}[]}) => [id, servers.map(({id}) => id)]),
    ).toEqual([['tcp://[2001:db8::1]:443', ['10.9.0.7:443']]])
    const {services: counted} = JSON.parse((await lvsctl('service list --forwarding i --json', on)).stdout)
    expect(counted).toMatchObject([{id: 'tcp://[2001:db8::1]:443', servers: 2, connections: {active: 7}}])
    const {servers} = JSON.parse((await lvsctl('server list tcp://[2001:db8::1]:443 --forwarding i --json', on)).stdout)
    expect(servers).toMatchObject([{id: '10.9.0.7:443'}])
  })

  test('without root as well', async () => {
    expect(await records('list --quiesced', user())).toEqual(await records('list --quiesced'))
    expect((await lvsctl('list --service tcp://192.168.1.200:81', user())).exit).toBe(3)
  })

  test.each([
    ['--forwarding DNAT', 'no forwarding method DNAT', 'Did you mean NAT?'],
    [
      '--forwarding x1y',
      'no forwarding method x1y',
      'There are masquerading (NAT), local, tunneling (TUN), gatewaying (DR), bypass',
    ],
    ['--server 10.0.0', '10.0.0', undefined],
    ['--server 10.0.0.1:0x50', '0x50', undefined],
    ['--service 10.0.0.1:80', 'does not say what kind of service it is', 'Did you mean tcp://10.0.0.1:80?'],
    ['--wide --rate', '--wide and --rate exclude each other', undefined],
    ['--stats --rate', '--stats and --rate exclude each other', undefined],
    ['--watch 0', '0 is not an interval in seconds', 'From 0.1 to 86400'],
    ['--watch -1', 'is not an interval in seconds', undefined],
    ['--watch often', 'often is not an interval in seconds', undefined],
  ])('%s is refused', async (options, message, hint) => {
    const {stdout, stderr, exit} = await lvsctl(`list ${options}`, on)
    expect({stdout, exit}).toEqual({stdout: '', exit: 2})
    expect(stderr).toContain(message)
    if (hint) expect(stderr).toContain(hint)
  })

  test('what was left out is told to programs: whoever restores from it would lose the rest', async () => {
    const filtered = async (command: string) => JSON.parse((await lvsctl(`${command} --json`, on)).stdout).filtered
    expect(await filtered('list')).toBe(false)
    expect(await filtered('list --server 192.168.1.111')).toBe(true)
    expect(await filtered('service list --quiesced')).toBe(true)
  })

  test('everything wrong is told at once', async () => {
    const {stderr} = await lvsctl('list --forwarding x1y --server 10.0.0 --service nowhere', on)
    for (const option of ['--forwarding', '--server', '--service']) expect(stderr).toContain(`✗ ${option}: `)
  })
})

describe('a server that is full', () => {
  const service = 'tcp://10.0.0.1:80'
  const fullAt = async (active: number, inactive: number) => {
    const here = await machineAfter(
      `service add ${service}`,
      `server add ${service} 10.0.0.2:80 -x 10 -y 6`,
      `server add ${service} 10.0.0.3:80 -w 0`,
    )
    for (const {service, servers} of here.ipvs.table())
      here.ipvs.setFigures({connections: {active, inactive}}, service.key, servers[0]?.server)
    return {...here, env: {LVSCTL_FORCE_TTY: '120', NO_COLOR: '1'}}
  }

  test('is said to be, and its service takes no clients', async () => {
    const {stdout} = await lvsctl('list', await fullAt(4, 6))
    expect(stdout).toContain('  full, at most 10, again below 6\n')
    expect(stdout).toContain('(no server takes new connections: clients are refused)')
    expect((await lvsctl('service list', await fullAt(4, 6))).stdout).toContain('takes no clients')
    expect((await lvsctl(`service show ${service}`, await fullAt(10, 0))).stdout).toContain('no (no server takes')
  })

  test('below its threshold it is not', async () => {
    const {stdout} = await lvsctl('list', await fullAt(4, 5))
    expect(stdout).toContain('  at most 10, again below 6\n')
    expect(stdout).not.toContain('refused')
  })
})

describe('for programs', () => {
  test.each([
    ['list --json', 'list-json'],
    ['service list --json', 'service-list-json'],
    [`service show ${service} --json`, 'service-show-json'],
    ['server list -t [2001:db8::1]:443 --json', 'server-list-json'],
  ])('%s', async (command, name) => expect(await session(command, on)).toMatchFileSnapshot(golden(name)))

  test('counters keep every digit', async () => {
    expect((await lvsctl('list --json', on)).stdout).toContain('"inBytes": 18446744073709551615,')
  })

  test('an empty table is an empty list', async () => {
    expect(JSON.parse((await lvsctl('list --json')).stdout)).toEqual({
      filtered: false,
      problems: [],
      services: [],
      source: 'netlink',
      unknown: [],
    })
    expect((await lvsctl('list')).stdout).toBe('')
  })
})

const headings =
  'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress\n'

describe('a file that cannot be read', () => {
  const saved = (text: string): Machine => machine({files: {'/saved/net/ip_vs': text}, env: {LVSCTL_PROC: '/saved'}})
  const service = 'TCP  0A01020C:0050 rr  \n'

  test.each([
    ['an empty one', '', '/saved/net/ip_vs:1: cannot read ""'],
    ['another', 'what\nis\nthis\n', '/saved/net/ip_vs:1: cannot read "what"'],
    [
      'a line',
      `${headings}${service}\x1b[31m\n  -> x\n`,
      String.raw`/saved/net/ip_vs:5: cannot read "\u{1b}[31m" (the first of 2 such lines)`,
    ],
  ])('%s is told', async (_what, text, told) => {
    for (const command of ['list', 'service list'])
      expect(await lvsctl(command, saved(text))).toMatchObject({stderr: `! ${told}\n`, exit: 0})
  })

  test('to programs too', async () => {
    for (const command of ['list', 'service list', 'service show tcp://10.1.2.12:80', 'server list tcp://10.1.2.12:80'])
      expect(
        JSON.parse((await lvsctl(`${command} --json`, saved(`${headings}${service}?\n`))).stdout).problems,
      ).toEqual([
        {
          code: 'proc-line-unreadable',
          severity: 'warning',
          where: '/saved/net/ip_vs:5',
          message: 'cannot read "?"',
          hint: null,
        },
      ])
  })

  test('what it does not have, root would not find in it', async () => {
    expect(await lvsctl('list --stats', saved(headings + service))).toEqual({
      stdout: '',
      stderr: `✗ no figures: LVSCTL_PROC says that the table is in /saved/net/ip_vs, which has none
  Leave LVSCTL_PROC unset to ask the kernel; without figures there is the plain list
`,
      exit: 6,
    })
    expect((await lvsctl('list', saved(`${headings}FWM  00000009 wlc \n`))).stderr).toMatch(
      /^not in \/saved\/net\/ip_vs: scheduler flags/,
    )
  })
})

describe('without root', () => {
  test.each([
    ['list', 'list-user-pipe'],
    ['list --json', 'list-user-json'],
    [`service show ${service}`, 'service-show-user-pipe'],
  ])('%s', async (command, name) => expect(await session(command, user())).toMatchFileSnapshot(golden(name)))

  test('on a terminal', async () => {
    const here = user({LVSCTL_FORCE_TTY: '120', NO_COLOR: '1'})
    await expect(await session('list', here)).toMatchFileSnapshot(golden('list-user-terminal'))
  })

  test('the keys of JSON are the same as for root', async () => {
    const keys = async (here: Machine) =>
      JSON.parse((await lvsctl('list --json', here)).stdout).services.map((one: {servers: object[]}) => [
        Object.keys(one),
        ...one.servers.map((server) => Object.keys(server)),
      ])
    expect(await keys(user())).toEqual(await keys(on))
  })

  test.each(['list --stats', 'service list --rate', 'list --sort bytes', `server list ${service} --stats`])(
    '%s is not possible',
    async (command) => {
      expect(await lvsctl(command, user())).toEqual({
        stdout: '',
        stderr: `✗ not permitted: the kernel tells its figures to root only (CAP_NET_ADMIN)
  Try: sudo lvsctl … (without root there is the plain list)
`,
        exit: 5,
      })
    },
  )

  test('a service that is not there', async () => {
    expect(await lvsctl('service show -t 192.168.1.200:8081', user())).toMatchObject({
      stderr: expect.stringContaining('Nearest: tcp://192.168.1.200:8080'),
      exit: 3,
    })
  })

  test('a mark whose family nothing shows may be the one that is asked for', async () => {
    const mark = (servers: string) =>
      machine({
        ipvs: memoryClient({privileged: false}),
        files: {[procPath]: `${headings}FWM  00000009 wlc \n${servers}`},
      })
    expect(await lvsctl('service show -f 9 -6', mark(''))).toEqual({
      stdout: '',
      stderr: `✗ not permitted: whether fwmark://9 is fwmark6://9 is told to root only (CAP_NET_ADMIN)
  Try: sudo lvsctl …
`,
      exit: 5,
    })
    expect((await lvsctl('service show -f 9', mark(''))).exit).toBe(0)
    expect((await lvsctl('service show -f 8 -6', mark(''))).exit).toBe(3)
    const known = mark('  -> 0A01020C:1F90      Masq    1      2          1         \n')
    expect((await lvsctl('service show -f 9 -6', known)).exit).toBe(3)
  })

  test('a kernel without IPVS', async () => {
    expect(await lvsctl('list', machine({ipvs: memoryClient({privileged: false})}))).toMatchObject({
      stderr: expect.stringContaining('modprobe ip_vs'),
      exit: 6,
    })
  })
})

/** 200 services, as /proc has them (more than a page) and as they are made. */
function manyServices(settings: string): {lines: readonly string[]; commands: readonly string[]} {
  const numbers = Array.from({length: 200}, (_, index) => index + 1)
  return {
    lines: numbers.map(
      (last) => `TCP  0A0000${last.toString(16).padStart(2, '0').toUpperCase()}:0050 wlc  ${settings}`,
    ),
    commands: numbers.map((last) => `service add -t 10.0.0.${last}:80`),
  }
}

describe('without root, of a table larger than a page', () => {
  const heading = exampleProc.split('\n').slice(0, 3).join('\n')

  test('a user is told that services may be missing', async () => {
    const {lines} = manyServices('')
    const files = {[procPath]: `${heading}\n${lines.join('\n')}\n`}
    expect((await lvsctl('list', machine({ipvs: memoryClient({privileged: false}), files}))).stderr).toBe(
      'Services may be missing, if other network namespaces have some: root sees all\n',
    )
  })

  test('and must not be told that a service is not there', async () => {
    const {lines} = manyServices('')
    const files = {[procPath]: `${heading}\n${lines.join('\n')}\n`}
    const here = machine({ipvs: memoryClient({privileged: false}), files})
    expect(await lvsctl('service show -t 10.9.9.9:80', here)).toEqual({
      stdout: '',
      stderr: `✗ no service tcp://10.9.9.9:80 to be seen here
  Services may be missing, if other network namespaces have some: root sees all
`,
      exit: 3,
    })
  })
})

test('what has no effect is not shown', async () => {
  const here = await machineAfter('service add -t 10.0.0.1:80 -M 255.255.255.0', 'service add -u 10.0.0.1:53 -b flag-1')
  const plain = (settings: string) =>
    `tcp://10.0.0.1:80\twlc\t${settings}\t0\t0\t0\nudp://10.0.0.1:53\twlc\t${settings}\t0\t0\t0\n`
  expect((await lvsctl('service list', here)).stdout).toBe(plain('-'))
  expect((await lvsctl('service show -t 10.0.0.1:80', here)).stdout).toContain('settings\t/24\n')
  expect((await lvsctl('service show -u 10.0.0.1:53', here)).stdout).toContain('settings\tflag-1\n')
})
describe('the order', () => {
  const names = async (command: string) =>
    (await lvsctl(command, on)).stdout
      .split('\n')
      .filter((line) => line.startsWith('server\ttcp://192.168.1.200:8080'))
      .map((line) => line.split('\t')[2])

  test.each([
    ['list', ['192.168.1.111:8080', '192.168.1.115:8080']],
    ['list --sort weight', ['192.168.1.111:8080', '192.168.1.115:8080']],
    ['list --sort inactive', ['192.168.1.115:8080', '192.168.1.111:8080']],
    ['list --sort bytes', ['192.168.1.111:8080', '192.168.1.115:8080']],
  ])('%s', async (command, expected) => expect(await names(command)).toEqual(expected))

  test('of services by what their servers have together', async () => {
    const ids = (await lvsctl('service list --sort servers', on)).stdout.split('\n').map((line) => line.split('\t')[0])
    expect(ids.slice(0, 2)).toEqual(['tcp://192.168.1.200:8080', 'tcp://[2001:db8::1]:443'])
  })
})
