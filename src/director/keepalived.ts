// Whether keepalived runs beside us, and which addresses are its own.

import type {Address} from '../domain/address.ts'
import type {HostReader} from '../host/host.ts'

export interface Keepalived {
  readonly pid: number
  /** Its configuration; undefined: not where it is looked for, or not to be read. */
  readonly config: string | undefined
}

/** undefined: none in this network namespace. */
export function findKeepalived(
  host: Pick<HostReader, 'list' | 'readFile' | 'inspect' | 'namespace'>,
): Keepalived | undefined {
  for (const name of host.list('/proc')) {
    if (!/^\d+$/.test(name) || host.readFile(`/proc/${name}/comm`)?.trim() !== 'keepalived') continue
    const elsewhere = host.inspect(`/proc/${name}/ns/net`)?.target
    if (elsewhere !== undefined && elsewhere !== `net:[${host.namespace()}]`) continue
    const words = host.readFile(`/proc/${name}/cmdline`)?.split('\0') ?? []
    return {pid: Number(name), config: readable(host, configFile(words))}
  }
  return undefined
}

/** An ordinary user may not read it, and is told what can be told. */
function readable(host: Pick<HostReader, 'readFile'>, path: string): string | undefined {
  try {
    return host.readFile(path)
  } catch {
    return undefined
  }
}

/** Of `-f FILE`, `--use-file=FILE` (keepalived(8)), or where it is without. */
function configFile(words: readonly string[]): string {
  const at = words.findIndex((word) => /^(-f|--use-file)$/.test(word))
  const joined = words.find((word) => /^(-f.|--use-file=)/.test(word))
  return (at < 0 ? joined?.replace(/^(-f|--use-file=)/, '') : words[at + 1]) ?? '/etc/keepalived/keepalived.conf'
}

/** Whether the configuration names the address, outside of comments (`#`, `!`). Files that it includes are not read. */
export function namesAddress({config}: Keepalived, vip: Address): boolean {
  const words = (config ?? '')
    .split('\n')
    .flatMap((line) => line.replace(/[#!].*$/, '').split(/\s+/))
    .map((word) => word.replace(/\/\d+$/, ''))
  return words.includes(vip)
}
