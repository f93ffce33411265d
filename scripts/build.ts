// `npm run build`: src/ as one file, dist/main.cjs, and V8's compiled form of it beside it; the same for what is started as
// ipvsadm, dist/ipvsadm.cjs, which has nothing of lvsctl's commands in it; the man pages. What is known at build time (the
// list of commands, what help says of them) takes the place of what finds it out at run time. The addon has a script of its
// own, build-native.ts.

import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, dirname, join} from 'node:path'
import type {Plugin} from 'esbuild'
import {makeManifest} from '../src/entry/help.ts'
import {commands} from '../src/entry/registry.ts'
import {compiledFor} from './compiled-for.ts'
import {leanOclif} from './lean-oclif.ts'
import {writeManPages} from './man.ts'
import {oneFile} from './one-file.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const started = performance.now()

/** As wide as the kernel writes it. */
const sampleTable = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
${'TCP  C0A801C8:1F90 wrr  '}
${'  -> C0A80173:1F90      Route   1      10         3         '}
`

const pages = await writeManPages()
const built = [
  await make('main', [await knownAtBuildTime(), leanOclif]),
  // Of package.json and oclif there is nothing in it.
  await make('ipvsadm', []),
]
if (built.includes(true)) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`built dist/main.cjs: ${Object.keys(commands).length} commands, ${pages} man pages in ${seconds} s`)
}

/** dist/NAME.cjs from src/entry/NAME.ts; false: it is there already. */
async function make(name: string, plugins: Plugin[]): Promise<boolean> {
  const file = join(dist, `${name}.cjs`)
  const code = await oneFile({entry: join(root, 'src', 'entry', `${name}.ts`), plugins})
  if (isThere(file, code)) return false
  replace(file, code)
  compile(file)
  return true
}

/** The same code, and compiled for this Node. */
function isThere(file: string, code: string): boolean {
  return existsSync(file) && existsSync(compiledFor(file)) && readFileSync(file, 'utf8') === code
}

async function knownAtBuildTime(): Promise<Plugin> {
  const manifest = JSON.stringify(await makeManifest())
  const entries = Object.keys(commands).map(
    (id) => `'${id}': () => import('../commands/${id.replaceAll(':', '/')}.ts')`,
  )
  return {
    name: 'known-at-build-time',
    setup({onLoad}) {
      onLoad({filter: /\/src\/entry\/registry\.ts$/}, ({path}) => ({
        contents: `export const commands = {${entries.join()}}`,
        resolveDir: dirname(path),
      }))
      onLoad({filter: /\/src\/entry\/manifest\.ts$/}, () => ({
        contents: `export const builtManifest = JSON.parse(${JSON.stringify(manifest)})`,
      }))
      // Ours and oclif's: only what is read of them.
      onLoad({filter: /\/package\.json$/}, ({path}) => {
        const {name, version, description, oclif} = JSON.parse(readFileSync(path, 'utf8'))
        return {loader: 'json', contents: JSON.stringify({name, version, description, oclif})}
      })
    },
  }
}

/** In one step: somebody may be starting it. */
function replace(file: string, code: string): void {
  mkdirSync(dist, {recursive: true})
  const name = basename(file)
  const fresh = join(dist, `.${name}.${process.pid}`)
  writeFileSync(fresh, code)
  // What was compiled goes before there is new code: V8 tells old from new by the length only.
  for (const one of readdirSync(dist).filter((one) => one.startsWith(`${name}.`))) rmSync(join(dist, one))
  renameSync(fresh, file)
}

/** What V8 made of it, for the Node that runs now: bin/lvsctl has no use for that of another version. */
function compile(file: string): void {
  const proc = mkdtempSync(join(tmpdir(), 'lvsctl-build-'))
  try {
    mkdirSync(join(proc, 'net'))
    writeFileSync(join(proc, 'net', 'ip_vs'), sampleTable)
    const env = {...process.env, LVSCTL_PROC: proc}
    const script = join(import.meta.dirname, 'keep-compiled.ts')
    const {status, stderr} = spawnSync(process.execPath, [script, file], {env, encoding: 'utf8'})
    if (status !== 0) throw new Error(`what was built does not run: ${stderr}`)
  } finally {
    rmSync(proc, {recursive: true})
  }
}
