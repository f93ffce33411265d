// Tunnelling with real packets: the real servers unwrap what the director wrapped, in each of the kinds of tunnel.

import {beforeAll, describe, expect, test} from 'vitest'
import {labPort, labVip, tun} from '../../src/lab/topologies.ts'
import {listing, savedRules} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'
import {ask} from '../support/requests.ts'

const lab = useLab(tun)
const vip = labVip.ipv4
const at = `${vip}:${labPort}`

const type = (host: string, ...commands: readonly string[]) => lab.on(host, `set -e\n${commands.join('\n')}`)

/** Packets that came out of a tunnel. */
const unwrapped = async (host: string, device: string): Promise<number> =>
  Number((await lab.on(host, `cat /sys/class/net/${device}/statistics/rx_packets`)).stdout)

beforeAll(async () => {
  await type('director', `lvsctl director setup --vip ${vip} --dev eth0`)
  // The VIP on lo serves tunnels too: tunl0 unwraps whatever is for this host, and needs no address of its own.
  for (const host of ['rs1', 'rs2']) await type(host, `lvsctl realserver setup --vip ${vip}`)
  await type(
    'director',
    `lvsctl service add -t ${at} -s rr`,
    `lvsctl server add -t ${at} -r 192.168.1.111 -i`,
    `lvsctl server add -t ${at} -r 192.168.1.115 -i`,
  )
})

describe('ipip', () => {
  test('requests are shared, and came through tunl0', async () => {
    expect(await ask(lab, {at, times: 20})).toEqual({rs1: 10, rs2: 10})
    for (const host of ['rs1', 'rs2']) expect(await unwrapped(host, 'tunl0')).toBeGreaterThan(10 * 3)
    expect(await savedRules(lab, 'director')).toEqual([
      `-A -t ${at} -s rr`,
      `-a -t ${at} -r 192.168.1.111:8080 -i -w 1 --tun-type ipip`,
      `-a -t ${at} -r 192.168.1.115:8080 -i -w 1 --tun-type ipip`,
    ])
  })

  test('a VIP that lives on tunl0 instead', async () => {
    const other = '192.168.1.201'
    await type('director', `lvsctl director setup --vip ${other} --dev eth0`, `lvsctl service add -t ${other}:8080`)
    await type('director', `lvsctl server add -t ${other}:8080 -r 192.168.1.111 -i`)
    await type('rs1', `ip addr add ${other}/32 dev tunl0`)
    expect(await ask(lab, {at: `${other}:8080`, times: 5})).toEqual({rs1: 5})
    await type('director', `lvsctl service delete -t ${other}:8080`)
  })
})

describe('gue', () => {
  test.each(['--tun-nocsum', '--tun-csum', '--tun-remcsum'])('%s', async (checksum) => {
    // A second receiver for the same port is an error: it lives as long as the namespace.
    await type('rs1', 'modprobe fou', 'ip fou show | grep -q 6080 || ip fou add port 6080 gue')
    await type('director', `lvsctl server edit -t ${at} -r 192.168.1.111 --tun-type gue --tun-port 6080 ${checksum}`)
    const sign = {'--tun-nocsum': '-c', '--tun-csum': '\\+c', '--tun-remcsum': 'r\\+c'}[checksum]
    expect(await listing(lab, 'director', '--tun-info')).toEqual([
      `TCP ${at} rr`,
      expect.stringMatching(`^TCP ${at} -> 192.168.1.111:8080 Tunnel gue:6080:${sign} 1 `),
      expect.stringMatching(`^TCP ${at} -> 192.168.1.115:8080 Tunnel ipip 1 `),
    ])
    const before = await unwrapped('rs1', 'tunl0')
    expect(await ask(lab, {at, times: 10})).toEqual({rs1: 5, rs2: 5})
    expect(await unwrapped('rs1', 'tunl0')).toBeGreaterThan(before + 5 * 3)
  })

  test('its weight changed, it is the same tunnel', async () => {
    await type('director', `lvsctl server edit -t ${at} -r 192.168.1.111 -w 3`)
    expect(await savedRules(lab, 'director')).toContain(
      `-a -t ${at} -r 192.168.1.111:8080 -i -w 3 --tun-type gue --tun-port 6080 --tun-remcsum`,
    )
    await type('director', `lvsctl server edit -t ${at} -r 192.168.1.111 -w 1`)
  })
})

// A tunnel device takes packets with a checksum or those without, never both (net/ipv4/ip_tunnel.c, ip_tunnel_rcv).
test.each([
  ['--tun-nocsum', 'gre:-c', 'gre1', ''],
  ['--tun-csum', 'gre:+c', 'gre2', 'icsum'],
])('gre %s', async (checksum, info, device, receive) => {
  await type(
    'rs2',
    'modprobe ip_gre',
    `ip link add ${device} type gre local 192.168.1.115 ${receive}`,
    `ip link set ${device} up`,
    `sysctl -qw net.ipv4.conf.${device}.rp_filter=0`,
  )
  await type('director', `lvsctl server edit -t ${at} -r 192.168.1.115 --tun-type gre ${checksum}`)
  expect((await listing(lab, 'director', '--tun-info'))[2]).toContain(
    `TCP ${at} -> 192.168.1.115:8080 Tunnel ${info} 1 `,
  )
  expect(await ask(lab, {at, times: 10})).toEqual({rs1: 5, rs2: 5})
  expect(await unwrapped('rs2', device)).toBeGreaterThan(5 * 3)
  await type('rs2', `ip link del ${device}`)
})

test('back to direct routing the packets come as they are', async () => {
  await type(
    'director',
    `lvsctl server edit -t ${at} -r 192.168.1.111 -g`,
    `lvsctl server edit -t ${at} -r 192.168.1.115 -g`,
  )
  const before = [await unwrapped('rs1', 'tunl0'), await unwrapped('rs2', 'tunl0')]
  expect(await ask(lab, {at, times: 10})).toEqual({rs1: 5, rs2: 5})
  expect([await unwrapped('rs1', 'tunl0'), await unwrapped('rs2', 'tunl0')]).toEqual(before)
  expect(await savedRules(lab, 'director')).toEqual([
    `-A -t ${at} -s rr`,
    `-a -t ${at} -r 192.168.1.111:8080 -g -w 1`,
    `-a -t ${at} -r 192.168.1.115:8080 -g -w 1`,
  ])
})
