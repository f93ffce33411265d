// The small library that is preloaded into User-Mode Linux (why: native/uml-xstate.c): where it lies, and how its
// absence is recognised.

import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {projectRoot} from './project.ts'

/** Paths are relative to the project; scripts/build-native.ts makes one of the other. For x86-64 hosts only. */
export const xstateShim = {source: 'native/uml-xstate.c', library: 'dist/uml-xstate.so', arch: 'x64'} as const

export function findXstateShim(project: string = projectRoot()): string | undefined {
  const library = join(project, xstateShim.library)
  return process.arch === xstateShim.arch && existsSync(library) ? library : undefined
}

/** True when UML died because the host refused its floating point state (arch/um/os-Linux/skas/process.c). */
export function lacksXstateShim(console: string): boolean {
  return console.includes('ptrace set fp regs failed')
}
