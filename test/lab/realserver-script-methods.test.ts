// The script for each method and device, on a real kernel: everything that set-up would make and change, and back again.

import {afterEach, beforeAll, describe, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {changedLines, hostState} from '../support/host-state.ts'
import {useLab} from '../support/lab.ts'
import {killEverywhere} from '../support/mortal-programs.ts'

const lab = useLab(dr)
const v4 = '192.168.1.200'
const v6 = '2001:db8:1::200'
const on = 'rs1'

const sh = async (command: string): Promise<string> => (await lab.on(on, command)).stdout.trim()
const snapshot = () => hostState(lab, on, ['/etc'])

const oldRoutes = `ip route add default via 192.168.1.10 dev eth0 metric 100
ip -6 route add default via 2001:db8:1::10 dev eth0
ip route add 203.0.113.0/24 via 192.168.1.10 advmss 1450`

const both = `--vip ${v4},${v6}`
const requests = [
  ['dummy0, which is made', `--interface dummy0 ${both}`],
  ['the ARP settings of one interface', `--arp-scope eth0 --vip ${v4}`],
  ['ipip', `--method tun --mtu-cure none ${both}`],
  ['ipip with the VIP on lo', `--method tun --interface lo --mtu-cure path --vip ${v4}`],
  ['gue, and segments that fit', `--method tun --tun-type gue --tun-port 6080 --mtu-cure clamp ${both}`],
  ['gre, and larger frames', `--method tun --tun-type gre --mtu-cure path ${both}`],
  ['NAT', '--method nat --gateway 192.168.1.114,2001:db8:1::114'],
] as const

beforeAll(async () => {
  await lab.on(undefined, 'modprobe -a ipip ip6_tunnel fou ip_gre ip6_gre dummy')
  // Reverse path filtering as distributions have it, so that a tunnel has something to overcome.
  await sh(`sysctl -qw net.ipv4.conf.all.rp_filter=1; ${oldRoutes}`)
  // A tunnel that was up once keeps a queue and settings for IPv6.
  await sh('for one in tunl0 ip6tnl0 gre0 ip6gre0; do ip link set $one up; ip link set $one down; done')
})

// start: two for the notes, three settings, the MTU, the port, the device, the address; stop: the same back, and the notes go.
test.each([
  ['start', 9],
  ['stop', 8],
] as const)('a tunnel, %s killed before any of its changes: the next run completes', async (word, killed) => {
  const before = await snapshot()
  const options = '--method tun --tun-type gue --tun-port 6080 --mtu-cure path'
  await sh(`lvsctl realserver script ${options} --vip ${v4} >/run/script`)
  expect(await killEverywhere(lab, on, 'dash /run/script', word, v4)).toEqual({wrong: [], killed})
  expect(changedLines(before, await snapshot())).toEqual([])
})

describe.each(['dash', 'busybox sh'])('under %s', (shell) => {
  afterEach(() =>
    // Whatever a failed test left must not fail the next.
    lab.on(on, `sh /run/script stop; rm -rf /run/lvs-realserver; ip link del dummy0 2>&1`, {exits: 'any'}),
  )

  test.each(requests)('%s: as set-up does it, and back', async (what, options) => {
    // With the VIP on lo nothing has an address in the tunnel, and only 0 lets packets through.
    if (what.includes('on lo')) await sh('sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.tunl0.rp_filter=1')
    const before = await snapshot()
    await sh(`lvsctl realserver setup ${options}`)
    const bySetup = await snapshot()
    await sh('lvsctl realserver teardown')
    expect(changedLines(before, await snapshot())).toEqual([])
    expect(changedLines(before, bySetup).length).toBeGreaterThan(1)

    await sh(`lvsctl realserver script ${options} >/run/script`)
    await lab.on(on, `${shell} /run/script status`, {exits: 3})
    await sh(`${shell} /run/script start`)
    expect(changedLines(bySetup, await snapshot())).toEqual([])
    expect(await lab.on(on, `${shell} /run/script start; ${shell} /run/script status`)).toMatchObject({stderr: ''})
    expect(changedLines(bySetup, await snapshot())).toEqual([])
    await sh(`${shell} /run/script stop`)
    expect(changedLines(before, await snapshot())).toEqual([])
    expect(await lab.on(on, `${shell} /run/script stop`)).toMatchObject({stderr: ''})
    if (what.includes('on lo')) await sh('sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.tunl0.rp_filter=0')
  })
})
