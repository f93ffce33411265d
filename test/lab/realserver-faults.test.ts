// What goes wrong on a real host: nobody may write, no space is left, somebody planted a link, an interface or a family
// that does not fit, no root. Each is told, with its exit code, and nothing was changed.

import {beforeAll, describe, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {changedLines, hostState} from '../support/host-state.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)
const vip = '192.168.1.200'
let before: readonly string[] = []

beforeAll(async () => {
  await lab.on(undefined, 'modprobe -a ipip ip6_tunnel')
  before = await hostState(lab, 'rs1')
})

interface Told {
  readonly code: string
  readonly failed: string
}

/** In a mount namespace of its own, so that what is mounted is gone afterwards. */
async function told(prepare: string, command: string, exits: number): Promise<Told> {
  const script = `set -e\nmkdir -p /run/lvsctl\n${prepare}\nexec lvsctl ${command} --json`
  const {stdout} = await lab.on('rs1', `unshare --mount sh -c "$(cat)"`, {exits, input: script})
  const {error} = JSON.parse(stdout)
  return {code: error.code, failed: error.message}
}

const setup = `realserver setup --vip ${vip}`
const unchanged = async () => expect(changedLines(before, await hostState(lab, 'rs1'))).toEqual([])

describe('where the notes go', () => {
  test.each([
    ['is read-only', 'mount -t tmpfs -o ro none /run/lvsctl', 5, 'read-only'],
    ['all of /run is read-only', 'mount -t tmpfs -o ro none /run', 5, 'read-only'],
    [
      'no space is left',
      'mount -t tmpfs -o size=4k none /run/lvsctl; head -c 4096 /dev/zero >/run/lvsctl/full',
      1,
      'disk-full',
    ],
    ['lies a link in place of the folder', 'mount -t tmpfs none /run; ln -s /tmp /run/lvsctl', 5, 'state-not-ours'],
    ['lies a folder of somebody else', 'mount -t tmpfs -o uid=65534 none /run/lvsctl', 5, 'state-not-ours'],
    [
      'lies a link in place of the file',
      'mount -t tmpfs none /run/lvsctl; ln -s /etc/passwd /run/lvsctl/realserver-$(stat -Lc %i /proc/self/ns/net).json',
      5,
      'state-not-ours',
    ],
    [
      'lies a link in place of the lock',
      'mount -t tmpfs none /run/lvsctl; ln -s /etc/passwd /run/lvsctl/realserver.lock',
      5,
      'state-not-ours',
    ],
  ])('%s: nothing was changed', async (_what, prepare, exit, code) => {
    expect(await told(prepare, setup, exit)).toMatchObject({code})
    await unchanged()
  })

  test('no space is left for what remains: the VIP that was to go stays, and ARP is quiet about both', async () => {
    await lab.lvsctl('rs1', ['realserver', 'setup', '--vip', `${vip},192.168.1.201`])
    const full = 'mount -t tmpfs -o size=8k none /mnt; cp -a /run/lvsctl/*.json /mnt; mount --bind /mnt /run/lvsctl'
    const fill = 'head -c 8192 /dev/zero >/run/lvsctl/full 2>/dev/null || true'
    expect(await told(`${full}; ${fill}`, `realserver teardown --vip ${vip}`, 7)).toMatchObject({code: 'rolled-back'})
    const {vips} = JSON.parse((await lab.on('rs1', 'lvsctl realserver status --json')).stdout)
    expect(vips).toMatchObject([
      {present: true, arpQuiet: true},
      {present: true, arpQuiet: true},
    ])
    await lab.lvsctl('rs1', ['realserver', 'teardown'])
    await unchanged()
  })
})

describe('what is asked for', () => {
  test.each([
    ['an interface that is none', `${setup} --interface eht0`, 3, 'interface-unknown'],
    ['the interface to the LAN', `${setup} --interface eth0`, 2, 'device-speaks'],
    ["this host's own address", 'realserver setup --vip 192.168.1.111', 2, 'vip-own-address'],
    ['a scope that is no interface', `${setup} --arp-scope eth7`, 3, 'interface-unknown'],
    ['a module that this kernel lacks', `${setup} --method tun --tun-type gre --mtu-cure none`, 2, 'module-missing'],
    [
      'a VIP of the family that the tunnel does not take',
      'realserver setup --method tun --mtu-cure none --interface tunl0 --vip 2001:db8:1::200',
      2,
      'vip-family',
    ],
    ['tunnels without a word about their size', `${setup} --method tun`, 2, 'mtu-black-hole'],
    ['a gateway that is no neighbour', 'realserver setup --method nat --gateway 10.9.9.9', 2, 'gateway-off-link'],
    ['the broadcast address', 'realserver setup --method nat --gateway 192.168.1.255', 2, 'gateway-subnet-edge'],
  ])('%s', async (_what, command, exit, code) => {
    expect(await told('mount -t tmpfs none /lib/modules', command, exit)).toMatchObject({code})
    await unchanged()
  })

  test('a gateway that nobody has is told, one that answers is not', async () => {
    const warned = async (gateway: string): Promise<readonly string[]> => {
      const plan = `lvsctl realserver setup --method nat --gateway ${gateway} --dry-run --json`
      const {warnings} = JSON.parse((await lab.on('rs1', plan)).stdout)
      return warnings.map(({code}: {code: string}) => code)
    }
    expect(await warned('192.168.1.77')).toEqual(['gateway-silent'])
    expect(await warned('192.168.1.114')).toEqual([])
    await unchanged()
  })

  test('the director as gateway, over ssh through another: it would cut the line', async () => {
    await lab.on('rs1', 'ip route add default via 192.168.1.10 dev eth0')
    const command = 'realserver setup --method nat --gateway 192.168.1.114'
    const ssh = 'export SSH_CONNECTION="203.0.113.9 50000 192.168.1.111 22"'
    expect(await told(ssh, command, 2)).toMatchObject({code: 'ssh-cut'})
    await lab.on(
      'rs1',
      `ip route add 203.0.113.9 via 192.168.1.10 && ${ssh} && lvsctl ${command} && lvsctl realserver teardown`,
    )
    await lab.on('rs1', 'ip route del 203.0.113.9; ip route del default')
    await unchanged()
  })
})

describe('without root', () => {
  const user = (command: string, exits: number) =>
    lab.on('rs1', `setpriv --reuid=65534 --clear-groups lvsctl ${command} --json`, {exits})

  test('set-up says what it needs', async () => {
    const {stdout} = await user(setup, 5)
    expect(JSON.parse(stdout).error).toMatchObject({code: 'not-permitted'})
    await unchanged()
  })

  test('status knows what is so, and not who did it', async () => {
    await lab.lvsctl('rs1', ['realserver', 'setup', '--vip', vip])
    const seen = {
      vips: [{vip, present: true, arpQuiet: true, managed: 'unknown'}],
      problems: [{code: 'ledger-hidden'}],
    }
    // Whether there should be more is unknown.
    expect(JSON.parse((await user('realserver status', 5)).stdout)).toMatchObject({ok: null, ...seen})
    expect(JSON.parse((await user(`realserver status --vip ${vip}`, 0)).stdout)).toMatchObject({ok: true, ...seen})
    expect(JSON.parse((await user('realserver teardown', 5)).stdout).error).toMatchObject({code: 'not-permitted'})
    await lab.lvsctl('rs1', ['realserver', 'teardown'])
    await unchanged()
  })
})
