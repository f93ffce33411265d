// What is the same for every backend: the list of kernel modules, modules-load.d(5), and the sysctl.d file, for no network manager sets sysctls of this kind. systemd-sysctl reads it
// before any interface is configured, udev once more for an interface that appears later; Debian's procps script does the
// first of these where there is no systemd. sysctl.d(5)

import type {Role} from '../host/ledger.ts'
import {type BootFile, bootFileText, type PersistRequest} from './backend.ts'
import {isHomemade} from './lasting.ts'

/**
 * Files are read in the order of their names, whichever folder they lie in, and the last value of a key counts. This one
 * comes after 99-sysctl.conf, Debian's name for /etc/sysctl.conf.
 */
export const sysctlFilePath = (role: Role): string => `/etc/sysctl.d/99-zz-lvsctl-${role}.conf`

/** Modules first: their interfaces bring settings of their own. */
export function commonFiles({role, lasting}: PersistRequest): readonly BootFile[] {
  const modules = lasting.modules.map((name) => `${name}\n`)
  const sysctls = lasting.sysctls.map(({key, value}) => `${key} = ${value}\n`)
  return [
    {path: `/etc/modules-load.d/lvsctl-${role}.conf`, lines: modules},
    {path: sysctlFilePath(role), lines: sysctls},
  ].flatMap(({path, lines}) => (lines.length === 0 ? [] : [{path, content: bootFileText(role, lines.join(''))}]))
}

/** Interfaces whose own settings are among them: such a line fails until the interface is there. */
export function sysctlLinks({lasting}: Pick<PersistRequest, 'lasting'>): readonly string[] {
  const names = lasting.sysctls.flatMap(({key}) => /^net\.ipv[46]\.conf\.([^.]+)\./.exec(key)?.[1] ?? [])
  return [...new Set(names.map((name) => name.replaceAll('/', '.')))].filter(
    (name) => !['all', 'default'].includes(name) && !isHomemade(name, lasting),
  )
}
