// What a real server is set up with: by set-up itself, and by the script that does the same without lvsctl.

import {string} from '@oclif/core/flags'
import {vipFlag} from './role-command.ts'

export const realServerFlags = {
  ...vipFlag,
  method: string({summary: 'How packets come: dr, tun or nat; dr where it is not said.', helpValue: 'METHOD'}),
  interface: string({
    summary: 'Where the VIP goes: lo, a dummy interface such as dummy0, which is made, or a tunnel device.',
    helpValue: 'INTERFACE',
  }),
  'arp-scope': string({
    summary: 'Whose ARP settings are touched: all, or one interface.',
    helpValue: 'all|INTERFACE',
  }),
  'tun-type': string({summary: 'Kind of tunnel: ipip, gue, gre.', helpValue: 'TYPE', helpGroup: 'TUNNEL'}),
  'tun-port': string({summary: 'UDP port of a gue tunnel.', helpValue: 'PORT', helpGroup: 'TUNNEL'}),
  'mtu-cure': string({
    summary: 'What is done about packets too large to be wrapped: clamp, director, path, none.',
    helpValue: 'CURE',
    helpGroup: 'TUNNEL',
  }),
  gateway: string({
    summary: "NAT: the director's address on the network of this host.",
    helpValue: 'ADDRESS',
    helpGroup: 'NAT',
    multiple: true,
    multipleNonGreedy: true,
  }),
}
