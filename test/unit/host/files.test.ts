import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {readIfThere, replaceFile} from '../../../src/host/files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsctl-files-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const modeOf = (path: string) => statSync(path).mode & 0o777

test('folders are made, and nothing is left beside the file', () => {
  replaceFile(join(folder, 'a/b/c'), 'text')
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['c'])
  expect(readFileSync(join(folder, 'a/b/c'), 'utf8')).toBe('text')
})

test('a new file can be read by everybody, an existing one keeps its mode', () => {
  const path = join(folder, 'file')
  replaceFile(path, 'one')
  expect(modeOf(path)).toBe(0o644)
  chmodSync(path, 0o600)
  replaceFile(path, 'two')
  expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['two', 0o600])
})

test('whoever has the old file open goes on reading the old content', () => {
  const path = join(folder, 'file')
  replaceFile(path, 'one')
  const before = statSync(path).ino
  replaceFile(path, 'two')
  expect(statSync(path).ino).not.toBe(before)
})

test('nobody else may write into a folder that is made, even with an umask of 0', () => {
  const umask = process.umask(0)
  try {
    replaceFile(join(folder, 'a/b'), 'text')
  } finally {
    process.umask(umask)
  }
  expect([modeOf(join(folder, 'a')), modeOf(join(folder, 'a/b'))]).toEqual([0o755, 0o644])
})

/** Runs as `$0` with the module and the folder as arguments, in a mount namespace of its own. */
const onFullDisk = `mount -t tmpfs -o size=8k none "$2" && exec "$0" --input-type=module -e '
  const {replaceFile} = await import(process.argv[1])
  replaceFile(process.argv[2] + "/file", "old")
  try { replaceFile(process.argv[2] + "/file", "x".repeat(20_000)) } catch (error) { console.log(error.code) }
  console.log(fs.readFileSync(process.argv[2] + "/file", "utf8"), ...fs.readdirSync(process.argv[2]))' "$1" "$2"`

test.runIf(spawnSync('unshare', ['--mount', 'true']).status === 0)('a disk that takes a part of it (as root)', () => {
  const files = join(import.meta.dirname, '../../../src/host/files.ts')
  const args = ['--mount', 'sh', '-c', onFullDisk, process.execPath, files, folder]
  const {stdout, stderr} = spawnSync('unshare', args, {encoding: 'utf8'})
  expect({stdout, stderr}).toEqual({stdout: 'ENOSPC\nold file\n', stderr: ''})
})

test('what cannot be put in place leaves the folder as it was', () => {
  mkdirSync(join(folder, 'taken'))
  writeFileSync(join(folder, 'taken', 'x'), '')
  expect(() => replaceFile(join(folder, 'taken'), 'text')).toThrow()
  expect(readdirSync(folder)).toEqual(['taken'])
})

test('a half-written file that a crash left behind is no obstacle', () => {
  const path = join(folder, 'file')
  writeFileSync(join(folder, `.file.${process.pid}`), 'half')
  replaceFile(path, 'whole')
  expect(readdirSync(folder)).toEqual(['file'])
})

test('no file, and a folder that is none, read as nothing', () => {
  expect(readIfThere(join(folder, 'none'))).toBeUndefined()
  writeFileSync(join(folder, 'file'), '')
  expect(readIfThere(join(folder, 'file', 'below'))).toBeUndefined()
  expect(() => readIfThere(folder)).toThrow('EISDIR')
})
