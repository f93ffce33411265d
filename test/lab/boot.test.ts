// Rules at boot, with the real systemd: it is PID 1 of a PID namespace in the guest, with an IPVS table of its own, and
// starts what is enabled. That its units are there, and nothing else of this machine, is up to a target of the test's.

import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterEach, beforeAll, describe, expect, test} from 'vitest'
import {enablingLink, unitPath} from '../../src/state/boot.ts'
import {unitName} from '../../src/state/boot-unit.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab()

const project = join(import.meta.dirname, '../..')
/** Where it may be installed; where the tests run may be a temporary folder. */
const program = {node: '/opt/node/node', script: '/opt/lvsctl/bin/lvsctl'}
const lvsctl = `${program.node} ${program.script}`

const guest = async (command: string, exits = 0) => (await lab.on(undefined, `set -e\n${command}`, {exits})).stdout

beforeAll(() =>
  lab.on(
    undefined,
    `set -e
     mkdir -p /opt/node /opt/lvsctl
     mount --bind ${dirname(process.execPath)} /opt/node
     cp -r ${['bin', 'dist', 'package.json'].map((name) => join(project, name)).join(' ')} /opt/lvsctl
     chown -R root:root /opt/lvsctl
     chmod -R go-w /opt/lvsctl
     ip link set lo up
     modprobe ip_vs
     mount -t cgroup2 none /sys/fs/cgroup
     cd /etc/systemd/system
     printf '[Unit]\\nRequires=test.service\\nWants=network-pre.target\\nDefaultDependencies=no\\n' >test.target
     printf '[Unit]\\nDefaultDependencies=no\\nAfter=network-pre.target ${unitName}\\n[Service]\\nType=oneshot\\nExecStart=-/bin/sh /var/tmp/test\\nExecStopPost=/sbin/poweroff -f\\n' >test.service`,
  ),
)

afterEach(() =>
  lab.on(
    undefined,
    `ipvsadm -C
     rm -rf /etc/lvsctl /etc/sysconfig /etc/ipvsadm.rules ${unitPath} ${enablingLink} /etc/systemd/system/test.target.wants
     echo 'AUTO="false"' >/etc/default/ipvsadm`,
  ),
)

let boots = 0

/** Boots; when the unit has had its turn, runs the script and powers off. Answers what the script said. */
async function boot(script = 'ipvsadm -Sn'): Promise<string> {
  const host = `boot${++boots}`
  const init = `mount -t cgroup2 none /sys/fs/cgroup
    mount -t tmpfs tmpfs /run
    exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=test.target --log-target=kmsg --log-level=notice --show-status=no`
  await lab.on(
    undefined,
    `ip netns add ${host}
     rm -f /var/tmp/said
     cat >/var/tmp/test <<'END'
exec >/var/tmp/said 2>&1
${script}
END
     # What multi-user.target would start of ours, and nothing of what else this machine has enabled.
     mkdir -p /etc/systemd/system/test.target.wants
     ! [ -L ${enablingLink} ] || cp -P ${enablingLink} /etc/systemd/system/test.target.wants/
     cat >/var/tmp/init <<'INIT'
${init}
INIT
     timeout -s KILL 90 ip netns exec ${host} unshare --fork --pid --mount --mount-proc sh /var/tmp/init`,
    {exits: 'any', deadlineMs: 100_000},
  )
  return (await lab.on(undefined, 'cat /var/tmp/said')).stdout
}

const rules = `-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.0.7:80 -m -w 3
-A -f 7 -6 -s rr
`

const place = (path: string, text: string) => guest(`mkdir -p ${dirname(path)}; cat >${path} <<'END'\n${text}END`)

const enabled = () => guest(`systemctl --root=/ is-enabled ${unitName}`)

describe.runIf(existsSync('/lib/systemd/systemd'))('what systemd does at boot (needs one)', () => {
  test('our rules are there, before the network', async () => {
    const before = await guest('cd /etc && find . | sort')
    const planned = await guest(`ipvsadm -R <<'END'\n${rules}END\n${lvsctl} save --boot --dry-run`)
    expect(await guest('cd /etc && find . | sort')).toBe(before)
    expect(await guest(`${lvsctl} save --boot`)).toContain('rules come back at boot')
    expect(await guest('cat /etc/lvsctl/rules')).toBe(rules)
    expect(planned).toContain((await guest(`grep ^ExecStart= ${unitPath}`)).trim())
    expect(await enabled()).toBe('enabled\n')
    const said = await boot(`ipvsadm -Sn; systemctl show -p Result -p SubState ${unitName}`)
    expect(said).toBe(`${rules}Result=success\nSubState=exited\n`)
  })

  test('so are timeouts, sysctls and flags, with no more rights than the unit gives', async () => {
    await guest(
      `${lvsctl} restore - --yes --allow-empty <<'END'\n${rules}END
       ipvsadm --set 100 20 30
       sysctl -qw net.ipv4.vs.conntrack=1 net.ipv4.vs.sync_threshold="4 60"
       ${lvsctl} save --boot --all
       sysctl -qw net.ipv4.vs.conntrack=0 net.ipv4.vs.sync_threshold="3 50"
       ipvsadm --set 900 120 300`,
    )
    const said = await boot(
      `ipvsadm -Sn; ipvsadm -Ln --timeout; sysctl net.ipv4.vs.conntrack net.ipv4.vs.sync_threshold
       grep -c . /run/lvsctl/table.lock; ${lvsctl} restore --boot`,
    )
    expect(said).toBe(
      `${rules}Timeout (tcp tcpfin udp): 100 20 30
net.ipv4.vs.conntrack = 1
net.ipv4.vs.sync_threshold = 4\t60
0
/etc/lvsctl/rules (saved by lvsctl)
nothing to do: the table is as in /etc/lvsctl/rules (2 services)
`,
    )
  })

  test.each([
    ['Debian', '/etc/ipvsadm.rules'],
    ['Red Hat', '/etc/sysconfig/ipvsadm'],
  ])("what ipvsadm's own service left: %s", async (_kind, path) => {
    await place('/etc/default/ipvsadm', path === '/etc/ipvsadm.rules' ? 'AUTO="true"\n' : 'AUTO="false"\n')
    await guest(`ipvsadm -R <<'END'\n${rules}END\n${lvsctl} save --boot; rm /etc/lvsctl/rules; ipvsadm -C`)
    await place(path, rules)
    // The script of Debian's package is on this machine, and would clear the table.
    const {boot: installed} = JSON.parse(await guest(`${lvsctl} save --boot --allow-empty --dry-run --json`))
    expect(installed.warnings.map(({code}: {code: string}) => code)).toEqual(
      path === '/etc/ipvsadm.rules' ? ['boot-conflict'] : [],
    )
    expect(await boot()).toBe(rules)
  })

  test('an empty table takes the place of none of these', async () => {
    await place('/etc/sysconfig/ipvsadm', rules)
    await guest(`${lvsctl} save --boot`, 2)
    expect(await guest(`ls /etc/lvsctl ${unitPath} 2>&1 | grep -c 'No such'`)).toBe('2\n')
  })

  test('without rules of any kind it is passed over', async () => {
    await guest(`${lvsctl} save --boot; rm /etc/lvsctl/rules`)
    expect(await boot(`ipvsadm -Sn; systemctl show -p ActiveState -p ConditionResult ${unitName}`)).toBe(
      'ActiveState=inactive\nConditionResult=no\n',
    )
  })

  test('rules that cannot be are a unit that failed, with the reason, and an empty table', async () => {
    await guest(`${lvsctl} save --boot`)
    await place('/etc/lvsctl/rules', `${rules}-A -t 192.0.2.300:80\n`)
    const said = await boot(`ipvsadm -Sn; systemctl show -p Result -p ExecMainStatus ${unitName}`)
    expect(said).toBe('Result=exit-code\nExecMainStatus=2\n')
  })

  test('removed, nothing comes back, and nothing is left', async () => {
    const before = await guest('cd /etc/systemd && find . | sort')
    await guest(`ipvsadm -R <<'END'\n${rules}END\n${lvsctl} save --boot`)
    expect(await guest(`${lvsctl} save --no-boot 2>&1`)).toContain(`[#] rm ${enablingLink}\n[#] rm ${unitPath}\n`)
    expect(await guest('cd /etc/systemd && find . | sort')).toBe(before)
    expect(await boot()).toBe('')
    expect(await guest('cat /etc/lvsctl/rules')).toBe(rules)
  })

  test('installed while systemd runs: it knows the unit at once, and forgets it again', async () => {
    const said = await boot(`ip link set lo up
      ipvsadm -R <<'RULES'\n${rules}RULES
      ${lvsctl} save --boot >/dev/null 2>&1; ipvsadm -C
      systemctl start ${unitName}; ipvsadm -Sn; ipvsadm -C
      systemctl reload ${unitName}; ipvsadm -Sn | wc -l
      systemctl stop ${unitName}; ipvsadm -Sn | wc -l
      ${lvsctl} save --no-boot >/dev/null 2>&1
      systemctl start ${unitName} 2>&1 | grep -o 'not found'`)
    expect(said).toBe(`${rules}3\n3\nnot found\n`)
  })
})
