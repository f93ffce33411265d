// sync: roles, settings, what runs already, and what speaks against it.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {FakeHost} from '../../../src/host/fake-host.ts'
import {memoryClient} from '../../../src/ipvs/memory-client.ts'
import {lvsctl, type Machine, machine, machineAfter} from '../../support/run-command.ts'

/** eth0 with both families, eth1 without addresses, eth2 down; the twin of the kernel knows the same interfaces. */
const director = (): Machine =>
  machine({
    host: new FakeHost({
      links: [{name: 'eth0'}, {name: 'eth1'}, {name: 'eth2', up: false}],
      addresses: [
        {interface: 'eth0', address: address('192.168.1.114'), prefixLength: 24, scope: 'global'},
        {interface: 'eth0', address: address('fe80::1'), prefixLength: 64, scope: 'link'},
      ],
    }),
    ipvs: memoryClient({interfaces: {lo: 65536, eth0: 1500, eth1: 1500, eth2: 1500}}),
  })

const running = 'the master sync daemon on eth0 (sync id 7, group 224.0.0.81, port 8848, ttl 1, messages of 1472 bytes)'

test('started, seen, started again, stopped, stopped again', async () => {
  const on = director()
  expect(await lvsctl('sync start master --interface eth0 --id 7 --verbose', on)).toEqual({
    stdout: 'started the master sync daemon on eth0 (sync id 7)\n',
    stderr: '[#] ipvsadm --start-daemon master --mcast-interface eth0 --syncid 7\n',
    exit: 0,
  })
  expect(await lvsctl('sync status', on)).toEqual({
    stdout: 'master\teth0\t7\t224.0.0.81\t8848\t1\t1472\n',
    stderr: '',
    exit: 0,
  })
  expect(await lvsctl('sync start master --interface eth0 --id 7', on)).toMatchObject({
    stdout: 'nothing to do: the master sync daemon on eth0 (sync id 7) runs already\n',
    exit: 0,
  })
  expect((await lvsctl('sync stop master', on)).stdout).toBe('stopped the master sync daemon on eth0\n')
  expect(on.ipvs.daemons()).toEqual([])
  expect(await lvsctl('sync stop master', on)).toEqual({
    stdout: 'nothing to do: no master sync daemon runs\n',
    stderr: '',
    exit: 0,
  })
})

test('status for people', async () => {
  const on = {...director(), env: {LVSCTL_FORCE_TTY: '100', NO_COLOR: '1'}}
  expect(await lvsctl('sync status', on)).toEqual({
    stdout: '',
    stderr: 'no sync daemon runs; to start one: lvsctl sync start master --interface IF\n',
    exit: 0,
  })
  await lvsctl('sync start backup --interface eth0 --group ff02::81 --port 9000 --ttl 3 --max-length 1400', on)
  await lvsctl('sync start master --interface eth0', on)
  expect((await lvsctl('sync status', on)).stdout).toBe(
    `master  eth0  id 0  224.0.0.81:8848  ttl 1  messages up to 1472 bytes
backup  eth0  id 0  [ff02::81]:9000  ttl 3  messages up to 1400 bytes
`,
  )
})

test('JSON', async () => {
  const on = director()
  const daemon = {role: 'master', interface: 'eth0', syncId: 7, group: '224.0.0.81', port: 8848, ttl: 1}
  const json = async (command: string) => JSON.parse((await lvsctl(`${command} --json`, on)).stdout)
  expect(await json('sync status')).toEqual({daemons: []})
  expect(await json('sync start master --interface eth0 --id 7 --dry-run')).toEqual({
    changed: false,
    dryRun: true,
    steps: [{operation: 'start-daemon', line: 'ipvsadm --start-daemon master --mcast-interface eth0 --syncid 7'}],
    changes: null,
    warnings: [],
    daemon: {...daemon, maxLength: null},
  })
  expect(on.ipvs.daemons()).toEqual([])
  expect(await json('sync start master --interface eth0 --id 7')).toMatchObject({
    changed: true,
    daemon: {...daemon, maxLength: 1472},
  })
  expect(await json('sync status')).toEqual({daemons: [{...daemon, maxLength: 1472}]})
  expect(await json('sync stop all')).toMatchObject({
    changed: true,
    steps: [{operation: 'stop-daemon', line: 'ipvsadm --stop-daemon master'}],
    daemons: [{...daemon, maxLength: 1472}],
  })
})

test("ipvsadm's names do as well", async () => {
  const on = director()
  const words =
    '--mcast-interface eth0 --syncid 3 --mcast-group 239.1.1.1 --mcast-port 99 --mcast-ttl 2 --sync-maxlen 1200'
  expect((await lvsctl(`sync start backup ${words}`, on)).exit).toBe(0)
  expect(on.ipvs.daemons()).toEqual([
    {role: 'backup', interface: 'eth0', syncId: 3, group: '239.1.1.1', port: 99, ttl: 2, maxLength: 1200},
  ])
})

describe('one that runs otherwise', () => {
  const other = 'sync start master --interface eth0 --id 8 --ttl 4'

  test('is an error that says what runs and what would change', async () => {
    const on = director()
    await lvsctl('sync start master --interface eth0 --id 7', on)
    expect(await lvsctl(other, on)).toEqual({
      stdout: '',
      stderr: `✗ a master runs already, and not as asked: ${running}
  Asked for would be: sync id 7 → 8, ttl 1 → 4
  To stop it and start it so: add --replace
`,
      exit: 4,
    })
  })

  test('is replaced where that is asked', async () => {
    const on = director()
    await lvsctl('sync start master --interface eth0 --id 7', on)
    expect((await lvsctl(`${other} --replace --dry-run`, on)).stdout).toBe(
      `would start the master sync daemon anew: sync id 7 → 8, ttl 1 → 4
  ipvsadm --stop-daemon master
  ipvsadm --start-daemon master --mcast-interface eth0 --syncid 8 --mcast-ttl 4
nothing was changed (dry run)
`,
    )
    expect(on.ipvs.daemons()[0]?.syncId).toBe(7)
    expect((await lvsctl(`${other} --replace`, on)).stdout).toBe(
      'started the master sync daemon anew: sync id 7 → 8, ttl 1 → 4\n',
    )
    expect(on.ipvs.daemons()).toMatchObject([{syncId: 8, ttl: 4}])
  })

  test('runs again where the new one cannot be started', async () => {
    const on = director()
    await lvsctl('sync start master --interface eth0 --id 7', on)
    const before = on.ipvs.daemons()
    const ipvs = Object.assign(Object.create(on.ipvs), {
      execute: ([operation]: Parameters<typeof on.ipvs.execute>[0]) =>
        operation?.do === 'start-daemon' && operation.daemon.syncId === 8
          ? [{ok: false, errno: 'EADDRINUSE'}]
          : on.ipvs.execute(operation ? [operation] : []),
    })
    expect(await lvsctl(`${other} --replace`, {...on, ipvs})).toMatchObject({
      stderr: expect.stringMatching(/cannot use eth0 \(EADDRINUSE\).*everything before it was rolled back/),
      exit: 7,
    })
    expect(on.ipvs.daemons()).toEqual(before)
  })
})

test.each([
  ['sync start', 2, 'sync start needs a ROLE'],
  ['sync start mastr', 2, '--interface: no interface is named'],
  ['sync start mastr --interface eth0', 2, 'Did you mean master?'],
  ['sync start all --interface eth0', 2, '"all" is neither master nor backup'],
  ['sync start master --interface eth9', 3, 'no network interface "eth9"'],
  ['sync start master --interface eth2', 2, '--interface: eth2 is down: no daemon can send there'],
  ['sync start backup --interface eth2', 2, 'ip link set eth2 up'],
  ['sync start master --interface eth1 --group ff02::81', 2, 'eth1 has no link-local IPv6 address to send from'],
  ['sync start master --interface eth0 --id 256', 2, '--id: 256 is too high for a sync id'],
  ['sync start master --interface eth0 --port 0', 2, '--port: 0 is too low for a multicast port'],
  ['sync start master --interface eth0 --ttl 256', 2, '--ttl: 256 is too high'],
  ['sync start master --interface eth0 --group 10.0.0.1', 2, '--group: 10.0.0.1 is a unicast address'],
  ['sync start master --interface eth0 --group 224.0.0', 2, '--group:'],
  ['sync start backup --interface eth0 --max-length 100', 2, 'a backup is ready for messages of 1024 bytes at least'],
  ['sync start master --interface eth0 --group ff02::81 --max-length 65500', 2, 'At most 65487'],
  ['sync stop', 2, 'sync stop needs a ROLE\n  ROLE: master, backup or all. What it takes: lvsctl sync stop --help'],
  ['sync stop everything', 2, '"everything" is none of master, backup, all'],
  ['sync stop bakcup', 2, 'Did you mean backup?'],
])('%s ends with %i', async (command, exit, message) => {
  const on = director()
  const result = await lvsctl(command, on)
  expect(result).toMatchObject({stdout: '', stderr: expect.stringContaining(message), exit})
  expect(on.ipvs.daemons()).toEqual([])
})

test('a master without an address to send from is warned about', async () => {
  const on = director()
  const {stderr, exit} = await lvsctl('sync start master --interface eth1', on)
  expect({stderr, exit}).toEqual({
    stderr:
      '! --interface: eth1 has no IPv4 address, so what the master sends has no source\n  See: ip addr show dev eth1\n',
    exit: 0,
  })
})

test('servers of another family than their service are named', async () => {
  const on = await machineAfter(
    'service add -t 192.0.2.1:80',
    'server add -t 192.0.2.1:80 -r [2001:db8::7]:80 -i',
    'server add -t 192.0.2.1:80 -r [2001:db8::8]:80 -i',
  )
  const {stderr, exit} = await lvsctl('sync start backup --interface eth0 --dry-run', on)
  expect(exit).toBe(2)
  expect(stderr).toContain('[2001:db8::7]:80 in tcp://192.0.2.1:80 (and 1 more) is of another family than its service')
})
