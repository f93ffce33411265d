// Kernel modules: whether one is there, and loading it by modprobe(8), which knows aliases, options and what is forbidden.

import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {release} from 'node:os'
import {moduleUnavailable, notPermitted} from './failures.ts'
import {readIfThere} from './files.ts'
import type {Effect, ModuleState} from './host.ts'

/** Below /sys/module is what was loaded; modules.builtin lists what needs no loading. */
export function moduleState(name: string, modprobe = 'modprobe'): ModuleState {
  if (existsSync(`/sys/module/${name}`)) return 'loaded'
  const builtIn = readIfThere(`/lib/modules/${release()}/modules.builtin`) ?? ''
  if (builtIn.split('\n').some((path) => path.endsWith(`/${name}.ko`))) return 'loaded'
  return run(modprobe, ['--dry-run', '--quiet', '--', name]).status === 0 ? 'available' : 'missing'
}

/** Throws LvsctlError. Loading what is loaded does nothing. */
export function loadModule(effect: Extract<Effect, {readonly do: 'load-module'}>, modprobe = 'modprobe'): void {
  const {error, status, signal, stderr} = run(modprobe, ['--', effect.module])
  if (status === 0) return
  if (process.geteuid?.() !== 0 || /not permitted|denied/.test(stderr ?? ''))
    throw notPermitted(effect, 'root (CAP_SYS_MODULE)', error)
  const words = error?.message ?? (stderr.trim() || `it ended with ${signal ?? status}`)
  throw moduleUnavailable(effect.module, words.replace(/^modprobe: FATAL: /, ''))
}

function run(program: string, words: readonly string[]) {
  return spawnSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 60_000,
    // It lies where an ordinary user's shell does not look.
    env: {...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`},
  })
}
