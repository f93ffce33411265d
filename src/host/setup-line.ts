// The line that sets a role up again as it was: what every hint says that asks for it. Pasted as it is, it must change
// nothing but what is missing.

import type {Role} from './ledger.ts'
import type {LedgerLists, LedgerVip} from './ledger-kinds.ts'

/** Without notes of the options: what can be told from where the VIP is, and what it is for. */
const guesses: Readonly<Record<Role, (vip: LedgerVip) => readonly string[]>> = {
  realserver: ({interface: name, method}) => [
    ...(method === undefined || method === 'dr' ? [] : ['--method', method]),
    ...(name === 'lo' && method !== 'tun' ? [] : ['--interface', name]),
  ],
  director: ({interface: name, method}) => [
    '--dev',
    name,
    ...(method === undefined || method === 'dr' ? [] : ['--method', method]),
  ],
}

/** What stands behind `setup --vip ADDRESS`. */
const optionsOf = (role: Role, vip: LedgerVip): readonly string[] => vip.options ?? guesses[role](vip)

/** The value of an option, of how a VIP was set up: `--mtu-cure`. */
export function notedOption({options = []}: LedgerVip, name: string): string | undefined {
  const at = options.indexOf(name)
  return at < 0 ? undefined : options[at + 1]
}

/** For one VIP. `more`: words behind it. */
export function setupLine(role: Role, vip: LedgerVip, more: readonly string[] = []): string {
  return shellLine([...setUp(role), '--vip', vip.address, ...optionsOf(role, vip), ...more])
}

/** For all that is noted, as one text: a line for all VIPs of the same options, one for gateways, `; ` between them. */
export function setupLines(
  role: Role,
  {vips, routes}: Pick<LedgerLists, 'vips' | 'routes'>,
  more: readonly string[] = [],
): string {
  const alike = new Map<string, LedgerVip[]>()
  for (const vip of vips) {
    const key = JSON.stringify(optionsOf(role, vip))
    alike.set(key, [...(alike.get(key) ?? []), vip])
  }
  const gateways = routes.flatMap(({route, method}) =>
    method === 'nat' && route.gateway !== undefined ? [route.gateway] : [],
  )
  return [
    ...[...alike.values()].map((some) => {
      const options = optionsOf(role, some[0] as LedgerVip)
      return [...setUp(role), '--vip', some.map(({address}) => address).join(','), ...options, ...more]
    }),
    ...(gateways.length > 0
      ? [[...setUp(role), '--method', 'nat', ...gateways.flatMap((one) => ['--gateway', one]), ...more]]
      : []),
  ]
    .map(shellLine)
    .join('; ')
}

const setUp = (role: Role): readonly string[] => ['lvsctl', role, 'setup']

/** For a shell: a word that it would take apart is quoted. */
export const shellLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
