// What a boot does of the files that --persist wrote, as shell commands, one a step: enough of systemd to see that the
// files alone bring everything back. The programs are systemd's own where they run without it.

import {shellWords} from '../../src/lab/shell-quote.ts'

const systemdSysctl = '/usr/lib/systemd/systemd-sysctl'

/** systemd-modules-load.service and systemd-sysctl.service, of our files. */
export const earlySteps = (role: string): readonly string[] => [
  `for file in /etc/modules-load.d/lvsctl-${role}.conf; do [ ! -e "$file" ] || grep -v '^#' "$file" | xargs -r -n 1 modprobe; done`,
  `for file in /etc/sysctl.d/99-zz-lvsctl-${role}.conf; do [ ! -e "$file" ] || ${systemdSysctl} "$file"; done`,
]

/** The words of a command line in a unit. systemd.service(5) */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)].map(([word]) => {
    const plain = word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word
    return plain.replaceAll('$$', '$').replaceAll('%%', '%')
  })
}

/** The lines of a oneshot unit: the first that fails ends it, unless a `-` stands before it. systemd.service(5) */
export function unitSteps(text: string, directive: 'ExecStart' | 'ExecStop' = 'ExecStart'): readonly string[] {
  return [...text.matchAll(new RegExp(`^${directive}=(-?)(.*)$`, 'gm'))].map(
    ([, may, command]) => `${shellWords([...wordsOf(command as string)])}${may ? ' || true' : ''}`,
  )
}
