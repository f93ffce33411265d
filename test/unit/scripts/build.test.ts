// The build of the program, in a copy of the folders that it needs.

import {spawnSync} from 'node:child_process'
import {appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'

const project = join(import.meta.dirname, '../../..')
const copy = mkdtempSync(join(tmpdir(), 'lvsctl-build-'))
const main = join(copy, 'dist/main.cjs')

beforeAll(() => {
  for (const name of ['bin', 'docs', 'native', 'scripts', 'src', 'package.json'])
    cpSync(join(project, name), join(copy, name), {recursive: true})
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, {recursive: true}))

function run(...argv: readonly string[]): {status: number | null; stdout: string; stderr: string} {
  const {status, stdout, stderr} = spawnSync(process.execPath, argv, {cwd: copy, encoding: 'utf8'})
  return {status, stdout, stderr}
}

test('what was built runs, and is left alone until something changes', () => {
  const built = {
    status: 0,
    stdout: expect.stringMatching(/^built dist\/main\.cjs: \d+ commands, \d+ man pages in .* s\n$/),
    stderr: '',
  }
  const compiled = `main.cjs.${process.version}-${process.arch}`
  const files = [compiled.replace('main', 'ipvsadm'), compiled, 'ipvsadm.cjs', 'main.cjs']
  expect(run('scripts/build.ts')).toEqual(built)
  expect(readdirSync(join(copy, 'dist')).sort()).toEqual([...files, 'man'].sort())
  expect(readdirSync(join(copy, 'dist/man/man8'))).toContain('lvsctl.8')
  expect(run('bin/lvsctl', '--version')).toMatchObject({status: 0, stderr: ''})

  const first = statSync(main).ino
  expect(run('scripts/build.ts')).toEqual({status: 0, stdout: '', stderr: ''})
  expect(statSync(main).ino).toBe(first)

  appendFileSync(join(copy, 'src/entry/main.ts'), "\nprocess.stdout.write('changed')\n")
  expect(run('scripts/build.ts')).toEqual(built)
  expect(statSync(main).ino).not.toBe(first)
  expect(run('bin/lvsctl', '--version').stdout).toMatch(/^changedlvsctl\//)

  rmSync(join(copy, 'dist', compiled))
  expect(run('scripts/build.ts')).toEqual(built)
}, 60_000)
