// Modules of the real machine's kernel: whether one is there, and loading it by modprobe(8), which knows aliases, options
// and what is forbidden.

import {existsSync} from 'node:fs'
import {release} from 'node:os'
import {moduleUnavailable, notPermitted} from './failures.ts'
import {readIfThere} from './files.ts'
import type {Deeds, HostReader} from './host.ts'
import {complaintOf, runProgram} from './run-program.ts'

export const linuxModules = (modprobe: string) => ({
  reads: {
    /** Below /sys/module is what was loaded; modules.builtin lists what needs no loading. */
    module(name) {
      if (existsSync(`/sys/module/${name}`)) return 'loaded'
      const builtIn = readIfThere(`/lib/modules/${release()}/modules.builtin`) ?? ''
      if (builtIn.split('\n').some((path) => path.endsWith(`/${name}.ko`))) return 'loaded'
      return runProgram([modprobe, '--dry-run', '--quiet', '--', name]).status === 0 ? 'available' : 'missing'
    },
  } satisfies Partial<HostReader>,
  deeds: {
    /** Loading what is loaded does nothing. */
    'load-module': (effect) => {
      const ran = runProgram([modprobe, '--', effect.module])
      if (ran.status === 0) return
      if (process.geteuid?.() !== 0 || /not permitted|denied/.test(ran.stderr ?? ''))
        throw notPermitted(effect, 'root (CAP_SYS_MODULE)', ran.error)
      throw moduleUnavailable(effect.module, complaintOf(ran).replace(/^modprobe: FATAL: /, ''))
    },
  } satisfies Partial<Deeds>,
})
