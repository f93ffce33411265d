// node scripts/keep-compiled.ts MAIN: leaves beside the built program what V8 made of it, for bin/lvsctl. V8 compiles a
// function when it is first called, so this calls what is called most; Node's own compile cache is written before that.

import {readFileSync, renameSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {Script} from 'node:vm'
import {compiledFor} from './compiled-for.ts'

/** Reading only, from where LVSCTL_PROC says. More would make each of these slower: V8 unpacks all there is at every start. */
const uses = [['--version'], ['service', 'list'], ['list']]

const main = process.argv[2] as string
const script = new Script(readFileSync(main, 'utf8'), {filename: main})
const module = {exports: {} as {main(argv: readonly string[]): Promise<void>}}
script.runInThisContext()(module.exports, createRequire(main), module, main, dirname(main))

for (const argv of uses) {
  await module.exports.main(argv)
  if (process.exitCode) throw new Error(`lvsctl ${argv.join(' ')} does not run`)
}
// In one step: somebody may be starting it.
const fresh = join(dirname(main), `.compiled.${process.pid}`)
writeFileSync(fresh, script.createCachedData())
renameSync(fresh, compiledFor(main))
