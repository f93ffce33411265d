// Many sysctls at once.

import type {HostReader} from './host.ts'

/** Without those that this kernel or interface does not have. */
export function readSysctls(host: Pick<HostReader, 'sysctl'>, keys: Iterable<string>): Map<string, string> {
  const values = new Map<string, string>()
  for (const key of keys) {
    const value = host.sysctl(key)
    if (value !== undefined) values.set(key, value)
  }
  return values
}
