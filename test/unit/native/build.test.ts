// The build of the addon, in a copy of the folders that it needs.

import {spawnSync} from 'node:child_process'
import {cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, utimesSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'

const project = join(import.meta.dirname, '../../..')
const copy = mkdtempSync(join(tmpdir(), 'lvsctl-build-'))

beforeAll(() => {
  cpSync(join(project, 'native'), join(copy, 'native'), {recursive: true})
  cpSync(join(project, 'scripts/build-native.ts'), join(copy, 'scripts/build-native.ts'))
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, {recursive: true}))

function build(compiler?: string): {status: number | null; stdout: string; stderr: string} {
  const env = {...process.env, NODE_NO_WARNINGS: '1', ...(compiler === undefined ? {CC: undefined} : {CC: compiler})}
  return spawnSync(process.execPath, [join(copy, 'scripts/build-native.ts')], {encoding: 'utf8', env})
}

test('without a compiler it says what to install, in a line', () => {
  const {status, stdout, stderr} = build('no-such-compiler')
  expect(status).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(
    /^build-native: no C compiler: no-such-compiler cannot be run .*apt-get install gcc libc6-dev\n$/,
  )
})

test('a compiler that fails is an error, and leaves nothing behind', () => {
  expect(build('false').stderr).toBe('build-native: false could not compile native/lvsctl.c; its messages are above\n')
  expect(existsSync(join(copy, 'dist/lvsctl.node'))).toBe(false)
})

test('what was built loads, and is built once', () => {
  expect(build()).toMatchObject({status: 0, stdout: expect.stringContaining('built dist/lvsctl.node\n'), stderr: ''})
  const module: {exports: Record<string, unknown>} = {exports: {}}
  process.dlopen(module, join(copy, 'dist/lvsctl.node'))
  expect(Object.keys(module.exports)).toContain('setns')
  expect(build('no-such-compiler')).toMatchObject({status: 0, stdout: '', stderr: ''})
})

test('a newer source is built again', () => {
  const soon = Date.now() / 1000 + 10
  utimesSync(join(copy, 'native/lvsctl.c'), soon, soon)
  expect(build()).toMatchObject({status: 0, stdout: 'built dist/lvsctl.node\n'})
})
