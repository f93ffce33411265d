// Sync daemons on the real kernel: beside ipvsadm, and between two directors of which one takes over the connections of
// the other in the middle of a request.

import {afterEach, beforeAll, describe, expect, test} from 'vitest'
import {dr, labPort, labVip} from '../../src/lab/topologies.ts'
import type {Topology} from '../../src/lab/topology.ts'
import {linesOf} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'

const twoDirectors: Topology = {
  ...dr,
  hosts: [
    ...dr.hosts,
    {
      name: 'standby',
      interfaces: [{name: 'eth0', segment: 'lan', addresses: ['192.168.1.116/24', '2001:db8:1::116/64']}],
    },
  ],
}

const lab = useLab(twoDirectors)
const directors = ['director', 'standby'] as const

const daemons = async (host: string) => linesOf((await lab.on(host, 'ipvsadm -L --daemon')).stdout)
const status = async (host: string) => JSON.parse((await lab.lvsctl(host, ['sync', 'status', '--json'])).stdout).daemons

beforeAll(async () => {
  // IPv6 groups need a link-local address, and these wait for duplicate address detection.
  await lab.on('director', 'sleep 2.5; ip -6 addr show dev eth0 scope link | grep -q fe80')
})
afterEach(async () => {
  for (const host of directors) await lab.on(host, 'lvsctl sync stop all --quiet')
})

describe('beside ipvsadm', () => {
  test.each([
    ['master', '', 'maxlen=1472, group=224.0.0.81, port=8848, ttl=1'],
    ['backup', '--id 255 --port 65535 --ttl 255', 'maxlen=1472, group=224.0.0.81, port=65535, ttl=255'],
    ['master', '--group ff02::81', 'maxlen=1452, group=ff02::81, port=8848, ttl=1'],
    ['backup', '--group ff05::1:81 --max-length 1400', 'maxlen=1400, group=ff05::1:81, port=8848, ttl=1'],
    ['master', '--group 239.255.0.81 --max-length 1', 'maxlen=1, group=239.255.0.81, port=8848, ttl=1'],
    ['backup', '--max-length 65507', 'maxlen=65507, group=224.0.0.81, port=8848, ttl=1'],
  ])('%s %s', async (role, options, shown) => {
    const command = `lvsctl sync start ${role} --interface eth0 ${options}`
    const {stdout} = await lab.on('director', `${command} --dry-run --json`)
    expect(await daemons('director')).toEqual([])
    await lab.on('director', command)
    const id = /--id (\d+)/.exec(options)?.[1] ?? '0'
    const byCommand = [`${role} sync daemon (mcast=eth0, syncid=${id}, ${shown})`]
    expect(await daemons('director')).toEqual(byCommand)
    expect((await lab.on('director', command)).stdout).toMatch(/^nothing to do: .* runs already\n$/)

    const ours = await status('director')
    await lab.on('director', `lvsctl sync stop ${role}`)
    expect(await daemons('director')).toEqual([])
    await lab.on('director', JSON.parse(stdout).steps[0].line)
    expect(await daemons('director')).toEqual(byCommand)
    expect(await status('director')).toEqual(ours)
  })

  test('both roles at once, replaced and stopped', async () => {
    await lab.on(
      'director',
      'lvsctl sync start master --interface eth0; lvsctl sync start backup --interface eth0 --id 3',
    )
    const {stderr} = await lab.on('director', 'lvsctl sync start backup --interface eth0 --id 4', {exits: 4})
    expect(stderr).toContain('Asked for would be: sync id 3 → 4')
    await lab.on('director', 'lvsctl sync start backup --interface eth0 --id 4 --replace')
    expect((await status('director')).map(({role, syncId}: {role: string; syncId: number}) => [role, syncId])).toEqual([
      ['master', 0],
      ['backup', 4],
    ])
    expect((await lab.on('director', 'lvsctl sync stop all')).stdout).toBe(
      'stopped the master sync daemon on eth0\nstopped the backup sync daemon on eth0\n',
    )
    expect(await daemons('director')).toEqual([])
  })

  test('started and stopped in turns, as fast as it goes', async () => {
    const {stdout} = await lab.on(
      'director',
      `set -e
       for turn in 1 2 3 4 5; do
         lvsctl sync start backup --interface eth0; lvsctl sync stop backup; ipvsadm -L --daemon
       done`,
    )
    expect(linesOf(stdout)).toHaveLength(10)
  })

  test('a new one that the kernel refuses leaves the old one running', async () => {
    await lab.on('director', 'lvsctl sync start backup --interface eth0 --id 3')
    const before = await daemons('director')
    // The port is taken, for this group too.
    const taken = `${process.execPath} -e "require('dgram').createSocket('udp4').bind(9000)" & holder=$!
      until ss -Hlun sport 9000 | grep -q 9000; do sleep 0.1; done
      lvsctl sync start backup --interface eth0 --port 9000 --replace; code=$?; kill $holder; exit $code`
    const {stderr} = await lab.on('director', taken, {exits: 7})
    expect(stderr).toContain('cannot use eth0 (EADDRINUSE)')
    expect(stderr).toContain('everything before it was rolled back')
    expect(await daemons('director')).toEqual(before)
  })
})

describe('refused before the kernel is asked, or explained after', () => {
  test.each([
    ['--interface eth7', 3, 'no network interface "eth7"'],
    ['--interface down0', 2, 'down0 is down'],
    ['--interface mute0 --group ff02::81', 2, 'mute0 has no link-local IPv6 address'],
    ['--interface eth0 --group 192.168.1.115', 2, 'a multicast address is needed'],
  ])('%s', async (options, exits, message) => {
    await lab.on(
      'director',
      'ip link add down0 type dummy; ip link add mute0 type dummy; ip link set mute0 up; ip -6 addr flush dev mute0',
      {
        exits: 'any',
      },
    )
    const {stderr} = await lab.on('director', `lvsctl sync start master ${options}`, {exits})
    expect(stderr).toContain(message)
    expect(await daemons('director')).toEqual([])
    await lab.on('director', 'ip link del down0; ip link del mute0')
  })

  test('a server of another family than its service', async () => {
    await lab.on('director', 'ipvsadm -A -t 192.0.2.1:80; ipvsadm -a -t 192.0.2.1:80 -r [2001:db8:1::111]:80 -i')
    const {stderr} = await lab.on('director', 'lvsctl sync start master --interface eth0', {exits: 2})
    expect(stderr).toContain('[2001:db8:1::111]:80 in tcp://192.0.2.1:80 is of another family than its service')
    expect(
      (await lab.on('director', 'ipvsadm --start-daemon master --mcast-interface eth0', {exits: 255})).stderr,
    ).toBe('Invalid operation.  Possibly wrong module version, address not unicast, ...\n')
    await lab.on('director', 'ipvsadm -C')
  })
})

describe.each([
  {
    family: 'IPv4',
    vip: labVip.ipv4,
    at: `${labVip.ipv4}:${labPort}`,
    servers: ['192.168.1.111', '192.168.1.115'],
    group: '',
  },
  {
    family: 'IPv6',
    vip: labVip.ipv6,
    at: `[${labVip.ipv6}]:${labPort}`,
    servers: ['[2001:db8:1::111]', '[2001:db8:1::115]'],
    group: '--group ff02::81',
  },
])('a connection outlives its director: $family', ({vip, at, servers, group}) => {
  test('the standby knows it, takes the VIP, and the request ends where it began', async () => {
    for (const host of ['rs1', 'rs2']) await lab.on(host, `lvsctl realserver setup --vip ${vip}`)
    for (const host of directors)
      await lab.on(
        host,
        [`lvsctl service add -t ${at} -s rr`, ...servers.map((one) => `lvsctl server add -t ${at} -r ${one} -g`)].join(
          '\n',
        ),
      )
    await lab.on('director', `lvsctl director setup --vip ${vip} --dev eth0`)
    await lab.on('director', `lvsctl sync start master --interface eth0 --id 9 ${group}`)
    await lab.on('standby', `lvsctl sync start backup --interface eth0 --id 9 ${group}`)

    // The third packet of a connection makes the master tell of it (sync_threshold).
    const request = lab.on(
      'client',
      `exec 5<>/dev/tcp/${vip}/${labPort} || exit 1
       printf 'GET / HTTP/1.0\\r\\n' >&5
       while [ ! -e /run/taken-over ]; do sleep 0.2; done
       printf '\\r\\n' >&5
       timeout 10 cat <&5 | tail -n 1`
        .replace(/^/, "exec bash <<'END'\n")
        .concat('\nEND'),
    )
    const known = 'for try in $(seq 80); do ipvsadm -Lnc | grep ESTABLISHED && break; sleep 0.1; done'
    const [entry, ...others] = linesOf((await lab.on('standby', known)).stdout)
    expect(others).toEqual([])
    const server = servers.find((one) => entry?.includes(one))
    expect(server).toBeDefined()
    const origin = await lab.on('standby', 'grep ESTABLISHED /proc/net/ip_vs_conn_sync')
    expect(origin.stdout).toMatch(/ SYNC /)

    await lab.on('director', `lvsctl director teardown --vip ${vip} --dev eth0`)
    await lab.on('standby', `lvsctl director setup --vip ${vip} --dev eth0; touch /run/taken-over`)
    expect((await request).stdout).toBe(`${server === servers[0] ? 'rs1' : 'rs2'}\n`)

    await lab.on('standby', `lvsctl director teardown --vip ${vip} --dev eth0; rm /run/taken-over`)
    for (const host of directors) await lab.on(host, 'ipvsadm -C')
  })
})
