// A real server that loses its power behind every single step of set-up and of teardown: the same command again
// completes, the other one takes everything back, and nobody ever hears of the VIP meanwhile.

import {beforeAll, describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {dr} from '../../src/lab/topologies.ts'
import type {SetupRequest} from '../../src/realserver/request.ts'
import {bundledDriver} from '../support/bundled.ts'
import {useLab} from '../support/lab.ts'
import type {Action, Crashes} from '../support/roles-driver.ts'

const lab = useLab(dr)
const vip = address('192.168.1.200')
const six = address('2001:db8:1::200')

const driver = bundledDriver('roles-driver')
const driverLine = (action: Action): string => shellWords([process.execPath, driver, JSON.stringify(action)])

beforeAll(async () => {
  await lab.on(undefined, 'modprobe -a ipip fou ip6_tunnel dummy')
  // What has been up once has IPv6 settings from then on.
  await lab.on('rs1', 'for name in tunl0 ip6tnl0; do ip link set $name up; ip link set $name down; done')
  await lab.on('rs1', 'ip route add default via 192.168.1.10 dev eth0 metric 100')
})

type Watched = Crashes & {readonly asked: number; readonly answers: number}

async function crash(request: SetupRequest, what: 'setup' | 'teardown'): Promise<Watched> {
  const script = [
    'export NODE_COMPILE_CACHE=/run/compiled; rm -f /run/enough /run/watched',
    `on client ${driverLine({do: 'watch', device: 'eth0', target: vip, until: '/run/enough'})} >/run/watched &`,
    `on rs1 ${driverLine({do: 'realserver-crashes', request, what})}; code=$?`,
    'touch /run/enough; wait; cat /run/watched; exit $code',
  ].join('\n')
  const [crashes = '', watched = ''] = (await lab.on(undefined, script, {deadlineMs: 110_000})).stdout
    .trim()
    .split('\n')
  const {asked, answers} = JSON.parse(watched)
  return {...JSON.parse(crashes), asked, answers: answers.length}
}

const cases: readonly [string, SetupRequest, number, number][] = [
  ['direct routing', {vips: [vip, six]}, 5, 5],
  ['a dummy interface', {vips: [vip], device: 'dummy0'}, 6, 5],
  [
    'a tunnel in UDP, with routes clamped',
    {vips: [vip], method: 'tun', tunnel: {type: 'gue', port: 6080}, mtuCure: 'clamp'},
    8,
    8,
  ],
  ['NAT', {vips: [], method: 'nat', gateways: [address('192.168.1.114')]}, 2, 2],
]

describe.each(cases)('%s', (_name, request, ...steps) => {
  test.each(['setup', 'teardown'] as const)('%s', async (what) => {
    const {asked, ...result} = await crash(request, what)
    expect(result).toEqual({steps: steps[what === 'setup' ? 0 : 1], wrong: [], answers: 0})
    expect(asked).toBeGreaterThan(result.steps)
  })
})

test('whoever did speak would have been heard', async () => {
  await lab.on('rs1', `ip addr add ${vip}/32 dev lo`)
  const {stdout} = await lab.on('client', driverLine({do: 'probe', device: 'eth0', target: vip}))
  expect(JSON.parse(stdout)).toHaveLength(1)
})
