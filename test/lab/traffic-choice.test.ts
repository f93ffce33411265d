// Which server a client gets, with real packets: persistence, hashing schedulers, one-packet scheduling, firewall marks.
// All by direct routing, which the tests of this file take for granted (traffic-dr.test.ts).

import {beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {dr, labPort, labVip} from '../../src/lab/topologies.ts'
import {listing, savedRules} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'
import {answers, ask, refusal} from '../support/requests.ts'

const lab = useLab(dr)
const {ipv4: vip, ipv6: vip6} = labVip
const at = `${vip}:${labPort}`
const service = `-t ${at}`
const neighbour = '192.168.1.11'
const realServers = [
  ['rs1', '192.168.1.111'],
  ['rs2', '192.168.1.115'],
] as const

const director = (...commands: readonly string[]) => lab.on('director', `set -e\n${commands.join('\n')}`)

beforeAll(async () => {
  await director(`lvsctl director setup --vip ${vip},${vip6} --dev eth0`)
  for (const [host] of realServers) await lab.on(host, `lvsctl realserver setup --vip ${vip},${vip6}`)
  await lab.on('client', `ip address add ${neighbour}/24 dev eth0`)
})
beforeEach(() => director('ipvsadm -C'))

/** A service with both servers. */
const balance = (service: string, settings: string) =>
  director(
    `lvsctl service add ${service} ${settings}`,
    ...realServers.map(([, address]) => `lvsctl server add ${service} -r ${address}`),
  )

/** The name of the one who answered all. */
async function only(from: string): Promise<string> {
  const names = Object.keys(await ask(lab, {at, times: 6, from}))
  expect(names).toHaveLength(1)
  return names[0] as string
}

const other = (name: string) => (name === 'rs1' ? 'rs2' : 'rs1')

describe('persistence', () => {
  test('a client stays with its server, and the next one gets the other', async () => {
    await balance(service, '-s rr -p 300')
    const first = await only('192.168.1.10')
    expect(await only(neighbour)).toBe(other(first))
    expect(await only('192.168.1.10')).toBe(first)

    // A template for each of the two clients; what was opened counts as inactive, since it is closed again.
    const rows = await listing(lab, 'director', '--persistent-conn')
    expect(rows).toEqual([
      `TCP ${at} rr persistent 300`,
      expect.stringMatching(`^TCP ${at} -> 192.168.1.111:8080 1 1 \\d+ \\d+$`),
      expect.stringMatching(`^TCP ${at} -> 192.168.1.115:8080 1 1 \\d+ \\d+$`),
    ])
    const {servers} = JSON.parse((await director(`lvsctl server list ${service} --json`)).stdout)
    expect(servers.map(({connections}: {connections: object}) => connections)).toEqual(
      rows.slice(1).map((row) => {
        const [persistent, active, inactive] = row.split(' ').slice(-3).map(Number)
        return {active, inactive, persistent}
      }),
    )
  })

  test('with a mask the neighbours are one client', async () => {
    await balance(service, '-s rr -p 300 -M 255.255.255.0')
    expect(await savedRules(lab, 'director')).toContain(`-A ${service} -s rr -p 300 -M 255.255.255.0`)
    expect(await only(neighbour)).toBe(await only('192.168.1.10'))
  })

  test('taken away again, every connection is by itself', async () => {
    await balance(service, '-s rr -p 300')
    await only('192.168.1.10')
    await director(`lvsctl service edit ${service} --no-persistent`)
    expect(await ask(lab, {at, times: 10})).toEqual({rs1: 5, rs2: 5})
  })
})

describe.each(['sh', 'mh'])('%s', (scheduler) => {
  test('a client has its server', async () => {
    await balance(service, `-s ${scheduler}`)
    expect(await only('192.168.1.10')).toBe(await only('192.168.1.10'))
  })

  test('with the port each connection has its own', async () => {
    await balance(service, `-s ${scheduler} -b ${scheduler}-port`)
    expect(await savedRules(lab, 'director')).toContain(`-A ${service} -s ${scheduler} -b ${scheduler}-port`)
    expect(Object.keys(await ask(lab, {at, times: 40})).sort()).toEqual(['rs1', 'rs2'])
  })

  test('whose server is quiesced is refused, unless there is a fallback', async () => {
    await balance(service, `-s ${scheduler}`)
    const mine = await only('192.168.1.10')
    const address = realServers.find(([name]) => name === mine)?.[1]
    await director(`lvsctl server edit ${service} -r ${address} -w 0`)
    expect(await refusal(lab, at)).toBe(7)
    await director(`lvsctl service edit ${service} -b ${scheduler}-fallback`)
    expect(await only('192.168.1.10')).toBe(other(mine))
  })
})

describe('UDP', () => {
  const port = 5300

  beforeAll(async () => {
    for (const [host] of realServers) {
      const source = `
        const socket = require('dgram').createSocket('udp4')
        socket.on('message', (_, {port, address}) => socket.send('${host}', port, address))
        socket.bind(${port}, '${vip}', () => require('fs').writeFileSync('/tmp/udp-${host}', ''))`
      await lab.on(
        host,
        `setsid ${shellWords([process.execPath, '-e', source])} </dev/null >/dev/null 2>&1 &
        while [ ! -e /tmp/udp-${host} ]; do sleep 0.05; done`,
      )
    }
  })

  /** Ten datagrams from one socket, each after the answer to the one before. */
  async function tenDatagrams(): Promise<Record<string, number>> {
    const source = `
      const counts = {}
      let left = 10
      const socket = require('dgram').createSocket('udp4')
      const next = () => socket.send('?', ${port}, '${vip}')
      socket.on('message', (name) => {
        counts[name] = (counts[name] ?? 0) + 1
        if (--left > 0) return next()
        socket.close()
        console.log(JSON.stringify(counts))
      })
      next()`
    return JSON.parse(
      (await lab.on('client', shellWords([process.execPath, '-e', source]), {deadlineMs: 20_000})).stdout,
    )
  }

  test('datagrams of one socket go to one server', async () => {
    await balance(`-u ${vip}:${port}`, '-s rr')
    expect(Object.values(await tenDatagrams())).toEqual([10])
  })

  test('with one-packet scheduling each goes by itself', async () => {
    await balance(`-u ${vip}:${port}`, '-s rr -o')
    expect(await savedRules(lab, 'director')).toContain(`-A -u ${vip}:${port} -s rr -o`)
    expect(await tenDatagrams()).toEqual({rs1: 5, rs2: 5})
  })
})

describe('firewall marks', () => {
  const ports = [labPort, labPort + 1]

  beforeAll(async () => {
    for (const [host] of realServers) await lab.on(host, `busybox httpd -p ${ports[1]} -h /run/www/${host}`)
    for (const [iptables, address] of [
      ['iptables-legacy', vip],
      ['ip6tables-legacy', vip6],
    ])
      await director(
        ...ports.map(
          (port) => `${iptables} -t mangle -A PREROUTING -d ${address} -p tcp --dport ${port} -j MARK --set-mark 7`,
        ),
      )
  })

  const both = ports.map((port) => `${vip}:${port}`)
  const both6 = ports.map((port) => `[${vip6}]:${port}`)

  test('two ports are one service: they take turns together', async () => {
    await balance('-f 7', '-s rr')
    const names = await answers(lab, {at: both, times: 4})
    const [first = '', second = ''] = names
    expect([first, second].sort()).toEqual(['rs1', 'rs2'])
    expect(names).toEqual([first, second, first, second, first, second, first, second])
    expect(await savedRules(lab, 'director')).toEqual([
      '-A -f 7 -s rr',
      '-a -f 7 -r 192.168.1.111:0 -g -w 1',
      '-a -f 7 -r 192.168.1.115:0 -g -w 1',
    ])
  })

  test('with persistence a client has one server for both ports', async () => {
    await balance('-f 7', '-s rr -p 60')
    expect(Object.values(await ask(lab, {at: both, times: 5}))).toEqual([10])
  })

  test('IPv6 has marks of its own', async () => {
    await balance('-f 7', '-s rr')
    await director(
      'lvsctl service add -f 7 -6 -s wrr',
      'lvsctl server add -f 7 -6 -r 2001:db8:1::111 -w 4',
      'lvsctl server add fwmark6://7 2001:db8:1::115',
    )
    expect(await ask(lab, {at: both6, times: 5})).toEqual({rs1: 8, rs2: 2})
    const rows = await listing(lab, 'director', '')
    expect(rows.map((row) => row.replace(/( \d+){2}$/, ''))).toEqual([
      'FWM 7 rr',
      'FWM 7 -> 192.168.1.111:0 Route 1',
      'FWM 7 -> 192.168.1.115:0 Route 1',
      'FWM 7 IPv6 wrr',
      'FWM 7 IPv6 -> [2001:db8:1::111]:0 Route 4',
      'FWM 7 IPv6 -> [2001:db8:1::115]:0 Route 1',
    ])
    const lines = (await director('lvsctl list')).stdout.trim().split('\n')
    // Connections of earlier tests are inactive and still there: they found their servers again.
    const figures = (line: string, of: number) => line.split(/[\t ]/).slice(-of).join(' ')
    const servers = lines.filter((line) => line.startsWith('server'))
    expect(servers.map((line) => line.replaceAll('\t', ' ').replace(/( \d+){2}$/, ''))).toEqual([
      'server fwmark://7 192.168.1.111:0 gatewaying 1',
      'server fwmark://7 192.168.1.115:0 gatewaying 1',
      'server fwmark6://7 [2001:db8:1::111]:0 gatewaying 4',
      'server fwmark6://7 [2001:db8:1::115]:0 gatewaying 1',
    ])
    expect(servers.map((line) => figures(line, 2))).toEqual(
      rows.filter((row) => row.includes('->')).map((row) => figures(row, 2)),
    )
    expect(servers.slice(2).map((line) => figures(line, 2))).toEqual(['0 8', '0 2'])
    expect(lines.filter((line) => line.startsWith('service')).map((line) => line.split('\t').slice(1, 5))).toEqual([
      ['fwmark://7', 'rr', '-', '2'],
      ['fwmark6://7', 'wrr', '-', '2'],
    ])
  })

  test('without its mark nothing is served', async () => {
    await balance('-f 8', '-s rr')
    expect(await refusal(lab, at)).toBe(7)
  })
})
