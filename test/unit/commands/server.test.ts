// server add, edit, delete: what is typed, what is said, what the table is afterwards.

import {describe, expect, test} from 'vitest'
import {lvsctl, machine, machineAfter, rules} from '../../support/run-command.ts'
import {hostWith} from '../../support/wizard.ts'

const service = 'service add -t 192.0.2.1:80'

describe('add', () => {
  test.each([
    ['-r 10.0.0.7', 'added 10.0.0.7:80 to tcp://192.0.2.1:80 (gatewaying, weight 1)', '-r 10.0.0.7:80 -g -w 1'],
    [
      '-r 10.0.0.7:http -gw 3',
      'added 10.0.0.7:80 to tcp://192.0.2.1:80 (gatewaying, weight 3)',
      '-r 10.0.0.7:80 -g -w 3',
    ],
    [
      '-r 10.0.0.7:8080 -m',
      'added 10.0.0.7:8080 to tcp://192.0.2.1:80 (masquerading, weight 1)',
      '-r 10.0.0.7:8080 -m -w 1',
    ],
    ['-r 10.0.0.7 -i -w 0', 'added 10.0.0.7:80 to tcp://192.0.2.1:80 (tunneling, quiesced)', '-r 10.0.0.7:80 -i -w 0'],
    [
      '-r 10.0.0.7 -x 900 -y 600',
      'added 10.0.0.7:80 to tcp://192.0.2.1:80 (gatewaying, weight 1, at most 900 connections (again below 600))',
      '-r 10.0.0.7:80 -g -w 1 -x 900 -y 600',
    ],
    [
      '-r 10.0.0.7 -i --tun-type gue --tun-port 6080 --tun-remcsum',
      'added 10.0.0.7:80 to tcp://192.0.2.1:80 (tunneling gue:6080:remcsum, weight 1)',
      '-r 10.0.0.7:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
    ],
    [
      '-r 10.0.0.7 -i --tun-type gre --tun-csum',
      'added 10.0.0.7:80 to tcp://192.0.2.1:80 (tunneling gre:csum, weight 1)',
      '-r 10.0.0.7:80 -i -w 1 --tun-type gre --tun-csum',
    ],
    [
      '-r [2001:db8::7]:80 -i',
      'added [2001:db8::7]:80 to tcp://192.0.2.1:80 (tunneling, weight 1)',
      '-r [2001:db8::7]:80 -i -w 1',
    ],
    [
      '--real-server 10.0.0.7 --gatewaying --weight 2 --u-threshold 10',
      'added 10.0.0.7:80 to tcp://192.0.2.1:80 (gatewaying, weight 2, at most 10 connections)',
      '-r 10.0.0.7:80 -g -w 2 -x 10',
    ],
  ])('%s', async (options, sentence, rule) => {
    const on = await machineAfter(service)
    expect(await lvsctl(`server add -t 192.0.2.1:80 ${options}`, on)).toEqual({
      stdout: `${sentence}\n`,
      stderr: '',
      exit: 0,
    })
    expect(rules(on)[1]).toBe(`-a -t 192.0.2.1:80 ${rule}`)
  })

  test('in two words instead of options', async () => {
    const on = await machineAfter(service, 'server add tcp://192.0.2.1:80 10.0.0.7')
    expect(rules(on)[1]).toBe('-a -t 192.0.2.1:80 -r 10.0.0.7:80 -g -w 1')
  })

  test('to a firewall mark, whose servers have no port', async () => {
    const on = await machineAfter('service add -f 7', 'server add -f 7 -r 10.0.0.7')
    expect(rules(on)[1]).toBe('-a -f 7 -r 10.0.0.7:0 -g -w 1')
  })

  test('what exists is left alone, with what differs and how to change it', async () => {
    const on = await machineAfter(service, 'server add -t 192.0.2.1:80 -r 10.0.0.7 -w 3')
    const before = rules(on)
    expect(await lvsctl('server add -t 192.0.2.1:80 -r 10.0.0.7 -i -x 9', on)).toEqual({
      stdout: '',
      stderr: `✗ 10.0.0.7:80 already exists in tcp://192.0.2.1:80 (gatewaying, weight 3)
  Asked for would be: method gatewaying → tunneling, weight 3 → 1, upper threshold none → 9 connections
  To change it: lvsctl server edit -t 192.0.2.1:80 -r 10.0.0.7:80 -i -w 1 -x 9
`,
      exit: 4,
    })
    expect(rules(on)).toEqual(before)
  })

  test('by direct routing past a router is told, and done', async () => {
    const host = hostWith('eth0 192.168.1.114/24')
    const on = {...machine(), host}
    await lvsctl('service add -t 192.168.1.200:8080', on)
    const add = (words: string) => lvsctl(`server add -t 192.168.1.200:8080 -r ${words}`, on)
    expect(await add('10.77.0.1 -g')).toMatchObject({
      stderr: `! 10.77.0.1: in no subnet of this host, and direct routing passes no router
  Reach such servers by a tunnel (server edit -i), or give this host an address in their subnet
`,
      exit: 0,
    })
    expect(JSON.parse((await add('10.77.0.2 --json')).stdout).warnings).toMatchObject([{code: 'server-off-link'}])
    for (const words of ['192.168.1.111 -g', '192.168.1.114 -g', '10.77.0.3 -i', '10.77.0.4 -m'])
      expect((await add(words)).stderr).toBe('')
    expect(rules(on)).toHaveLength(7)
  })

  test('to a service that is not there', async () => {
    const on = await machineAfter('service add -t 192.168.1.200:8080')
    expect(await lvsctl('server add -t 192.168.1.201:8080 -r 192.168.1.111 -g', on)).toEqual({
      stdout: '',
      stderr: `✗ no service tcp://192.168.1.201:8080
  Nearest: tcp://192.168.1.200:8080. Create it: lvsctl service add -t 192.168.1.201:8080
`,
      exit: 3,
    })
  })

  test.each(['edit -t 192.168.1.201:8080 -r 192.168.1.111 -w 2', 'delete -t 192.168.1.201:8080 -r 192.168.1.111'])(
    '%s: there is nothing to put into it',
    async (words) => {
      const on = await machineAfter('service add -t 192.168.1.200:8080')
      const {stderr, exit} = await lvsctl(`server ${words}`, on)
      expect([stderr, exit]).toEqual([
        '✗ no service tcp://192.168.1.201:8080\n  Nearest: tcp://192.168.1.200:8080. All: lvsctl list\n',
        3,
      ])
    },
  )

  test('where lo was never up, before the kernel answers EINVAL', async () => {
    const on = machine({files: {'/proc/thread-self/net/fib_trie': ''}})
    await lvsctl(service, on)
    expect(await lvsctl('server add -t 192.0.2.1:80 -r 10.0.0.7', on)).toEqual({
      stdout: '',
      stderr: `✗ -r: no interface here, not even lo, has had an IPv4 address, and until then the kernel refuses every server
  ip link set lo up
`,
      exit: 2,
    })
  })
})

describe('edit changes only what is given', () => {
  const server = 'server add -t 192.0.2.1:80 -r 10.0.0.7:8080 -m -w 3 -x 900 -y 600'
  test.each([
    ['-w 0', 'weight 3 → 0 (quiesced: new clients go elsewhere)', '-m -w 0 -x 900 -y 600'],
    [
      '-x 0',
      'upper threshold 900 connections → none, lower threshold 600 connections → none (means nothing without an upper one)',
      '-m -w 3',
    ],
    ['-y 500', 'lower threshold 600 → 500 connections', '-m -w 3 -x 900 -y 500'],
  ])('%s', async (options, changes, settings) => {
    const on = await machineAfter(service, server)
    expect(await lvsctl(`server edit -t 192.0.2.1:80 -r 10.0.0.7:8080 ${options}`, on)).toEqual({
      stdout: `changed 10.0.0.7:8080 in tcp://192.0.2.1:80: ${changes}\n`,
      stderr: '',
      exit: 0,
    })
    expect(rules(on)[1]).toBe(`-a -t 192.0.2.1:80 -r 10.0.0.7:8080 ${settings}`)
  })

  test('a tunnel keeps what is not named', async () => {
    const on = await machineAfter(
      service,
      'server add -t 192.0.2.1:80 -r 10.0.0.7 -i --tun-type gue --tun-port 6080 --tun-csum',
      'server edit -t 192.0.2.1:80 -r 10.0.0.7 --tun-port 6081',
    )
    expect(rules(on)[1]).toContain('--tun-type gue --tun-port 6081 --tun-csum')
    expect((await lvsctl('server edit -t 192.0.2.1:80 -r 10.0.0.7 -g', on)).exit).toBe(0)
    expect(rules(on)[1]).toBe('-a -t 192.0.2.1:80 -r 10.0.0.7:80 -g -w 1')
  })

  test('nothing given is a mistake', async () => {
    const on = await machineAfter(service, server)
    expect((await lvsctl('server edit -t 192.0.2.1:80 -r 10.0.0.7:8080', on)).exit).toBe(2)
  })

  test('the port follows the service, and a server elsewhere is named', async () => {
    const on = await machineAfter(service, server)
    expect(await lvsctl('server edit -t 192.0.2.1:80 -r 10.0.0.7 -w 1', on)).toEqual({
      stdout: '',
      stderr: `✗ no server 10.0.0.7:80 in tcp://192.0.2.1:80
  Nearest: 10.0.0.7:8080. All: lvsctl server list -t 192.0.2.1:80
`,
      exit: 3,
    })
  })
})

describe('delete', () => {
  test('says what it cuts', async () => {
    const on = await machineAfter(service, 'server add -t 192.0.2.1:80 -r 10.0.0.7')
    const [entry] = on.ipvs.table()
    const server = entry?.servers[0]?.server
    if (!entry || !server) throw new Error('the server is not there')
    on.ipvs.setFigures({connections: {active: 1}}, entry.service.key, server)
    expect(await lvsctl('server delete -t 192.0.2.1:80 -r 10.0.0.7', on)).toEqual({
      stdout: 'deleted 10.0.0.7:80 from tcp://192.0.2.1:80 (1 active connection cut)\n',
      stderr: '',
      exit: 0,
    })
    expect(rules(on)).toEqual(['-A -t 192.0.2.1:80 -s wlc'])
  })

  test('of what is not there', async () => {
    const on = await machineAfter(service)
    expect(await lvsctl('server delete -t 192.0.2.1:80 -r 10.0.0.7', on)).toEqual({
      stdout: '',
      stderr: '✗ no server 10.0.0.7:80 in tcp://192.0.2.1:80\n  It has no servers\n',
      exit: 3,
    })
  })
})
