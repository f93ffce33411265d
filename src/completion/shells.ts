// The shells there is completion for: a row each.

import {bashScript} from './scripts/bash.ts'
import {fishScript} from './scripts/fish.ts'
import {zshScript} from './scripts/zsh.ts'

export const shells = {
  bash: {script: bashScript, file: '/etc/bash_completion.d/lvsctl'},
  zsh: {script: zshScript, file: '/usr/local/share/zsh/site-functions/_lvsctl'},
  fish: {script: fishScript, file: '/etc/fish/completions/lvsctl.fish'},
} as const

export type Shell = keyof typeof shells

export const shellNames = Object.keys(shells) as Shell[]

export function isShell(text: string): text is Shell {
  return Object.hasOwn(shells, text)
}
