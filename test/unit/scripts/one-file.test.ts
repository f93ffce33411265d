// What becomes of sources that are split by use: one file that does what they do, part by part.

import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {oneFile} from '../../../scripts/one-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'lvsctl-one-file-'))
afterAll(() => rmSync(folder, {recursive: true}))

const sources = {
  'entry.ts': `
    import {shared} from './shared.ts'
    console.log('entry', shared.count)
    export async function run() {
      const {default: late, twice: double} = await import('./late.ts')
      console.log(late(), double(4), shared.count)
      const {basename} = await import('node:path')
      console.log(basename('/a/b'), (await import('./old.cjs')).word)
    }`,
  'shared.ts': `
    import * as fs from 'node:fs'
    import {join as joined} from 'node:path'
    export const shared = {count: 1, bars: /^[█▏]+$/, here: () => fs.existsSync(joined(import.meta.dirname, 'program.cjs'))}`,
  'late.ts': `
    import {shared} from './shared.ts'
    // Names that the loader could have for its own.
    const [load, later, builtin] = [String, Boolean, Number].map((kind) => (value: unknown) => kind(value))
    shared.count++
    console.log('late', shared.bars.test('█▏'), later?.(shared.here()), load?.('x'), builtin?.(1))
    export const twice = (number: number) => 2 * number
    export default () => 'called'`,
  'old.cjs': `module.exports = {default: 'none', get word() { return 'old' }}`,
}

test('parts run when they are needed, once, and share what they import', async () => {
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
  const code = await oneFile({entry: join(folder, 'entry.ts')})
  expect(code).toMatch(/^[\0-\x7f]*$/)
  const program = join(folder, 'program.cjs')
  writeFileSync(program, code)
  const start = `const parts = {}
    require(${JSON.stringify(program)})(parts, require, module, ${JSON.stringify(program)}, ${JSON.stringify(folder)})
    console.log('loaded'); parts.run()`
  const {stdout, stderr} = spawnSync(process.execPath, ['-e', start], {encoding: 'utf8'})
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toEqual(['entry 1', 'loaded', 'late true true x 1', 'called 8 2', 'b old', ''])
})
