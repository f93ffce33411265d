// The one firewall rule that a director may need, of one-arm NAT: a server in the clients' own subnet would answer them
// past the director, so that requests must reach it from the director's address. The rule takes connections through IPVS
// alone, one VIP each, whatever else the firewall does.
//
// nftables cannot ask IPVS. What it can see: the connection went to the VIP (conntrack's original tuple), and its packet
// now goes elsewhere. That is what IPVS did to it; direct routing leaves the destination as it is. It needs no more of
// the kernel than net.ipv4.vs.conntrack=1, which the rule of iptables needs too.

import {type Address, familyOf} from '../domain/address.ts'

/** `iptables` is whichever of its two the system has by that name. */
export const masqueradeTools = ['nft', 'iptables', 'iptables-legacy'] as const
export type MasqueradeTool = (typeof masqueradeTools)[number]

export interface Masquerade {
  readonly vip: Address
  readonly tool: MasqueradeTool
}

type Deed = 'add' | 'remove' | 'check'

/** The command that does it, in words: what is run is what is printed. */
export function masqueradeCommand(deed: Deed, {vip, tool}: Masquerade): readonly string[] {
  if (tool === 'nft') return ['nft', ...nft[deed](vip)]
  const program = familyOf(vip) === 'ipv4' ? tool : tool.replace('ip', 'ip6')
  return [program, '-w', '-t', 'nat', iptables[deed], 'POSTROUTING', ...iptablesRule(vip)]
}

const iptables = {add: '-A', remove: '-D', check: '-C'} as const

/** iptables-extensions(8): ipvs. `--vmethod`: of the VIP's direct-routing services nothing is touched. */
const iptablesRule = (vip: Address): readonly string[] =>
  `-m ipvs --vaddr ${vip}/${familyOf(vip) === 'ipv4' ? 32 : 128} --vmethod MASQ -m comment --comment lvsctl -j MASQUERADE`.split(
    ' ',
  )

/** A table of its own for each VIP: it comes and goes as a whole, and nobody's rules are mixed with ours. */
const nft: Readonly<Record<Deed, (vip: Address) => readonly string[]>> = {
  add: (vip) => {
    const [table, daddr] = [tableOf(vip), familyOf(vip) === 'ipv4' ? 'ip daddr' : 'ip6 daddr']
    return [
      [
        `create table ${table}`,
        `add chain ${table} postrouting { type nat hook postrouting priority 100; }`,
        `add rule ${table} postrouting ct original ${daddr} ${vip} ${daddr} != ${vip} masquerade`,
      ].join('; '),
    ]
  },
  remove: (vip) => [`delete table ${tableOf(vip)}`],
  check: (vip) => [`list table ${tableOf(vip)}`],
}

/** A name has no colons in nft(8). */
const tableOf = (vip: Address): string =>
  `${familyOf(vip) === 'ipv4' ? 'ip' : 'ip6'} lvsctl-${vip.replaceAll(':', '_')}`
