import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {projectCommand, projectRoot} from '../../../src/lab/project.ts'
import {findXstateShim, lacksXstateShim, xstateShim} from '../../../src/lab/xstate-shim.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsctl-unit-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

test('the project is found from its sources', () => {
  expect(existsSync(join(projectRoot(), 'src', 'lab', 'project.ts'))).toBe(true)
})

test('the project is found from a bundle', () => {
  writeFileSync(join(folder, 'package.json'), '{}')
  mkdirSync(join(folder, 'dist', 'chunks'), {recursive: true})
  expect(projectRoot(join(folder, 'dist', 'chunks'))).toBe(folder)
})

test('lvsctl is run by the Node that runs now', () => {
  expect(projectCommand('/opt/lvsctl')).toEqual([process.execPath, '/opt/lvsctl/bin/lvsctl'])
})

test('the preloaded library is used where it was built', () => {
  expect(findXstateShim(folder)).toBeUndefined()
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, xstateShim.library), '')
  expect(findXstateShim(folder)).toBe(process.arch === 'x64' ? join(folder, 'dist/uml-xstate.so') : undefined)
})

test('its source is where the build looks for it', () => {
  expect(existsSync(join(projectRoot(), xstateShim.source))).toBe(true)
})

test('its absence is recognised by the words of the kernel', () => {
  expect(lacksXstateShim('Kernel panic - not syncing: userspace - ptrace set fp regs failed, errno = 14')).toBe(true)
  expect(lacksXstateShim('Kernel panic - not syncing: VFS: Unable to mount root fs')).toBe(false)
})
