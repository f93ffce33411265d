// Which options are of no use beside which others: rows of names of which a line has one. `--no-THING` and `--thing` are
// such a row by their names.

/** The service as one word counts as the first row's. */
export const serviceOptions = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service'] as const

const oneOf: readonly (readonly string[])[] = [
  serviceOptions,
  ['gatewaying', 'ipip', 'masquerading'],
  ['tun-nocsum', 'tun-csum', 'tun-remcsum'],
  ['stats', 'rate'],
  ['quiet', 'verbose'],
]

/** Option → what it needs on the line before it means something. */
const needs: Readonly<Record<string, string>> = {ipv6: 'fwmark-service'}

export function isUseful(name: string, given: ReadonlySet<string>): boolean {
  const need = needs[name]
  if (need !== undefined && !given.has(need)) return false
  if (given.has(`no-${name}`) || given.has(name.replace(/^no-/, ''))) return false
  return !oneOf.some((row) => row.includes(name) && row.some((other) => given.has(other)))
}
