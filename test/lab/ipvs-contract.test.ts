// The contract of test/contract on the real kernel, and what a kernel without IPVS or IPv6 makes of our client.

import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {contract, type World} from '../contract/ipvs.ts'
import {type Lab, useLab} from '../support/lab.ts'

const runner = join(import.meta.dirname, '../contract/run-on-kernel.ts')

const traffic = join(import.meta.dirname, '../contract/traffic-on-kernel.ts')

const makeLab = `set -e
modprobe -a dummy ipv6
ip netns add lab
ip netns add bare
ip -n lab -batch - <<'END'
link set lo up
link add eth0 type dummy
link add eth1 mtu 9000 type dummy
address add 192.0.2.1/24 brd + dev eth0
address add 2001:db8:1::1/64 dev eth0 nodad
address add fe80::1/64 dev eth0 nodad
address add 198.51.100.1/24 brd + dev eth1
link set eth0 up
link set eth1 up
END`

function contractOf(lab: Lab, world: World, host: string): void {
  describe(world, () => {
    const results = new Map<string, string | undefined>()
    beforeAll(async () => {
      const {stdout} = await lab.on(host, shellWords([process.execPath, runner, world]))
      for (const line of stdout.trimEnd().split('\n')) {
        const {name, error} = JSON.parse(line) as {name: string; error?: string}
        results.set(name, error ?? 'as agreed')
      }
    })
    test.each(contract.filter((one) => one.world === world))('$name', ({name}) => {
      expect(results.get(name)).toBe('as agreed')
    })
  })
}

describe('the lab kernel', () => {
  const lab = useLab()
  beforeAll(async () => {
    await lab.on(undefined, makeLab)
  })
  contractOf(lab, 'lab', 'lab')
  contractOf(lab, 'bare', 'bare')
  contractOf(lab, 'denied', 'lab')

  test('figures of real traffic: they outlive their server, as in the twin', async () => {
    await lab.on('lab', 'ip address add 10.9.9.9/32 dev lo')
    const {stdout} = await lab.on('lab', shellWords([process.execPath, traffic]))
    const steps = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const figures = (connections: number) => ({
      connections: `${connections}`,
      inPackets: `${connections}`,
      inBytes: `${connections * 128}`,
      // Nothing listens there: each is answered with an ICMP error, which is masqueraded back.
      outPackets: `${connections}`,
    })
    expect(steps).toMatchObject([
      {
        step: 'after five datagrams',
        service: figures(5),
        servers: [{statistics: figures(5), connections: {active: 0, inactive: 5}}],
      },
      {
        step: 'the server removed and added again',
        service: figures(5),
        servers: [{statistics: figures(5), connections: {active: 0, inactive: 5}}],
      },
      {
        step: 'the service made anew',
        service: figures(0),
        servers: [{statistics: figures(0), connections: {active: 0, inactive: 5}}],
      },
      {
        step: 'five more datagrams',
        service: figures(5),
        servers: [{statistics: figures(5), connections: {active: 0, inactive: 10}}],
      },
      {
        step: 'zeroed',
        service: figures(0),
        servers: [{statistics: figures(0), connections: {active: 0, inactive: 10}}],
      },
    ])
  })
})

describe('a kernel without', () => {
  const lab = useLab()
  const openClient = `
    const {openKernelClient} = await import('${join(import.meta.dirname, '../../src/ipvs/kernel-client.ts')}')
    try {
      console.log(openKernelClient().info().version)
    } catch ({failure, exit, code, hint}) {
      console.log(JSON.stringify({failure, exit, code, hint}))
    }`
  const open = async (): Promise<string> => {
    const {stdout} = await lab.on(undefined, shellWords([process.execPath, '--input-type=module', '-e', openClient]))
    return stdout.trim()
  }

  describe('IPVS', () => {
    test('is said to be one', async () => {
      await lab.on(
        undefined,
        'cat /proc/sys/kernel/modprobe >/run/modprobe; echo /bin/false >/proc/sys/kernel/modprobe',
      )
      expect(JSON.parse(await open())).toEqual({
        failure: 'unsupported',
        exit: 6,
        code: 'ipvs-unavailable',
        hint: expect.stringMatching(/modprobe ip_vs.*lvsctl lab/),
      })
      await lab.on(undefined, 'cat /run/modprobe >/proc/sys/kernel/modprobe')
    })
  })

  describe('IPv6', () => {
    beforeAll(async () => {
      await lab.on(undefined, 'modprobe ipv6 disable=1 && ip netns add lab && ip -n lab link set lo up')
    })
    contractOf(lab, 'without-ipv6', 'lab')

    test('has IPVS all the same: asking for it loads the module', async () => {
      expect(await open()).toMatch(/^1\.2\.\d+$/)
    })
  })
})
