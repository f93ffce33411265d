// What the director's commands say that is to be done next: each line is pasted, and what it promises is so afterwards.

import {expect, test} from 'vitest'
import {FakeHost} from '../../../src/host/fake-host.ts'
import {asUser} from '../../support/as-user.ts'
import {at} from '../../support/interface-address.ts'
import {lvsctl, type Machine, machine} from '../../support/run-command.ts'

const vip = '192.168.1.200'
const own = '192.168.1.114'

type State = ConstructorParameters<typeof FakeHost>[0]

const director = (state: State = {}): Machine =>
  machine({host: new FakeHost({...state, addresses: [at('eth0', own, 24), ...(state.addresses ?? [])]})})

/** The lines of a text that can be pasted, after `mark`. */
function linesBehind(text: string, mark: string): readonly string[] {
  const [, lines] = new RegExp(`${mark}: (lvsctl .*)`).exec(text) ?? []
  expect(lines, text).toBeDefined()
  return (lines ?? '').split('; ')
}

async function paste(lines: readonly string[], on: Machine): Promise<void> {
  for (const line of lines) {
    const {exit, stderr} = await lvsctl(line.replace(/^lvsctl /, ''), on)
    expect(`${line}: ${exit} ${exit === 0 ? '' : stderr}`).toBe(`${line}: 0 `)
  }
}

const status = (on: Machine) => lvsctl('director status', on)

const setups = [
  `--vip ${vip} --dev eth0`,
  `--vip ${vip},192.168.1.201 --dev eth0 --method nat`,
  `--vip ${vip} --dev eth0 --method nat --masquerade --tune`,
  `--vip ${vip} --dev eth0 --method tun`,
]

test.each(setups)('after a reboot: the same set-up again (%s)', async (options) => {
  const before = director()
  await lvsctl(`director setup ${options}`, before)
  const path = before.host.list('/run/lvsctl').find((name) => name.startsWith('director'))
  const notes = before.host.readFile(`/run/lvsctl/${path}`)?.replace(/"bootId": "[^"]*"/, '"bootId": "earlier"') ?? ''
  const on = director()
  on.host.apply({do: 'write-state', path: `/run/lvsctl/${path}`, content: notes})
  const {stderr, exit} = await status(on)
  expect(exit).toBe(9)
  expect(linesBehind(stderr, 'Set it up again')).toEqual([`lvsctl director setup ${options}`])
  await paste(linesBehind(stderr, 'Set it up again'), on)
  expect(await status(on)).toEqual(await status(before))
  expect(await status(on)).toMatchObject({exit: 0})
})

test.each(setups)('a VIP that somebody took away comes back as it was (%s)', async (options) => {
  const on = director()
  await lvsctl(`director setup ${options}`, on)
  await lvsctl(`director setup --vip ${vip} --dev eth0`, on)
  on.host.apply({do: 'remove-address', address: at('eth0', vip, 32)})
  const {stderr} = await status(on)
  expect(stderr).toContain(`  lvsctl director setup ${options.replace(',192.168.1.201', '')}\n`)
})

test('a service by NAT whose VIP nobody set up', async () => {
  const on = director()
  await paste([`lvsctl service add -t ${vip}:80`, `lvsctl server add -t ${vip}:80 -r 10.0.0.7 -m`], on)
  const {stderr} = await status(on)
  expect(linesBehind(stderr, 'Set it up')).toEqual([`lvsctl director setup --vip ${vip} --dev eth0 --method nat`])
  await paste(linesBehind(stderr, 'Set it up'), on)
  expect(await status(on)).toMatchObject({exit: 0})
})

test('a VIP set up for direct routing, with a server by NAT', async () => {
  const on = director()
  await paste([`lvsctl director setup --vip ${vip} --dev eth0`, `lvsctl service add -t ${vip}:80`], on)
  await paste([`lvsctl server add -t ${vip}:80 -r 10.0.0.7 -m`], on)
  const {stderr} = await status(on)
  expect(stderr).toContain(`  lvsctl director setup --vip ${vip} --dev eth0 --method nat\n`)
  await paste([`lvsctl director setup --vip ${vip} --dev eth0 --method nat`], on)
  expect(await status(on)).toMatchObject({exit: 0})
})

test('an interface that is unknown is left open', async () => {
  const on = machine({host: new FakeHost({links: [{name: 'eth0'}, {name: 'eth1'}]})})
  await lvsctl(`service add -t ${vip}:80`, on)
  expect((await status(on)).stderr).toContain(`Set it up: lvsctl director setup --vip ${vip} --dev IF\n`)
})

test.each<[string, State, string, string | undefined]>([
  ['a VIP that set-up added', {}, `--vip ${vip} --dev eth0`, `lvsctl director teardown --vip ${vip} --dev eth0`],
  ['the own address, nothing else', {}, `--vip ${own} --dev eth0`, undefined],
  ['the own address, for NAT', {}, `--vip ${own} --dev eth0 --method nat`, 'lvsctl director teardown'],
  ['one that was there', {addresses: [at('eth0', vip, 32)]}, `--vip ${vip} --dev eth0`, undefined],
  [
    'one that was there, and another',
    {addresses: [at('eth0', vip, 32)]},
    `--vip ${vip},192.168.1.201 --dev eth0`,
    'lvsctl director teardown --vip 192.168.1.201 --dev eth0',
  ],
])('undo: %s', async (_what, state, options, line) => {
  const on = director(state)
  const addresses = on.host.addresses()
  const forwarding = on.host.sysctl('net.ipv4.ip_forward')
  const {stdout} = await lvsctl(`director setup ${options}`, on)
  if (line === undefined) return expect(stdout).not.toContain('undo')
  expect(linesBehind(stdout, 'undo')).toEqual([line])
  await paste([line], on)
  expect(on.host.addresses()).toEqual(addresses)
  expect(on.host.sysctl('net.ipv4.ip_forward')).toBe(forwarding)
})

test('teardown with services says that they stay, and status how to go on', async () => {
  const on = director()
  await paste([`lvsctl director setup --vip ${vip} --dev eth0`, `lvsctl service add -t ${vip}:80`], on)
  await paste([`lvsctl service add -u ${vip}:53`], on)
  const dry = await lvsctl('director teardown --dry-run', on)
  const {stderr, exit} = await lvsctl('director teardown', on)
  const told = `! 2 services use ${vip}: without it on this host, no client gets through to what stays in the table
  If it is not to come back: lvsctl service delete -t ${vip}:80; lvsctl service delete -u ${vip}:53
`
  expect([stderr, exit]).toEqual([expect.stringContaining(told), 0])
  expect(dry.stderr).toContain(told)
  const {stderr: problems, exit: differs} = await status(on)
  expect(differs).toBe(9)
  expect(linesBehind(problems, 'Set it up')).toEqual([`lvsctl director setup --vip ${vip} --dev eth0`])
  await paste(linesBehind(problems, 'Or remove its 2 services'), on)
  expect(await status(on)).toMatchObject({exit: 0})
})

test('teardown without services says nothing of them', async () => {
  const on = director()
  await paste([`lvsctl director setup --vip ${vip} --dev eth0`, 'lvsctl service add -t 192.168.1.201:80'], on)
  expect((await lvsctl('director teardown', on)).stderr).not.toContain('service')
})

test('taken over from somebody who goes on answering', async () => {
  const on = director({
    answers: {[vip]: ['02:00:00:00:00:aa', '02:00:00:00:00:bb']},
    neighbours: [{interface: 'eth0', address: at('eth0', '192.168.1.115', 24).address, mac: '02:00:00:00:00:bb'}],
  })
  const {stdout, stderr, exit} = await lvsctl(`director setup --vip ${vip} --dev eth0 --take-over`, on)
  expect(stdout).toMatch(/^taken, but not alone: eth0 has 192\.168\.1\.200/)
  expect(stderr).toContain(
    `! 2 others still answer for ${vip} on eth0: 02:00:00:00:00:aa (unknown), 02:00:00:00:00:bb (192.168.1.115); clients reach the one or the other\n`,
  )
  expect(stderr).toContain(`\n  Then here: lvsctl arp probe ${vip} --dev eth0\n`)
  expect(exit).toBe(0)
  const again = await lvsctl(`director setup --vip ${vip} --dev eth0 --take-over --json`, on)
  expect(JSON.parse(again.stdout).warnings).toContainEqual(expect.objectContaining({code: 'vip-shared'}))
})

test('taken over from somebody who is gone', async () => {
  const {stdout, stderr} = await lvsctl(`director setup --vip ${vip} --dev eth0 --take-over`, director())
  expect(stdout).toMatch(/^ready: /)
  expect(stderr).not.toContain('answer')
})

test('who may not read the notes does not know whether a VIP is gone', async () => {
  const on = director()
  await lvsctl(`director setup --vip ${vip} --dev eth0`, on)
  on.host.apply({do: 'remove-address', address: at('eth0', vip, 32)})
  expect(await status(asUser(on))).toMatchObject({
    stdout: 'unknown: what is set up here only root can read\n',
    exit: 5,
  })
  expect(JSON.parse((await lvsctl('director status --json', on)).stdout)).toMatchObject({ok: null})
  expect(await lvsctl(`director status --vip ${vip}`, on)).toMatchObject({exit: 9})
  await lvsctl(`service add -t ${vip}:80`, on)
  expect(await status(on)).toMatchObject({exit: 9})
})
