// ipvsadm-save and ipvsadm-restore, which come with ipvsadm as shell scripts: `-S`, and `-C` followed by `-R`.

import {runIpvsadm, type World} from './run.ts'

const saveHelp = `ipvsadm-save: Script to save the IPVS table to stdout.
   With the -n option, prints out the table in numeric format.
`

/** What is no option is passed over. */
export async function runSave(argv: readonly string[], world: World): Promise<number> {
  if (argv.some((word) => word.startsWith('-') && word !== '-n')) {
    world.err(saveHelp)
    return 1
  }
  return runIpvsadm(argv.includes('-n') ? ['-S', '-n'] : ['-S'], world)
}

/** Reads everything before it clears the table; lines that begin with `#` are left out. No arguments are looked at. */
export async function runRestore(_argv: readonly string[], world: World): Promise<number> {
  const input = world.stdin()
  const text = typeof input === 'string' ? input : [...input].join('')
  const rules = text.split('\n').filter((line) => !line.startsWith('#'))
  await runIpvsadm(['-C'], world)
  return runIpvsadm(['-R'], {...world, stdin: () => rules.join('\n')})
}
