// NAT set up by lvsctl alone, with real traffic: servers behind the director, and servers in the clients' own subnet,
// which see the director in place of the client. Teardown leaves everything as it was.

import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {dr, labPort, labVip, nat} from '../../src/lab/topologies.ts'
import type {Topology} from '../../src/lab/topology.ts'
import {changedLines, hostState} from '../support/host-state.ts'
import {type Lab, useLab} from '../support/lab.ts'
import {codes} from '../support/problems.ts'
import {ask} from '../support/requests.ts'

const {ipv4: vip, ipv6: vip6} = labVip

/** The director as it comes: nothing of it is prepared. */
const unprepared: Topology = {...nat, hosts: nat.hosts.map(({sysctls: _, ...host}) => host)}

async function json(lab: Lab, command: string, exits = 0) {
  return JSON.parse((await lab.on('director', `lvsctl ${command} --json`, {exits})).stdout)
}

const linesOf = ({steps}: {readonly steps: readonly {readonly line: string}[]}) => steps.map(({line}) => line)

describe('servers behind the director', () => {
  const lab = useLab(unprepared)
  const onDirector = async (command: string) => (await lab.on('director', command)).stdout
  let before: readonly string[] = []
  beforeAll(async () => {
    await lab.guest.run('modprobe ip_vs; modprobe ip_vs_rr; mkdir -p /run/lvsctl')
    before = await hostState(lab, 'director')
  })

  test('without forwarding nobody gets through, and status says why', async () => {
    await onDirector(`lvsctl director setup --vip ${vip},${vip6} --dev eth0`)
    await onDirector(`set -e
lvsctl service add -t ${vip}:80 -s rr
lvsctl service add -t [${vip6}]:80 -s rr
for last in 111 115; do
  lvsctl server add -t ${vip}:80 -r 10.0.0.$last:${labPort} -m
  lvsctl server add -t [${vip6}]:80 -r [2001:db8:2::$last]:${labPort} -m
done`)
    expect((await lab.on('client', `curl -s -m 2 http://${vip}/ || echo nothing`)).stdout.trim()).toBe('nothing')
    const {problems} = await json(lab, 'director status', 9)
    expect(codes(problems)).toEqual(['forwarding-off', 'forwarding-off'])
  })

  test('with --method nat they do, and status is clean', async () => {
    const done = await json(lab, `director setup --vip ${vip},${vip6} --dev eth0 --method nat --tune`)
    expect(codes(done.warnings)).toEqual(['vip-present', 'vip-present'])
    expect(done.advice).toEqual([])
    expect(linesOf(done)).toEqual([
      'sysctl -w net.ipv4.conf.all.send_redirects=0',
      'sysctl -w net.ipv4.conf.eth0.send_redirects=0',
      'sysctl -w net.ipv4.conf.eth1.send_redirects=0',
      'sysctl -w net.ipv4.ip_forward=1',
      'sysctl -w net.ipv6.conf.all.forwarding=1',
      'sysctl -w net.ipv4.vs.expire_nodest_conn=1',
      `arping -U -c 3 -I eth0 ${vip}`,
      `ndsend ${vip6} eth0`,
    ])
    expect(await ask(lab, {at: `${vip}:80`, times: 8})).toEqual({rs1: 4, rs2: 4})
    expect(await ask(lab, {at: `[${vip6}]:80`, times: 8})).toEqual({rs1: 4, rs2: 4})
    expect(await json(lab, 'director status')).toMatchObject({ok: true, forwarding: {ipv4: true, ipv6: true}})
  })

  test('a setting that somebody changed is told, and set again by set-up', async () => {
    await onDirector('sysctl -qw net.ipv4.vs.expire_nodest_conn=0 net.ipv4.ip_forward=0')
    const {problems} = await json(lab, 'director status', 9)
    expect(codes(problems)).toEqual(['sysctl-changed', 'sysctl-changed', 'forwarding-off'])
    await onDirector(`lvsctl director setup --vip ${vip},${vip6} --dev eth0 --tune`)
    expect(await json(lab, 'director status')).toMatchObject({ok: true})
  })

  test('torn down, everything is as it was', async () => {
    expect(linesOf(await json(lab, 'director teardown'))).toEqual([
      `ip addr del ${vip}/32 dev eth0`,
      `ip addr del ${vip6}/128 dev eth0`,
      'sysctl -w net.ipv4.vs.expire_nodest_conn=0',
      'sysctl -w net.ipv6.conf.all.forwarding=0',
      'sysctl -w net.ipv4.ip_forward=0',
      'sysctl -w net.ipv4.conf.eth1.send_redirects=1',
      'sysctl -w net.ipv4.conf.eth0.send_redirects=1',
      'sysctl -w net.ipv4.conf.all.send_redirects=1',
    ])
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })

  test('what the kernel changes together with forwarding goes back too', async () => {
    await onDirector('sysctl -qw net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.eth1.forwarding=1')
    const own = await hostState(lab, 'director')
    await onDirector(`lvsctl director setup --vip ${vip} --dev eth0 --method nat`)
    expect(changedLines(own, await hostState(lab, 'director'))).not.toEqual([])
    await onDirector('lvsctl director teardown')
    expect(changedLines(own, await hostState(lab, 'director'))).toEqual([])
  })
})

describe("servers in the clients' own subnet", () => {
  const lab = useLab(dr)
  const onDirector = async (command: string) => (await lab.on('director', command)).stdout
  const port = 8081
  let before: readonly string[] = []
  beforeAll(async () => {
    await lab.guest.run('modprobe ip_vs; modprobe ip_vs_rr; mkdir -p /run/lvsctl')
    before = await hostState(lab, 'director')
    const server = shellWords([process.execPath, join(import.meta.dirname, '../support/peer-server.ts'), String(port)])
    for (const host of ['rs1', 'rs2']) await lab.on(host, `nohup ${server} >/dev/null 2>&1 &`)
    for (const last of [111, 115])
      await lab.on('client', `until curl -s -o /dev/null http://192.168.1.${last}:${port}/; do sleep 0.1; done`)
  })

  /** What the servers see of a client that asks four times. */
  const peers = async (host: string) => {
    const once = `curl -s -m 2 http://${host}:${port}/ || echo nothing`
    const {stdout} = await lab.on('client', `for i in 1 2 3 4; do ${once}; done`)
    return [...new Set(stdout.trim().split('\n'))]
  }

  test('by NAT alone they answer past the director, and set-up says so', async () => {
    await onDirector(`set -e
lvsctl service add -t ${vip}:${port} -s rr
lvsctl service add -t [${vip6}]:${port} -s rr
for last in 111 115; do
  lvsctl server add -t ${vip}:${port} -r 192.168.1.$last -m
  lvsctl server add -t [${vip6}]:${port} -r [2001:db8:1::$last] -m
done`)
    const {warnings} = await json(lab, `director setup --vip ${vip},${vip6} --dev eth0 --method nat`)
    expect(codes(warnings)).toEqual(['nat-one-arm'])
    expect(await peers(vip)).toEqual(['nothing'])
  })

  test('with --masquerade they answer through it, and see its address', async () => {
    const rule = (program: string, address: string) =>
      `${program} -w -t nat -A POSTROUTING -m ipvs --vaddr ${address} --vmethod MASQ -m comment --comment lvsctl -j MASQUERADE`
    const done = await json(lab, `director setup --vip ${vip},${vip6} --dev eth0 --method nat --masquerade`)
    expect(linesOf(done).slice(0, 3)).toEqual([
      'sysctl -w net.ipv4.vs.conntrack=1',
      rule('iptables-legacy', `${vip}/32`),
      rule('ip6tables-legacy', `${vip6}/128`),
    ])
    expect(await peers(vip)).toEqual(['192.168.1.114'])
    expect(await peers(`[${vip6}]`)).toEqual(['2001:db8:1::114'])
    expect(await json(lab, 'director status')).toMatchObject({
      ok: true,
      masquerades: [
        {vip, tool: 'iptables-legacy', there: true},
        {vip: vip6, tool: 'iptables-legacy', there: true},
      ],
    })
  })

  test('connections that are only forwarded keep the address of the client', async () => {
    await lab.on('client', 'ip route add 192.168.1.115/32 via 192.168.1.114')
    expect(await peers('192.168.1.115')).toEqual(['192.168.1.10'])
    await lab.on('client', 'ip route del 192.168.1.115/32')
  })

  test('a rule that somebody removed is told, brought back, and no trouble on the way down', async () => {
    await onDirector('iptables-legacy -t nat -D POSTROUTING 1')
    expect(codes((await json(lab, 'director status', 9)).problems)).toEqual(['masquerade-gone'])
    await onDirector(`lvsctl director setup --vip ${vip} --dev eth0 --method nat --masquerade`)
    expect(await peers(vip)).toEqual(['192.168.1.114'])
    await onDirector('iptables-legacy -t nat -D POSTROUTING 1')
    // The services of both VIPs stay, and are told of.
    expect(codes((await json(lab, 'director teardown')).warnings)).toEqual([
      'vip-served',
      'vip-served',
      'masquerade-gone',
    ])
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })

  // The lab kernel has no nf_tables for IP. The same condition in the words of iptables: what conntrack knows of a
  // connection through IPVS is enough to find it by.
  test('what nft is told to look for are the connections through IPVS', async () => {
    await onDirector(`set -e
lvsctl director setup --vip ${vip},${vip6} --dev eth0 --method nat
sysctl -qw net.ipv4.vs.conntrack=1
iptables-legacy -t nat -A POSTROUTING -m conntrack --ctorigdst ${vip} ! -d ${vip} -j MASQUERADE
ip6tables-legacy -t nat -A POSTROUTING -m conntrack --ctorigdst ${vip6} ! -d ${vip6} -j MASQUERADE`)
    expect(await peers(vip)).toEqual(['192.168.1.114'])
    expect(await peers(`[${vip6}]`)).toEqual(['2001:db8:1::114'])
    await onDirector('iptables-legacy -t nat -F; ip6tables-legacy -t nat -F; sysctl -qw net.ipv4.vs.conntrack=0')
    await onDirector('lvsctl director teardown')
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })
})
