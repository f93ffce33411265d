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
    ['list --sort active', 'list-sort-pipe'],
    ['service list', 'service-list-pipe'],
    ['service list --stats', 'service-list-stats-pipe'],
    [`server list ${service}`, 'server-list-pipe'],
    [`server list ${service} --rate`, 'server-list-rate-pipe'],
    [`service show ${service}`, 'service-show-pipe'],
  ])('%s', async (command, name) => expect(await session(command, on)).toMatchFileSnapshot(golden(name)))

  test('every line of a kind has the same number of fields', async () => {
    for (const command of ['list', 'list --stats', 'list --rate']) {
      const lines = (await lvsctl(command, on)).stdout.trimEnd().split('\n')
      expect(new Set(lines.map((line) => line.split('\t').length)).size).toBe(1)
    }
  })
})

describe('on a terminal', () => {
  test.each([
    ['list', 'list-terminal'],
    ['list --stats', 'list-stats-terminal'],
    ['list --rate', 'list-rate-terminal'],
    ['list --stats --exact', 'list-stats-exact-terminal'],
    ['service list', 'service-list-terminal'],
    ['service list --rate', 'service-list-rate-terminal'],
    [`server list ${service}`, 'server-list-terminal'],
    [`server list ${service} --stats`, 'server-list-stats-terminal'],
    [`service show ${service}`, 'service-show-terminal'],
  ])('%s', async (command, name) => expect(await session(command, terminal(120))).toMatchFileSnapshot(golden(name)))

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
    expect(JSON.parse((await lvsctl('list --json')).stdout)).toEqual({services: [], source: 'netlink', unknown: []})
    expect((await lvsctl('list')).stdout).toBe('')
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
