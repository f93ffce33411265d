// What all units of lvsctl share: how a word is written in one, where they lie, and whether there is a systemd at all.

import type {Effect, HostReader} from './host.ts'

export const unitFolder = '/etc/systemd/system'

/** The link that `systemctl enable` makes for a unit with WantedBy=multi-user.target. */
export const enablingLinkOf = (unit: string): string => `${unitFolder}/multi-user.target.wants/${unit}`

/** What none of them needs. systemd.exec(5) */
export const confinement = `RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
ProtectSystem=full
`

const places = ['/run/systemd/system', '/usr/lib/systemd/systemd', '/lib/systemd/systemd'] as const

export const hasSystemd = (host: HostReader): boolean => places.some((path) => host.inspect(path))

/** What makes it read changed units. Nobody is told where it does not run: sd_booted(3). */
export function reloadEffects(host: HostReader): readonly Effect[] {
  return host.inspect('/run/systemd/system') === undefined ? [] : [{do: 'systemd-reload'}]
}

/** Quotes are for blanks and the like; `%` and `$` stand for other things than themselves wherever they are. */
export function quoteWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w./@:+%$=-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`
}

/** The unit that is there when an interface is, as systemd-escape(1) writes its name. */
export function deviceUnit(link: string): string {
  const escaped = link.replace(/[^\w:.]|^\./g, (one) =>
    [...Buffer.from(one)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  )
  return `sys-subsystem-net-devices-${escaped}.device`
}
