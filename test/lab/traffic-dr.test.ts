// Direct routing with real packets, IPv4 and IPv6: a cluster of nothing but lvsctl commands, asked by curl, and ipvsadm
// is the judge of the table and of the figures.

import {beforeAll, describe, expect, test} from 'vitest'
import {dr, labPort, labVip} from '../../src/lab/topologies.ts'
import {listing, savedRules} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'
import {ask, refusal, useFreshPorts} from '../support/requests.ts'

const lab = useLab(dr)
const {ipv4: vip, ipv6: vip6} = labVip
const at = `${vip}:${labPort}`
const at6 = `[${vip6}]:${labPort}`

const type = (host: string, ...commands: readonly string[]) => lab.on(host, `set -e\n${commands.join('\n')}`)

beforeAll(async () => {
  await type('director', `lvsctl director setup --vip ${vip},${vip6} --dev eth0`)
  for (const host of ['rs1', 'rs2']) await type(host, `lvsctl realserver setup --vip ${vip},${vip6}`)
})

/** The kernel adds fresh figures to the statistics every two seconds (net/netfilter/ipvs/ip_vs_est.c). */
const waitForEstimator = () => lab.on('director', 'sleep 2.5')

describe('IPv4', () => {
  beforeAll(() =>
    type(
      'director',
      `lvsctl service add -t ${at} -s wrr`,
      `lvsctl server add -t ${at} -r 192.168.1.111 -g -w 3`,
      `lvsctl server add -t ${at} -r 192.168.1.115 -g -w 1`,
    ),
  )

  test('weights 3 and 1: 60 and 20 of 80 requests', async () => {
    expect(await ask(lab, {at, times: 80})).toEqual({rs1: 60, rs2: 20})
  })

  test('the figures are those of ipvsadm', async () => {
    await waitForEstimator()
    const rows = await listing(lab, 'director', '--stats --exact')
    // Connections, packets in, packets out, bytes in, bytes out. Answers do not pass the director: no packets out.
    expect(rows).toEqual([
      expect.stringMatching(`^TCP ${at} 80 \\d+ 0 \\d+ 0$`),
      expect.stringMatching(`^TCP ${at} -> 192.168.1.111:8080 60 \\d+ 0 \\d+ 0$`),
      expect.stringMatching(`^TCP ${at} -> 192.168.1.115:8080 20 \\d+ 0 \\d+ 0$`),
    ])

    const lines = (await lab.on('director', 'lvsctl list --stats')).stdout.trim().split('\n')
    expect(lines.map((line) => line.split('\t'))).toEqual(
      [
        ['service', `tcp://${at}`, '-'],
        ['server', `tcp://${at}`, '192.168.1.111:8080'],
        ['server', `tcp://${at}`, '192.168.1.115:8080'],
      ].map((name, index) => {
        const [connections, inPackets, , inBytes] = figuresOf(rows[index])
        return [...name, connections, inPackets, '-', inBytes, '-']
      }),
    )

    const {service} = JSON.parse((await lab.on('director', `lvsctl service show -t ${at} --json`)).stdout)
    for (const [index, {statistics}] of [service, ...service.servers].entries()) {
      const {connections, inPackets, outPackets, inBytes, outBytes} = statistics
      expect([connections, inPackets, outPackets, inBytes, outBytes].map(String)).toEqual(figuresOf(rows[index]))
    }
  })

  test('so are the rates', async () => {
    const traffic = lab.guest.run(`for i in 1 2 3 4 5; do curl -s 'http://${at}/?[1-20]'; sleep 0.6; done`, {
      host: 'client',
    })
    await waitForEstimator()
    // The kernel renews them every two seconds: only what ipvsadm says both before and after can be asked for.
    const {rows, lines} = await steadily(
      () => listing(lab, 'director', '--rate --exact'),
      async () => (await lab.on('director', 'lvsctl list --rate')).stdout.trim().split('\n'),
    )
    await traffic
    expect(Number(figuresOf(rows[0])[0])).toBeGreaterThan(0)
    expect(lines.map((line) => line.split('\t').slice(3))).toEqual(
      rows.map((row) => {
        const [connections, inPackets, , inBytes] = figuresOf(row)
        return [connections, inPackets, '-', inBytes, '-']
      }),
    )
  })

  test('zeroed', async () => {
    await waitForEstimator()
    await type('director', 'lvsctl service zero')
    for (const row of await listing(lab, 'director', '--stats --exact')) expect(row).toMatch(/( 0){5}$/)
    expect((await lab.on('director', 'lvsctl list --stats')).stdout).toMatch(/^(\S+\t\S+\t\S+\t0\t0\t-\t0\t-\n){3}$/)
  })

  test('a quiesced server gets no new client and keeps those it has', async () => {
    const script = `
      for turn in 1 2 3 4; do
        exec {connection}<>/dev/tcp/${vip}/${labPort}
        connections+=($connection)
      done
      touch /tmp/held
      while [ ! -e /tmp/quiesced ]; do sleep 0.05; done
      for connection in \${connections[@]}; do
        printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&$connection
        tail -n 1 <&$connection
      done`
    const held = lab.on('client', `${useFreshPorts(4)}\nexec bash -s`, {input: script})
    await lab.on('client', 'while [ ! -e /tmp/held ]; do sleep 0.05; done')
    await type('director', `lvsctl server edit -t ${at} -r 192.168.1.111 -w 0`)
    expect(await ask(lab, {at, times: 20})).toEqual({rs2: 20})
    await lab.on('client', 'touch /tmp/quiesced')
    expect((await held).stdout.trim().split('\n').sort()).toEqual(['rs1', 'rs1', 'rs1', 'rs2'])
  })

  test('weights changed: 1 and 1, then 1 and 4', async () => {
    await type('director', `lvsctl server edit -t ${at} -r 192.168.1.111 -w 1`)
    expect(await ask(lab, {at, times: 40})).toEqual({rs1: 20, rs2: 20})
    await type('director', `lvsctl server edit -t ${at} -r 192.168.1.115 -w 4`)
    expect(await ask(lab, {at, times: 50})).toEqual({rs1: 10, rs2: 40})
  })

  test('the scheduler changed: weights count no more', async () => {
    await type('director', `lvsctl service edit -t ${at} -s rr`)
    expect(await ask(lab, {at, times: 20})).toEqual({rs1: 10, rs2: 10})
  })

  test('a deleted server gets nothing', async () => {
    await type('director', `lvsctl server delete -t ${at} -r 192.168.1.115`)
    expect(await ask(lab, {at, times: 20})).toEqual({rs1: 20})
    expect(await savedRules(lab, 'director')).toEqual([
      `-A -t ${at} -s rr`,
      `-a -t ${at} -r 192.168.1.111:8080 -g -w 1`,
    ])
  })

  test('without a server, and without the service, clients are refused', async () => {
    await type('director', `lvsctl server delete -t ${at} -r 192.168.1.111`)
    expect(await refusal(lab, at)).toBe(7)
    await type('director', `lvsctl service delete -t ${at}`)
    expect(await refusal(lab, at)).toBe(7)
    expect(await savedRules(lab, 'director')).toEqual([])
  })
})

describe('IPv6', () => {
  beforeAll(() => type('director', 'ipvsadm -C'))

  test('weights 3 and 1: 15 and 5 of 20 requests; then one is quiesced', async () => {
    await type(
      'director',
      `lvsctl service add -t ${at6} -s wrr`,
      `lvsctl server add -t ${at6} -r 2001:db8:1::111 -g -w 3`,
      `lvsctl server add -t ${at6} -r [2001:db8:1::115]:8080 -g -w 1`,
    )
    expect(await ask(lab, {at: at6, times: 20})).toEqual({rs1: 15, rs2: 5})
    await type('director', `lvsctl server edit -t ${at6} -r 2001:db8:1::111 -w 0`)
    expect(await ask(lab, {at: at6, times: 10})).toEqual({rs2: 10})
    expect(await savedRules(lab, 'director')).toEqual([
      `-A -t ${at6} -s wrr`,
      `-a -t ${at6} -r [2001:db8:1::111]:8080 -g -w 0`,
      `-a -t ${at6} -r [2001:db8:1::115]:8080 -g -w 1`,
    ])
  })

  test('status of the roles says that all is well', async () => {
    expect((await lab.on('director', 'lvsctl director status')).stdout).toBe(
      [`${vip}\ton eth0 /32`, `${vip6}\ton eth0 /128`].map((one) => `${one}\t✓\tset up by lvsctl\n`).join(''),
    )
    for (const host of ['rs1', 'rs2'])
      expect((await lab.on(host, 'lvsctl realserver status')).stdout).toBe(
        [vip, vip6]
          .map((one) => `${one}\tdirect routing\tVIP on lo ✓\tARP quiet ✓\tlistening :8080 ✓\tset up by lvsctl\n`)
          .join(''),
      )
  })
})

/** The last five words of a row. */
const figuresOf = (row: string | undefined): readonly string[] => (row ?? '').split(' ').slice(-5)

/** Reads both until the first says the same before and after the second. */
async function steadily<Rows, Lines>(
  read: () => Promise<Rows>,
  other: () => Promise<Lines>,
): Promise<{rows: Rows; lines: Lines}> {
  for (let tries = 0; tries < 10; tries++) {
    const rows = await read()
    const lines = await other()
    if (JSON.stringify(await read()) === JSON.stringify(rows)) return {rows, lines}
  }
  throw new Error('figures never stood still')
}
