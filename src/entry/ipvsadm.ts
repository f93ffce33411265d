// The way in for ipvsadm, ipvsadm-save and ipvsadm-restore: what bin/ starts under those names, and `lvsctl ipvsadm`.
// Loads nothing that a command of lvsctl's needs.

import {kernelWords} from '../ipvsadm/kernel-words.ts'
import {realWorld} from '../ipvsadm/real-world.ts'
import {runIpvsadm, type World} from '../ipvsadm/run.ts'
import {runRestore, runSave} from '../ipvsadm/wrappers.ts'

/** For the build, which keeps what V8 makes of it. */
export {runIpvsadm}

type Program = (argv: readonly string[], world: World) => Promise<number>

const programs: Readonly<Record<string, Program>> = {
  ipvsadm: runIpvsadm,
  'ipvsadm-save': runSave,
  'ipvsadm-restore': runRestore,
}

/** The whole life of the process. `name`: one of the three. */
export async function start(argv: readonly string[], name = 'ipvsadm'): Promise<void> {
  const world = realWorld()
  try {
    process.exitCode = await (programs[name] as Program)(argv, world)
  } catch (error) {
    const {syscall, code} = error as NodeJS.ErrnoException
    if (syscall !== 'write' || code === undefined) throw error
    // ipvsadm says nothing about a save that is not whole.
    world.err(`${name}: standard output: ${kernelWords(code)}\n`)
    process.exitCode = 1
  } finally {
    world.close()
  }
}
