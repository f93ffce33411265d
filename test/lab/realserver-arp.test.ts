// Who answers for a VIP on a real server, and whom the client believes, for every setting there is: what the kernel does,
// that status says the same, and that set-up makes each of these hosts silent and teardown gives it back its settings.

import {beforeAll, describe, expect, test} from 'vitest'
import {address} from '../../src/domain/address.ts'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {dr} from '../../src/lab/topologies.ts'
import {bundledDriver} from '../support/bundled.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)
const vip = address('192.168.1.200')
const driver = bundledDriver('roles-driver')
const probe = shellWords([process.execPath, driver, JSON.stringify({do: 'probe', device: 'eth0', target: vip})])
const lvsctl = `NODE_COMPILE_CACHE=/run/compiled lvsctl realserver`

interface Row {
  readonly what: string
  /** arp_ignore of these. */
  readonly set: Readonly<Record<string, number>>
  /** Where the VIP is: `lo`, unless said. */
  readonly place?: string
  readonly answers: boolean
  /** What set-up says to it; it makes this host silent where that is nothing. */
  readonly refused?: string
}

const rows: readonly Row[] = [
  {what: 'nothing set', set: {}, answers: true},
  {what: 'only lo, which is decoration', set: {lo: 1}, answers: true},
  {what: 'only the interface', set: {eth0: 1}, answers: false},
  {what: 'only all', set: {all: 1}, answers: false},
  {what: 'all, and the interface 0: the larger counts', set: {all: 1, eth0: 0}, answers: false},
  {what: '2 is stricter', set: {all: 2}, answers: false},
  {what: '3 hides scope host only', set: {all: 3}, answers: true, refused: 'vip-scope'},
  {what: '3 with scope host', set: {all: 3}, place: 'lo scope host', answers: false},
  {what: '4 is reserved and means 0', set: {all: 4}, answers: true},
  {what: '8 on the interface', set: {eth0: 8}, answers: false},
  {what: 'on the interface itself', set: {all: 1}, place: 'eth0', answers: true, refused: 'vip-on-interface'},
  {what: 'on a dummy', set: {all: 1}, place: 'dummy0', answers: false},
  {what: 'on a dummy, which has no ARP, and all 0', set: {}, place: 'dummy0', answers: true},
]

const settings = (set: Row['set']) =>
  ['all', 'eth0', 'lo'].map((name) => `net.ipv4.conf.${name}.arp_ignore=${set[name] ?? 0}`).join(' ')

/** Of a host that was set up by hand. */
const prepare = ({set, place = 'lo'}: Row) =>
  `on rs1 sh -c 'sysctl -qw ${settings(set)} net.ipv4.conf.all.arp_announce=2; ip addr add ${vip}/32 dev ${place}'`
const remove = ({place = 'lo'}: Row) => `on rs1 ip addr del ${vip}/32 dev ${place.split(' ')[0]}`

/** Runs it all in one go, and gives back a JSON value a line. */
async function run(lines: readonly string[]): Promise<readonly unknown[]> {
  const script = ['export NODE_COMPILE_CACHE=/run/compiled', ...lines].join('\n')
  const {stdout} = await lab.on(undefined, script, {deadlineMs: 110_000})
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

beforeAll(async () => {
  await lab.on(undefined, 'modprobe dummy')
  await lab.on('rs1', 'ip link add dummy0 type dummy 2>/dev/null; ip link set dummy0 up')
})

describe('who answers', () => {
  test('the kernel does what the table says', async () => {
    const heard = await run(rows.flatMap((row) => [prepare(row), `on client ${probe}`, remove(row)]))
    expect(rows.map(({what}, index) => [what, (heard[index] as string[]).length > 0])).toEqual(
      rows.map(({what, answers}) => [what, answers]),
    )
  })

  test('and status says so', async () => {
    const said = (await run(
      rows.flatMap((row) => [
        prepare(row),
        `on rs1 sh -c '${lvsctl} status --vip ${vip} --json' | tr -d '\\n'; echo`,
        remove(row),
      ]),
    )) as {ok: boolean}[]
    expect(rows.map(({what}, index) => [what, !said[index]?.ok])).toEqual(
      // That nobody is reached at 8 either is not for this command to say; on the interface it is in the wrong place.
      rows.map(({what, answers}) => [what, answers]),
    )
  })

  const possible = rows.filter(({refused}) => refused === undefined)
  const quietly = (command: string): string => `on rs1 sh -c '${lvsctl} ${command} --quiet' 2>/dev/null >&2`

  test.each(possible)(
    '$what: set-up makes it silent, teardown leaves it so while the VIP is there, and then gives back what was',
    async (row) => {
      const device = row.place?.split(' ')[0] ?? 'lo'
      const [heard, heardAfter, ...after] = await run([
        prepare(row),
        quietly(`setup --vip ${vip} --interface ${device}`),
        `on client ${probe}`,
        quietly('teardown'),
        `on client ${probe}`,
        remove(row),
        quietly('teardown'),
        `on rs1 sysctl -n ${settings(row.set).replaceAll(/=\d/g, '')}`,
      ])
      const before = ['all', 'eth0', 'lo'].map((name) => row.set[name] ?? 0)
      expect({heard, heardAfter, after}).toEqual({heard: [], heardAfter: [], after: before})
    },
  )

  test('what set-up cannot make silent it refuses', async () => {
    for (const row of rows.filter(({refused}) => refused !== undefined)) {
      await lab.on(undefined, prepare(row))
      const {stdout} = await lab.on('rs1', `${lvsctl} setup --vip ${vip} --json`, {exits: 2})
      expect(JSON.parse(stdout).error.code, row.what).toBe(row.refused)
      await lab.on(undefined, remove(row))
    }
  })
})

describe('whom the client believes when the real server asks for it', () => {
  /** The client knows the director; then the real server speaks in the VIP's name, and has to ask for the client first. */
  const speak = [
    `on client sh -c 'ip neigh flush to ${vip}; ping -q -c 1 -W 2 ${vip} >/dev/null; sleep 1.2'`,
    `on rs1 sh -c 'ip neigh flush all; ping -q -c 1 -W 1 -I ${vip} 192.168.1.10 >/dev/null'`,
    // The first two of the address: enough to tell them apart.
    `on client ip neigh show to ${vip} | sed -n 's/.*lladdr \\([0-9a-f:]*\\).*/"\\1"/p'`,
  ]
  let director = ''
  beforeAll(async () => {
    await lab.on('rs1', `sysctl -qw ${settings({all: 1})}`)
    await lab.on('director', `ip addr add ${vip}/32 dev eth0`)
    director = (await lab.on('director', 'cat /sys/class/net/eth0/address')).stdout.trim()
  })

  test.each([
    [0, false],
    [1, false],
    [2, true],
  ])('arp_announce %i: the director: %j', async (value, stays) => {
    const [mac] = await run([
      `on rs1 sh -c 'sysctl -qw net.ipv4.conf.all.arp_announce=${value}; ip addr add ${vip}/32 dev lo'`,
      ...speak,
      `on rs1 ip addr del ${vip}/32 dev lo`,
    ])
    expect(mac === director).toBe(stays)
  })

  test('after set-up always the director', async () => {
    for (const value of [0, 1]) {
      const [mac] = await run([
        `on rs1 sh -c 'sysctl -qw net.ipv4.conf.all.arp_announce=${value}; ${lvsctl} setup --vip ${vip} --quiet' 2>/dev/null >&2`,
        ...speak,
        `on rs1 sh -c '${lvsctl} teardown --quiet' 2>/dev/null >&2`,
      ])
      expect(mac).toBe(director)
    }
  })
})
