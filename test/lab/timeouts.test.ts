// Timeouts on the real kernel: what lvsctl sets, ipvsadm shows, and the other way round.

import {beforeEach, expect, test} from 'vitest'
import {useLab} from '../support/lab.ts'

const lab = useLab()

const ipvsadm = async () => (await lab.on(undefined, 'ipvsadm -L --timeout')).stdout
const ours = async () => JSON.parse((await lab.lvsctl(undefined, ['timeouts', 'show', '--json'])).stdout).timeouts

beforeEach(() => lab.on(undefined, 'ipvsadm --set 900 120 300'))

test('one of them, then the others, then nothing', async () => {
  const {stdout} = await lab.on(undefined, 'lvsctl timeouts set --tcp-fin 30')
  expect(stdout).toBe('changed timeouts: tcp fin 120 → 30 s\n')
  expect(await ipvsadm()).toBe('Timeout (tcp tcpfin udp): 900 30 300\n')
  await lab.on(undefined, 'lvsctl timeouts set --tcp 2h --udp 10m')
  expect(await ipvsadm()).toBe('Timeout (tcp tcpfin udp): 7200 30 600\n')
  expect(await ours()).toEqual({tcp: 7200, tcpFin: 30, udp: 600})
  expect((await lab.on(undefined, 'lvsctl timeouts set --udp 600')).stdout).toMatch(/^nothing to do: /)
})

test('the line of a dry run does the same', async () => {
  const {stdout} = await lab.on(undefined, 'lvsctl timeouts set --tcp 1200 --udp 60 --dry-run --json')
  expect(await ours()).toEqual({tcp: 900, tcpFin: 120, udp: 300})
  await lab.on(undefined, JSON.parse(stdout).steps[0].line)
  expect(await ours()).toEqual({tcp: 1200, tcpFin: 120, udp: 60})
})

test('31 days is the most, and refused beyond that without a change', async () => {
  await lab.on(undefined, 'lvsctl timeouts set --tcp 31d')
  expect(await ipvsadm()).toBe('Timeout (tcp tcpfin udp): 2678400 120 300\n')
  await lab.on(undefined, 'lvsctl timeouts set --tcp 2678401 --udp 5', {exits: 2})
  expect(await ipvsadm()).toBe('Timeout (tcp tcpfin udp): 2678400 120 300\n')
})

test('each network namespace has its own', async () => {
  await lab.on(undefined, 'ip netns add blue && lvsctl timeouts set --udp 77 --netns blue')
  expect(await ours()).toMatchObject({udp: 300})
  expect((await lab.on('blue', 'ipvsadm -L --timeout')).stdout).toBe('Timeout (tcp tcpfin udp): 900 120 77\n')
})

test('an ordinary user is told', async () => {
  const {stderr} = await lab.on(undefined, 'setpriv --reuid 65534 --clear-groups lvsctl timeouts set --udp 5', {
    exits: 5,
  })
  expect(stderr).toContain('not permitted')
})
