// Tunnelling with real packets, in each of the kinds of tunnel, where nothing but lvsctl sets anything up. The packets
// must come out of the tunnel device, and after a teardown every host is as it was.

import {beforeAll, describe, expect, test} from 'vitest'
import {labPort, labVip, dr as plain} from '../../src/lab/topologies.ts'
import {changedLines, hostState} from '../support/host-state.ts'
import {useLab} from '../support/lab.ts'
import {ask, refusal} from '../support/requests.ts'

const lab = useLab(plain)
const realServers = ['rs1', 'rs2'] as const
const rip = {rs1: ['192.168.1.111', '2001:db8:1::111'], rs2: ['192.168.1.115', '2001:db8:1::115']} as const

const type = (host: string, ...commands: readonly string[]) => lab.on(host, `set -e\n${commands.join('\n')}`)
const json = async (host: string, command: string, exits = 0) =>
  JSON.parse((await lab.on(host, `lvsctl ${command} --json`, {exits})).stdout)

const unwrapped = async (host: string, device: string): Promise<number> =>
  Number((await lab.on(host, `cat /sys/class/net/${device}/statistics/rx_packets`)).stdout)

const before: Record<string, readonly string[]> = {}
const changes = async (host: string) => changedLines(before[host] ?? [], await hostState(lab, host))

beforeAll(async () => {
  // With the devices that modules bring there is something to compare with; that lvsctl loads them is a test below.
  await lab.on(undefined, 'modprobe -a ip_vs ipip ip_gre ip6_tunnel ip6_gre fou')
  for (const host of [...realServers, 'director']) {
    // What has been up once has IPv6 settings from then on.
    const devices = ['tunl0', 'gre0', 'ip6tnl0', 'ip6gre0']
    await type(host, ...devices.flatMap((name) => [`ip link set ${name} up`, `ip link set ${name} down`]))
    before[host] = await hostState(lab, host)
  }
})

interface Case {
  readonly tunnel: string
  readonly family: 0 | 1
  readonly device: string
  readonly server: string
  /** What the director may change while the real servers stay as they are. */
  readonly checksums?: readonly string[]
}

const cases: readonly Case[] = [
  {tunnel: '--tun-type ipip', family: 0, device: 'tunl0', server: '--tun-type ipip'},
  {
    tunnel: '--tun-type gue --tun-port 6080',
    family: 0,
    device: 'tunl0',
    server: '--tun-type gue --tun-port 6080',
    checksums: ['--tun-csum', '--tun-remcsum'],
  },
  {tunnel: '--tun-type gre', family: 0, device: 'gre0', server: '--tun-type gre'},
  {tunnel: '--tun-type ipip', family: 1, device: 'ip6tnl0', server: '--tun-type ipip'},
  {tunnel: '--tun-type gue --tun-port 6080', family: 1, device: 'ip6tnl0', server: '--tun-type gue --tun-port 6080'},
  {tunnel: '--tun-type gre', family: 1, device: 'ip6gre0', server: '--tun-type gre'},
]

test.each(cases)('$server, family $family: requests are shared and came through $device', async (given) => {
  const {tunnel, family, device, server, checksums = []} = given
  const vip = family === 0 ? labVip.ipv4 : labVip.ipv6
  const at = family === 0 ? `${vip}:${labPort}` : `[${vip}]:${labPort}`
  for (const host of realServers)
    await type(host, `lvsctl realserver setup --method tun ${tunnel} --mtu-cure clamp --vip ${vip}`)
  await type(
    'director',
    `lvsctl director setup --vip ${vip} --dev eth0`,
    `lvsctl service add -t ${at} -s rr`,
    ...realServers.map((host) => `lvsctl server add -t ${at} -r ${rip[host][family]} -i ${server}`),
  )
  expect(await ask(lab, {at, times: 10})).toEqual({rs1: 5, rs2: 5})
  for (const checksum of checksums) {
    const edits = realServers.map((host) => `lvsctl server edit -t ${at} -r ${rip[host][family]} ${server} ${checksum}`)
    await type('director', ...edits)
    expect(await ask(lab, {at, times: 4})).toEqual({rs1: 2, rs2: 2})
  }
  for (const host of realServers) expect(await unwrapped(host, device)).toBeGreaterThan(5 * 3)
  expect(await json('rs1', 'realserver status')).toMatchObject({
    ok: true,
    vips: [{vip, method: 'tunnelling', interface: device, ok: true, problems: []}],
  })
  expect(await json('rs1', `realserver setup --method tun ${tunnel} --mtu-cure clamp --vip ${vip}`)).toMatchObject({
    changed: false,
    warnings: [],
  })
  for (const host of realServers) await type(host, 'lvsctl realserver teardown')
  await type('director', 'lvsctl clear --yes', `lvsctl director teardown --vip ${vip}`)
  for (const host of [...realServers, 'director']) expect(await changes(host)).toEqual([])
})

describe('the reverse path filter', () => {
  const vip = labVip.ipv4
  const at = `${vip}:${labPort}`
  beforeAll(async () => {
    await type(
      'director',
      `lvsctl director setup --vip ${vip} --dev eth0`,
      `lvsctl service add -t ${at} -s rr`,
      `lvsctl server add -t ${at} -r ${rip.rs1[0]} -i`,
    )
  })
  const filter = (all: number, device: number) =>
    type('rs1', `sysctl -qw net.ipv4.conf.all.rp_filter=${all} net.ipv4.conf.tunl0.rp_filter=${device}`)

  // Rows: all, tunl0 as found; whether set-up has to change tunl0.
  const matrix = [0, 1, 2].flatMap((all) => [0, 1, 2].map((device) => ({all, device})))
  test.each(matrix)('all $all, tunl0 $device: traffic', async ({all, device}) => {
    await filter(all, device)
    const {steps} = await json('rs1', `realserver setup --method tun --mtu-cure none --vip ${vip}`)
    const lines: readonly string[] = steps.map(({line}: {line: string}) => line)
    expect(lines.filter((line) => line.includes('rp_filter'))).toEqual(
      Math.max(all, device) === 1 ? ['sysctl -w net.ipv4.conf.tunl0.rp_filter=2'] : [],
    )
    expect(await ask(lab, {at, times: 2})).toEqual({rs1: 2})
    if (Math.max(all, device) === 1) {
      // What would have been without it, and that status knows.
      await filter(all, device)
      expect(await refusal(lab, at)).toBe(28)
      expect(await json('rs1', 'realserver status', 9)).toMatchObject({vips: [{problems: [{code: 'rp-filter'}]}]})
    }
    await type('rs1', 'lvsctl realserver teardown')
    expect(
      (await lab.on('rs1', 'cd /proc/sys/net/ipv4/conf; cat all/rp_filter tunl0/rp_filter | xargs')).stdout.trim(),
    ).toBe(`${all} ${device}`)
    await filter(0, 0)
  })

  test('a VIP on lo: the device has no address, so only 0 will do', async () => {
    const command = `realserver setup --method tun --mtu-cure none --interface lo --vip ${vip}`
    await filter(2, 0)
    expect(await json('rs1', command, 2)).toMatchObject({error: {code: 'rp-filter'}})
    await filter(0, 2)
    await type('rs1', `lvsctl ${command}`)
    expect(await ask(lab, {at, times: 2})).toEqual({rs1: 2})
    await filter(0, 2)
    expect(await refusal(lab, at)).toBe(28)
    expect(await json('rs1', 'realserver status', 9)).toMatchObject({vips: [{problems: [{code: 'rp-filter'}]}]})
    await type('rs1', 'lvsctl realserver teardown')
    await filter(0, 0)
    expect(await changes('rs1')).toEqual([])
  })

  test('a VIP that went: the line that status tells brings it back, direct routing is refused', async () => {
    const line = `lvsctl realserver setup --vip ${vip} --method tun --mtu-cure none`
    await type('rs1', line, `ip addr del ${vip}/32 dev tunl0`)
    expect(await refusal(lab, at)).not.toBe(0)
    const {vips} = await json('rs1', 'realserver status', 9)
    expect(vips[0].problems).toMatchObject([{code: 'vip-missing', hint: line}, ...vips[0].problems.slice(1)])
    expect(await json('rs1', `realserver setup --vip ${vip}`, 2)).toMatchObject({
      error: {code: 'vip-set-up-otherwise', hint: expect.stringContaining(line)},
    })
    await type('rs1', vips[0].problems[0].hint)
    expect(await ask(lab, {at, times: 2})).toEqual({rs1: 2})
    expect(await json('rs1', 'realserver status')).toMatchObject({ok: true})
    await type('rs1', 'lvsctl realserver teardown')
    expect(await changes('rs1')).toEqual([])
  })

  test('a tunnel that is down refuses clients, and status knows', async () => {
    await type('rs1', `lvsctl realserver setup --method tun --mtu-cure none --vip ${vip}`, 'ip link set tunl0 down')
    expect(await refusal(lab, at)).toBe(7)
    const {vips} = await json('rs1', 'realserver status', 9)
    expect(vips[0].problems.map(({code}: {code: string}) => code)).toContain('tunnel-down')
    await type('rs1', `lvsctl realserver setup --method tun --mtu-cure none --vip ${vip}`)
    expect(await ask(lab, {at, times: 2})).toEqual({rs1: 2})
    await type('rs1', 'lvsctl realserver teardown')
    expect(await changes('rs1')).toEqual([])
  })
})

describe('a request of full packets, where ICMP is filtered', () => {
  const vip = labVip.ipv4
  const at = `${vip}:${labPort}`
  const setUp = (cure: string) => type('rs1', `lvsctl realserver setup --method tun --mtu-cure ${cure} --vip ${vip}`)

  /** curl's exit code: 28 is "no answer". */
  const large = async (): Promise<number> => {
    const header = `-H "X: $(head -c 2000 /dev/zero | tr '\\0' a)"`
    return (await lab.on('client', `curl -gs -o /dev/null -m 3 ${header} http://${at}/`, {exits: 'any'})).code
  }

  beforeAll(async () => {
    await type('director', 'lvsctl clear --yes', `lvsctl director setup --vip ${vip} --dev eth0`)
    await type('director', `lvsctl service add -t ${at} -s rr`, `lvsctl server add -t ${at} -r ${rip.rs1[0]} -i`)
    await type('director', 'iptables-legacy -I OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP')
    // What the network card would cut into packets, IPVS takes as one, whatever its size.
    await type('client', 'ip link set eth0 gso_max_segs 1')
  })

  test('it hangs, and small ones do not', async () => {
    await setUp('none')
    expect(await large()).toBe(28)
    expect(await ask(lab, {at, times: 2})).toEqual({rs1: 2})
    await type('rs1', 'lvsctl realserver teardown')
  })

  test('clamp', async () => {
    await setUp('clamp')
    expect(await large()).toBe(0)
    await type('rs1', 'lvsctl realserver teardown')
  })

  test('director', async () => {
    await setUp('director')
    expect(await large()).toBe(28)
    await type('director', 'sysctl -qw net.ipv4.vs.pmtu_disc=0')
    expect(await large()).toBe(0)
    await type('director', 'sysctl -qw net.ipv4.vs.pmtu_disc=1')
    await type('rs1', 'lvsctl realserver teardown')
  })

  test('path', async () => {
    await setUp('path')
    expect(await large()).toBe(28)
    await lab.on(undefined, 'for name in rs1-eth0 director-eth0 br-lan; do ip link set $name mtu 1520; done')
    await type('director', 'ip link set eth0 mtu 1520')
    expect(await large()).toBe(0)
    await type('rs1', 'lvsctl realserver teardown')
    expect(await changes('rs1')).toEqual([])
  })
})
