// What the build leaves for a quick start: compiled code that V8 takes, and an oclif that loads late.

import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Script} from 'node:vm'
import {expect, test} from 'vitest'
import {requireLate} from '../../../scripts/lean-oclif.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const main = join(root, 'dist', 'main.cjs')

test('V8 takes the compiled code that lies beside the program', () => {
  const cachedData = readFileSync(`${main}.${process.version}-${process.arch}`)
  expect(new Script(readFileSync(main, 'utf8'), {filename: main, cachedData}).cachedDataRejected).toBe(false)
})

test('a plain list loads neither the network nor streams nor terminals', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lvsctl-unit-'))
  try {
    const preload = join(folder, 'report.cjs')
    writeFileSync(
      preload,
      `process.on('exit', () => fs.writeSync(2, process.moduleLoadList.join('\\n')))\nconst fs = require('fs')`,
    )
    const proc = join(root, 'bench', 'proc')
    const {status, stdout, stderr} = spawnSync(process.execPath, ['-r', preload, join(root, 'bin', 'lvsctl'), 'list'], {
      encoding: 'utf8',
      env: {...process.env, LVSCTL_PROC: proc},
    })
    expect({status, lines: stdout.split('\n').length > 2}).toEqual({status: 0, lines: true})
    const loaded = new Set(stderr.split('\n').map((line) => line.replace('NativeModule ', '')))
    expect(loaded).toContain('fs')
    expect(
      ['net', 'stream', 'tty', 'v8', 'readline', 'child_process', 'perf_hooks'].filter((one) => loaded.has(one)),
    ).toEqual([])
  } finally {
    rmSync(folder, {recursive: true})
  }
})

test('a require moves to the first use', () => {
  const text = [
    'const x_1 = require("./x");',
    'const y_1 = __importDefault(require("./y"));',
    'exports.f = () => (0, x_1.f)(new y_1.default(x_1.a));',
    '',
  ].join('\n')
  const order: string[] = []
  const exports: {f?: () => unknown} = {}
  const Y = class {
    readonly a: unknown
    constructor(a: unknown) {
      this.a = a
    }
  }
  const require = (name: string): unknown => {
    order.push(name)
    return name === './x' ? {a: 1, f: (y: {a: unknown}) => y.a} : Y
  }
  new Function('exports', 'require', '__importDefault', requireLate(text))(exports, require, (one: unknown) => ({
    default: one,
  }))
  expect(order).toEqual([])
  expect(exports.f?.()).toBe(1)
  expect(exports.f?.()).toBe(1)
  expect(order.sort()).toEqual(['./x', './y'])
})

test('a require stays where its name is used in another way', () => {
  const text = 'const x_1 = require("./x");\nmodule.exports = { x_1 };\n'
  expect(requireLate(text)).toBe(text)
})

test('a module that is handed on is required when somebody asks for it', () => {
  const text = [
    'var x_1 = require("./x");',
    'Object.defineProperty(exports, "a", { enumerable: true, get: function () { return x_1.a; } });',
    '',
  ].join('\n')
  const order: string[] = []
  const exports: {a?: number} = {}
  const require = (name: string): unknown => {
    order.push(name)
    return {a: 1}
  }
  new Function('exports', 'require', requireLate(text))(exports, require)
  expect(order).toEqual([])
  expect(exports.a).toBe(1)
})
