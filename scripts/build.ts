// `npm run build`: src/ as one file, dist/main.cjs, and V8's compiled form of it beside it. What is known at build time (the
// list of commands, what help says of them) takes the place of what finds it out at run time. The addon has a script of
// its own, build-native.ts.

import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {build, type Plugin} from 'esbuild'
import {makeManifest} from '../src/entry/help.ts'
import {commands} from '../src/entry/registry.ts'
import {bundleOptions} from './bundle-options.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const started = performance.now()

const sampleTable = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0A801C8:1F90 wrr
  -> C0A80173:1F90      Route   1      10         3
`

await bundle()
compile()
const seconds = ((performance.now() - started) / 1000).toFixed(1)
console.log(`built dist/main.cjs: ${Object.keys(commands).length} commands in ${seconds} s`)

async function bundle(): Promise<void> {
  await build({
    ...bundleOptions,
    entryPoints: [join(root, 'src', 'entry', 'main.ts')],
    outfile: join(dist, 'main.cjs'),
    plugins: [await knownAtBuildTime()],
    // oclif asks for it when a plugin is written in TypeScript; ours is compiled.
    external: ['typescript'],
  })
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

/**
 * Fills Node's compile cache (bin/lvsctl) by a typical use: it keeps the code that ran in the first process that found
 * no cache, so that process should not be one of `--version`.
 */
function compile(): void {
  rmSync(join(dist, 'cache'), {recursive: true, force: true})
  const proc = mkdtempSync(join(tmpdir(), 'lvsctl-build-'))
  try {
    mkdirSync(join(proc, 'net'))
    writeFileSync(join(proc, 'net', 'ip_vs'), sampleTable)
    const env = {...process.env, LVSCTL_PROC: proc}
    const {status, stderr} = spawnSync(process.execPath, [join(root, 'bin', 'lvsctl'), 'list'], {env, encoding: 'utf8'})
    if (status !== 0) throw new Error(`what was built does not run: ${stderr}`)
    // Node keeps it from others, who would compile anew each time.
    const cache = join(dist, 'cache')
    for (const name of readdirSync(cache, {recursive: true, encoding: 'utf8'})) chmodSync(join(cache, name), 0o755)
  } finally {
    rmSync(proc, {recursive: true})
  }
}
