// The host roles on a real kernel, in the direct-routing network: who answers for a VIP, whom the client believes, and
// what is left when a role is taken back.

import {describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {dr} from '../../src/lab/topologies.ts'
import type {RealServerStatus} from '../../src/realserver/status.ts'
import {useLab} from '../support/lab.ts'
import {driverLine, useNeighbours} from '../support/neighbours.ts'

const lab = useLab(dr)
const a = address('192.168.1.200')
const b = address('192.168.1.201')
const six = address('2001:db8:1::200')
const device = 'eth0'

interface Told {
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
}

async function json(host: string, command: string, exits = 0) {
  const {stdout} = await lab.on(host, `lvsctl ${command} --json`, {exits})
  return JSON.parse(stdout)
}

/** What a change did, and the codes of its warnings. */
async function act(host: string, command: string): Promise<Told> {
  const {steps, warnings} = await json(host, command)
  return {
    lines: steps.map(({line}: {line: string}) => line),
    warnings: warnings.map(({code}: {code: string}) => code),
  }
}

const statusOf = (host: string, exits = 0, options = ''): Promise<RealServerStatus> =>
  json(host, `realserver status ${options}`, exits)

const sh = async (host: string, command: string): Promise<string> => (await lab.on(host, command)).stdout.trim()

const {whoHas, believed} = useNeighbours(lab, dr)

const arpSettings = (host: string) =>
  sh(host, 'cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce | xargs')
const onLo = (host: string) =>
  sh(host, "ip -o addr show dev lo | tr -s ' ' | cut -d' ' -f4 | grep -v -e ^127 -e ^::1 | xargs")
const ledgers = (host: string) =>
  sh(host, 'find /run/lvsctl -name "realserver-$(stat -Lc %i /proc/self/ns/net).json" 2>/dev/null | wc -l')

const realServers = ['rs1', 'rs2'] as const

describe('who answers for the VIP', () => {
  test('without the role: every real server does, too', async () => {
    expect(await act('director', `director setup --vip ${a} --dev ${device}`)).toEqual({
      lines: ['modprobe ip_vs', `ip addr add ${a}/32 dev eth0`, `arping -U -c 3 -I eth0 ${a}`],
      warnings: [],
    })
    for (const name of realServers) await sh(name, `ip addr add ${a}/32 dev lo`)
    expect(await whoHas(a)).toEqual(['director', 'rs1', 'rs2'])
    for (const name of realServers) {
      const {ok, vips} = await statusOf(name, 9)
      expect({ok, problems: vips.flatMap(({problems}) => problems.map(({code}) => code))}).toEqual({
        ok: false,
        problems: ['arp-loud', 'arp-loud'],
      })
      await sh(name, `ip addr del ${a}/32 dev lo`)
    }
  })

  test('with the role: the director alone', async () => {
    for (const name of realServers)
      expect(await act(name, `realserver setup --vip ${a}`)).toEqual({
        lines: [
          'sysctl -w net.ipv4.conf.all.arp_ignore=1',
          'sysctl -w net.ipv4.conf.all.arp_announce=2',
          `ip addr add ${a}/32 dev lo`,
        ],
        warnings: [],
      })
    expect(await whoHas(a)).toEqual(['director'])
    const {ok, vips} = await statusOf('rs1')
    expect({ok, vips}).toMatchObject({
      ok: true,
      vips: [{vip: a, onLoopback: true, prefixLength: 32, arpQuiet: true, managed: 'added', listening: [8080]}],
    })
  })

  test('a second set-up does nothing', async () => {
    expect(await act('rs1', `realserver setup --vip ${a}`)).toEqual({lines: [], warnings: []})
  })

  test('two VIPs, one torn down: the director alone has the other, and nobody is in doubt about the first', async () => {
    await act('director', `director setup --vip ${b} --dev ${device}`)
    expect(await act('rs1', `realserver setup --vip ${b}`)).toEqual({
      lines: [`ip addr add ${b}/32 dev lo`],
      warnings: [],
    })
    expect(await act('rs1', `realserver teardown --vip ${a}`)).toEqual({
      lines: [`ip addr del ${a}/32 dev lo`],
      warnings: [],
    })
    expect(await whoHas(b)).toEqual(['director'])
    expect(await whoHas(a)).toEqual(['director'])
    expect(await onLo('rs1')).toBe(`${b}/32`)
  })

  test('the last one torn down: everything is as it was', async () => {
    await act('rs1', `realserver teardown --vip ${b}`)
    await act('rs2', 'realserver teardown')
    await act('director', `director teardown --vip ${a},${b}`)
    for (const name of realServers)
      expect([await arpSettings(name), await onLo(name), await ledgers(name)]).toEqual(['0 0', '', '0'])
    expect(await sh('director', 'ip -o -4 addr show dev eth0 | wc -l')).toBe('1')
    expect(await whoHas(a)).toEqual([])
  })
})

describe('whom the client believes when a real server speaks first', () => {
  const speak = `ip neigh flush all; ping -c 1 -W 1 -I ${a} 192.168.1.10`

  test('without arp_announce the real server takes the VIP over, with the role it does not', async () => {
    await act('director', `director setup --vip ${a} --dev ${device}`)
    await sh('client', `ping -c 1 -W 2 ${a}`)
    expect(await believed(a)).toBe('director')

    await sh('rs1', `ip addr add ${a}/32 dev lo`)
    await lab.on('rs1', speak, {exits: 'any'})
    expect(await believed(a)).toBe('rs1')
    await sh('rs1', `ip addr del ${a}/32 dev lo`)

    await act('rs1', `realserver setup --vip ${a}`)
    await sh('client', `ip neigh flush to ${a}; ping -c 1 -W 2 ${a}`)
    await lab.on('rs1', speak, {exits: 'any'})
    expect(await believed(a)).toBe('director')

    await act('rs1', 'realserver teardown')
    await act('director', `director teardown --vip ${a}`)
  })
})

describe('what was found comes back', () => {
  test('other values, and a VIP that was there', async () => {
    await sh('rs1', `sysctl -qw net.ipv4.conf.all.arp_announce=1; ip addr add ${a}/32 dev lo label lo:0`)
    expect(await act('rs1', `realserver setup --vip ${a},${b}`)).toMatchObject({warnings: ['vip-adopted']})
    expect([await arpSettings('rs1'), await onLo('rs1')]).toEqual(['1 2', `${a}/32 ${b}/32`])
    expect(await act('rs1', 'realserver teardown')).toEqual({
      lines: [`ip addr del ${b}/32 dev lo`],
      warnings: ['vip-left'],
    })
    expect([await arpSettings('rs1'), await onLo('rs1'), await ledgers('rs1')]).toEqual(['1 2', `${a}/32`, '1'])
    await act('director', `director setup --vip ${a} --dev ${device}`)
    expect(await whoHas(a)).toEqual(['director'])
    await act('director', `director teardown --vip ${a}`)
    expect(await act('rs1', `realserver teardown --vip ${a}`)).toEqual({
      lines: [
        `ip addr del ${a}/32 dev lo`,
        'sysctl -w net.ipv4.conf.all.arp_announce=1',
        'sysctl -w net.ipv4.conf.all.arp_ignore=0',
      ],
      warnings: [],
    })
    expect([await arpSettings('rs1'), await onLo('rs1'), await ledgers('rs1')]).toEqual(['0 1', '', '0'])
    await sh('rs1', 'sysctl -qw net.ipv4.conf.all.arp_announce=0')
  })

  test.each([0, 1, 2, 3])('after a power cut behind effect %d of set-up', async (dieAfter) => {
    await lab.on('rs1', driverLine({do: 'realserver-setup', request: {vips: [a]}, dieAfter}), {exits: 137})
    expect(await onLo('rs1')).toBe('')
    if (dieAfter === 3) {
      await act('rs1', `realserver setup --vip ${a}`)
      expect(await statusOf('rs1', 0, `--vip ${a}`)).toMatchObject({ok: true})
    }
    await act('rs1', `realserver teardown --vip ${a}`)
    expect([await arpSettings('rs1'), await onLo('rs1'), await ledgers('rs1')]).toEqual(['0 0', '', '0'])
  })

  test('two at the same time wait for each other', async () => {
    await Promise.all([a, b].map((vip) => act('rs1', `realserver setup --vip ${vip}`)))
    const {ok, vips} = await statusOf('rs1')
    expect({ok, managed: vips.map(({managed}) => managed)}).toEqual({ok: true, managed: ['added', 'added']})
    await Promise.all([a, b].map((vip) => act('rs1', `realserver teardown --vip ${vip}`)))
    expect([await arpSettings('rs1'), await onLo('rs1'), await ledgers('rs1')]).toEqual(['0 0', '', '0'])
  })
})

describe('a VIP that moves', () => {
  test.each([
    ['gratuitous ARP', a, 'ping -c 1 -W 2'],
    ['an unsolicited neighbour advertisement', six, 'ping -6 -c 1 -W 2'],
  ])('%s tells the client at once', async (_what, vip, ping) => {
    await act('director', `director setup --vip ${vip} --dev ${device}`)
    await sh('client', `${ping} ${vip}`)
    expect(await believed(vip)).toBe('director')
    await act('director', `director teardown --vip ${vip}`)
    expect(await believed(vip)).toBe('director')
    await act('rs2', `director setup --vip ${vip} --dev ${device}`)
    expect(await believed(vip)).toBe('rs2')
    await sh('client', `${ping} ${vip}`)
    await act('rs2', `director teardown --vip ${vip}`)
  })
})

describe('IPv6', () => {
  test('a VIP on lo answers no neighbour solicitation, and is no source address', async () => {
    for (const name of realServers)
      expect(await act(name, `realserver setup --vip ${six}`)).toEqual({
        lines: [`ip addr add ${six}/128 dev lo nodad preferred_lft 0`],
        warnings: [],
      })
    expect(await sh('rs1', `ip -6 addr show dev lo to ${six}`)).toMatch(/scope global nodad deprecated/)
    await lab.on('client', `ip neigh flush to ${six}; ping -6 -c 1 -W 1 ${six}`, {exits: 1})
    await act('director', `director setup --vip ${six} --dev ${device}`)
    await sh('client', `ping -6 -c 1 -W 2 ${six}`)
    expect(await believed(six)).toBe('director')
    for (const name of realServers) {
      await act(name, 'realserver teardown')
      expect([await onLo(name), await ledgers(name)]).toEqual(['', '0'])
    }
    await act('director', `director teardown --vip ${six}`)
  })
})

describe('what cannot be', () => {
  test("the director's own VIP is no real server's, and the other way round", async () => {
    await act('director', `director setup --vip ${a} --dev ${device}`)
    expect(await json('director', `realserver setup --vip ${a}`, 2)).toMatchObject({error: {code: 'vip-on-interface'}})
    expect(await json('director', `director setup --vip ${a} --dev eth9`, 3)).toMatchObject({
      error: {code: 'interface-unknown'},
    })
    expect(await json('director', 'director teardown --vip 192.168.1.114', 2)).toMatchObject({
      error: {code: 'vip-own-address'},
    })
    await act('director', `director teardown --vip ${a}`)
  })
})
