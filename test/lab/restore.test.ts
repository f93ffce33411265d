// Saving, restoring and clearing on a real kernel, beside the real ipvsadm.

import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {labVip, nat} from '../../src/lab/topologies.ts'
import {savedRules} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'
import {ask} from '../support/requests.ts'

const lab = useLab(nat)
const {ipv4: vip, ipv6: vip6} = labVip

const director = (command: string, exits: number | 'any' = 0) => lab.on('director', `set -e\n${command}`, {exits})

/** What ipvsadm knows of a table; -S leaves thresholds out. */
const tableOf = async (host: string) => (await lab.on(host, 'ipvsadm -Sn; ipvsadm -Ln --thresholds')).stdout

/** Puts a file where the guest finds it under this path. */
function put(name: string, content: string): string {
  writeFileSync(join(lab.guest.results, name), content)
  return `${lab.guest.resultsInGuest}/${name}`
}

const everything = `-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3
-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 0 -x 900 -y 600
-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i -w 1 --tun-type ipip
-A -t 192.0.2.2:443 -s sh -p 300 -M 255.255.255.0 -b sh-fallback,sh-port
-a -t 192.0.2.2:443 -r 10.0.0.4:443 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
-a -t 192.0.2.2:443 -r 10.0.0.5:443 -i -w 1 --tun-type gre
-A -u 192.0.2.3:53 -s rr -o
-A -u 192.0.2.4:5060 -s mh -p 60 --pe sip -b mh-port
-A --sctp-service 192.0.2.5:90 -s lblc
-A -t [2001:db8::1]:80 -s wlc -p 360 -M 64
-a -t [2001:db8::1]:80 -r [2001:db8:2::9]:80 -g -w 65535
-a -t [2001:db8::1]:80 -r 10.0.0.6:80 -i -w 1 --tun-type ipip
-A -f 7 -s none
-A -f 7 -6 -s nq
-a -f 7 -6 -r [2001:db8:2::9]:0 -m -w 1
-A -f 4294967295 -s dh
`

describe('restored by lvsctl and by ipvsadm, a table is the same', () => {
  // ipvsadm 1.31 reads no mark above 2^31 - 1 as it should.
  const common = everything.replace(/^-A -f 4294967295.*\n/m, '')

  test('from the same rules', async () => {
    const file = put('everything', common)
    await lab.on('rs1', `modprobe ip_vs; ipvsadm -C; ipvsadm -R < ${file}`)
    expect((await director(`lvsctl restore ${file}`)).stdout).toMatch(
      /added 8 services and 8 servers; 0 services unchanged/,
    )
    expect(await tableOf('director')).toBe(await tableOf('rs1'))
  })

  test('and so from what either saves', async () => {
    const saved = (await lab.on('rs1', 'ipvsadm -Sn')).stdout
    const before = await tableOf('director')
    // ipvsadm saves no thresholds: an option that is missing has its default.
    const plan = (await director(`lvsctl restore --dry-run ${put('by-ipvsadm', saved)}`)).stdout
    expect(plan).toMatch(
      /^1 change, 7 services unchanged\n {2}~ server 10.0.0.2:8080 in tcp:\/\/192.0.2.1:80 {2}upper threshold 900 connections → none/,
    )
    expect(await tableOf('director')).toBe(before)
    const ours = (await director('lvsctl save')).stdout
    await lab.on('rs1', `ipvsadm -C; ipvsadm -R < ${put('by-lvsctl', ours)}`)
    expect(await tableOf('rs1')).toBe(before)
  })
})

describe.each(['rules', 'yaml', 'json'])('as %s', (format) => {
  test('saved, cleared and restored, everything is back', async () => {
    await director(`lvsctl restore --yes ${put('everything', everything)}
      ipvsadm --set 1000 100 200
      sysctl -qw net.ipv4.vs.conntrack=1 net.ipv4.vs.sync_threshold="4 60"`)
    const before = await tableOf('director')
    const settings = () =>
      director('ipvsadm -Ln --timeout; ipvsadm -Ln --daemon; sysctl net.ipv4.vs.conntrack net.ipv4.vs.sync_threshold')
    const settingsBefore = (await settings()).stdout
    const file = `/tmp/all.${format}`
    await director(`lvsctl save --all --format ${format} ${file}; lvsctl restore ${file}`)
    await director(`lvsctl clear --yes; ipvsadm --set 1 2 3
      sysctl -qw net.ipv4.vs.conntrack=0 net.ipv4.vs.sync_threshold="3 50" net.ipv4.vs.expire_nodest_conn=1`)
    expect((await director('ipvsadm -Sn')).stdout).toBe('')
    await director(`lvsctl restore --yes ${file}`)
    expect(await tableOf('director')).toBe(before)
    expect((await settings()).stdout).toBe(settingsBefore)
    // What the save does not name was as on a fresh kernel.
    expect((await director('sysctl -n net.ipv4.vs.expire_nodest_conn')).stdout).toBe('0\n')
    expect((await director(`lvsctl restore ${file}`)).stdout).toMatch(/^nothing to do/)
  })
})

test('sync daemons come back as they ran', async () => {
  await director(`lvsctl clear --yes; lvsctl restore - <<'END'
-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1
END
    ipvsadm --start-daemon master --mcast-interface eth0 --syncid 7 --mcast-group 224.0.0.90 --mcast-ttl 3
    lvsctl save --all /tmp/daemons.rules`)
  const daemons = async () => (await director('ipvsadm -Ln --daemon')).stdout
  const before = await daemons()
  expect(before).toMatch(/syncid=7/)
  await director(`ipvsadm --stop-daemon master
    ipvsadm --start-daemon master --mcast-interface eth0 --syncid 8
    ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 8
    lvsctl restore --yes /tmp/daemons.rules`)
  expect(await daemons()).toBe(before)
  expect((await director('lvsctl restore /tmp/daemons.rules')).stdout).toMatch(/^nothing to do/)
  await director('ipvsadm --stop-daemon master; lvsctl clear --yes')
})

describe('what is the same is not touched', () => {
  const web = (weight: number, more = '') => `-A -t ${vip}:80 -s wrr
-a -t ${vip}:80 -r 10.0.0.111:8080 -m -w 1
-A -t ${vip}:81 -s wrr
-a -t ${vip}:81 -r 10.0.0.115:8080 -m -w ${weight}
${more}`

  beforeAll(() =>
    director(`lvsctl director setup --vip ${vip},${vip6} --dev eth0
      lvsctl clear --yes
      lvsctl restore ${put('web', web(1, '-A -t 192.0.2.99:80 -s rr\n'))}`),
  )

  test('an open connection goes on while its neighbours change, and its counters stay', async () => {
    expect(await ask(lab, {at: `${vip}:80`, times: 5})).toEqual({rs1: 5})
    const file = put('web2', web(2))
    const opened = put(
      'open-connection',
      `exec 3<>/dev/tcp/${vip}/80
       touch /tmp/opened
       while [ ! -e /tmp/restored ]; do sleep 0.1; done
       printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3
       cat <&3`,
    )
    const {stdout} = await lab.on(
      'client',
      `bash ${opened} &
       while [ ! -e /tmp/opened ]; do sleep 0.1; done
       ip netns exec director lvsctl restore --yes ${file} >&2
       touch /tmp/restored
       wait`,
    )
    expect(stdout).toContain('rs1')
    // ipvsadm -C and -R would count from nothing.
    await lab.on('director', 'sleep 2.2')
    const rows = (await director('ipvsadm -Ln --stats --exact')).stdout
    expect(rows).toMatch(new RegExp(`TCP +${vip}:80 +6 `))
    expect(await savedRules(lab, 'director')).toEqual(web(2).trim().split('\n'))
  })

  test('what is cleared takes its connections back when it is restored in time', async () => {
    const {stdout, stderr} = await director('lvsctl clear --yes --save-first /tmp/before')
    expect(stdout + stderr).toMatch(/removed 2 services with 2 servers/)
    expect((await director('cat /proc/net/ip_vs_conn')).stdout.split('\n').length).toBeGreaterThan(2)
    const before = await director('lvsctl restore /tmp/before; ipvsadm -Sn')
    expect(before.stdout).toContain(`-a -t ${vip}:81 -r 10.0.0.115:8080 -m -w 2`)
    expect((await director('ipvsadm -Ln')).stdout).toMatch(/10\.0\.0\.111:8080 +Masq +1 +\d+ +[1-9]/)
  })
})

describe('who may, and who is asked', () => {
  test('without root: exit 5, nothing changed', async () => {
    const before = await tableOf('director')
    for (const command of ['restore -', 'clear --yes'])
      expect(
        (
          await director(
            `echo '-A -t 192.0.2.1:80 -s rr' | setpriv --bounding-set -all --inh-caps -all lvsctl ${command}`,
            5,
          )
        ).stderr,
      ).toMatch(/not permitted/)
    expect(await tableOf('director')).toBe(before)
  })

  test('a person at a terminal is asked', async () => {
    const before = await tableOf('director')
    const typed = (answer: string, exits: number) =>
      director(`(sleep 2; echo ${answer}) | script -qec 'lvsctl clear --save-first /tmp/asked' /dev/null`, exits)
    expect((await typed('n', 2)).stdout).toMatch(/this would remove 2 services with 2 servers.*go on\? \[y\/N\]/s)
    expect(await tableOf('director')).toBe(before)
    expect((await typed('y', 0)).stdout).toMatch(/removed 2 services with 2 servers/)
    expect(await savedRules(lab, 'director')).toEqual([])
    await director('lvsctl restore /tmp/asked')
    expect(await tableOf('director')).toBe(before)
  })

  test('--netns restores there', async () => {
    await lab.on('rs2', 'modprobe ip_vs; ipvsadm -C')
    await director('lvsctl save | lvsctl restore --netns rs2')
    expect(await savedRules(lab, 'rs2')).toEqual(await savedRules(lab, 'director'))
  })
})
