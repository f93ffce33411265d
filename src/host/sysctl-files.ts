// Which file sets a sysctl when the machine starts. sysctl.d(5): files of /etc, /run, /usr/local/lib and /usr/lib, of
// several with one name that of the first folder alone; in the order of their names, later lines over earlier ones; what
// is named exactly over what a pattern matches. /etc/sysctl.conf is not systemd's, but `sysctl -p` and `sysctl --system`
// read it, the latter last (sysctl(8)); Debian has a link to it in /etc/sysctl.d.

import type {HostReader} from './host.ts'

export interface Persisted {
  readonly value: string
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

interface Rule extends Partial<Pick<Persisted, 'value'>> {
  /** With slashes, as below /proc/sys. */
  readonly path: string
  readonly file: string
  readonly line: number
}

const folders = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d'] as const
const lastFile = '/etc/sysctl.conf'

/** What will be set of each key; looked up as `net.ipv4.conf.all.arp_ignore`. */
export function persistedSysctls(host: Pick<HostReader, 'list' | 'readFile'>): (key: string) => Persisted | undefined {
  const rules = [...sysctlFiles(host), lastFile].flatMap((file) => parseSysctlFile(host.readFile(file) ?? '', file))
  return (key) => winner(rules, toPath(key))
}

/** In the order in which they are read. */
function sysctlFiles(host: Pick<HostReader, 'list'>): readonly string[] {
  const chosen = new Map<string, string>()
  for (const folder of folders)
    for (const name of host.list(folder))
      if (name.endsWith('.conf') && !chosen.has(name)) chosen.set(name, `${folder}/${name}`)
  return [...chosen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
}

function parseSysctlFile(text: string, file: string): readonly Rule[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return []
    const at = line.indexOf('=')
    const name = (at < 0 ? line : line.slice(0, at)).trim().replace(/^-/, '')
    if (at < 0) return line.startsWith('-') ? [{path: toPath(name), file, line: index + 1}] : []
    return [{path: toPath(name), value: line.slice(at + 1).trim(), file, line: index + 1}]
  })
}

/** Where a slash comes first slashes separate, else dots do and a slash stands for a dot of a name (sysctl.d(5)). */
function toPath(key: string): string {
  const first = /[./]/.exec(key)?.[0]
  if (first === '/') return key
  return key.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'))
}

function winner(rules: readonly Rule[], path: string): Persisted | undefined {
  const exact = rules.filter((rule) => rule.path === path)
  if (exact.length > 0) return valued(exact.at(-1) as Rule)
  const matching = rules.filter((rule) => /[*?[]/.test(rule.path) && pattern(rule.path).test(path))
  return matching.length > 0 ? valued(matching.at(-1) as Rule) : undefined
}

/** A line without a value keeps patterns away from the key. */
function valued({value, file, line}: Rule): Persisted | undefined {
  return value === undefined ? undefined : {value, file, line}
}

/** glob(7), where no pattern matches a slash. */
function pattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  return new RegExp(`^${source.replaceAll('[!', '[^')}$`)
}
