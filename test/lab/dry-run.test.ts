// --dry-run changes nothing and says the truth: whoever types the lines that it prints, with the real ipvsadm, ip, sysctl and
// arping, ends where the command ends. Two hosts of the lab are twins: one gets the lines, the other the command.

import {beforeAll, describe, expect, test} from 'vitest'
import {dr, labVip} from '../../src/lab/topologies.ts'
import {linesOf} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)
const {ipv4: vip, ipv6: vip6} = labVip
const other = '192.168.1.201'

const byCommand = 'rs1'
const byHand = 'rs2'

interface State {
  /** Everything that our commands change, but for what is different by nature: names, own addresses, how far a counter ran. */
  readonly machine: string
  /** lvsctl's own notes, which nobody types. */
  readonly notes: string
}

async function stateOf(host: string): Promise<State> {
  const {stdout} = await lab.on(
    host,
    `ipvsadm -Sn
     ipvsadm -Ln --thresholds | grep -e '->'
     ipvsadm -Ln --stats --exact | grep -c ' 0        0        0        0        0$'
     ip -o addr | grep -e ${vip} -e ${vip6} -e ${other} | sed 's/^[0-9]*: //'
     ip -o link show lo | grep -o '<.*>'
     cd /proc/sys/net/ipv4/conf && grep . all/arp_* lo/arp_* eth0/arp_* */send_redirects ../ip_forward ../vs/*
     iptables-legacy -t nat -S | grep lvsctl
     echo notes:
     find /run/lvsctl /var/lib/lvsctl -type f 2>/dev/null | xargs -r grep .`,
    {exits: 'any'},
  )
  const [machine = '', notes = ''] = stdout.split('notes:\n')
  return {machine, notes}
}

const table = `-A -t 192.0.2.1:80 -s sh -p 300 -M 255.255.255.0 -b sh-port
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3 -x 900 -y 600
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
-A -f 7 -6 -s rr
`

const fresh = `ip -batch - <<'END'
link set lo up
${[vip, other, vip6].flatMap((address) => [`addr flush dev lo to ${address}`, `addr flush dev eth0 to ${address}`]).join('\n')}
END
cd /proc/sys/net/ipv4/conf/all
echo 0 >arp_ignore
echo 0 >arp_announce
echo 0 >../../ip_forward
echo 1 >send_redirects
echo 1 >../eth0/send_redirects
echo 0 >../../vs/conntrack
echo 0 >../../vs/expire_nodest_conn
iptables-legacy -t nat -F
rm -rf /run/lvsctl /var/lib/lvsctl
ipvsadm -R <<'END'
-C
-Z
${table}END`

interface Case {
  readonly command: string
  /** Typed on both before. */
  readonly before?: string
}

describe.each<Case>([
  {command: 'service add -t 192.0.2.9:443 -s mh -b mh-fallback,mh-port -p -M 255.255.0.0'},
  {command: 'service add -u [2001:db8::9]:5060 -p 60 -M 64 --pe sip'},
  {command: 'service edit -t 192.0.2.1:80 -s wlc'},
  {command: 'service delete -t 192.0.2.1:80'},
  {command: 'server add -t 192.0.2.1:80 -r 10.0.0.3 -i --tun-type gre --tun-csum -w 0'},
  {command: 'server edit -t 192.0.2.1:80 -r 10.0.0.2 -w 5'},
  {command: 'server delete -t 192.0.2.1:80 -r 10.0.0.1:8080'},
  {
    command: 'service zero',
    before: `ip addr add 10.8.8.8/32 dev lo; ipvsadm -A -u 10.8.8.8:9; ipvsadm -a -u 10.8.8.8:9 -r 192.168.1.10 -m
      bash -c 'echo >/dev/udp/10.8.8.8/9'; sleep 2.5; ip addr del 10.8.8.8/32 dev lo`,
  },
  {command: `realserver setup --vip ${vip},${other},${vip6}`},
  {
    command: `realserver setup --vip ${vip}`,
    before: 'sysctl -qw net.ipv4.conf.all.arp_announce=1; ip link set lo down',
  },
  {command: `realserver teardown --vip ${vip}`, before: `lvsctl realserver setup --vip ${vip},${other}`},
  {
    command: 'realserver teardown',
    before: `sysctl -qw net.ipv4.conf.all.arp_announce=1; lvsctl realserver setup --vip ${vip},${vip6}`,
  },
  // The twins are on one LAN, and would not take a VIP from each other otherwise.
  {command: `director setup --vip ${vip},${vip6} --dev eth0 --take-over`},
  {command: `director setup --vip ${vip} --dev eth0 --method nat --masquerade --tune --take-over`},
  {
    command: `director teardown --vip ${vip}`,
    before: `lvsctl director setup --vip ${vip},${vip6} --dev eth0 --take-over`,
  },
  {
    command: 'director teardown',
    before: `lvsctl director setup --vip ${vip} --dev eth0 --method nat --masquerade --tune --take-over`,
  },
])('$command', ({command, before = 'true'}) => {
  let start: State
  let lines: readonly string[] = []

  beforeAll(async () => {
    for (const host of [byCommand, byHand]) await lab.on(host, fresh)
    // One after the other: what set-up notes of a host is for that host alone.
    await lab.on(byHand, `{ ${before}\n} >&2`)
    await lab.on(byCommand, `rm -rf /run/lvsctl; { ${before}\n} >&2`)
    start = await stateOf(byCommand)
    expect((await stateOf(byHand)).machine).toBe(start.machine)
  })

  test('nothing is changed, and the lines are the same in text, JSON and echo', async () => {
    const plan = await lab.on(byCommand, `lvsctl ${command} --dry-run`)
    const told = JSON.parse((await lab.on(byCommand, `lvsctl ${command} --dry-run --json`)).stdout)
    expect(await stateOf(byCommand)).toEqual(start)
    expect(told).toMatchObject({changed: false, dryRun: true})
    expect(plan.stdout).toMatch(/^nothing was changed \(dry run\)$/m)

    lines = told.ipvsadm === undefined ? told.steps.map(({line}: {line: string}) => line) : [told.ipvsadm]
    expect(lines.length).toBeGreaterThan(0)
    const printed = linesOf(plan.stdout).filter((line) => /^(\[#\]| {2}ipvsadm)/.test(line))
    expect(printed.map((line) => line.replace(/^(\[#\]| ) /, '').replace(/ +\(was .*\)$/, ''))).toEqual(lines)
  })

  test('by hand and by command the end is the same', async () => {
    // ndsend(8) is nowhere to be installed from; it changes nothing on this host.
    const typed = lines.filter((line) => !line.startsWith('ndsend '))
    await lab.on(byHand, `set -e\n${typed.join('\n')}`)
    const {stderr} = await lab.on(byCommand, `lvsctl ${command} --verbose`)
    const echoed = linesOf(stderr).filter((line) => line.startsWith('[#]'))
    expect(echoed.map((line) => line.replace(/^\[#\] /, '').replace(/ +\(was .*\)$/, ''))).toEqual(lines)
    const end = await stateOf(byCommand)
    expect(end.machine).not.toBe(start.machine)
    expect((await stateOf(byHand)).machine).toBe(end.machine)
  })
})
