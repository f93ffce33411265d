// realserver and director: what is said, what is echoed, what the machine is afterwards. What they decide is tested in
// their rooms.

import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {FakeHost} from '../../../src/host/fake-host.ts'
import {asUser} from '../../support/as-user.ts'
import {persistHost} from '../../support/persist-host.ts'
import {lvsctl, type Machine, machine} from '../../support/run-command.ts'

const vip = address('192.168.1.200')
const eth0 = {interface: 'eth0', address: address('192.168.1.111'), prefixLength: 24, scope: 'global'} as const
const lan = (): Machine => machine({host: new FakeHost({addresses: [eth0]})})

const hasVip = (on: Machine, vip: string): boolean => on.host.addresses().some((one) => one.address === vip)

const echo = `[#] sysctl -w net.ipv4.conf.all.arp_ignore=1      (was 0)
[#] sysctl -w net.ipv4.conf.all.arp_announce=2    (was 0)
[#] ip addr add 192.168.1.200/32 dev lo
`

describe('realserver', () => {
  test('setup echoes what it does, and says how to undo it', async () => {
    const on = lan()
    expect(await lvsctl('realserver setup --vip 192.168.1.200', on)).toEqual({
      stdout: `ready: this host takes 192.168.1.200 by direct routing and stays silent about it on the LAN
  not kept over a reboot
  undo: lvsctl realserver teardown --vip 192.168.1.200
`,
      stderr: echo,
      exit: 0,
    })
    expect(hasVip(on, '192.168.1.200')).toBe(true)
  })

  test('setup twice does nothing the second time', async () => {
    const on = lan()
    await lvsctl('realserver setup --vip 192.168.1.200', on)
    const before = `${on.host}`
    expect(await lvsctl('realserver setup --vip 192.168.1.200', on)).toEqual({
      stdout: 'nothing to do: 192.168.1.200 is set up here already\n',
      stderr: '',
      exit: 0,
    })
    expect(`${on.host}`).toBe(before)
  })

  test('a dry run prints the lines as its result', async () => {
    const on = lan()
    const before = `${on.host}`
    expect(await lvsctl('realserver setup --vip 192.168.1.200 --dry-run', on)).toEqual({
      stdout: `${echo}nothing was changed (dry run)\n`,
      stderr: '',
      exit: 0,
    })
    expect(`${on.host}`).toBe(before)
  })

  test('several VIPs, in one option or in many', async () => {
    const on = lan()
    expect((await lvsctl('realserver setup --vip 192.168.1.200,192.168.1.201 --vip 192.168.1.202', on)).exit).toBe(0)
    expect(['200', '201', '202'].map((last) => hasVip(on, `192.168.1.${last}`))).toEqual([true, true, true])
  })

  test('teardown of one, then of the rest', async () => {
    const on = lan()
    const before = `${on.host}`
    await lvsctl('realserver setup --vip 192.168.1.200,192.168.1.201', on)
    expect(await lvsctl('realserver teardown --vip 192.168.1.200', on)).toEqual({
      stdout: 'done: this host does not take 192.168.1.200 any more\n',
      stderr: '[#] ip addr del 192.168.1.200/32 dev lo\n',
      exit: 0,
    })
    expect((await lvsctl('realserver teardown', on)).stdout).toContain('ARP settings are as they were found')
    expect(`${on.host}`).toBe(before)
  })

  test('status is 9 where something is missing', async () => {
    const on = lan()
    await lvsctl('realserver setup --vip 192.168.1.200', on)
    expect(await lvsctl('realserver status', on)).toEqual({
      stdout: '192.168.1.200\tdirect routing\tVIP on lo ✓\tARP quiet ✓\tno TCP listener\tset up by lvsctl\n',
      stderr: '',
      exit: 0,
    })
    expect(await lvsctl('realserver status --vip 192.168.1.201', on)).toEqual({
      stdout: '192.168.1.201\tdirect routing\tVIP on lo ✗\tARP quiet ✓\tno TCP listener\tnot set up by lvsctl\n',
      stderr: '✗ 192.168.1.201 is not on lo\n  lvsctl realserver setup --vip 192.168.1.201\n',
      exit: 9,
    })
    expect(await lvsctl('realserver status --vip 192.168.1.201 --quiet', on)).toEqual({stdout: '', stderr: '', exit: 9})
  })

  test('status of a host without the role', async () => {
    expect(await lvsctl('realserver status', lan())).toEqual({
      stdout: 'no VIP is set up here; to do it: lvsctl realserver setup --vip ADDRESS\n',
      stderr: '',
      exit: 0,
    })
  })

  describe('status for who may not read the notes', () => {
    const gone = async (): Promise<Machine> => {
      const on = lan()
      await lvsctl('realserver setup --vip 192.168.1.200', on)
      on.host.apply({do: 'remove-address', address: {...eth0, interface: 'lo', address: vip, prefixLength: 32}})
      return asUser(on)
    }

    test('a VIP that may be gone is unknown, and neither well nor none', async () => {
      const on = await gone()
      const {stdout, stderr, exit} = await lvsctl('realserver status', on)
      expect({stdout, exit}).toEqual({stdout: 'unknown: what is set up here only root can read\n', exit: 5})
      expect(stderr).toContain('only root can read')
      expect(JSON.parse((await lvsctl('realserver status --json', on)).stdout)).toMatchObject({
        ok: null,
        problems: [{code: 'ledger-hidden'}],
      })
    })

    test('what can be seen and is wrong is told all the same', async () => {
      const on = lan()
      await lvsctl('realserver setup --vip 192.168.1.200', on)
      on.host.apply({do: 'set-sysctl', key: 'net.ipv4.conf.all.arp_ignore', value: '0'})
      expect(await lvsctl('realserver status', asUser(on))).toMatchObject({exit: 9})
    })

    test('of a VIP that is named all that counts can be seen', async () => {
      const on = lan()
      await lvsctl('realserver setup --vip 192.168.1.200', on)
      expect(await lvsctl('realserver status --vip 192.168.1.200', asUser(on))).toMatchObject({exit: 0})
      expect(await lvsctl('realserver status --vip 192.168.1.200', await gone())).toMatchObject({exit: 9})
    })
  })

  test('what will not come back although it should is a difference', async () => {
    const on = machine({host: persistHost({addresses: [eth0]})})
    const file = '/etc/sysctl.d/99-zz-lvsctl-realserver.conf'
    expect(await lvsctl('realserver setup --vip 192.168.1.200 --persist', on)).toMatchObject({exit: 0})
    on.host.apply({do: 'write-file', path: file, content: on.host.readFile(file)?.replaceAll('= 1', '= 0') ?? ''})
    const status = await lvsctl('realserver status', on)
    expect(status).toMatchObject({exit: 9, stdout: expect.stringContaining('kept over a reboot by systemd ✗')})
    const {stdout, exit} = await lvsctl('realserver setup --vip 192.168.1.201 --persist', on)
    expect({stdout, exit}).toEqual({
      stdout: `ready: this host takes 192.168.1.201 by direct routing and stays silent about it on the LAN
  not kept over a reboot: ${file} was changed by somebody, and nothing was written
  undo: lvsctl realserver teardown --vip 192.168.1.201
`,
      exit: 9,
    })
    expect(await lvsctl('realserver setup --vip 192.168.1.201 --persist', on)).toMatchObject({
      stdout: expect.stringContaining('not kept over a reboot'),
      exit: 9,
    })
    const json = JSON.parse(
      (await lvsctl('realserver setup --vip 192.168.1.201 --persist --dry-run --json', on)).stdout,
    )
    expect(json).toMatchObject({notKept: expect.stringContaining(file)})
    expect(json).not.toHaveProperty('kept')
  })

  test('in another network namespace the lines to type lead there, too', async () => {
    const on = lan()
    const line = 'lvsctl realserver setup --netns rs1 --vip 192.168.1.200'
    const {stdout} = await lvsctl('realserver setup --netns rs1 --vip 192.168.1.200', on)
    expect(stdout).toContain('undo: lvsctl realserver teardown --netns rs1 --vip 192.168.1.200\n')
    on.host.apply({do: 'remove-address', address: {...eth0, interface: 'lo', address: vip, prefixLength: 32}})
    expect((await lvsctl('realserver status --netns rs1', on)).stderr).toContain(`  ${line}\n`)
    const {vips} = JSON.parse((await lvsctl('realserver status --netns rs1 --json', on)).stdout)
    expect(vips[0].problems[0].hint).toBe(line)
    // On another machine.
    expect(
      (await lvsctl('realserver setup --netns rs1 --method nat --vip 192.168.1.200 --gateway 192.168.1.1', on)).stderr,
    ).toContain('on the director: lvsctl director setup --vip …')
    expect(
      (await lvsctl('realserver setup --netns rs1 --method tun --vip 192.168.1.200 --mtu-cure none', on)).stderr,
    ).toContain(`As it was: ${line}; to change it, first: lvsctl realserver teardown --netns rs1 --vip`)
  })

  test('JSON of all three', async () => {
    const on = lan()
    const json = async (command: string) => JSON.parse((await lvsctl(`realserver ${command} --json`, on)).stdout)
    expect(await json('setup --vip 192.168.1.200')).toEqual({
      changed: true,
      dryRun: false,
      vips: ['192.168.1.200'],
      steps: [
        {line: 'sysctl -w net.ipv4.conf.all.arp_ignore=1', note: 'was 0'},
        {line: 'sysctl -w net.ipv4.conf.all.arp_announce=2', note: 'was 0'},
        {line: 'ip addr add 192.168.1.200/32 dev lo', note: null},
      ],
      warnings: [],
    })
    expect(await json('setup --vip 192.168.1.200')).toMatchObject({changed: false, steps: []})
    expect(await json('status')).toEqual({
      ok: true,
      vips: [
        {
          vip: '192.168.1.200',
          method: 'direct-routing',
          interface: 'lo',
          present: true,
          onLoopback: true,
          prefixLength: 32,
          elsewhere: [],
          arpQuiet: true,
          loud: [],
          listening: [],
          managed: 'added',
          ok: true,
          problems: [],
        },
      ],
      gateways: [],
      settings: [
        {key: 'net.ipv4.conf.all.arp_ignore', is: '1', should: '1', found: '0', ok: true, by: 'lvsctl', atBoot: null},
        {key: 'net.ipv4.conf.all.arp_announce', is: '2', should: '2', found: '0', ok: true, by: 'lvsctl', atBoot: null},
      ],
      problems: [],
      persist: null,
    })
    expect(await json('teardown --dry-run')).toMatchObject({changed: false, dryRun: true, vips: ['192.168.1.200']})
    expect(await json('teardown')).toMatchObject({changed: true, dryRun: false})
  })
})

describe('arp probe', () => {
  const vip = '192.168.1.200'
  const asked = (answers: readonly string[]): Machine =>
    machine({
      host: new FakeHost({
        addresses: [{interface: 'eth0', address: address('192.168.1.111'), prefixLength: 24, scope: 'global'}],
        neighbours: [{interface: 'eth0', address: address('192.168.1.115'), mac: '02:00:00:00:00:bb'}],
        answers: {[vip]: answers},
      }),
    })

  test('one answers', async () => {
    expect(await lvsctl(`arp probe ${vip}`, asked(['02:00:00:00:00:bb']))).toEqual({
      stdout: '02:00:00:00:00:bb\t192.168.1.115\n',
      stderr: '',
      exit: 0,
    })
  })

  test('several, or nobody', async () => {
    expect(await lvsctl(`arp probe ${vip}`, asked(['02:00:00:00:00:bb', '02:00:00:00:00:cc']))).toEqual({
      stdout: '02:00:00:00:00:bb\t192.168.1.115\n02:00:00:00:00:cc\tunknown\n',
      stderr: `✗ 2 answer for ${vip} on eth0: which one a client gets is chance
  One is the director; on real servers: lvsctl realserver setup --vip ${vip}
`,
      exit: 9,
    })
    expect(await lvsctl(`arp probe ${vip}`, asked([]))).toMatchObject({stdout: '', exit: 9})
  })

  test('JSON', async () => {
    expect(JSON.parse((await lvsctl(`arp probe ${vip} --json`, asked(['02:00:00:00:00:02']))).stdout)).toEqual({
      ok: true,
      address: vip,
      interface: 'eth0',
      answers: [{mac: '02:00:00:00:00:02', who: 'this host', interface: 'eth0', addresses: []}],
      problems: [],
    })
  })

  test.each([
    ['arp probe 192.168.1.256', 2, '✗ ADDRESS: 192.168.1.256 is not an IPv4 address'],
    ['arp probe 224.0.0.1', 2, '✗ ADDRESS: 224.0.0.1 is a multicast address'],
    ['arp probe 10.9.9.9', 2, '✗ 10.9.9.9 is in no subnet of this host, and no interface is named'],
    ['arp probe 10.9.9.9 --dev eth00', 3, '✗ no network interface "eth00"'],
  ])('%s', async (command, exit, message) => {
    expect(await lvsctl(command, asked([]))).toMatchObject({
      stdout: '',
      exit,
      stderr: expect.stringContaining(message),
    })
  })
})

describe('director', () => {
  test('by NAT, with everything: told, in status, and gone again', async () => {
    const on = lan()
    const before = `${on.host}`
    expect(await lvsctl('director setup --vip 192.168.1.200 --dev eth0 --method nat --masquerade --tune', on)).toEqual({
      stdout: `ready: eth0 has 192.168.1.200, and the neighbours were told
  servers see this host in place of the client
  not kept over a reboot
  undo: lvsctl director teardown --vip 192.168.1.200 --dev eth0
`,
      stderr: `[#] sysctl -w net.ipv4.conf.all.send_redirects=0     (was 1)
[#] sysctl -w net.ipv4.conf.eth0.send_redirects=0    (was 1)
[#] sysctl -w net.ipv4.ip_forward=1                  (was 0)
[#] sysctl -w net.ipv4.vs.conntrack=1                (was 0)
[#] sysctl -w net.ipv4.vs.expire_nodest_conn=1       (was 0: clients of a removed server learn it at once)
[#] nft 'create table ip lvsctl-192.168.1.200; add chain ip lvsctl-192.168.1.200 postrouting { type nat hook postrouting priority 100; }; add rule ip lvsctl-192.168.1.200 postrouting ct original ip daddr 192.168.1.200 ip daddr != 192.168.1.200 masquerade'
[#] ip addr add 192.168.1.200/32 dev eth0
[#] arping -U -c 3 -I eth0 192.168.1.200
`,
      exit: 0,
    })
    on.host.apply({do: 'set-sysctl', key: 'net.ipv4.vs.expire_nodest_conn', value: '0'})
    expect(await lvsctl('director status', on)).toEqual({
      stdout: `192.168.1.200\ton eth0 /32\t✓\tset up by lvsctl
net.ipv4.conf.all.send_redirects\tis 0\t✓
net.ipv4.conf.eth0.send_redirects\tis 0\t✓
net.ipv4.ip_forward\tis 1\t✓
net.ipv4.vs.conntrack\tis 1\t✓
net.ipv4.vs.expire_nodest_conn\tis 0, was made 1\t✗
masquerading for 192.168.1.200\tby nft\t✓
`,
      stderr: `✗ net.ipv4.vs.expire_nodest_conn is 0, and set-up made it 1
  Set it again: sysctl -w net.ipv4.vs.expire_nodest_conn=1
`,
      exit: 9,
    })
    const {settings, masquerades} = JSON.parse((await lvsctl('director status --json', on)).stdout)
    expect(settings.at(-1)).toEqual({key: 'net.ipv4.vs.expire_nodest_conn', is: '0', should: '1', found: '0'})
    expect(masquerades).toEqual([{vip: '192.168.1.200', tool: 'nft', there: true}])
    expect(await lvsctl('director teardown', on)).toMatchObject({
      stdout: 'done: 192.168.1.200 is not on this host any more\n  settings are as they were found\n',
      exit: 0,
    })
    expect(`${on.host}`).toBe(before)
    expect((await lvsctl('director teardown', on)).stdout).toBe('nothing to do\n')
  })

  test('setup, status, teardown', async () => {
    const on = lan()
    const before = `${on.host}`
    expect(await lvsctl('director setup --vip 192.168.1.200 --dev eth0', on)).toEqual({
      stdout: `ready: eth0 has 192.168.1.200, and the neighbours were told
  not kept over a reboot
  undo: lvsctl director teardown --vip 192.168.1.200 --dev eth0
  recommended, and set with --tune:
    net.ipv4.vs.expire_nodest_conn=1 (is 0): clients of a removed server learn it at once
`,
      stderr: '[#] ip addr add 192.168.1.200/32 dev eth0\n[#] arping -U -c 3 -I eth0 192.168.1.200\n',
      exit: 0,
    })
    await lvsctl('service add -t 192.168.1.200:80', on)
    expect(await lvsctl('director status', on)).toEqual({
      stdout: '192.168.1.200\ton eth0 /32\t✓\tset up by lvsctl\n',
      stderr: '',
      exit: 0,
    })
    expect(await lvsctl('director teardown --vip 192.168.1.200', on)).toMatchObject({
      stdout: 'done: 192.168.1.200 is not on this host any more\n',
      exit: 0,
    })
    expect(`${on.host}`).toBe(before)
    expect(await lvsctl('director status', on)).toMatchObject({
      stdout: '192.168.1.200\ton no interface\t✗\tnot set up by lvsctl\n',
      stderr: expect.stringContaining('lvsctl director setup --vip 192.168.1.200 --dev eth0'),
      exit: 9,
    })
  })

  test.each([
    ['director setup', ['vip-missing', 'device-missing']],
    ['director setup --vip 192.168.1.256', ['address-invalid', 'device-missing']],
  ])('%s: all that is wrong, at once', async (command, codes) => {
    const {stdout, exit} = await lvsctl(`${command} --json`, lan())
    expect(exit).toBe(2)
    expect(JSON.parse(stdout).error.problems.map(({code}: {code: string}) => code)).toEqual(codes)
  })

  test('status without services, and of an address that has none', async () => {
    const on = lan()
    expect((await lvsctl('director status', on)).stdout).toContain('no VIP is set up here')
    expect(await lvsctl('director status --vip 192.168.1.111', on)).toMatchObject({
      stdout: '192.168.1.111\ton eth0 /24\t✓\tnot set up by lvsctl\n',
      exit: 0,
    })
  })

  test('a dry run prints the lines as its result', async () => {
    expect(await lvsctl('director setup --vip 192.168.1.200 --dev eth0 --dry-run', lan())).toEqual({
      stdout: `[#] ip addr add 192.168.1.200/32 dev eth0
[#] arping -U -c 3 -I eth0 192.168.1.200
nothing was changed (dry run)
  recommended, and set with --tune:
    net.ipv4.vs.expire_nodest_conn=1 (is 0): clients of a removed server learn it at once
`,
      stderr: '',
      exit: 0,
    })
  })

  test('JSON', async () => {
    const on = lan()
    const json = async (command: string) => JSON.parse((await lvsctl(`director ${command} --json`, on)).stdout)
    expect(await json('setup --vip 192.168.1.200 --dev eth0')).toEqual({
      changed: true,
      dryRun: false,
      vips: ['192.168.1.200'],
      steps: [
        {line: 'ip addr add 192.168.1.200/32 dev eth0', note: null},
        {line: 'arping -U -c 3 -I eth0 192.168.1.200', note: null},
      ],
      warnings: [],
      advice: [
        {
          key: 'net.ipv4.vs.expire_nodest_conn',
          value: '1',
          current: '0',
          reason: 'clients of a removed server learn it at once',
        },
      ],
    })
    expect(await json('status --vip 192.168.1.200')).toEqual({
      ok: true,
      vips: [
        {
          vip: '192.168.1.200',
          places: [{interface: 'eth0', prefixLength: 32, up: true}],
          managed: 'added',
          method: 'dr',
          ok: true,
          problems: [],
        },
      ],
      forwarding: {ipv4: false, ipv6: false},
      settings: [],
      masquerades: [],
      problems: [],
      persist: null,
    })
  })
})
