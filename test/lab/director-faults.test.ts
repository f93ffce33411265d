// A director's set-up and teardown on a real kernel when things go wrong: cut off behind every step, a VIP that is in
// use, an interface that is not there, the wrong family, no root, keepalived.

import {beforeAll, describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {dr, labVip} from '../../src/lab/topologies.ts'
import {bundledDriver} from '../support/bundled.ts'
import type {DirectorAction} from '../support/director-driver.ts'
import {changedLines, hostState, stateScript} from '../support/host-state.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)
const {ipv4: vip, ipv6: vip6} = labVip
const onDirector = async (command: string) => (await lab.on('director', command)).stdout

let before: readonly string[] = []
beforeAll(async () => {
  await lab.guest.run('modprobe ip_vs; mkdir -p /run/lvsctl')
  before = await hostState(lab, 'director')
})

const driver = bundledDriver('director-driver')

describe('cut off behind every step, and run again', () => {
  const request = {
    vips: [address(vip)],
    device: 'eth0',
    method: 'nat',
    masquerade: true,
    tune: true,
    takeOver: true, // asking the LAN takes half a second each time
  } as const
  const run = async (action: DirectorAction) => {
    const line = shellWords([process.execPath, driver, JSON.stringify({...action, state: stateScript()})])
    return JSON.parse((await lab.on('director', line, {deadlineMs: 170_000})).stdout)
  }

  test('set-up is finished, or undone', {timeout: 180_000}, async () => {
    // The notes; five settings; the rule; the address; the announcement.
    expect(await run({do: 'setup', request})).toEqual({steps: '9'})
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })

  test('teardown is finished', {timeout: 180_000}, async () => {
    expect(await run({do: 'teardown', request})).toEqual({steps: '8'})
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })
})

describe('refused, with nothing changed', () => {
  const refusal = async (command: string, exits: number) => {
    const {stdout} = await lab.on('director', `${command} --json`, {exits})
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
    const {error} = JSON.parse(stdout)
    return [error.code, ...error.problems.map(({code}: {code: string}) => code).slice(1)]
  }
  const setup = `lvsctl director setup --vip ${vip} --dev eth0`

  test('a VIP that another machine answers for, unless it is to be taken over', async () => {
    await lab.on('rs1', `ip addr add ${vip}/32 dev lo`)
    expect(await refusal(setup, 2)).toEqual(['vip-answered'])
    const {stderr} = await lab.on('director', setup, {exits: 2})
    expect(stderr).toMatch(/192\.168\.1\.200 is answered for on eth0 already, by ..:..:..:..:..:.. \(/)
    const taken = await lab.on('director', `${setup} --take-over`)
    expect(taken.stdout).toMatch(/^taken, but not alone: eth0 has 192\.168\.1\.200/)
    expect(taken.stderr).toMatch(/^! 1 other still answers for 192\.168\.1\.200 on eth0: ..:..:..:..:..:.. \(/m)
    await onDirector('lvsctl director teardown')
    await lab.on('rs1', `ip addr del ${vip}/32 dev lo`)
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })

  test('a real server that is silent about it is none', async () => {
    await lab.on('rs1', `lvsctl realserver setup --vip ${vip}`)
    await onDirector(setup)
    await onDirector('lvsctl director teardown')
    await lab.on('rs1', 'lvsctl realserver teardown')
  })

  test('an interface that is not there', async () => {
    expect(await refusal(`lvsctl director setup --vip ${vip} --dev eth7`, 3)).toEqual(['interface-unknown'])
  })

  test('a family that the interface does not speak, and everything else that is wrong, at once', async () => {
    await onDirector('sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1')
    const {stdout} = await lab.on(
      'director',
      `lvsctl director setup --vip ${vip6},192.168.1.255 --dev eth0 --masquerade --json`,
      {exits: 2},
    )
    const {problems} = JSON.parse(stdout).error
    expect(problems.map(({code}: {code: string}) => code)).toEqual([
      'ipv6-disabled',
      'vip-subnet-edge',
      'masquerade-without-nat',
    ])
    await onDirector('sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0; ip addr add 2001:db8:1::114/64 dev eth0; sleep 2')
    before = await hostState(lab, 'director')
  })

  test('no root', async () => {
    const {stderr} = await lab.on('director', `setpriv --reuid=65534 --clear-groups ${setup}`, {exits: 5})
    expect(stderr).toContain('could not be asked: not permitted')
    await lab.on('director', `setpriv --reuid=65534 --clear-groups ${setup} --method nat --masquerade`, {exits: 5})
    const status = await lab.on('director', 'setpriv --reuid=65534 --clear-groups lvsctl director status --json', {
      exits: 5,
    })
    expect(JSON.parse(status.stdout)).toMatchObject({ok: null, problems: [{code: 'ledger-hidden'}]})
    await lab.on('director', 'setpriv --reuid=65534 --clear-groups lvsctl director teardown', {exits: 5})
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })

  test("a VIP of keepalived's; others go beside it, with a word", async () => {
    await onDirector(`cp "$(command -v sleep)" /tmp/keepalived
nohup /tmp/keepalived 600 >/dev/null 2>&1 & echo $! > /tmp/keepalived.pid
mkdir -p /etc/keepalived
echo 'vrrp_instance A { virtual_ipaddress { ${vip}/24 dev eth0 } } # not 192.168.1.201' > /etc/keepalived/keepalived.conf`)
    const without = before
    before = await hostState(lab, 'director')
    expect(await refusal(setup, 2)).toEqual(['vip-of-keepalived'])
    before = without
    const {warnings} = JSON.parse(
      await onDirector('lvsctl director setup --vip 192.168.1.201 --dev eth0 --dry-run --json'),
    )
    expect(warnings.map(({code}: {code: string}) => code)).toEqual(['keepalived-runs'])
    expect(
      JSON.parse((await lab.on('rs2', `lvsctl director setup --vip ${vip} --dev eth0 --dry-run --json`)).stdout)
        .warnings,
    ).toEqual([])
    await onDirector('kill "$(cat /tmp/keepalived.pid)"; rm /etc/keepalived/keepalived.conf')
  })
})

describe('what was noted', () => {
  test('of an earlier boot is told and set up anew', async () => {
    await onDirector(`lvsctl director setup --vip ${vip} --dev eth0 --method nat --tune`)
    // The machine starts anew and /run was kept: another boot id, and nothing of what was set up.
    await onDirector(`for file in /run/lvsctl/director-*.json; do sed -i 's/"bootId": "[^"]*"/"bootId": "earlier"/' $file; done
ip addr del ${vip}/32 dev eth0
sysctl -qw net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.eth0.send_redirects=1 net.ipv4.ip_forward=0 net.ipv4.vs.expire_nodest_conn=0`)
    const {stdout} = await lab.on('director', 'lvsctl director status --json', {exits: 9})
    const {problems, vips} = JSON.parse(stdout)
    expect(problems.map(({code}: {code: string}) => code)).toEqual(['ledger-past-boot'])
    expect(vips).toMatchObject([{vip, places: [], managed: 'no', ok: false}])
    await onDirector(`lvsctl director setup --vip ${vip} --dev eth0 --method nat --tune`)
    await onDirector('lvsctl director status')
    await onDirector('lvsctl director teardown')
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })

  test('in a file that a link was planted in place of is not followed', async () => {
    await onDirector(`ns=$(stat -Lc %i /proc/self/ns/net)
echo kept > /tmp/target; ln -s /tmp/target /run/lvsctl/director-$ns.json`)
    await lab.on('director', `lvsctl director setup --vip ${vip} --dev eth0`, {exits: 5})
    expect(await onDirector('cat /tmp/target; rm /run/lvsctl/director-*.json')).toBe('kept\n')
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })
})
