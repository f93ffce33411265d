// timeouts: what is said, what is set, what is refused.

import {expect, test} from 'vitest'
import {memoryClient} from '../../../src/ipvs/memory-client.ts'
import {lvsctl, machine, machineAfter} from '../../support/run-command.ts'

test('show: the three, in a pipe', async () => {
  expect(await lvsctl('timeouts show')).toEqual({stdout: 'tcp\t900\ntcp-fin\t120\nudp\t300\n', stderr: '', exit: 0})
})

test('show: with units and meaning for people', async () => {
  const on = machine({env: {LVSCTL_FORCE_TTY: '120', NO_COLOR: '1'}})
  await lvsctl('timeouts set --udp 45', on)
  expect((await lvsctl('timeouts show', on)).stdout).toBe(
    `tcp      900 s  15 min         an established TCP connection on which nothing is sent
tcp-fin  120 s  2 min          a TCP connection that one side has closed
udp      45 s   default 300 s  a UDP client of which nothing more is heard
`,
  )
})

test('show: JSON in seconds', async () => {
  expect(JSON.parse((await lvsctl('timeouts show --json')).stdout)).toEqual({
    timeouts: {tcp: 900, tcpFin: 120, udp: 300},
    defaults: {tcp: 900, tcpFin: 120, udp: 300},
  })
})

test('set: only what is given, old → new', async () => {
  const on = machine()
  expect(await lvsctl('timeouts set --tcp 2h --udp 300 --verbose', on)).toEqual({
    stdout: 'changed timeouts: tcp 900 → 7200 s\n',
    stderr: '[#] ipvsadm --set 7200 0 0\n',
    exit: 0,
  })
  expect(on.ipvs.timeouts()).toEqual({tcp: 7200, tcpFin: 120, udp: 300})
  expect(await lvsctl('timeouts set --tcp 7200 --tcp-fin 2m', on)).toEqual({
    stdout: 'nothing to do: timeouts are tcp 7200 s, tcp-fin 120 s, udp 300 s\n',
    stderr: '',
    exit: 0,
  })
})

test('set: a dry run sets nothing', async () => {
  const on = machine()
  expect((await lvsctl('timeouts set --tcp-fin 30s --dry-run', on)).stdout).toBe(
    'would change timeouts: tcp fin 120 → 30 s\n  ipvsadm --set 0 30 0\nnothing was changed (dry run)\n',
  )
  const told = JSON.parse((await lvsctl('timeouts set --tcp-fin 30s --dry-run --json', on)).stdout)
  expect(told).toEqual({
    changed: false,
    dryRun: true,
    steps: [{operation: 'set-timeouts', line: 'ipvsadm --set 0 30 0'}],
    changes: [{property: 'tcpFin', from: 120, to: 30}],
    warnings: [],
    timeouts: {tcp: 900, tcpFin: 120, udp: 300},
  })
  expect(on.ipvs.timeouts().tcpFin).toBe(120)
})

test.each([
  ['timeouts set', 'nothing to change: no timeout is given'],
  ['timeouts set --tcp 0', '--tcp: 0 is too low for a timeout in seconds'],
  ['timeouts set --tcp 0 --udp 0', '--udp: 0 is too low for a timeout in seconds'],
  ['timeouts set --tcp 2678401', '--tcp: 2678401 is too high for a timeout in seconds'],
  ['timeouts set --tcp 45d', '--tcp: 3888000 is too high'],
  ['timeouts set --tcp 1.5h', '--tcp: 1.5h is not a timeout in seconds'],
  ['timeouts set --udp=-1', '--udp: -1 is negative'],
  ['timeouts set --tcp x --udp y', '--udp: y is not'],
])('%s is refused', async (command, message) => {
  const {stdout, stderr, exit} = await lvsctl(command)
  expect({stdout, exit}).toEqual({stdout: '', exit: 2})
  expect(stderr).toContain(message)
})

test('a kernel with a fast clock takes less than 31 days, and that is explained', async () => {
  const on = machine({ipvs: memoryClient({hz: 1000})})
  const {stderr, exit} = await lvsctl('timeouts set --tcp 30d', on)
  expect(exit).toBe(2)
  expect(stderr).toContain('2147483 s at 1000')
  expect(on.ipvs.timeouts().tcp).toBe(900)
})

test('whatever else the kernel answers is told', async () => {
  const on = await machineAfter('timeouts set --udp 60')
  const ipvs = Object.assign(Object.create(on.ipvs), {timeouts: () => ({tcp: 900, tcpFin: 120, udp: 60})})
  const {stderr, exit} = await lvsctl('timeouts set --udp 90', {...on, ipvs})
  expect({stderr, exit}).toMatchObject({stderr: expect.stringContaining('not as asked: udp 90 → 60 s'), exit: 7})
})
