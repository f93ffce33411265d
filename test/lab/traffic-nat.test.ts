// Masquerading with real packets: another port, answers that come back through the director, figures of both ways.

import {beforeAll, describe, expect, test} from 'vitest'
import {labPort, labVip, nat} from '../../src/lab/topologies.ts'
import {listing, savedRules} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'
import {ask, refusal} from '../support/requests.ts'

const lab = useLab(nat)
const {ipv4: vip, ipv6: vip6} = labVip

const director = (...commands: readonly string[]) => lab.on('director', `set -e\n${commands.join('\n')}`)

beforeAll(() => director(`lvsctl director setup --vip ${vip},${vip6} --dev eth0`))

describe.each([
  {family: 'IPv4', at: `${vip}:80`, servers: ['10.0.0.111:8080', '10.0.0.115:8080']},
  {family: 'IPv6', at: `[${vip6}]:80`, servers: ['[2001:db8:2::111]:8080', '[2001:db8:2::115]:8080']},
])('$family', ({at, servers: [first, second]}) => {
  test(`port 80 is served on ${labPort} behind the director`, async () => {
    await director(
      'ipvsadm -C',
      `lvsctl service add -t ${at} -s wrr`,
      `lvsctl server add -t ${at} -r ${first} -m -w 3`,
      `lvsctl server add -t ${at} -r ${second} -m -w 1`,
    )
    expect(await ask(lab, {at, times: 20})).toEqual({rs1: 15, rs2: 5})
    expect(await savedRules(lab, 'director')).toEqual([
      `-A -t ${at} -s wrr`,
      `-a -t ${at} -r ${first} -m -w 3`,
      `-a -t ${at} -r ${second} -m -w 1`,
    ])
  })

  test('the director sees both ways and counts them as ipvsadm does', async () => {
    await lab.on('director', 'sleep 2.5')
    const rows = await listing(lab, 'director', '--stats --exact')
    const figures = rows.map((row) => row.split(' ').slice(-5))
    expect(figures.map(([connections]) => connections)).toEqual(['20', '15', '5'])
    for (const numbers of figures) for (const number of numbers) expect(Number(number)).toBeGreaterThan(4)
    const lines = (await director('lvsctl list --stats')).stdout.trim().split('\n')
    expect(lines.map((line) => line.split('\t').slice(3))).toEqual(figures)
    expect(lines.map((line) => line.split('\t')[2])).toEqual(['-', first, second])
  })

  test('edited to direct routing is refused: the port would change', async () => {
    const before = await savedRules(lab, 'director')
    const {stderr} = await lab.on('director', `lvsctl server edit -t ${at} -r ${first} -g`, {exits: 2})
    expect(stderr).toMatch(/✗ -r: gatewaying cannot change the port: the service is on 80, the server would be on 8080/)
    expect(await savedRules(lab, 'director')).toEqual(before)
  })

  test('quiesced, deleted', async () => {
    await director(`lvsctl server edit -t ${at} -r ${first} -w 0`)
    expect(await ask(lab, {at, times: 5})).toEqual({rs2: 5})
    await director(`lvsctl server delete -t ${at} -r ${second}`)
    expect(await refusal(lab, at)).toBe(7)
    await director(`lvsctl server edit -t ${at} -r ${first} -w 1`)
    expect(await ask(lab, {at, times: 5})).toEqual({rs1: 5})
  })
})

test('connection limits: at the upper threshold a server gets nobody', async () => {
  const at = `${vip}:81`
  await director(
    'ipvsadm -C',
    `lvsctl service add -t ${at} -s rr`,
    `lvsctl server add -t ${at} -r 10.0.0.111:8080 -m -x 2 -y 1`,
    `lvsctl server add -t ${at} -r 10.0.0.115:8080 -m`,
  )
  expect(await listing(lab, 'director', '--thresholds')).toEqual([
    `TCP ${at} rr`,
    `TCP ${at} -> 10.0.0.111:8080 2 1 0 0`,
    `TCP ${at} -> 10.0.0.115:8080 0 0 0 0`,
  ])
  // Closed connections count until they expire.
  expect(await ask(lab, {at, times: 10})).toEqual({rs1: 2, rs2: 8})
  await director(`lvsctl server edit -t ${at} -r 10.0.0.111:8080 -x 0 -y 0`)
  expect(await ask(lab, {at, times: 10})).toEqual({rs1: 5, rs2: 5})
})
