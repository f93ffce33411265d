// node scripts/keep-compiled.ts FILE: leaves beside a built program what V8 made of it, for bin/lvsctl. V8 compiles a
// function when it is first called, so this calls what is called most; Node's own compile cache is written before that.

import {readFileSync, renameSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {basename, dirname, join} from 'node:path'
import {Script} from 'node:vm'
import type * as ipvsadmEntry from '../src/entry/ipvsadm.ts'
import type * as mainEntry from '../src/entry/main.ts'
import type {IpvsClient} from '../src/ipvs/client.ts'
import type {World} from '../src/ipvsadm/world.ts'
import {compiledFor} from './compiled-for.ts'

/** Reading only, from where LVSCTL_PROC says. More would make each of these slower: V8 unpacks all there is at every start. */
const uses = [['--version'], ['service', 'list'], ['list']]

const ipvsadmUses = [['-Ln'], ['-A', '-t', '192.0.2.1:80', '-s', 'rr'], ['-a', '-t', '192.0.2.1:80', '-r', '192.0.2.2']]

/** The kernel is not asked: whoever builds need not be root, nor have IPVS. */
const emptyTable: Partial<IpvsClient> = {
  info: () => ({version: '1.2.1', connectionTableSize: 4096}),
  countedTable: () => [],
  execute: () => [{ok: true}],
}
const world: Partial<World> = {client: () => emptyTable as IpvsClient, out: () => {}, err: () => {}}

type Program = typeof mainEntry & typeof ipvsadmEntry

const practise: Readonly<Record<string, (program: Program) => Promise<void>>> = {
  'main.cjs': async ({main}) => {
    for (const argv of uses) {
      await main(argv)
      if (process.exitCode) throw new Error(`lvsctl ${argv.join(' ')} does not run`)
    }
  },
  'ipvsadm.cjs': async ({start, runIpvsadm}) => {
    for (const argv of ipvsadmUses)
      if (await runIpvsadm(argv, world as World)) throw new Error(`ipvsadm ${argv.join(' ')} does not run`)
    await start(['-v'])
  },
}

const file = process.argv[2] as string
const script = new Script(readFileSync(file, 'utf8'), {filename: file})
const module = {exports: {} as Program}
script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
await practise[basename(file)]?.(module.exports)
// In one step: somebody may be starting it.
const fresh = join(dirname(file), `.compiled.${process.pid}`)
writeFileSync(fresh, script.createCachedData())
renameSync(fresh, compiledFor(file))
