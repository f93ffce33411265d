// Rules at boot, with the real systemd: it is PID 1 of a PID namespace in the guest, with an IPVS table of its own, and
// starts what is enabled. That its units are there, and nothing else of this machine, is up to a target of the test's.

import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterEach, beforeAll, describe, expect, test} from 'vitest'
import {enablingLink, unitPath} from '../../src/state/boot.ts'
import {unitName} from '../../src/state/boot-unit.ts'
import type {BootAction} from '../support/boot-driver.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab()

const driver = join(import.meta.dirname, '../support/boot-driver.ts')
const program = {node: '/opt/node/node', script: '/opt/lvsctl/bin/lvsctl'}
const request = JSON.stringify({program, network: false})

const drive = async (action: BootAction, argument = '') =>
  JSON.parse((await lab.on(undefined, `${program.node} ${driver} ${action} '${argument}'`)).stdout)

beforeAll(() =>
  lab.on(
    undefined,
    `set -e
     mkdir -p /opt/node /opt/lvsctl/bin /opt/lvsctl/dist
     mount --bind ${dirname(process.execPath)} /opt/node
     touch /opt/lvsctl/dist/main.cjs
     echo 'import("${driver}")' >${program.script}
     mount -t cgroup2 none /sys/fs/cgroup
     cd /etc/systemd/system
     printf '[Unit]\\nRequires=test.service\\nWants=network-pre.target\\nDefaultDependencies=no\\n' >test.target
     printf '[Unit]\\nDefaultDependencies=no\\nAfter=network-pre.target ${unitName}\\n[Service]\\nType=oneshot\\nExecStart=-/bin/sh /var/tmp/test\\nExecStopPost=/sbin/poweroff -f\\n' >test.service`,
  ),
)

afterEach(() =>
  lab.on(
    undefined,
    `rm -rf /etc/lvsctl /etc/sysconfig ${unitPath} ${enablingLink} /etc/systemd/system/test.target.wants
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

const place = (path: string, text: string) =>
  lab.on(undefined, `mkdir -p ${dirname(path)}; cat >${path} <<'END'\n${text}END`)

describe.runIf(existsSync('/lib/systemd/systemd'))('what systemd does at boot (needs one)', () => {
  test('our rules are there, before the network', async () => {
    await place('/etc/lvsctl/rules', rules)
    expect((await drive('install', request)).lines).toHaveLength(2)
    expect(await drive('status')).toMatchObject({unit: 'ours', enabled: true, problems: []})
    expect((await lab.on(undefined, `systemctl --root=/ is-enabled ${unitName}`)).stdout).toBe('enabled\n')
    const said = await boot(`ipvsadm -Sn; systemctl show -p Result -p SubState ${unitName}`)
    expect(said).toBe(`${rules}Result=success\nSubState=exited\n`)
  })

  test.each([
    ['Debian', '/etc/ipvsadm.rules'],
    ['Red Hat', '/etc/sysconfig/ipvsadm'],
  ])("what ipvsadm's own service left: %s", async (_kind, path) => {
    await place('/etc/default/ipvsadm', path === '/etc/ipvsadm.rules' ? 'AUTO="true"\n' : 'AUTO="false"\n')
    await place(path, rules)
    const {warnings} = await drive('install', request)
    // The script of Debian's package is on this machine, and would clear the table.
    expect(warnings).toEqual(path === '/etc/ipvsadm.rules' ? ['boot-conflict'] : [])
    expect(await drive('status')).toMatchObject({enabled: true, rules: {path}})
    expect(await boot()).toBe(rules)
  })

  test('without rules of any kind it is passed over', async () => {
    await lab.on(undefined, 'rm -f /etc/ipvsadm.rules')
    await drive('install', request)
    expect(await boot(`ipvsadm -Sn; systemctl show -p ActiveState -p ConditionResult ${unitName}`)).toBe(
      'ActiveState=inactive\nConditionResult=no\n',
    )
  })

  test('removed, nothing comes back, and nothing is left', async () => {
    const before = (await lab.on(undefined, 'cd /etc/systemd && find . | sort')).stdout
    await place('/etc/lvsctl/rules', rules)
    await drive('install', request)
    expect((await drive('remove')).lines).toEqual([`rm ${enablingLink}`, `rm ${unitPath}`])
    expect((await lab.on(undefined, 'cd /etc/systemd && find . | sort')).stdout).toBe(before)
    expect(await boot()).toBe('')
    expect((await lab.on(undefined, 'cat /etc/lvsctl/rules')).stdout).toBe(rules)
  })

  test('installed while systemd runs: it knows the unit at once, and forgets it again', async () => {
    await place('/etc/lvsctl/rules', rules)
    const run = (action: BootAction, argument = '') => `${program.node} ${driver} ${action} '${argument}' >/dev/null`
    const said = await boot(`${run('install', request)}
      systemctl start ${unitName}; ipvsadm -Sn; ipvsadm -C
      systemctl reload ${unitName}; ipvsadm -Sn | wc -l
      systemctl stop ${unitName}; ipvsadm -Sn | wc -l
      ${run('remove')}
      systemctl start ${unitName} 2>&1 | grep -o 'not found'`)
    expect(said).toBe(`${rules}3\n3\nnot found\n`)
  })
})
