// "Who has it?" on a real LAN: nobody, one, two; this host, a neighbour, a stranger; ARP and neighbour discovery.

import {beforeAll, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)
const vip = '192.168.1.200'
const six = '2001:db8:1::200'

interface Probed {
  readonly ok: boolean
  readonly interface: string
  readonly answers: readonly {readonly mac: string; readonly who: string; readonly addresses: readonly string[]}[]
  readonly problems: readonly {readonly code: string}[]
}

async function probe(host: string, address: string, exits: number): Promise<Probed> {
  return JSON.parse((await lab.on(host, `lvsctl arp probe ${address} --json`, {exits})).stdout)
}

const sh = (host: string, command: string) => lab.on(host, command)
const who = ({answers}: Probed) =>
  answers.map((one) => (one.who === 'neighbour' ? one.addresses.join() : one.who)).sort()

// Whoever has spoken to them knows the real servers by name; nobody has spoken to the director.
beforeAll(() =>
  sh('client', 'for n in 111 115; do ping -c 1 -W 2 192.168.1.$n; ping -6 -c 1 -W 2 2001:db8:1::$n; done'),
)

test.each([vip, six])('%s: nobody, then one, then several', async (address) => {
  const length = address === vip ? 32 : 128
  const none = await probe('client', address, 9)
  expect(none).toMatchObject({ok: false, interface: 'eth0', answers: [], problems: [{code: 'vip-unanswered'}]})

  await sh('director', `ip addr add ${address}/${length} dev eth0 $(test ${length} = 128 && echo nodad)`)
  const one = await probe('client', address, 0)
  expect(one).toMatchObject({ok: true, problems: []})
  expect(who(one)).toEqual(['unknown'])
  const self = await probe('director', address, 0)
  expect(who(self)).toEqual(['this host'])
  expect(self.answers[0]?.mac).toBe(one.answers[0]?.mac)

  await sh('rs1', `ip addr add ${address}/${length} dev eth0 $(test ${length} = 128 && echo nodad)`)
  const two = await probe('client', address, 9)
  expect(two.problems).toMatchObject([{code: 'vip-answered-twice'}])
  expect(who(two)).toHaveLength(2)
  expect(who(two).join()).toMatch(length === 32 ? /192\.168\.1\.111/ : /2001:db8:1::111/)
  expect(who(await probe('director', address, 9))).toContain('this host')

  for (const host of ['director', 'rs1']) await sh(host, `ip addr del ${address}/${length} dev eth0`)
})

test('an interface without an address asks too', async () => {
  await sh('director', `ip addr add ${vip}/32 dev eth0`)
  await sh('rs2', 'ip addr flush dev eth0')
  await lab.on('rs2', `lvsctl arp probe ${vip} --json`, {exits: 2})
  expect(JSON.parse((await lab.on('rs2', `lvsctl arp probe ${vip} --dev eth0 --json`)).stdout)).toMatchObject({
    ok: true,
  })
})

test('what cannot be asked', async () => {
  await lab.on('client', `lvsctl arp probe ${vip} --dev eth7`, {exits: 3})
  await lab.on('client', 'lvsctl arp probe 192.168.1.300', {exits: 2})
  const {stderr} = await lab.on('client', `setpriv --reuid=65534 lvsctl arp probe ${vip}`, {exits: 5})
  expect(stderr).toContain('CAP_NET_RAW')
})
