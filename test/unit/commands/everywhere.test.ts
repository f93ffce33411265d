// What holds for every command: its options, its examples, its manners. Adding a command means adding a file under
// src/commands; these tests find it.

import {join} from 'node:path'
import type {Command} from '@oclif/core/command'
import {describe, expect, test} from 'vitest'
import {address} from '../../../src/domain/address.ts'
import {commands} from '../../../src/entry/registry.ts'
import {FakeHost} from '../../../src/host/fake-host.ts'
import {memoryClient} from '../../../src/ipvs/memory-client.ts'
import {bootHost} from '../../support/boot-host.ts'
import {exampleTable} from '../../support/example-table.ts'
import {lvsctl, type Machine, machine, machineAfter, rules} from '../../support/run-command.ts'

const root = join(import.meta.dirname, '../../..')

const loaded = await Promise.all(
  Object.entries(commands).map(async ([id, load]) => ({
    name: id.replaceAll(':', ' '),
    command: (await load()).default,
  })),
)

/** `lab` commands boot a kernel, and `ipvsadm` has ipvsadm's manners: they have tests of their own. */
const ours = loaded.filter(({name}) => !name.startsWith('lab') && name !== 'ipvsadm')
const named = ours.map((one) => [one.name, one.command] as const)

interface Example {
  readonly description: string
  readonly command: string
}

const examplesOf = (command: Command.Class): readonly Example[] => (command.examples ?? []) as readonly Example[]

test('they are found', () => {
  expect(ours.length).toBeGreaterThanOrEqual(17)
})

test('the surface is as committed', async () => {
  const surface = loaded.flatMap(({name, command}) => [
    [name, ...Object.keys(command.args ?? {}).map((argument) => `[${argument}]`)].join(' '),
    ...Object.entries({...command.baseFlags, ...command.flags, ...(command.enableJsonFlag && {json: {}})})
      .map(([long, {char, type}]: [string, {char?: string; type?: string}]) =>
        [`  --${long}`, ...(char ? [`-${char}`] : []), ...(type === 'option' ? ['VALUE'] : [])].join(' '),
      )
      .sort(),
  ])
  // What people type is a promise. Where this differs on purpose, renew the file:
  //   npx vitest run --project unit test/unit/commands/everywhere.test.ts -u
  await expect(`${surface.join('\n')}\n`).toMatchFileSnapshot(join(root, 'test/golden/cli/command-surface.txt'))
})

describe.each(named)('%s', (name, command) => {
  test('has a summary and two examples or more, each with its purpose', () => {
    expect(command.summary).toMatch(/^[A-Z].*\.$/)
    expect(examplesOf(command).length).toBeGreaterThanOrEqual(2)
    for (const {description, command: line} of examplesOf(command)) {
      expect(description).not.toBe('')
      expect(line).toMatch(new RegExp(`<%= config\\.bin %> ${name}\\b`))
    }
  })

  test('describes its options', () => {
    for (const flag of Object.values({...command.baseFlags, ...command.flags})) expect(flag.summary).toMatch(/\.$/)
  })

  test('has JSON, and a dry run where it changes something', () => {
    expect(command.enableJsonFlag).toBe(true)
    const reads = /^(list|completion|.* (list|show|status|probe|script))$/.test(name)
    expect('dry-run' in (command.flags ?? {})).toBe(!reads)
  })
})

describe('examples work', () => {
  /** Names of the example table do; changes are asked for only, and have something to stand on. */
  const lines = named.flatMap(([name, command]) =>
    examplesOf(command).map(({command: line}) => ({
      name,
      line: line.replace('<%= config.bin %> ', '').replace(/ *(\||>).*$/, ''),
    })),
  )

  /** A real server's, whose gateway an example names. */
  const behindNat = {interface: 'eth0', address: address('10.0.0.111'), prefixLength: 24, scope: 'global'} as const

  /** No sync daemon starts beside servers of another family than their service, of which the example table has one. */
  const syncing = () => {
    const fe80 = {interface: 'eth0', address: address('fe80::1'), prefixLength: 64, scope: 'link'} as const
    return machine({host: new FakeHost({addresses: [fe80]})})
  }

  /** An address is asked for on the interface with its subnet. */
  const onLan = () => {
    const lan = {interface: 'eth0', address: address('192.168.1.114'), prefixLength: 24, scope: 'global'} as const
    return machine({host: new FakeHost({addresses: [lan]})})
  }

  test.each(lines.map(({line}) => line))('%s', async (line) => {
    const words = line.replaceAll("'", '').split(' ')
    const usual = async () => ({...(await exampleTable()), host: bootHost({addresses: [behindNat]})})
    const here = line.startsWith('sync start') ? syncing() : line.startsWith('arp') ? onLan() : await usual()
    const on = line === 'wizard' ? {...here, answers: []} : here
    // 3 and 4: the example names something else than this table has, or something it has already. 9: a status. 130: whom
    // the wizard asks leaves.
    expect([0, 3, 4, 9, 130]).toContain((await lvsctl(words, on)).exit)
  })
})

describe('--netns', () => {
  test.each(['list', 'service add -t 192.0.2.1:80', 'realserver status'])('%s enters it', async (command) => {
    const on = machine()
    expect((await lvsctl(`${command} --netns blue`, on)).exit).toBe(0)
    expect(on.entered).toEqual(['blue'])
  })

  test('before anything else', async () => {
    const order: string[] = []
    const ipvs = memoryClient()
    const on: Machine = {
      ...machine({enterNamespace: () => void order.push('namespace')}),
      get ipvs() {
        order.push('ipvs')
        return ipvs
      },
    }
    await lvsctl('service add -t 192.0.2.1:80 --netns blue', on)
    expect(order[0]).toBe('namespace')
    expect(order).toContain('ipvs')
  })
})

describe('--dry-run says what would be done and does nothing', () => {
  test.each([
    [
      'service add -t 192.0.2.9:80 -s rr -p',
      'would add tcp://192.0.2.9:80 (rr, persistent 360 s)\n  ipvsadm -A -t 192.0.2.9:80 -s rr -p 360\n',
    ],
    [
      'service edit -t 192.0.2.1:80 -s rr',
      'would change tcp://192.0.2.1:80: scheduler wlc → rr\n  ipvsadm -E -t 192.0.2.1:80 -s rr\n',
    ],
    ['service edit -t 192.0.2.1:80 -s wlc', 'would leave tcp://192.0.2.1:80 as it is\n'],
    [
      'service delete -t 192.0.2.1:80',
      'would delete tcp://192.0.2.1:80 and its server\n  ipvsadm -D -t 192.0.2.1:80\n',
    ],
    ['service zero', 'would zero the counters of all services\n  ipvsadm -Z\n'],
    [
      'server add -t 192.0.2.1:80 -r 10.0.0.8 -m',
      'would add 10.0.0.8:80 to tcp://192.0.2.1:80 (masquerading, weight 1)\n  ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.8:80 -m -w 1\n',
    ],
    [
      'server edit -t 192.0.2.1:80 -r 10.0.0.7 -w 0',
      'would change 10.0.0.7:80 in tcp://192.0.2.1:80: weight 1 → 0 (quiesced: new clients go elsewhere)\n  ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.7:80 -g -w 0\n',
    ],
    [
      'server delete -t 192.0.2.1:80 -r 10.0.0.7',
      'would delete 10.0.0.7:80 from tcp://192.0.2.1:80\n  ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.7:80\n',
    ],
  ])('%s', async (command, plan) => {
    const on = await machineAfter('service add -t 192.0.2.1:80', 'server add -t 192.0.2.1:80 -r 10.0.0.7')
    const before = rules(on)
    expect(await lvsctl(`${command} --dry-run`, on)).toEqual({
      stdout: `${plan}nothing was changed (dry run)\n`,
      stderr: '',
      exit: 0,
    })
    expect(rules(on)).toEqual(before)
    const {changed, dryRun, ipvsadm} = JSON.parse((await lvsctl(`${command} --dry-run --json`, on)).stdout)
    expect({changed, dryRun}).toEqual({changed: false, dryRun: true})
    if (plan.includes('\n  ')) expect(plan).toContain(ipvsadm)
    expect(rules(on)).toEqual(before)
  })
})

describe('JSON of changes', () => {
  test.each([
    ['service add -t 192.0.2.9:80 -s sh -b sh-port -p -M 255.255.255.0', 'service-add-json'],
    ['service edit -t 192.0.2.1:80 -s rr', 'service-edit-json'],
    ['service delete -t 192.0.2.1:80', 'service-delete-json'],
    ['service zero -t 192.0.2.1:80', 'service-zero-json'],
    ['server add -t 192.0.2.1:80 -r 10.0.0.8 -i --tun-type gue --tun-port 6080', 'server-add-json'],
    ['server edit -t 192.0.2.1:80 -r 10.0.0.7 -w 0', 'server-edit-json'],
    ['server delete -t 192.0.2.1:80 -r 10.0.0.7', 'server-delete-json'],
  ])('%s', async (command, name) => {
    const on = await machineAfter('service add -t 192.0.2.1:80', 'server add -t 192.0.2.1:80 -r 10.0.0.7')
    const {stdout, stderr, exit} = await lvsctl(`${command} --json`, on)
    expect({stderr, exit}).toEqual({stderr: '', exit: 0})
    await expect(`$ lvsctl ${command} --json\n${stdout}`).toMatchFileSnapshot(join(root, `test/golden/cli/${name}.txt`))
  })
})

test('--quiet says nothing of what was done, and errors all the same', async () => {
  const on = machine()
  const quiet = {stdout: '', stderr: ''}
  expect(await lvsctl('service add -t 192.0.2.1:80 --quiet', on)).toEqual({...quiet, exit: 0})
  expect(await lvsctl('realserver setup --vip 192.168.1.200 --quiet', on)).toEqual({...quiet, exit: 0})
  expect(await lvsctl('service add -t 192.0.2.1:80 --quiet', on)).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('already exists'),
    exit: 4,
  })
  expect((await lvsctl('list --quiet', on)).stdout).toContain('192.0.2.1:80')
})

test('--verbose adds the ipvsadm line', async () => {
  expect(await lvsctl('service add -t 192.0.2.1:80 --verbose')).toEqual({
    stdout: 'added tcp://192.0.2.1:80 (wlc)\n',
    stderr: '[#] ipvsadm -A -t 192.0.2.1:80 -s wlc\n',
    exit: 0,
  })
})
