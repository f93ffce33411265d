// What the lab needs on the machine it runs on, as one table: the check before a boot and the set-up script read the
// same rows. The kernel side (modules inside User-Mode Linux) comes with its package.

import {accessSync, constants, readdirSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {LvsctlError} from '../domain/problem.ts'

/** `lab`: nothing works without it. `demo`: the topologies and the demo use it. `tests`: only this project's tests. */
export type Purpose = 'lab' | 'demo' | 'tests'

export interface Requirement {
  readonly command: string
  readonly package: string
  readonly purpose: Purpose
  readonly why: string
}

const row = (command: string, pack: string, purpose: Purpose, why: string): Requirement => ({
  command,
  package: pack,
  purpose,
  why,
})

/** Programs and the Debian packages that bring them. */
export const requirements: readonly Requirement[] = [
  row('linux.uml', 'user-mode-linux', 'lab', 'the kernel, run as an ordinary process'),
  row('insmod', 'kmod', 'lab', 'loads the overlay file system, IPVS and its schedulers'),
  row('ip', 'iproute2', 'lab', 'namespaces, links and addresses'),
  row('busybox', 'busybox', 'lab', 'power off, and the web servers of the topologies'),
  row('bash', 'bash', 'lab', 'the shell of `lvsctl lab shell`'),
  row('setsid', 'util-linux', 'lab', 'mount and pivot_root, a session for the shell, a processor for the guest'),
  row('stty', 'coreutils', 'lab', 'raw serial lines, the size of the terminal'),
  row('curl', 'curl', 'demo', 'the client that asks the virtual service'),
  row('sysctl', 'procps', 'tests', 'the lines that a dry run prints, typed by hand'),
  row('ipvsadm', 'ipvsadm', 'tests', 'the tool to compare with'),
  row('tcpdump', 'tcpdump', 'tests', 'captures netlink messages for the golden files'),
  row('shellcheck', 'shellcheck', 'tests', 'the script that makes a real server without lvsctl'),
  row('tmux', 'tmux', 'tests', 'a terminal to sit at: what redraws itself, and what asks'),
  row('iptables-legacy', 'iptables', 'tests', 'firewall marks'),
]

/** The modules that fit the installed linux.uml lie here, one folder per release. */
const umlModulesFolder = '/usr/lib/uml/modules'

/** What decides, taken as a parameter so that the message can be tested on any machine. */
export interface Machine {
  readonly arch: string
  readonly hasCommand: (name: string) => boolean
  readonly hasUmlModules: () => boolean
}

/** Ordinary users often lack the sbin folders in PATH; the guest always has them. */
const extraPath = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']

export function findCommand(name: string, path: string = process.env.PATH ?? ''): string | undefined {
  for (const folder of [...path.split(delimiter), ...extraPath]) {
    if (folder === '') continue
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {}
  }
  return undefined
}

const thisMachine: Machine = {
  arch: process.arch,
  hasCommand: (name) => findCommand(name) !== undefined,
  hasUmlModules: () => {
    try {
      return readdirSync(umlModulesFolder).length > 0
    } catch {
      return false
    }
  },
}

/** Rows that this machine does not meet. */
export function missingRequirements(purposes: readonly Purpose[], machine: Machine = thisMachine): Requirement[] {
  return requirements.filter(
    ({command, purpose}) =>
      purposes.includes(purpose) &&
      !(command === 'linux.uml' ? machine.hasCommand(command) && machine.hasUmlModules() : machine.hasCommand(command)),
  )
}

/** Throws one sentence with the line that helps when anything is missing. */
export function requireLab(purposes: readonly Purpose[] = ['lab'], machine: Machine = thisMachine): void {
  if (machine.arch !== 'x64' && machine.arch !== 'ia32') {
    throw new LvsctlError({
      failure: 'unsupported',
      code: 'lab-unsupported',
      message: `the lab runs a User-Mode Linux kernel, which exists for x86 only; this machine is ${machine.arch}`,
    })
  }
  const missing = missingRequirements(purposes, machine)
  if (missing.length === 0) return
  const commands = missing.map(({command}) => command)
  const packages = [...new Set(missing.map((one) => one.package))]
  const list = new Intl.ListFormat('en').format(commands)
  throw new LvsctlError({
    failure: 'unsupported',
    code: 'lab-requirements',
    message: `the lab needs ${list}, which ${commands.length === 1 ? 'is' : 'are'} not installed here`,
    hint: `apt-get install ${packages.join(' ')}`,
  })
}
