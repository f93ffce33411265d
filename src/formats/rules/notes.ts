// The comments in a file of rules that say something: what rules have no words for. `# sysctl net.ipv4.vs.conntrack = 1`
// is a setting; `# sync daemons: none` and `# sysctls: none` say that there was nothing to save, which is not the same as
// not having been saved.

export type Note =
  | {readonly kind: 'sysctl'; readonly name: string; readonly value: string; readonly at: number}
  | {readonly kind: 'no-daemons'}
  | {readonly kind: 'no-sysctls'}

const noDaemons = '# sync daemons: none'
const noSysctls = '# sysctls: none'
const prefix = '# sysctl net.ipv4.vs.'

/** The note in the line at `start`, where it is one; other comments are for people. */
export function readNote(text: string, start: number): Note | undefined {
  const end = text.indexOf('\n', start)
  // A line of blanks, or none at all, costs nothing.
  const line = text.slice(start, end < 0 ? text.length : end).trim()
  if (!line.startsWith('#')) return undefined
  const [, name, value] = /^#\s*sysctl\s+net\.ipv4\.vs\.([a-z]\w*)\s*=\s*(.*)$/s.exec(line) ?? []
  if (name !== undefined && value !== undefined)
    return {kind: 'sysctl', name, value, at: start + text.slice(start).search(/\S/)}
  if (line === noDaemons) return {kind: 'no-daemons'}
  if (line === noSysctls) return {kind: 'no-sysctls'}
  return undefined
}

export function formatDaemonsNote(): string {
  return `${noDaemons}\n`
}

export function formatSysctlNotes(sysctls: Readonly<Record<string, string>>): string {
  const lines = Object.entries(sysctls).map(([name, value]) => `${prefix}${name} = ${value}`.trimEnd())
  return lines.length === 0 ? `${noSysctls}\n` : `${lines.join('\n')}\n`
}
