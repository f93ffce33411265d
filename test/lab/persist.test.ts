// What --persist writes, on a real kernel: a real server is set up, the machine loses everything that a reboot takes, and
// the files alone bring it back, without a moment in which it answers for the VIP. Teardown then leaves nothing.

import {join} from 'node:path'
import {beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {dr} from '../../src/lab/topologies.ts'
import {earlySteps, unitSteps} from '../support/boot-steps.ts'
import {changedLines, hostState, stateScript} from '../support/host-state.ts'
import {useLab} from '../support/lab.ts'
import {toolLibraries, toolPath} from '../support/network-tools.ts'
import {codes} from '../support/problems.ts'
import type {Action} from '../support/roles-driver.ts'

const lab = useLab(dr)
const vip = address('192.168.1.200')
const six = address('2001:db8:1::200')
const role = 'realserver'
const unit = `/etc/systemd/system/lvsctl-${role}.service`
const sysctls = `/etc/sysctl.d/99-zz-lvsctl-${role}.conf`
const link = `/etc/systemd/system/multi-user.target.wants/lvsctl-${role}.service`
const record = `/etc/lvsctl/${role}.json`

const sh = async (command: string): Promise<string> => (await lab.on('rs1', command)).stdout.trim()

async function lvsctl(command: string, exits = 0) {
  return JSON.parse((await lab.on('rs1', `lvsctl ${command} --json`, {exits})).stdout)
}

const driver = join(import.meta.dirname, '../support/roles-driver.ts')
const driverLine = (action: Action): string => shellWords([process.execPath, driver, JSON.stringify(action)])

beforeAll(async () => {
  // What the backends look for; the tools themselves are fetched by those tests that run them.
  await lab.on(
    undefined,
    'mkdir -p /etc/netplan /etc/network/interfaces.d /etc/systemd/network && touch /usr/sbin/netplan /usr/sbin/ifup',
  )
})

/** Whether anybody answers the client's "who has it?": there is no director, so it would be the real server. */
async function answers(): Promise<boolean> {
  const {code} = await lab.on('client', `arping -c 1 -w 1 -I eth0 ${vip}`, {exits: 'any'})
  return code === 0
}

const everything = () => hostState(lab, 'rs1')
const unchanged = async () => expect(changedLines(before, await everything())).toEqual([])
const withoutNotes = (state: readonly string[]) => state.filter((line) => !line.includes(' /run/lvsctl/'))

/** What a reboot takes: addresses, settings, whatever lies in /run. */
const powerCycle = (): Promise<string> =>
  sh(`ip addr flush dev lo to ${vip}; ip -6 addr flush dev lo to ${six}
sysctl -qw net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.all.arp_announce=0
rm -rf /run/lvsctl`)

let before: readonly string[] = []
beforeEach(async () => {
  before = await everything()
})

/** As systemd would, step by step. */
async function bootSteps(): Promise<readonly string[]> {
  const enabled = await sh(`[ ! -e ${link} ] || cat ${link}`)
  return [...earlySteps(role), ...unitSteps(enabled)]
}

describe('systemd', () => {
  test('it comes back by its files alone, silent from the first moment, and goes without a trace', async () => {
    const {kept} = await lvsctl(`realserver setup --vip ${vip},${six} --persist`)
    expect(kept).toBe('kept over a reboot by systemd')
    expect(await lvsctl(`realserver setup --vip ${vip},${six} --persist`)).toMatchObject({changed: false})
    const running = await everything()
    await powerCycle()
    expect(codes((await lvsctl('realserver status', 9)).persist.problems)).toContain('persist-differs')

    for (const step of await bootSteps()) {
      await sh(step)
      expect(await answers(), step).toBe(false)
    }
    expect(await lvsctl('realserver status')).toMatchObject({
      ok: true,
      vips: [
        {vip, arpQuiet: true, managed: 'added'},
        {vip: six, managed: 'added'},
      ],
      persist: {backend: 'systemd', enabled: true, running: true, problems: []},
    })
    // Without root: nothing of it can be seen, which is told.
    const asNobody = 'setpriv --reuid 65534 --clear-groups lvsctl realserver status --json'
    const {stdout} = await lab.on('rs1', asNobody, {exits: 5})
    expect(JSON.parse(stdout).ok).toBeNull()
    expect(codes(JSON.parse(stdout).problems)).toContain('persist-hidden')
    expect(changedLines(withoutNotes(running), withoutNotes(await everything()))).toEqual([])

    expect(await lvsctl('realserver teardown')).toMatchObject({warnings: []})
    await unchanged()
  })

  test('without its settings the address stays away: the real server would answer for it', async () => {
    await lvsctl(`realserver setup --vip ${vip} --persist`)
    await powerCycle()
    await sh(`rm ${sysctls}`)
    const [settings, ...rest] = unitSteps(await sh(`cat ${unit}`))
    await lab.on('rs1', `${settings} && ${rest.join(' && ')}`, {exits: 1})
    expect(await sh('ip -o -4 addr show dev lo | wc -l')).toBe('1')
    expect(codes((await lvsctl('realserver status', 9)).persist.problems)).toContain('persist-file-missing')
    // And that it would is no guess.
    for (const step of rest) await sh(step)
    expect(await answers()).toBe(true)
    await lvsctl('realserver teardown')
    await powerCycle()
    await unchanged()
  })

  test('a tunnel in UDP: device, port and VIP come back', async () => {
    // Up once: only then does the kernel have settings of IPv6 for it.
    await sh('modprobe ipip && modprobe fou && ip link set tunl0 up && ip link set tunl0 down')
    before = await everything()
    await lvsctl(`realserver setup --method tun --tun-type gue --tun-port 6080 --mtu-cure none --vip ${vip} --persist`)
    await sh('ip addr flush dev tunl0; ip link set tunl0 down; ip fou del port 6080 gue')
    await powerCycle()
    for (const step of await bootSteps()) await sh(step)
    expect(await lvsctl('realserver status')).toMatchObject({ok: true, persist: {running: true, problems: []}})
    expect(await sh('ip fou show')).toBe('port 6080 gue')
    await lvsctl('realserver teardown')
    await unchanged()
    expect(await sh('ip -o addr show dev tunl0; ip fou show')).toBe('')
  })

  test('stopping the unit takes the addresses away and leaves the settings', async () => {
    await lvsctl(`realserver setup --vip ${vip},${six} --persist`)
    for (const step of unitSteps(await sh(`cat ${unit}`), 'ExecStop')) await sh(step)
    expect(await sh('ip -o addr show dev lo | wc -l')).toBe('2')
    expect(await sh('sysctl -n net.ipv4.conf.all.arp_ignore')).toBe('1')
    for (const step of await bootSteps()) await sh(step)
    expect(await lvsctl('realserver status')).toMatchObject({ok: true})
    await lvsctl('realserver teardown')
    await unchanged()
  })

  // After every step: test/unit/persist/join.test.ts, on the machine's twin. Here: between files, after them, at the end.
  test.each([2, 4, 7])(
    'killed after step %d: set-up completes it, teardown leaves nothing behind',
    async (dieAfter) => {
      const action: Action = {do: 'realserver-setup', request: {vips: [vip], persist: 'systemd'}, dieAfter}
      // In one script: each way into the guest costs.
      const script = [
        `${stateScript()} >/tmp/before`,
        `${driverLine(action)} >/dev/null 2>&1; [ $? = 137 ] || echo survived`,
        ...(dieAfter === 4 ? [] : [`lvsctl realserver setup --vip ${vip} --persist --quiet 2>&1`]),
        ...(dieAfter === 4 ? [] : ['lvsctl realserver status --quiet 2>&1']),
        'lvsctl realserver teardown --quiet 2>&1',
        `${stateScript()} | diff /tmp/before - || true`,
      ]
      expect(await sh(script.join('\n'))).toBe('')
    },
  )
})

describe('the state of others', () => {
  test('a file that a person changed stays, and is told', async () => {
    await lvsctl(`realserver setup --vip ${vip} --persist`)
    await sh(`echo Nice=5 >>${unit}`)
    expect(codes((await lvsctl('realserver status')).persist.problems)).toEqual(['persist-file-changed'])
    expect(codes((await lvsctl('realserver teardown')).warnings)).toEqual(['persist-file-changed'])
    expect(await sh(`tail -1 ${unit}; ls ${link} ${sysctls} ${record} 2>&1 | grep -c 'No such'`)).toBe('Nice=5\n3')
    await sh(`rm ${unit}`)
    await unchanged()
  })

  test('a file that would make it speak stays, status says so, and a further VIP does not come up beside it', async () => {
    const other = address('192.168.1.201')
    await lvsctl(`realserver setup --vip ${vip} --persist`)
    await sh(`sed -i 's/arp_ignore = 1/arp_ignore = 0/' ${sysctls}`)
    const [problem] = (await lvsctl('realserver status', 9)).persist.problems
    expect(problem).toMatchObject({code: 'persist-file-changed', message: expect.stringContaining('arp_ignore = 0')})
    expect(await lvsctl(`realserver setup --vip ${other} --persist`, 9)).toMatchObject({
      changed: true,
      notKept: expect.stringContaining(sysctls),
    })
    expect(await sh(`grep -c ${other} ${unit} || true`)).toBe('0')
    // As the hint says: a new file, and all is well.
    await sh(`rm ${sysctls}; lvsctl realserver setup --vip ${vip},${other} --persist=systemd`)
    expect(await lvsctl('realserver status')).toMatchObject({ok: true, persist: {problems: []}})
    await lvsctl('realserver teardown')
    await unchanged()
  })

  test.each([unit, sysctls, record])('a symbolic link planted as %s is not followed', async (path) => {
    await sh(`mkdir -p ${path.replace(/\/[^/]*$/, '')}; echo theirs >/tmp/theirs; ln -s /tmp/theirs ${path}`)
    const {error} = await lvsctl(`realserver setup --vip ${vip} --persist`, path === record ? 1 : 2)
    expect(error.code).toBe(path === record ? 'persist-unreadable' : 'persist-foreign')
    expect(await sh('cat /tmp/theirs')).toBe('theirs')
    await sh(`rm ${path}`)
    await unchanged()
  })

  test('a read-only /etc: nothing is changed', async () => {
    const frozen = (command: string) =>
      shellWords(['unshare', '-m', 'sh', '-c', `mount --bind /etc /etc && mount -o remount,ro,bind /etc && ${command}`])
    const {stdout} = await lab.on('rs1', frozen(`lvsctl realserver setup --vip ${vip} --persist --json`), {exits: 5})
    expect(JSON.parse(stdout).error.code).toBe('read-only')
    await unchanged()
  })

  test('a dry run writes nothing and shows what it would', async () => {
    const {stdout} = await lab.on('rs1', `lvsctl realserver setup --vip ${vip} --persist --dry-run`)
    expect(stdout).toContain(`[#] install -D -m 644 /dev/stdin ${unit}\n    + # Written by`)
    expect(stdout).toContain('    + net.ipv4.conf.all.arp_ignore = 1\n')
    await unchanged()
  })
})

/** systemd-networkd by itself: where /sys is read-only, as in a container, it waits for no device manager. */
const networkd = `mount --make-rprivate / && mount -o remount,bind,ro /sys && mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp /run/systemd/network && chown -R systemd-network /run/systemd/netif
timeout 20 /usr/lib/systemd/systemd-networkd >/tmp/networkd.log 2>&1 &
for i in $(seq 60); do sleep 0.25; ip -o addr show dev lo | grep -q ${six} && break; done
kill $!; rm -rf /run/systemd; sysctl -qw net.ipv6.conf.lo.addr_gen_mode=0 net.ipv4.conf.lo.promote_secondaries=0`

describe('by the programs of others', () => {
  test('networkd makes a dummy', async () => {
    await lvsctl(`realserver setup --interface dummy3 --vip ${vip} --persist=networkd`)
    await sh('ip link del dummy3')
    await powerCycle()
    for (const step of earlySteps(role)) await sh(step)
    await sh(shellWords(['unshare', '-m', 'sh', '-c', networkd.replace(six, vip).replace('dev lo ', '')]))
    expect(await lvsctl('realserver status')).toMatchObject({ok: true, persist: {running: true, problems: []}})
    expect(await sh('ip -br link show dev dummy3')).toMatch(/^dummy3 +UNKNOWN/)
    await lvsctl('realserver teardown')
    await unchanged()
  })

  const cycle = async (backend: string, boot: string): Promise<void> => {
    await lvsctl(`realserver setup --vip ${vip},${six} --persist=${backend}`)
    await powerCycle()
    for (const step of earlySteps(role)) await sh(step)
    await sh(shellWords(['unshare', '-m', 'sh', '-c', boot]))
    expect(await answers()).toBe(false)
    expect(await sh('ip -o addr show dev lo')).toContain(' 127.0.0.1/8 ')
    expect(await lvsctl('realserver status')).toMatchObject({ok: true, persist: {backend, running: true, problems: []}})
    await lvsctl('realserver teardown')
    await unchanged()
  }

  test('networkd', () => cycle('networkd', networkd))

  test('netplan, which makes files for networkd', async (context) => {
    const generate = toolPath('netplan')
    if ('missing' in generate) return context.skip(generate.missing)
    await cycle('netplan', `LD_LIBRARY_PATH=${toolLibraries} ${generate.path}\n${networkd}`)
  })

  test('ifupdown', async (context) => {
    const ifup = toolPath('ifup')
    if ('missing' in ifup) return context.skip(ifup.missing)
    const main = 'source /etc/network/interfaces.d/*\\n\\nauto lo\\niface lo inet loopback\\n'
    await lab.on(undefined, `printf '${main}' >/etc/network/interfaces`)
    await lab.on(undefined, 'mkdir -p /etc/network/if-pre-up.d /etc/network/if-up.d /run/network')
    before = await everything()
    await cycle('ifupdown', `${ifup.path} -a --force`)
  })
})

describe('a director', () => {
  const on = async (command: string): Promise<string> => (await lab.on('director', command)).stdout.trim()
  /** But for what is to last. */
  const running = () => hostState(lab, 'director', ['/run/lvsctl'])

  test('forwarding, masquerading, recommended settings and the VIP come back, and go', async () => {
    await on('modprobe ip_vs; mkdir -p /run/lvsctl')
    const before = await hostState(lab, 'director')
    const fresh = await running()
    const setup = `lvsctl director setup --vip ${vip} --dev eth0 --method nat --masquerade --tune --persist --json`
    expect(JSON.parse(await on(setup)).kept).toBe('kept over a reboot by systemd')
    const setUp = await running()

    await on(`ip addr del ${vip}/32 dev eth0; iptables-legacy -t nat -F
sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.eth0.send_redirects=1 \
  net.ipv4.vs.conntrack=0 net.ipv4.vs.expire_nodest_conn=0
rm -rf /run/lvsctl; mkdir /run/lvsctl`)
    expect(changedLines(fresh, await running())).toEqual([])

    const unit = await on('cat /etc/systemd/system/multi-user.target.wants/lvsctl-director.service')
    for (const step of [...earlySteps('director'), ...unitSteps(unit)]) await on(step)
    expect(JSON.parse(await on('lvsctl director status --json'))).toMatchObject({
      ok: true,
      vips: [{vip, managed: 'added'}],
      persist: {backend: 'systemd', enabled: true, running: true, problems: []},
    })
    expect(changedLines(withoutNotes(setUp), await running())).toEqual([])
    // The unit is started while all of it is there: no rule twice.
    for (const step of unitSteps(unit)) await on(step)
    expect(changedLines(withoutNotes(setUp), await running())).toEqual([])

    expect(JSON.parse(await on('lvsctl director teardown --json')).warnings).toEqual([])
    expect(changedLines(before, await hostState(lab, 'director'))).toEqual([])
  })
})
