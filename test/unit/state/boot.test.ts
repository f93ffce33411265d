// Rules at boot: what is installed, what is left alone, what is removed, and which file is chosen.

import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {runningProgram} from '../../../src/cli/running-program.ts'
import type {Program} from '../../../src/domain/program.ts'
import {FakeHost, type FakeState} from '../../../src/host/fake-host.ts'
import type {Effect} from '../../../src/host/host.ts'
import {linuxHost} from '../../../src/host/linux-host.ts'
import {isUnchanged} from '../../../src/host/signed-text.ts'
import {
  enablingLink,
  installBoot,
  planInstallBoot,
  planRemoveBoot,
  removeBoot,
  unitPath,
} from '../../../src/state/boot.ts'
import {programProblems} from '../../../src/state/boot-program.ts'
import {bootPlanLines, bootReport} from '../../../src/state/boot-report.ts'
import {bootRules, otherLoaders} from '../../../src/state/boot-rules.ts'
import {formatUnit, unitName} from '../../../src/state/boot-unit.ts'
import {bootHost as host, installedFiles, installedProgram as program} from '../../support/boot-host.ts'
import {wordsOf} from '../../support/boot-steps.ts'
import {codes, failure} from '../../support/problems.ts'

const request = {program, network: false}

const analyze = '/usr/bin/systemd-analyze'

const lines = (plan: {readonly steps: readonly {readonly line: string}[]}): readonly string[] =>
  plan.steps.map(({line}) => line)

const everything = [
  `install -D -m 644 /dev/stdin ${unitPath}`,
  `ln -s ${unitPath} ${enablingLink}`,
  'systemctl daemon-reload',
]

describe('installed and removed', () => {
  test('a unit, the link that enables it, and systemd is told; again is nothing', () => {
    const on = host()
    const before = `${on}`
    expect(lines(planInstallBoot(request, on))).toEqual(everything)
    expect(`${on}`).toBe(before)
    expect(lines(installBoot(on, request))).toEqual(everything)
    expect(on.log).toEqual(everything)
    expect(lines(installBoot(on, request))).toEqual([])

    expect(lines(removeBoot(on))).toEqual([`rm ${enablingLink}`, `rm ${unitPath}`, 'systemctl daemon-reload'])
    expect(`${on}`).toBe(before)
    expect(lines(removeBoot(on))).toEqual([])
  })

  test('where systemd is there and does not run (an image being built), nobody is told', () => {
    const on = new FakeHost({files: {...installedFiles, '/usr/lib/systemd/systemd': ''}})
    expect(lines(installBoot(on, request))).toEqual(everything.slice(0, 2))
  })

  test('cut off anywhere, the next run does the rest', () => {
    for (const dieAfter of [0, 1, 2]) {
      const on = host()
      for (const {effect} of planInstallBoot(request, on).steps.slice(0, dieAfter)) on.apply(effect)
      installBoot(on, request)
      expect(lines(planInstallBoot(request, on))).toEqual([])
    }
  })

  test('what fails is undone', () => {
    const on = host()
    const before = `${on}`
    const apply = on.apply.bind(on)
    on.apply = (effect: Effect) => {
      if (effect.do === 'systemd-reload') throw new Error('no bus')
      apply(effect)
    }
    expect(failure(() => installBoot(on, request))).toMatchObject({failure: 'partial', code: 'rolled-back'})
    expect(`${on}`).toBe(before)
  })

  test('another lvsctl, another Node: the unit is written anew', () => {
    const on = host({files: {'/opt/node/bin/node': ''}})
    installBoot(on, request)
    const other = {program: {...program, node: '/opt/node/bin/node'}, network: true}
    expect(lines(installBoot(on, other))).toEqual([everything[0], everything[2]])
    expect(on.readFile(unitPath)).toBe(formatUnit(other.program, other))
  })

  test('a unit that a person changed is left alone, enabled and disabled', () => {
    const on = host()
    installBoot(on, request)
    const mine = `${on.readFile(unitPath)}Nice=5\n`
    on.apply({do: 'write-file', path: unitPath, content: mine})
    expect(on.inspect(enablingLink)).toBeDefined()
    const again = installBoot(on, {...request, network: true})
    expect([lines(again), codes(again.warnings)]).toEqual([[], ['boot-unit-changed']])

    const removed = removeBoot(on)
    expect(lines(removed)).toEqual([`rm ${enablingLink}`, 'systemctl daemon-reload'])
    expect(codes(removed.warnings)).toEqual(['boot-unit-changed'])
    expect(on.readFile(unitPath)).toBe(mine)
    expect(on.inspect(enablingLink)).toBeUndefined()
  })

  test('enabled by hand, with a link of another spelling', () => {
    const on = host({symlinks: {[enablingLink]: `../${unitName}`}})
    expect(lines(installBoot(on, request))).toEqual([everything[0], everything[2]])
    expect(lines(removeBoot(on))[0]).toBe(`rm ${enablingLink}`)
    expect(on.inspect(enablingLink)).toBeUndefined()
  })
})

describe('what is said', () => {
  test('of a plan: the lines to type, and the text of the file below its line', () => {
    const told = bootPlanLines(planInstallBoot(request, host()))
    expect(told.filter((line) => line.startsWith('[#] '))).toEqual(everything.map((line) => `[#] ${line}`))
    const [first, ...text] = told.slice(0, -2)
    expect(first).toBe(`[#] ${everything[0]}`)
    expect(`${text.map((line) => line.replace(/^ {4}/, '')).join('\n')}\n`).toBe(formatUnit(program, {network: false}))
  })

  test('of a removal', () => {
    const on = host()
    installBoot(on, request)
    const plan = planRemoveBoot(on)
    expect(bootReport('remove', plan, {dryRun: true})).toBe('would have no rules come back at boot any more')
    expect(bootReport('remove', plan, {dryRun: false})).toContain('/etc/lvsctl/rules is left as it is')
    expect(lines(planInstallBoot(request, on))).toEqual([])
  })

  test.each([
    ['install', false, 'rules come back at boot: lvsctl-restore.service is enabled\n  undo: lvsctl save --no-boot'],
    ['install', true, 'would make rules come back at boot, by lvsctl-restore.service'],
  ] as const)('%s, dry run: %s', (change, dryRun, sentence) => {
    const on = host()
    const plan = planInstallBoot(request, on)
    expect(bootReport(change, plan, {dryRun})).toBe(sentence)
    expect(bootReport('remove', removeBoot(on), {dryRun})).toMatch(/^nothing to do: /)
  })
})

describe('refused, and nothing done', () => {
  test.each<[string, FakeState, string]>([
    ['masked', {symlinks: {[unitPath]: '/dev/null'}}, 'boot-masked'],
    ['a link where the unit belongs', {symlinks: {[unitPath]: '/etc/shadow'}}, 'boot-foreign'],
    ['something else where the link belongs', {files: {[enablingLink]: 'text'}}, 'boot-foreign'],
    ['a link to another unit', {symlinks: {[enablingLink]: '/etc/systemd/system/other.service'}}, 'boot-foreign'],
  ])('%s', (_what, state, code) => {
    const on = host(state)
    const before = `${on}`
    expect(failure(() => installBoot(on, request))).toMatchObject({failure: 'usage', code})
    removeBoot(on)
    expect(`${on}`).toBe(before)
  })

  test('without systemd', () => {
    const on = new FakeHost({files: installedFiles})
    expect(failure(() => installBoot(on, request))).toMatchObject({exit: 6, code: 'systemd-missing'})
  })
})

test('the program that runs is told by its real path', () => {
  const started = process.argv[1] as string
  const {node, script} = runningProgram()
  expect(node).toBe(process.execPath)
  expect(script).toBe(join(dirname(realpathSync(started)), 'lvsctl'))
})

describe('the program', () => {
  test.each<[string, Partial<Program>, FakeState, readonly string[]]>([
    ['fine', {}, {}, []],
    ['in /tmp', {node: '/tmp/x/node'}, {files: {'/tmp/x/node': ''}}, ['boot-program-temporary']],
    ['in a home', {node: '/root/.nvm/bin/node'}, {files: {'/root/.nvm/bin/node': ''}}, ['boot-program-home']],
    ['not there', {node: '/usr/local/bin/node'}, {}, ['boot-program-missing']],
    ["somebody else's", {}, {facts: {[program.script]: {owner: 1000}}}, ['boot-program-writable']],
    ['writable for its group', {}, {facts: {[program.node]: {mode: 0o775}}}, ['boot-program-writable']],
    ['below a folder for all', {}, {facts: {'/usr/lib/node_modules': {mode: 0o777}}}, ['boot-program-writable']],
    ['its code', {}, {facts: {'/usr/lib/node_modules/lvsctl/dist/main.cjs': {mode: 0o666}}}, ['boot-program-writable']],
    ['below a sticky folder', {}, {facts: {'/usr/lib': {mode: 0o1777}}}, []],
  ])('%s', (_what, part, state, expected) => {
    const problems = programProblems({...program, ...part}, host(state))
    expect(codes(problems)).toEqual(expected)
  })
})

describe('which rules', () => {
  const debian = '/etc/default/ipvsadm'
  test.each<[string, Record<string, string>, string | undefined]>([
    ['none', {}, undefined],
    ['ours', {'/etc/lvsctl/rules': '-A -t 192.0.2.1:80\n'}, '/etc/lvsctl/rules'],
    ['ours before theirs', {'/etc/lvsctl/rules': '', '/etc/sysconfig/ipvsadm': ''}, '/etc/lvsctl/rules'],
    ['Debian, not asked for', {'/etc/ipvsadm.rules': '', [debian]: 'AUTO="false"\n'}, undefined],
    ['Debian, no word of it', {'/etc/ipvsadm.rules': ''}, undefined],
    ['Debian', {'/etc/ipvsadm.rules': '', [debian]: '# AUTO\nAUTO="true"\nDAEMON="none"\n'}, '/etc/ipvsadm.rules'],
    ['Debian, bare', {'/etc/ipvsadm.rules': '', [debian]: 'AUTO=true # yes\n'}, '/etc/ipvsadm.rules'],
    ['Debian, quoted once', {'/etc/ipvsadm.rules': '', [debian]: "AUTO='true'"}, '/etc/ipvsadm.rules'],
    ['Debian, the last word', {'/etc/ipvsadm.rules': '', [debian]: 'AUTO="true"\nAUTO="false"\n'}, undefined],
    ['Debian, commented out', {'/etc/ipvsadm.rules': '', [debian]: '#AUTO="true"\n'}, undefined],
    ['Debian, almost', {'/etc/ipvsadm.rules': '', [debian]: 'AUTO="TRUE"\n'}, undefined],
    ['Debian without rules', {[debian]: 'AUTO="true"\n'}, undefined],
    ['Red Hat', {'/etc/sysconfig/ipvsadm': '-A -t 192.0.2.1:80\n'}, '/etc/sysconfig/ipvsadm'],
  ])('%s', (_what, files, path) => expect(bootRules(host({files}))?.path).toBe(path))

  const wants = '/etc/systemd/system/multi-user.target.wants/ipvsadm.service'
  test.each<[string, FakeState, readonly string[]]>([
    ['nobody else', {}, []],
    ["Debian's script", {files: {'/etc/init.d/ipvsadm': '', [debian]: 'AUTO="true"\n'}}, ['boot-conflict']],
    ["Debian's script, switched off", {files: {'/etc/init.d/ipvsadm': '', [debian]: 'AUTO="false"\n'}}, []],
    ['the package is gone, its settings stay', {files: {[debian]: 'AUTO="true"\n'}}, []],
    ["Red Hat's unit", {symlinks: {[wants]: '/usr/lib/systemd/system/ipvsadm.service'}}, ['boot-conflict']],
    [
      'masked',
      {
        files: {'/etc/init.d/ipvsadm': '', [debian]: 'AUTO="true"\n'},
        symlinks: {'/etc/systemd/system/ipvsadm.service': '/dev/null'},
      },
      [],
    ],
  ])('who else loads some: %s', (_what, state, expected) => {
    const on = host(state)
    expect(codes(otherLoaders(on))).toEqual(expected)
    expect(codes(planInstallBoot(request, on).warnings)).toEqual(expected)
  })
})

describe('the unit', () => {
  test.runIf(existsSync(analyze)).each([true, false])('systemd has nothing against it (network: %s)', (network) => {
    const folder = mkdtempSync(join(tmpdir(), 'lvsctl-unit-'))
    try {
      const path = join(folder, unitName)
      writeFileSync(path, formatUnit({node: process.execPath, script: '/bin/lvsctl'}, {network}))
      const {stdout, stderr, status} = spawnSync(analyze, ['verify', '--man=no', path], {encoding: 'utf8'})
      const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('lvsctl'))
      expect({ours, status}).toEqual({ours: [], status: 0})
    } finally {
      rmSync(folder, {recursive: true})
    }
  })

  test('comes before the network unless it needs it', () => {
    expect(formatUnit(program, {network: false})).toMatch(/^Before=network-pre\.target /m)
    expect(formatUnit(program, {network: false})).not.toContain('network-online')
    expect(formatUnit(program, {network: true})).toMatch(/^After=network-online\.target /m)
    expect(formatUnit(program, {network: true})).not.toContain('network-pre')
  })

  test.runIf(process.getuid?.() === 0 && existsSync('/usr/bin/systemctl'))(
    'systemctl finds it enabled, disabled, gone',
    () => {
      const root = mkdtempSync(join(tmpdir(), 'lvsctl-root-'))
      const ask = (word: string) => {
        const {stdout} = spawnSync('systemctl', [`--root=${root}`, word, unitName], {encoding: 'utf8'})
        return stdout.trim()
      }
      try {
        const on = linuxHost({root, lockFolder: join(root, 'locks')})
        for (const path of [...Object.keys(installedFiles), '/usr/lib/systemd/systemd'])
          on.apply({do: 'write-file', path, content: ''})
        installBoot(on, request)
        expect(ask('is-enabled')).toBe('enabled')
        ask('disable')
        expect(lines(planInstallBoot(request, on))).toEqual([everything[1]])
        ask('enable')
        expect(lines(planInstallBoot(request, on))).toEqual([])
        expect(on.inspect(enablingLink)?.target).toBe(unitPath)
        expect(lines(removeBoot(on))).toEqual([`rm ${enablingLink}`, `rm ${unitPath}`])
        expect(ask('is-enabled')).toBe('')
      } finally {
        rmSync(root, {recursive: true})
      }
    },
  )

  const path = fc.string({unit: 'grapheme-ascii', minLength: 1}).map((text) => `/${text}`)
  test('names any program, and knows whether it was changed', () => {
    fc.assert(
      fc.property(path, path, fc.boolean(), fc.nat(), (node, script, network, at) => {
        const text = formatUnit({node, script}, {network})
        expect(wordsOf(/^ExecStart=(.*)$/m.exec(text)?.[1] ?? '')).toEqual([node, script, 'restore', '--boot'])
        expect(isUnchanged(text)).toBe(true)
        const cut = at % text.length
        expect(isUnchanged(text.slice(0, cut) + text.slice(cut + 1))).toBe(false)
        expect(isUnchanged(`${text}\n`)).toBe(false)
      }),
    )
  })
})
