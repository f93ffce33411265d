// The script for real servers without lvsctl, on a real kernel and under two shells: it ends where set-up ends, it goes
// back to what it found, and whatever interrupts it, the next run completes.

import {afterEach, describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {dr} from '../../src/lab/topologies.ts'
import {changedLines, hostState} from '../support/host-state.ts'
import {useLab} from '../support/lab.ts'
import {killEverywhere, mortalFolder, mortalPrograms} from '../support/mortal-programs.ts'
import {useNeighbours} from '../support/neighbours.ts'

const lab = useLab(dr)
const {whoHas, believed} = useNeighbours(lab, dr)
const a = address('192.168.1.200')
const b = address('192.168.1.201')
const six = address('2001:db8:1::200')
const folder = '/run/lvs-realserver'

const sh = async (host: string, command: string): Promise<string> => (await lab.on(host, command)).stdout.trim()

/** The file that lvsctl prints, on the guest's disk. */
async function scriptFor(...vips: readonly string[]): Promise<string> {
  const path = `/run/script-${vips.join('-').replaceAll(':', '.')}`
  await lab.on(undefined, `[ -e ${path} ] || lvsctl realserver script --vip ${vips.join(',')} >${path}`)
  return path
}

const snapshot = (host: string) => hostState(lab, host, ['/etc', folder])

const onLo = (host: string) =>
  sh(host, "ip -o addr show dev lo | tr -s ' ' | cut -d' ' -f4 | grep -v -e ^127 -e ^::1 | xargs")
const arpSettings = (host: string) =>
  sh(host, 'cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce | xargs')

/** What was changed, as it was said on the way. */
const changes = (stderr: string): readonly string[] =>
  stderr.split('\n').flatMap((line) => (line.startsWith('[#] ') ? [line.slice(4)] : []))
const warnings = (stderr: string): readonly string[] =>
  stderr.split('\n').filter((line) => line.startsWith('lvs-realserver: '))

/** Whatever a failed test left must not fail the next. */
afterEach(() =>
  lab.on(
    'rs1',
    `rm -rf ${folder}
    for one in ${a}/32 ${a}/24 ${b}/32 ${six}/128; do ip addr del $one dev lo 2>/dev/null; done
    sysctl -qw net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.all.arp_announce=0 net.ipv4.conf.eth0.arp_ignore=0`,
  ),
)

describe.each(['dash', 'busybox sh'])('under %s', (shell) => {
  const run = (host: string, path: string, word: string, exits: number | 'any' = 0) =>
    lab.on(host, `${shell} ${path} ${word}`, {exits})

  test('it ends where set-up ends, and stop where it began', async () => {
    const script = await scriptFor(a, b, six)
    const before = await snapshot('rs1')
    await run('rs1', script, 'status', 3)

    await lab.on('rs1', `lvsctl realserver setup --vip ${a},${b},${six}`)
    const bySetup = await hostState(lab, 'rs1', ['/etc'])
    await lab.on('rs1', 'lvsctl realserver teardown')
    expect(changedLines(before, await snapshot('rs1'))).toEqual([])

    const {stderr} = await run('rs1', script, 'start')
    expect(changes(stderr)).toEqual([
      'sysctl -q -w net/ipv4/conf/all/arp_ignore=1',
      'sysctl -q -w net/ipv4/conf/all/arp_announce=2',
      `ip addr add ${a}/32 dev lo`,
      `ip addr add ${b}/32 dev lo`,
      `ip addr add ${six}/128 dev lo nodad preferred_lft 0`,
    ])
    expect(changedLines(bySetup, await hostState(lab, 'rs1', ['/etc']))).toEqual([])
    expect(await sh('rs1', `stat -c '%a %u' ${folder} ${folder}/[0-9]*`)).toBe('700 0\n600 0')
    expect(await run('rs1', script, 'status')).toMatchObject({stderr: ''})
    await lab.on('rs1', `lvsctl realserver status --vip ${a},${b},${six}`)

    const started = await snapshot('rs1')
    expect(await run('rs1', script, 'start')).toMatchObject({stdout: '', stderr: ''})
    expect(changedLines(started, await snapshot('rs1'))).toEqual([])

    expect(changes((await run('rs1', script, 'stop')).stderr).at(-1)).toBe(
      'sysctl -q -w net/ipv4/conf/all/arp_ignore=0',
    )
    expect(changedLines(before, await snapshot('rs1'))).toEqual([])
    expect(await run('rs1', script, 'stop')).toMatchObject({stdout: '', stderr: ''})
    await run('rs1', script, 'status', 3)
  })

  test('who answers for the VIP: the director alone', async () => {
    const [one, both] = [await scriptFor(a), await scriptFor(a, b)]
    await lab.on('director', `lvsctl director setup --vip ${a},${b} --dev eth0`)
    for (const name of ['rs1', 'rs2']) await sh(name, `ip addr add ${a}/32 dev lo`)
    expect(await whoHas(a)).toEqual(['director', 'rs1', 'rs2'])
    for (const name of ['rs1', 'rs2']) await sh(name, `ip addr del ${a}/32 dev lo`)

    await run('rs1', one, 'start')
    await run('rs1', await scriptFor(b), 'start')
    await run('rs2', both, 'start')
    expect([await whoHas(a), await whoHas(b)]).toEqual([['director'], ['director']])

    // Another script's VIP needs the silence on.
    await run('rs1', one, 'stop')
    expect([await onLo('rs1'), await arpSettings('rs1')]).toEqual([`${b}/32`, '1 2'])
    expect([await whoHas(a), await whoHas(b)]).toEqual([['director'], ['director']])
    await run('rs1', await scriptFor(b), 'stop')
    await run('rs2', both, 'stop')
    for (const name of ['rs1', 'rs2']) expect([await onLo(name), await arpSettings(name)]).toEqual(['', '0 0'])
    await lab.on('director', `lvsctl director teardown --vip ${a},${b}`)
  })

  test('whom the client believes when the real server speaks first: the director', async () => {
    const script = await scriptFor(a)
    const speak = `ip neigh flush all; ping -c 1 -W 1 -I ${a} 192.168.1.10`
    await lab.on('director', `lvsctl director setup --vip ${a} --dev eth0`)
    await run('rs1', script, 'start')
    await sh('client', `ip neigh flush to ${a}; ping -c 1 -W 2 ${a}`)
    await lab.on('rs1', speak, {exits: 'any'})
    expect(await believed(a)).toBe('director')
    await run('rs1', script, 'stop')

    // The same without the script: so the test can see the difference.
    await sh('rs1', `ip addr add ${a}/32 dev lo`)
    await sh('client', `ip neigh flush to ${a}; ping -c 1 -W 2 ${a}`)
    await lab.on('rs1', speak, {exits: 'any'})
    expect(await believed(a)).toBe('rs1')
    await sh('rs1', `ip addr del ${a}/32 dev lo`)
    await lab.on('director', `lvsctl director teardown --vip ${a}`)
  })

  // start: two for the notes, two settings, two addresses; stop: the same the other way round, and the notes go.
  test.each([
    ['start', 6],
    ['stop', 5],
  ] as const)('%s killed before any of its changes: never heard, and the next run completes', async (word, killed) => {
    const script = await scriptFor(a, six)
    const before = await snapshot('rs1')
    expect(await killEverywhere(lab, 'rs1', `${shell} ${script}`, word, a)).toEqual({wrong: [], killed})
    expect(changedLines(before, await snapshot('rs1'))).toEqual([])
  })

  test('a start that fails is undone', async () => {
    const script = await scriptFor(a)
    const before = await snapshot('rs1')
    await sh('rs1', mortalPrograms)
    const {stderr, code} = await lab.on(
      'rs1',
      `FAIL=arp_announce PATH=${mortalFolder}:$PATH ${shell} ${script} start`,
      {
        exits: 'any',
      },
    )
    expect(code).not.toBe(0)
    expect(changes(stderr)).toEqual([
      'sysctl -q -w net/ipv4/conf/all/arp_ignore=1',
      'sysctl -q -w net/ipv4/conf/all/arp_announce=2',
      'sysctl -q -w net/ipv4/conf/all/arp_announce=0',
      'sysctl -q -w net/ipv4/conf/all/arp_ignore=0',
    ])
    expect(changedLines(before, await snapshot('rs1'))).toEqual([])
  })

  test('what somebody changed meanwhile is told, and kept', async () => {
    const script = await scriptFor(a)
    await run('rs1', script, 'start')
    await sh('rs1', 'sysctl -qw net.ipv4.conf.all.arp_ignore=2')
    const told = await run('rs1', script, 'status')
    expect(warnings(told.stderr)).toEqual([
      'lvs-realserver: net/ipv4/conf/all/arp_ignore is 2; start found 0 and made it 1',
    ])
    await run('rs1', script, 'stop')
    expect(await arpSettings('rs1')).toBe('2 0')
    await sh('rs1', 'sysctl -qw net.ipv4.conf.all.arp_ignore=0')

    await run('rs1', script, 'start')
    await sh('rs1', `sysctl -qw net.ipv4.conf.all.arp_announce=0; ip addr add ${b}/32 dev lo`)
    const loud = await run('rs1', script, 'status', 3)
    expect(loud.stdout).toBe(`lvs-realserver: this host gives ${a} away on the LAN: arp_announce is 0 on eth0\n`)
    await run('rs1', script, 'start')
    const stopped = await run('rs1', script, 'stop')
    expect(warnings(stopped.stderr)).toHaveLength(1)
    expect([await onLo('rs1'), await arpSettings('rs1')]).toEqual([`${b}/32`, '1 2'])
    await sh('rs1', `ip addr del ${b}/32 dev lo`)
    await run('rs1', script, 'stop')
    expect(await arpSettings('rs1')).toBe('0 0')
  })

  test('a VIP that was there before stays, and stricter settings stay', async () => {
    const script = await scriptFor(a, b)
    await sh(
      'rs1',
      `sysctl -qw net.ipv4.conf.all.arp_announce=1 net.ipv4.conf.eth0.arp_ignore=2; ip addr add ${a}/32 dev lo label lo:0`,
    )
    const before = await snapshot('rs1')
    await run('rs1', script, 'start')
    expect([await onLo('rs1'), await arpSettings('rs1')]).toEqual([`${a}/32 ${b}/32`, '1 2'])
    // ARP stays quiet about it, until it is gone.
    for (let times = 0; times < 2; times++) {
      await run('rs1', script, 'stop')
      expect([await onLo('rs1'), await arpSettings('rs1')]).toEqual([`${a}/32`, '1 2'])
    }
    await sh('rs1', `ip addr del ${a}/32 dev lo`)
    await run('rs1', script, 'stop')
    await sh('rs1', `ip addr add ${a}/32 dev lo label lo:0`)
    expect(changedLines(before, await snapshot('rs1'))).toEqual([])
    await sh(
      'rs1',
      `sysctl -qw net.ipv4.conf.all.arp_announce=0 net.ipv4.conf.eth0.arp_ignore=0; ip addr del ${a}/32 dev lo`,
    )
  })

  test('what cannot be: told at once, and nothing is changed', async () => {
    const script = await scriptFor('192.168.1.111', '192.168.1.255', a, six)
    await sh('rs1', `ip addr add ${a}/32 dev eth0; sysctl -qw net.ipv6.conf.lo.disable_ipv6=1`)
    const before = await snapshot('rs1')
    const {stderr} = await run('rs1', script, 'start', 1)
    expect(warnings(stderr)).toEqual([
      "lvs-realserver: 192.168.1.111 is this host's own address (eth0, /24)",
      'lvs-realserver: 192.168.1.255 is the first or last address of 192.168.1.111/24 on eth0',
      `lvs-realserver: ${a} is on eth0 already; remove it first: ip addr del ${a}/32 dev eth0`,
      `lvs-realserver: ${six}: IPv6 is switched off on lo; sysctl -w net.ipv6.conf.lo.disable_ipv6=0`,
      'lvs-realserver: nothing was changed',
    ])
    expect(changedLines(before, await snapshot('rs1'))).toEqual([])
    await sh('rs1', `ip addr del ${a}/32 dev eth0; sysctl -qw net.ipv6.conf.lo.disable_ipv6=0`)

    const whole = await scriptFor(a)
    await sh('rs1', `ip addr add ${a}/24 dev lo`)
    expect((await run('rs1', whole, 'start', 1)).stderr).toContain('takes the whole subnet for itself')
    await sh('rs1', `ip addr del ${a}/24 dev lo`)
    await run('rs1', whole, '', 2)
    expect(await lab.on('rs1', `setpriv --reuid 65534 ${shell} ${whole} start`, {exits: 4})).toMatchObject({
      stderr: 'lvs-realserver: only root can do this\n',
    })
  })

  test('a planted link is never followed', async () => {
    const script = await scriptFor(a)
    await sh('rs1', `mkdir /run/elsewhere; ln -s /run/elsewhere ${folder}`)
    await run('rs1', script, 'start', 1)
    await sh('rs1', `rm ${folder}; mkdir -m 777 ${folder}`)
    await run('rs1', script, 'start', 1)
    await sh('rs1', `rmdir ${folder}; mkdir -m 700 ${folder}; echo mine >/run/victim`)
    await sh('rs1', `ln -s /run/victim ${folder}/$(readlink /proc/self/ns/net | tr -dc 0-9)`)
    await run('rs1', script, 'start', 1)
    expect(await sh('rs1', `cat /run/victim; ls -A /run/elsewhere`)).toBe('mine')
    expect([await onLo('rs1'), await arpSettings('rs1')]).toEqual(['', '0 0'])
    await sh('rs1', `rm ${folder}/[0-9]* /run/victim; rmdir /run/elsewhere`)
  })

  test('notes of before a reboot are forgotten', async () => {
    const script = await scriptFor(a)
    await run('rs1', script, 'start')
    // A reboot: addresses and settings are gone, and a note is left that is not of this boot. Sysctl.d set other values.
    await sh('rs1', `ip addr del ${a}/32 dev lo; sysctl -qw net.ipv4.conf.all.arp_announce=1`)
    await sh('rs1', `sed -i 's/^boot .*/boot of-yesterday/' ${folder}/[0-9]*`)
    expect(warnings((await run('rs1', script, 'start')).stderr)).toHaveLength(1)
    await run('rs1', script, 'stop')
    expect(await arpSettings('rs1')).toBe('1 1')
    await sh('rs1', 'sysctl -qw net.ipv4.conf.all.arp_announce=0 net.ipv4.conf.all.arp_ignore=0')
  })
})

test('a tunnel whose module is not loaded', async () => {
  await lab.on('rs1', `lvsctl realserver script --method tun --mtu-cure none --vip ${a} >/run/tunnel`)
  const {stderr} = await lab.on('rs1', 'sh /run/tunnel start')
  expect(changes(stderr)).toEqual([
    'modprobe ipip',
    'sysctl -q -w net/ipv4/conf/all/arp_ignore=1',
    'sysctl -q -w net/ipv4/conf/all/arp_announce=2',
    'ip link set tunl0 up',
    `ip addr add ${a}/32 dev tunl0`,
  ])
  await lab.on('rs1', 'sh /run/tunnel status')
  expect(changes((await lab.on('rs1', 'sh /run/tunnel stop')).stderr)).toEqual([
    `ip addr del ${a}/32 dev tunl0`,
    'ip link set tunl0 down',
    'sysctl -q -w net/ipv4/conf/all/arp_announce=0',
    'sysctl -q -w net/ipv4/conf/all/arp_ignore=0',
  ])
})
