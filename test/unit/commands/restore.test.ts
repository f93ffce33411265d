// lvsctl restore: what is asked, what is done, what is told.

import {execFileSync} from 'node:child_process'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {FakeHost} from '../../../src/host/fake-host.ts'
import {memoryClient} from '../../../src/ipvs/memory-client.ts'
import type {Operation} from '../../../src/plan/operation.ts'
import {exampleTable} from '../../support/example-table.ts'
import {lvsctl, type Machine, machine, machineAfter, rules} from '../../support/run-command.ts'

/** Nothing of these tests is really there, but the folder is. */
const file = join(mkdtempSync(join(tmpdir(), 'lvsctl-restore-')), 'rules.txt')

const withFile = (on: Machine, content: string): Machine => ({
  ...on,
  host: new FakeHost({files: {[file]: content}}),
})

const two = `-A -t 192.0.2.1:80 -s wlc
-a -t 192.0.2.1:80 -r 10.0.0.7:80 -g -w 3
-A -t 192.0.2.2:80 -s rr
`

const running = () =>
  machineAfter(
    'service add -t 192.0.2.1:80 -s wlc',
    'server add -t 192.0.2.1:80 -r 10.0.0.7 -g -w 1',
    'server add -t 192.0.2.1:80 -r 10.0.0.8 -g -w 1',
    'service add -t 192.0.2.9:80',
    'server add -t 192.0.2.9:80 -r 10.0.0.9 -m',
    'service add -t 192.0.2.3:80 -s rr',
  )

test('an empty table needs no consent', async () => {
  const on = withFile(machine(), two)
  expect(await lvsctl(`restore ${file}`, on)).toEqual({
    stdout: `restored ${file}: added 2 services and 1 server; 0 services unchanged\n`,
    stderr: '',
    exit: 0,
  })
  expect(`${rules(on).join('\n')}\n`).toBe(two)
  expect(await lvsctl(`restore ${file}`, on)).toEqual({
    stdout: `nothing to do: the table is as in ${file} (2 services)\n`,
    stderr: '',
    exit: 0,
  })
})

test('from standard input, with and without a dash', async () => {
  for (const command of ['restore', 'restore -']) {
    const on = machine({input: two})
    expect((await lvsctl(command, on)).stdout).toContain('restored stdin: added 2 services and 1 server')
    expect(`${rules(on).join('\n')}\n`).toBe(two)
  }
})

test('nobody types rules by mistake', async () => {
  expect(await lvsctl('restore', machine({answers: []}))).toMatchObject({
    stderr: expect.stringContaining('nothing to read'),
    exit: 2,
  })
})

describe('the plan', () => {
  test('as lines for people', async () => {
    const on = withFile(await running(), two)
    const before = rules(on)
    const {stdout, stderr, exit} = await lvsctl(`restore ${file} --dry-run`, on)
    expect(stdout.replace(/ {3,}/g, ' | ')).toBe(
      `6 changes, 0 services unchanged
  ~ server 10.0.0.7:80 in tcp://192.0.2.1:80  weight 1 → 3 | ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.7:80 -g -w 3
  + service tcp://192.0.2.2:80 (rr) | ipvsadm -A -t 192.0.2.2:80 -s rr
  - server 10.0.0.8:80 in tcp://192.0.2.1:80 | ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.8:80
  - service tcp://192.0.2.3:80 | ipvsadm -D -t 192.0.2.3:80
  - service tcp://192.0.2.9:80 | ipvsadm -D -t 192.0.2.9:80
nothing was changed (dry run)
`.replace('6 changes', '5 changes'),
    )
    expect({stderr, exit}).toEqual({stderr: '', exit: 0})
    expect(rules(on)).toEqual(before)
  })

  test('as JSON', async () => {
    const on = withFile(await running(), two)
    const plan = JSON.parse((await lvsctl(`restore ${file} --dry-run --json`, on)).stdout)
    expect(plan).toMatchObject({
      changed: false,
      dryRun: true,
      file,
      counts: {
        added: {services: 1, servers: 0},
        changed: {services: 0, servers: 1},
        removed: {services: 2, servers: 2},
      },
      unchanged: 0,
      activeConnections: 0,
      sysctls: [],
    })
    expect(plan.operations[0]).toEqual({
      operation: 'edit-server',
      service: 'tcp://192.0.2.1:80',
      server: '10.0.0.7:80',
      changes: [{property: 'weight', from: 1, to: 3}],
      ipvsadm: 'ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.7:80 -g -w 3',
    })
  })
})

describe('consent', () => {
  test('is asked for on a terminal, with what is at stake', async () => {
    const on = withFile(await exampleTable(), two)
    const answers = ['n', 'yes']
    const asked = {...on, answers}
    const before = rules(on)
    const no = await lvsctl(`restore ${file}`, asked)
    expect(no.stderr).toBe(
      'this would remove 5 services and 6 servers (48 active connections cut)\ngo on? [y/N] ✗ not confirmed: nothing was changed\n',
    )
    expect(no.exit).toBe(2)
    expect(rules(on)).toEqual(before)
    const yes = await lvsctl(`restore ${file}`, asked)
    expect(yes.exit).toBe(0)
    expect(yes.stdout).toBe(
      `restored ${file}: added 2 services and 1 server, removed 5 services and 6 servers (48 active connections cut); 0 services unchanged\n`,
    )
    expect(`${rules(on).join('\n')}\n`).toBe(two)
  })

  test('is --yes elsewhere', async () => {
    const on = withFile(await running(), two)
    const before = rules(on)
    expect(await lvsctl(`restore ${file}`, on)).toEqual({
      stdout: '',
      stderr:
        '✗ this would change 1 server, remove 2 services and 2 servers: nothing was changed\n  To do it: --yes. To see it in full: --dry-run\n',
      exit: 2,
    })
    expect(rules(on)).toEqual(before)
    expect((await lvsctl(`restore ${file} --yes`, on)).exit).toBe(0)
    expect(`${rules(on).join('\n')}\n`).toBe(two)
  })

  test('is for the plan that was seen: another is asked about again', async () => {
    const on = withFile(await running(), two)
    const left = ['y', 'n']
    const shift = () => {
      // While the question stands, somebody adds a server.
      const [first] = on.ipvs.table()
      if (left.length === 2 && first?.servers[0])
        on.ipvs.execute([
          {
            do: 'add-server',
            service: first.service.key,
            server: {...first.servers[0].server, address: address('10.0.0.99')},
          },
        ])
      return left.shift()
    }
    const {stderr, exit} = await lvsctl(`restore ${file}`, {...on, answers: {shift} as string[]})
    expect(stderr.match(/go on\?/g)).toHaveLength(2)
    expect(stderr).toContain('remove 2 services and 2 servers')
    expect(stderr).toContain('remove 2 services and 3 servers')
    expect(exit).toBe(2)
  })

  test('is not needed to add', async () => {
    const on = withFile(await running(), '-A -t 192.0.2.77:80 -s rr\n')
    expect(await lvsctl(`restore --append ${file}`, on)).toMatchObject({exit: 0, stderr: ''})
    expect(rules(on)).toContain('-A -t 192.0.2.77:80 -s rr')
    expect(rules(on)).toContain('-A -t 192.0.2.9:80 -s wlc')
  })
})

describe('what is refused, with nothing changed', () => {
  const refused = async (on: Machine, command: string, exit = 2): Promise<string> => {
    const before = rules(on)
    const result = await lvsctl(command, on)
    expect(result.exit).toBe(exit)
    expect(result.stdout).toBe('')
    expect(rules(on)).toEqual(before)
    return result.stderr
  }

  test('no such file', async () => {
    expect(await refused(machine(), 'restore nowhere.txt', 3)).toBe('✗ no file "nowhere.txt"\n')
  })

  test('a file without services', async () => {
    const on = withFile(await running(), '# nothing\n')
    expect(await refused(on, `restore ${file} --yes`)).toMatch(/no service in it, and the table has 3 services/)
    expect((await lvsctl(`restore ${file} --yes --allow-empty`, on)).exit).toBe(0)
    expect(rules(on)).toEqual([])
  })

  test('a broken file: every problem with its place', async () => {
    const on = withFile(
      await running(),
      '-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.0.7:80 –g\n-A -t 192.0.2.300:80\n',
    )
    const told = await refused(on, `restore ${file} --yes`)
    expect(told).toContain(`${file}:2:35`)
    expect(told).toContain('fix: -g')
    expect(told).toContain(`${file}:3:7`)
    expect(told).toContain(
      `2 problems in ${file}; nothing was changed. "lvsctl restore --fix ${file}" repairs 1 of them\n`,
    )
    const error = JSON.parse((await lvsctl(`restore ${file} --yes --json`, on)).stdout).error
    expect(error).toMatchObject({code: 'file-invalid', exit: 2})
    expect(error.problems.map(({where}: {where: string}) => where)).toEqual([`${file}:2:35`, `${file}:3:7`])
  })

  test('servers of another family while a sync daemon runs', async () => {
    const on = withFile(
      await machineAfter(),
      '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r [2001:db8::9]:80 -i -w 1\n',
    )
    on.ipvs.execute([{do: 'start-daemon', daemon: {role: 'master', interface: 'lo', syncId: 1}}])
    expect(await refused(on, `restore ${file}`)).toContain('a sync daemon that runs allows no such server')
  })

  test('a machine that never had an IPv4 address', async () => {
    const on = {
      ...withFile(machine({ipvs: memoryClient({loopback: false})}), two),
      files: {'/proc/thread-self/net/fib_trie': ''},
    }
    expect(await refused(on, `restore ${file}`)).toContain('ip link set lo up')
  })
})

test('what the kernel lacks undoes the rest', async () => {
  const on = withFile(
    {...machine(), ipvs: memoryClient({schedulers: ['wlc']})},
    '-A -t 192.0.2.1:80 -s wlc\n-A -t 192.0.2.2:80 -s sh\n-a -t 192.0.2.2:80 -r 10.0.0.1:80 -g -w 1\n',
  )
  const {stderr, exit} = await lvsctl(`restore ${file}`, on)
  expect(stderr).toBe(
    '✗ this kernel has no scheduler "sh" (and 1 more refusal); 1 change undone, and the table is as it was\n  A module of its own brings it: modprobe ip_vs_sh\n',
  )
  expect(exit).toBe(7)
  expect(rules(on)).toEqual([])
})

test('nothing is removed while something is refused that was to come before', async () => {
  const on = withFile(
    {...(await running()), ipvs: memoryClient({schedulers: ['wlc', 'rr']})},
    '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.8:80 -g -w 1\n-A -t 192.0.2.2:80 -s sh\n',
  )
  on.ipvs.execute(
    (await running()).ipvs
      .table()
      .flatMap(({service, servers}): Operation[] => [
        {do: 'add-service', service},
        ...servers.map(({server}): Operation => ({do: 'add-server', service: service.key, server})),
      ]),
  )
  const before = rules(on)
  const seen: string[] = []
  const {execute} = on.ipvs
  on.ipvs.execute = (operations) => {
    seen.push(...operations.map((one) => one.do))
    return execute.call(on.ipvs, operations)
  }
  const {stderr, exit} = await lvsctl(`restore ${file} --yes`, on)
  // Nothing had been changed: the refusal itself is the error.
  expect({stderr, exit}).toEqual({stderr: expect.stringContaining('no scheduler "sh"'), exit: 6})
  expect(seen).toEqual(['add-service'])
  expect(rules(on)).toEqual(before)
})

describe('--fix', () => {
  const broken = '-A -t 192.0.2.1:80 –s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.7:80 –g -w 3\n-A -t 192.0.2.2:80 -s rr\n'

  test('repairs the file, says where, and goes on', async () => {
    const on = withFile(machine(), broken)
    const {stdout, stderr, exit} = await lvsctl(`restore --fix ${file}`, on)
    expect(stderr).toBe(`repaired 2 places of ${file}; as it was: ${file}~
  1 - -A -t 192.0.2.1:80 –s wlc
  1 + -A -t 192.0.2.1:80 -s wlc
  2 - -a -t 192.0.2.1:80 -r 10.0.0.7:80 –g -w 3
  2 + -a -t 192.0.2.1:80 -r 10.0.0.7:80 -g -w 3
`)
    expect({stdout, exit}).toEqual({
      stdout: `restored ${file}: added 2 services and 1 server; 0 services unchanged\n`,
      exit: 0,
    })
    expect(on.host.readFile(file)).toBe(two)
    expect(on.host.readFile(`${file}~`)).toBe(broken)
  })

  test('not where characters would be lost: Latin-1 is read, and left as it is', async () => {
    const latin = `# B\uFFFDro\n${broken}`
    for (const flags of ['--fix', '--fix --dry-run']) {
      const on = withFile(machine(), latin)
      expect(await lvsctl(`restore ${flags} ${file}`, on)).toMatchObject({
        stdout: '',
        stderr: expect.stringContaining('is not UTF-8'),
        exit: 2,
      })
      expect(on.host.log).toEqual([])
      expect(rules(on)).toEqual([])
    }
    expect((await lvsctl('restore --fix', machine({input: latin}))).exit).toBe(0)
  })

  test('a pipe with a name is a pipe', async () => {
    const pipe = `${file}.pipe`
    execFileSync('mkfifo', [pipe])
    const on = {...machine(), host: new FakeHost({files: {[pipe]: broken}})}
    expect(await lvsctl(`restore --fix ${pipe}`, on)).toMatchObject({
      stderr: expect.stringContaining(`repaired 2 places of ${pipe}:\n`),
      exit: 0,
    })
    expect(on.host.log).toEqual([])
    expect(`${rules(on).join('\n')}\n`).toBe(two)
  })

  test('line ends of Windows are told in a line', async () => {
    const on = withFile(machine(), two.replaceAll('\n', '\r\n'))
    const {stderr} = await lvsctl(`restore ${file} --dry-run`, on)
    expect(stderr).toMatch(/^\S+:1:26 {2}! the lines end as in Windows.*\n {2,}ipvsadm reads them all the same\n$/)
  })

  test('only says so in a dry run, and of what is piped in', async () => {
    const on = withFile(machine(), broken)
    expect((await lvsctl(`restore --fix --dry-run ${file}`, on)).stderr).toContain(`would repair 2 places of ${file}:`)
    expect(on.host.readFile(file)).toBe(broken)
    expect(rules(on)).toEqual([])
    const piped = machine({input: broken})
    expect((await lvsctl('restore --fix', piped)).stderr).toContain('repaired 2 places of stdin:')
    expect(`${rules(piped).join('\n')}\n`).toBe(two)
  })
})

describe('what a save with --all holds', () => {
  const conntrack = 'net.ipv4.vs.conntrack'
  const reuse = 'net.ipv4.vs.conn_reuse_mode'
  const director = () => new FakeHost({sysctls: {[conntrack]: '1', [reuse]: '1'}})

  async function saved(): Promise<string> {
    const on = machine({host: director()})
    on.ipvs.execute([
      {do: 'set-timeouts', timeouts: {tcp: 100, tcpFin: 20, udp: 30}},
      {do: 'start-daemon', daemon: {role: 'master', interface: 'eth0', syncId: 7}},
    ])
    await lvsctl('service add -t 192.0.2.1:80', on)
    return (await lvsctl('save --all', on)).stdout
  }

  test('comes back, and goes back where it fails', async () => {
    const input = await saved()
    const on = machine({input, host: new FakeHost({sysctls: {[conntrack]: '0', [reuse]: '2'}})})
    const {exit, stdout} = await lvsctl('restore', on)
    expect({exit, stdout}).toEqual({
      exit: 0,
      stdout:
        'restored stdin: added 1 service, changed the timeouts and the sync daemons and 2 sysctls; 0 services unchanged\n',
    })
    expect(on.ipvs.timeouts()).toEqual({tcp: 100, tcpFin: 20, udp: 30})
    expect(on.ipvs.daemons()).toMatchObject([{role: 'master', interface: 'eth0', syncId: 7}])
    // What the save does not name was at its default.
    expect([conntrack, reuse].map((key) => on.host.sysctl(key))).toEqual(['1', '1'])

    const bad = machine({
      input,
      host: new FakeHost({sysctls: {[conntrack]: '0', [reuse]: '2'}}),
      ipvs: memoryClient({interfaces: {lo: 65536}}),
    })
    const failed = await lvsctl('restore', bad)
    expect(failed.exit).toBe(7)
    expect(failed.stderr).toContain('no interface eth0')
    expect(failed.stderr).toContain('the table is as it was')
    expect(bad.ipvs.table()).toEqual([])
    expect(bad.ipvs.timeouts()).toEqual({tcp: 900, tcpFin: 120, udp: 300})
    expect([conntrack, reuse].map((key) => bad.host.sysctl(key))).toEqual(['0', '2'])
  })

  test('a sysctl that the kernel refuses: those before it go back, and the table is not touched', async () => {
    const sysctls = {[conntrack]: '0', [reuse]: '1'}
    const input = JSON.stringify({version: 1, services: [], sysctls: {conntrack: 'nan', conn_reuse_mode: '0'}})
    const on = machine({input, host: new FakeHost({sysctls})})
    expect(await lvsctl('restore', on)).toMatchObject({
      stdout: '',
      stderr: `✗ the kernel refuses ${conntrack}=nan; the table was not touched\n`,
      exit: 7,
    })
    expect([conntrack, reuse].map((key) => on.host.sysctl(key))).toEqual(['0', '1'])
    const first = machine({input: input.replace('"0"', '"1"'), host: new FakeHost({sysctls})})
    expect((await lvsctl('restore', first)).exit).toBe(1)
  })

  test('a sync daemon on an interface that is not there: nothing is done', async () => {
    const on = machine({
      input: await saved(),
      host: new FakeHost({links: [{name: 'ens3'}], sysctls: {[conntrack]: '0'}}),
    })
    expect(await lvsctl('restore', on)).toMatchObject({
      stderr: expect.stringContaining('no network interface "eth0" for the master sync daemon'),
      exit: 2,
    })
    expect(on.host.log).toEqual([])
    expect(rules(on)).toEqual([])
  })

  test('is left alone by a save of the rules', async () => {
    const on = machine({input: two, host: director()})
    on.ipvs.execute([
      {do: 'set-timeouts', timeouts: {tcp: 100, tcpFin: 20, udp: 30}},
      {do: 'start-daemon', daemon: {role: 'master', interface: 'eth0', syncId: 7}},
    ])
    expect((await lvsctl('restore', on)).exit).toBe(0)
    expect(on.ipvs.timeouts().tcp).toBe(100)
    expect(on.ipvs.daemons()).toHaveLength(1)
    expect(on.host.sysctl(conntrack)).toBe('1')
  })

  test('a daemon that runs otherwise is stopped and started anew; one that is not there is stopped', async () => {
    const input = await saved()
    const on = machine({input, host: director()})
    on.ipvs.execute([
      {do: 'start-daemon', daemon: {role: 'master', interface: 'eth0', syncId: 8}},
      {do: 'start-daemon', daemon: {role: 'backup', interface: 'eth0', syncId: 8}},
    ])
    expect((await lvsctl('restore', on)).exit).toBe(2)
    expect((await lvsctl('restore --yes', on)).exit).toBe(0)
    expect(on.ipvs.daemons()).toMatchObject([{role: 'master', syncId: 7}])
  })

  test('a sysctl that this kernel lacks is told and passed over', async () => {
    const input = await saved()
    const on = machine({input, host: new FakeHost({modules: {}})})
    expect(await lvsctl('restore', on)).toMatchObject({
      stderr: '! this kernel has no sysctl net.ipv4.vs.conntrack: it stays unset\n',
      exit: 0,
    })
  })
})

test('somebody who writes at the same moment is noticed', async () => {
  const on = withFile(machine(), two)
  const {execute} = on.ipvs
  let meddled = false
  on.ipvs.execute = (operations) => {
    const outcomes = execute.call(on.ipvs, operations)
    if (!meddled) {
      meddled = true
      execute.call(on.ipvs, [{do: 'delete-service', service: on.ipvs.services()[0]?.service.key as never}])
    }
    return outcomes
  }
  const {stderr, exit} = await lvsctl(`restore ${file}`, on)
  expect(exit).toBe(7)
  expect(stderr).toContain('another program changed it meanwhile. Still needed:\n  + service tcp://192.0.2.1:80 (wlc)')
  expect((await lvsctl(`restore ${file}`, on)).exit).toBe(0)
})
