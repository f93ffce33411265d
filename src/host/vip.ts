// Which addresses can be a virtual IP, and how a list of them is read from `--vip`. Where they may live is decided by the
// role (realserver/, director/).

import {type Address, familyOf} from '../domain/address.ts'
import {classOf, classSentence} from '../domain/address-class.ts'
import {parseHost} from '../domain/explain-address.ts'
import {type Problem, problem, refuse} from '../domain/problem.ts'

/** One VIP is one host: its prefix covers nothing else. */
const hostPrefix = {ipv4: 32, ipv6: 128} as const

export function hostPrefixOf(address: Address): number {
  return hostPrefix[familyOf(address)]
}

/** In a sentence: `A`, `A and B`, `A, B, and C`. */
export function listVips(vips: readonly Address[]): string {
  return new Intl.ListFormat('en').format(vips)
}

/** `--vip A,B --vip C`: every address once, each one that a host can own. Throws one usage error with all problems. */
export function parseVips(given: readonly string[], where = '--vip'): readonly Address[] {
  const problems: Problem[] = []
  const vips: Address[] = []
  for (const text of given.flatMap((one) => one.split(',')).map((one) => one.trim())) {
    const parsed = parseHost(text, where)
    if (!parsed.ok) problems.push(parsed.problem)
    else if (vips.includes(parsed.value))
      problems.push(problem('vip-duplicate', `${parsed.value} is given twice`, {where}))
    else {
      vips.push(parsed.value)
      problems.push(...unusable(parsed.value, where))
    }
  }
  refuse(problems)
  return vips
}

function unusable(vip: Address, where: string): readonly Problem[] {
  // 169.254.0.0/16 is no address to give to clients, and yet it works on a link; fe80:: does not without a zone.
  const kind = classOf(vip)
  if (kind === 'unicast' || (kind === 'link-local' && familyOf(vip) === 'ipv4')) return []
  return [
    problem('vip-not-unicast', `${classSentence(vip)} and cannot be a VIP`, {
      where,
      hint: 'A VIP is an address that clients reach this cluster at',
    }),
  ]
}
