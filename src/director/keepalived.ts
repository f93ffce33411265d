// Whether keepalived runs beside us, and which addresses are its own.

import type {Address} from '../domain/address.ts'
import type {HostReader} from '../host/host.ts'

export interface Keepalived {
  readonly pid: number
  /** Its configuration; undefined: not where it is looked for, or not to be read. */
  readonly config: string | undefined
}

/** keepalived(8); some packages have a folder of their own. */
const pidFiles = ['/run/keepalived.pid', '/var/run/keepalived.pid', '/run/keepalived/keepalived.pid']
const configFile = '/etc/keepalived/keepalived.conf'

/** undefined: none in this network namespace. */
export function findKeepalived(host: Pick<HostReader, 'readFile' | 'inspect' | 'namespace'>): Keepalived | undefined {
  for (const path of pidFiles) {
    const pid = Number(host.readFile(path)?.trim())
    // A file may be left behind, and its number be another process by now.
    if (!Number.isInteger(pid) || pid <= 0 || host.readFile(`/proc/${pid}/comm`)?.trim() !== 'keepalived') continue
    const elsewhere = host.inspect(`/proc/${pid}/ns/net`)?.target
    if (elsewhere !== undefined && elsewhere !== `net:[${host.namespace()}]`) continue
    return {pid, config: host.readFile(configFile)}
  }
  return undefined
}

/** Whether the configuration names the address, outside of comments (`#`, `!`). Files that it includes are not read. */
export function namesAddress({config}: Keepalived, vip: Address): boolean {
  const words = (config ?? '')
    .split('\n')
    .flatMap((line) => line.replace(/[#!].*$/, '').split(/\s+/))
    .map((word) => word.replace(/\/\d+$/, ''))
  return words.includes(vip)
}
