// lvsctl save --boot, --no-boot and restore --boot: what is written where, what is refused, what is told.

import {describe, expect, test} from 'vitest'
import {FakeHost, type FakeState} from '../../../src/host/fake-host.ts'
import {enablingLink, unitPath} from '../../../src/state/boot.ts'
import {bootRulesPath} from '../../../src/state/boot-rules.ts'
import {bootHost, installedFiles, installedProgram as program} from '../../support/boot-host.ts'
import {exampleTable} from '../../support/example-table.ts'
import {lvsctl, type Machine, machine, machineAfter, rules} from '../../support/run-command.ts'

const director = (on: Machine, state?: FakeState): Machine => ({...on, host: bootHost(state)})

const rule = '-A -t 192.0.2.1:80 -s rr\n'

describe('save --boot', () => {
  test('saves, enables, and says how to take it back; a second time there is nothing to do', async () => {
    const on = director(await exampleTable())
    const {stdout, stderr, exit} = await lvsctl('save --boot', on)
    expect(stdout).toBe(
      `saved 5 services with 6 servers to ${bootRulesPath} (rules)
rules come back at boot: lvsctl-restore.service is enabled
  undo: lvsctl save --no-boot
`,
    )
    expect(stderr).toContain(`[#] ln -s ${unitPath} ${enablingLink}\n[#] systemctl daemon-reload\n`)
    expect(exit).toBe(0)
    expect(on.host.readFile(unitPath)).toContain(`\nExecStart=${program.node} ${program.script} restore --boot\n`)
    expect(on.host.inspect(enablingLink)?.target).toBe(unitPath)
    expect(on.host.readFile(bootRulesPath)).toBe((await lvsctl('save', on)).stdout)

    const written = on.host.log.length
    expect(await lvsctl('save --boot', on)).toEqual({
      stdout: `${bootRulesPath} holds 5 services with 6 servers already
lvsctl-restore.service is enabled already: rules come back at boot
`,
      stderr: '',
      exit: 0,
    })
    expect(on.host.log).toHaveLength(written)
  })

  test('a dry run shows the unit, and writes nothing', async () => {
    const on = director(await exampleTable())
    const {stdout, exit} = await lvsctl('save --boot --dry-run', on)
    expect(stdout).toMatch(/^would save 5 services with 6 servers to \/etc\/lvsctl\/rules \(rules\)\n\[#\] install /)
    expect(stdout).toContain(`\n    ExecStart=${program.node} ${program.script} restore --boot\n`)
    expect(stdout).toMatch(
      /\nwould make rules come back at boot, by lvsctl-restore\.service\nnothing was changed \(dry run\)\n$/,
    )
    expect(exit).toBe(0)
    expect(on.host.log).toEqual([])
  })

  test('as JSON', async () => {
    const on = director(await exampleTable())
    const told = async (flags: string) => JSON.parse((await lvsctl(`save --boot --json${flags}`, on)).stdout)
    expect(await told(' --dry-run')).toMatchObject({changed: false, dryRun: true, boot: {changed: false}})
    const result = await told('')
    expect(result).toMatchObject({changed: true, file: bootRulesPath, services: 5, boot: {changed: true, warnings: []}})
    expect(result.boot.steps).toHaveLength(3)
    expect(await told('')).toMatchObject({changed: false, boot: {changed: false, steps: []}})
  })

  test('sync daemons that are saved make it wait for the network', async () => {
    const on = director(await machineAfter('service add -t 192.0.2.1:80'))
    on.ipvs.execute([{do: 'start-daemon', daemon: {role: 'master', interface: 'eth0', syncId: 7}}])
    await lvsctl('save --boot', on)
    expect(on.host.readFile(unitPath)).toContain('Before=network-pre.target')
    await lvsctl('save --boot --all', on)
    expect(on.host.readFile(unitPath)).toContain('After=network-online.target')
    expect(on.host.readFile(bootRulesPath)).toMatch(/eth0/)
  })

  test.each<[string, FakeState, Partial<Machine>, number, string]>([
    [
      'in /tmp',
      {files: {'/tmp/x/bin/lvsctl': ''}},
      {program: {...program, script: '/tmp/x/bin/lvsctl'}},
      2,
      'files are temporary',
    ],
    ['of somebody else', {facts: {[program.script]: {owner: 1000}}}, {}, 2, 'can be written by others than root'],
    ['masked', {symlinks: {[unitPath]: '/dev/null'}}, {}, 2, 'is masked'],
  ])('%s, nothing is installed, and nothing saved', async (_what, state, part, exit, why) => {
    const on = {...director(await exampleTable(), state), ...part}
    for (const flags of ['', ' --dry-run'])
      expect(await lvsctl(`save --boot${flags}`, on)).toMatchObject({
        stdout: '',
        stderr: expect.stringContaining(why),
        exit,
      })
    expect(on.host.log).toEqual([])
  })

  test('without systemd: exit 6, and nothing saved', async () => {
    const on = {...(await exampleTable()), host: new FakeHost({files: installedFiles})}
    expect(await lvsctl('save --boot', on)).toMatchObject({stderr: expect.stringContaining('no systemd'), exit: 6})
    expect(on.host.log).toEqual([])
  })

  describe('an empty table', () => {
    test.each<[string, FakeState]>([
      ['what was saved before', {files: {[bootRulesPath]: rule}}],
      ["what ipvsadm's service left", {files: {'/etc/sysconfig/ipvsadm': rule}}],
    ])('does not take the place of %s', async (_what, state) => {
      const on = director(machine(), state)
      const path = Object.keys(state.files ?? {})[0] as string
      expect(await lvsctl('save --boot', on)).toMatchObject({
        stdout: '',
        stderr: expect.stringContaining(`the table is empty and ${path} is not`),
        exit: 2,
      })
      expect(on.host.log).toEqual([])
      expect((await lvsctl('save --boot --allow-empty', on)).exit).toBe(0)
      expect(on.host.readFile(bootRulesPath)).toBe('')
      expect((await lvsctl('restore --boot', on)).stdout).toContain('nothing to do')
    })

    test('is saved where there is nothing yet', async () => {
      const on = director(machine())
      expect((await lvsctl('save --boot', on)).exit).toBe(0)
      expect(on.host.readFile(bootRulesPath)).toBe('')
    })
  })
})

describe('save --no-boot', () => {
  test('takes back what was installed, and leaves the rules', async () => {
    const on = director(await exampleTable())
    await lvsctl('save --boot', on)
    const saved = on.host.readFile(bootRulesPath)
    const dry = await lvsctl('save --no-boot --dry-run', on)
    expect(dry.stdout).toContain('would have no rules come back at boot any more')
    expect(on.host.inspect(enablingLink)).toBeDefined()
    expect(await lvsctl('save --no-boot', on)).toMatchObject({
      stdout: `rules do not come back at boot any more; ${bootRulesPath} is left as it is\n`,
      stderr: `[#] rm ${enablingLink}\n[#] rm ${unitPath}\n[#] systemctl daemon-reload\n`,
      exit: 0,
    })
    expect([unitPath, enablingLink].map((path) => on.host.inspect(path))).toEqual([undefined, undefined])
    expect(on.host.readFile(bootRulesPath)).toBe(saved)
    expect(await lvsctl('save --no-boot', on)).toEqual({
      stdout: 'nothing to do: no unit of lvsctl brings rules back at boot\n',
      stderr: '',
      exit: 0,
    })
  })

  test('keeps a unit that somebody changed, and says so', async () => {
    const on = director(await exampleTable())
    await lvsctl('save --boot', on)
    on.host.apply({do: 'write-file', path: unitPath, content: `${on.host.readFile(unitPath)}# mine\n`})
    const {boot} = JSON.parse((await lvsctl('save --no-boot --json', on)).stdout)
    expect(boot).toMatchObject({changed: true, warnings: [{code: 'boot-unit-changed'}]})
    expect(on.host.readFile(unitPath)).toContain('# mine')
    expect(on.host.inspect(enablingLink)).toBeUndefined()
  })
})

describe('restore --boot', () => {
  test('asks nothing, and says which file', async () => {
    const on = director(await exampleTable(), {files: {[bootRulesPath]: rule, '/etc/sysconfig/ipvsadm': ''}})
    const {stdout, stderr, exit} = await lvsctl('restore --boot', on)
    expect(stdout).toMatch(/^restored \/etc\/lvsctl\/rules: added 1 service, removed 5 services and 6 servers/)
    expect(stderr).toBe(`${bootRulesPath} (saved by lvsctl)\n`)
    expect(exit).toBe(0)
    expect(rules(on)).toEqual([rule.trim()])
  })

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['Debian', {'/etc/ipvsadm.rules': rule, '/etc/default/ipvsadm': 'AUTO="true"\n'}, /AUTO=true/],
    ['Red Hat', {'/etc/sysconfig/ipvsadm': rule}, /ipvsadm's service/],
  ])("what ipvsadm's own service left: %s", async (_kind, files, why) => {
    const on = director(machine(), {files})
    expect(await lvsctl('restore --boot', on)).toMatchObject({exit: 0, stderr: expect.stringMatching(why)})
    expect(rules(on)).toEqual([rule.trim()])
  })

  test('nothing there is nothing to do, in the same shape as JSON', async () => {
    const on = director(await exampleTable(), {
      files: {'/etc/ipvsadm.rules': rule, '/etc/default/ipvsadm': 'AUTO=no\n'},
    })
    const before = rules(on)
    expect(await lvsctl('restore --boot', on)).toMatchObject({
      stdout: 'nothing to do: there are no rules for the boot\n',
      exit: 0,
    })
    expect(rules(on)).toEqual(before)
    const found = director(machine(), {files: {[bootRulesPath]: ''}})
    const [none, some] = await Promise.all([on, found].map((one) => lvsctl('restore --boot --json', one)))
    expect(Object.keys(JSON.parse(none?.stdout ?? ''))).toEqual(Object.keys(JSON.parse(some?.stdout ?? '')))
  })

  test('rules with a mistake change nothing', async () => {
    const on = director(await exampleTable(), {files: {[bootRulesPath]: '-A -t 192.0.2.300:80\n'}})
    const before = rules(on)
    expect(await lvsctl('restore --boot', on)).toMatchObject({
      stderr: expect.stringContaining(`${bootRulesPath}:1:7`),
      exit: 2,
    })
    expect(rules(on)).toEqual(before)
  })
})

test.each([
  'save --boot rules.txt',
  'save --no-boot rules.txt',
  'save --boot --no-boot',
  'save --no-boot --boot',
  'restore --boot rules.txt',
  'restore --boot -',
  'save --boot --netns other',
  'save --no-boot --netns other',
  'restore --boot --netns other',
  'save --no-boot --all',
  'save --no-boot --format yaml',
  'save --no-boot --allow-empty',
])('%s: exit 2, nothing changed', async (command) => {
  const on = director(await exampleTable(), {files: {[bootRulesPath]: rule}})
  const before = rules(on)
  const {stdout, stderr, exit} = await lvsctl(command, on)
  expect({stdout, exit}).toEqual({stdout: '', exit: 2})
  expect(stderr).toMatch(/--(no-)?boot/)
  expect(on.host.log).toEqual([])
  expect(rules(on)).toEqual(before)
})
