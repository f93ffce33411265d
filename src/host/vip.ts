// Which addresses can be a virtual IP, and how a list of them is read from `--vip`. Where they may live is decided by the
// role (realserver/, director/).

import {type Address, addressBytes, familyOf} from '../domain/address.ts'
import {classOf, classSentence} from '../domain/address-class.ts'
import {parseHost} from '../domain/explain-address.ts'
import {type Problem, problem, refuse} from '../domain/problem.ts'
import type {InterfaceAddress} from './host.ts'

/** One VIP is one host: its prefix covers nothing else. */
const hostPrefix = {ipv4: 32, ipv6: 128} as const

export function hostPrefixOf(address: Address): number {
  return hostPrefix[familyOf(address)]
}

/** In a sentence: `A`, `A and B`, `A, B, and C`. */
export function listWords(words: readonly string[]): string {
  return new Intl.ListFormat('en').format(words)
}

export function listVips(vips: readonly Address[]): string {
  return listWords(vips)
}

/** `--vip A,B --vip C`: every address once, each one that a host can own. Throws one usage error with all problems. */
export function parseVips(given: readonly string[], where = '--vip'): readonly Address[] {
  const {vips, problems} = readVips(given, where)
  refuse(problems)
  return vips
}

/** The same, for who has more to say. */
export function readVips(
  given: readonly string[],
  where = '--vip',
): {readonly vips: readonly Address[]; readonly problems: readonly Problem[]} {
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
  return {vips, problems}
}

/** `command`: the words after lvsctl. */
export const vipMissing = (command: string): Problem =>
  problem('vip-missing', 'no VIP is named', {hint: `Such as: lvsctl ${command} --vip 192.168.1.200`})

/** What of an address alone speaks against it as a VIP. */
export function unusable(vip: Address, where: string): readonly Problem[] {
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

/** The first and the last address of an IPv4 subnet are nobody's (RFC 1122 §3.2.1.3); a /31 has no such (RFC 3021). */
export function subnetEdges(vip: Address, addresses: readonly InterfaceAddress[]): readonly Problem[] {
  if (familyOf(vip) === 'ipv6') return []
  return addresses.flatMap((one) => {
    if (familyOf(one.address) === 'ipv6' || one.prefixLength > 30) return []
    const hostBits = 0xffff_ffff >>> one.prefixLength
    const [wanted, there] = [numberOf(vip), numberOf(one.address)]
    const sameSubnet = (wanted | hostBits) === (there | hostBits)
    const edge = wanted & hostBits
    if (!sameSubnet || (edge !== 0 && edge !== (hostBits | 0))) return []
    return [
      problem('vip-subnet-edge', `${vip} is the ${edge === 0 ? 'network' : 'broadcast'} address of ${one.interface}`, {
        where: '--vip',
        hint: `Take another address of ${one.address}/${one.prefixLength}`,
      }),
    ]
  })
}

const numberOf = (address: Address): number => new DataView(addressBytes(address).slice().buffer).getInt32(0)
