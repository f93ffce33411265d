// lvsctl save and lvsctl clear: the file, what guards it, and what is told.

import {mkdtempSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {FakeHost} from '../../../src/host/fake-host.ts'
import {exampleTable} from '../../support/example-table.ts'
import {lvsctl, type Machine, machine, rules} from '../../support/run-command.ts'

/** Nothing of these tests is really there, but the folder is. */
const folder = mkdtempSync(join(tmpdir(), 'lvsctl-save-'))
const file = join(folder, 'table')

const holding = (on: Machine, content: string): Machine => ({...on, host: new FakeHost({files: {[file]: content}})})

describe('save', () => {
  test('to standard output, as rules', async () => {
    const on = await exampleTable()
    const {stdout, exit} = await lvsctl('save', on)
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      '-A -t 192.168.1.200:443 -s wlc -p 300 -M 255.255.255.0',
      '-a -t 192.168.1.200:443 -r 192.168.1.111:443 -g -w 0',
      '-A -t 192.168.1.200:8080 -s wrr',
    ])
    expect(stdout).toContain('-x 900 -y 600')
    expect(exit).toBe(0)
  })

  test.each([
    ['table', '', 'rules'],
    ['table.yaml', '', 'yaml'],
    ['table.YML', '', 'yaml'],
    ['table.json', '', 'json'],
    ['table.yaml', ' --format json', 'json'],
  ])('to %s, asked with "%s"', async (name, flags, format) => {
    const on = await exampleTable()
    const path = join(folder, name)
    expect(await lvsctl(`save ${path}${flags}`, on)).toMatchObject({
      stdout: `saved 5 services with 6 servers to ${path} (${format})\n`,
      exit: 0,
    })
    const before = rules(on)
    on.ipvs.execute([{do: 'flush'}])
    expect((await lvsctl(`restore ${path}`, on)).exit).toBe(0)
    expect(rules(on)).toEqual(before)
    expect((await lvsctl(`save ${path}${flags}`, on)).stdout).toBe(`${path} holds 5 services with 6 servers already\n`)
  })

  test('an empty table does not replace a file that is not', async () => {
    const on = holding(machine(), '-A -t 192.0.2.1:80 -s rr\n')
    expect(await lvsctl(`save ${file}`, on)).toMatchObject({
      stderr: expect.stringContaining(`the table is empty and ${file} is not`),
      exit: 2,
    })
    expect(on.host.log).toEqual([])
    expect((await lvsctl(`save ${file} --allow-empty`, on)).exit).toBe(0)
    expect(on.host.readFile(file)).toBe('')
    expect((await lvsctl('save', machine())).exit).toBe(0)
    expect((await lvsctl(`save ${file}`, holding(machine(), '\n'))).exit).toBe(0)
  })

  test('--dry-run writes nothing', async () => {
    const on = await exampleTable()
    expect((await lvsctl(`save ${file} --dry-run`, on)).stdout).toBe(
      `would save 5 services with 6 servers to ${file} (rules)\nnothing was changed (dry run)\n`,
    )
    expect(on.host.log).toEqual([])
  })

  test('--json tells of the file, or is the table', async () => {
    const on = await exampleTable()
    expect(JSON.parse((await lvsctl(`save ${file} --json`, on)).stdout)).toMatchObject({
      changed: true,
      dryRun: false,
      file,
      format: 'rules',
      services: 5,
      servers: 6,
    })
    const table = (await lvsctl('save --json', on)).stdout
    const other = machine({input: table})
    expect((await lvsctl('restore', other)).exit).toBe(0)
    expect(rules(other)).toEqual(rules(on))
  })

  test('where a link leads, and to nothing but a file', async () => {
    const on = await exampleTable()
    writeFileSync(file, '')
    symlinkSync(file, `${file}.link`)
    symlinkSync(join(folder, 'nowhere'), `${file}.dangling`)
    expect((await lvsctl(`save ${file}.link`, on)).exit).toBe(0)
    expect(on.host.readFile(file)).toContain('-A -t')
    expect(on.host.readFile(`${file}.link`)).toBeUndefined()
    for (const [target, why] of [
      [folder, 'is a folder'],
      ['/dev/null', 'is no ordinary file'],
      [`${file}.dangling`, 'leads nowhere'],
      [`${folder}/`, 'names no file'],
    ])
      expect(await lvsctl(`save ${target}`, on)).toMatchObject({
        stderr: expect.stringContaining(why as string),
        exit: 2,
      })
  })

  test('a folder that is not there is a slip, and none is made; those of lvsctl are', async () => {
    const on = await exampleTable()
    for (const command of [`save ${folder}/nope/table`, `clear --yes --save-first ${folder}/nope/table`])
      expect(await lvsctl(command, on)).toEqual({
        stdout: '',
        stderr: `✗ there is no folder ${folder}/nope: nothing is saved to "${folder}/nope/table"
  Make it, if it is the right one: mkdir -p ${folder}/nope
`,
        exit: 3,
      })
    expect(on.host.log).toEqual([])
    expect((await lvsctl('save /var/lib/lvsctl/table', on)).exit).toBe(0)
  })
})

describe('clear', () => {
  test('says what goes, and asks', async () => {
    const on = await exampleTable()
    const before = rules(on)
    expect(await lvsctl('clear --dry-run', on)).toEqual({
      stdout: 'would remove 5 services with 6 servers (48 active connections cut)\nnothing was changed (dry run)\n',
      stderr: '',
      exit: 0,
    })
    expect(await lvsctl('clear', on)).toEqual({
      stdout: '',
      stderr:
        '✗ this would remove 5 services with 6 servers (48 active connections cut): nothing was changed\n  To do it: --yes. To see it in full: --dry-run\n',
      exit: 2,
    })
    expect((await lvsctl('clear', {...on, answers: ['']})).exit).toBe(2)
    expect(rules(on)).toEqual(before)
    expect(await lvsctl('clear', {...on, answers: ['y']})).toMatchObject({
      stdout: 'removed 5 services with 6 servers (48 active connections cut)\n',
      stderr: expect.stringContaining('keeps the entries of those connections until they time out'),
      exit: 0,
    })
    expect(rules(on)).toEqual([])
    expect(await lvsctl('clear', on)).toEqual({stdout: 'the table is empty already\n', stderr: '', exit: 0})
  })

  test('saves first, and does not go on without', async () => {
    const on = await exampleTable()
    const before = rules(on)
    expect((await lvsctl('clear --yes --save-first /dev/null', on)).exit).toBe(2)
    expect(rules(on)).toEqual(before)
    expect((await lvsctl(`clear --yes --save-first ${file}`, on)).stdout).toContain(
      `  back again: lvsctl restore ${file}\n`,
    )
    expect(rules(on)).toEqual([])
    expect((await lvsctl(`restore ${file}`, on)).exit).toBe(0)
    expect(rules(on)).toEqual(before)
  })

  test('--json', async () => {
    expect(JSON.parse((await lvsctl('clear --yes --json', await exampleTable())).stdout)).toEqual({
      changed: true,
      services: 5,
      servers: 6,
      activeConnections: 48,
      dryRun: false,
      saved: null,
      warnings: [],
    })
  })
})
