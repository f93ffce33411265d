// What --boot and --no-boot do not go with: a file of one's own, and another network namespace, in which no machine boots;
// and --no-boot, which saves nothing, with what a save is to be like.

import {type Problem, problem, refuse} from '../domain/problem.ts'

interface BootFlags {
  readonly boot?: boolean | undefined
  readonly netns?: string | undefined
  readonly all?: boolean
  readonly format?: string | undefined
  readonly 'allow-empty'?: boolean
}

/** `argv`: as it was typed, where the parser takes the last word for it. */
export function bootConflicts(
  {boot, netns, ...save}: BootFlags,
  file: string | undefined,
  argv: readonly string[] = [],
): void {
  if (boot === undefined) return
  const where = boot ? '--boot' : '--no-boot'
  const problems: Problem[] = []
  if (argv.includes('--boot') && argv.includes('--no-boot'))
    problems.push(
      problem('options-conflict', 'one of them at a time', {
        where: '--boot --no-boot',
        hint: '--boot saves and has it restored at boot; --no-boot takes the latter back',
      }),
    )
  if (file !== undefined)
    problems.push(problem('options-conflict', `"${file}" is named, and at boot the file is /etc/lvsctl/rules`, {where}))
  if (netns !== undefined)
    problems.push(problem('options-conflict', 'the machine boots in its own network namespace', {where}))
  for (const flag of ['all', 'format', 'allow-empty'] as const)
    if (!boot && save[flag])
      problems.push(problem('options-conflict', `--${flag} is for a save, and this saves nothing`, {where}))
  refuse(problems)
}
