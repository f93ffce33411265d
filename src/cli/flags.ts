// The options that commands share, with ipvsadm's letters and long names. They carry text only: options.ts makes
// services and servers of it, so that every mistake is told the same way.

import {string as stringArgument} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import type {OptionFacts} from './implied-values.ts'
import {sortFields} from './sort-listing.ts'

/** Which service. */
export const serviceFlags = {
  'tcp-service': string({
    char: 't',
    summary: 'The TCP service, such as 192.0.2.10:80 or [2001:db8::1]:80.',
    helpValue: 'ADDRESS:PORT',
    helpGroup: 'SERVICE',
  }),
  'udp-service': string({
    char: 'u',
    summary: 'The UDP service.',
    helpValue: 'ADDRESS:PORT',
    helpGroup: 'SERVICE',
  }),
  'sctp-service': string({summary: 'The SCTP service.', helpValue: 'ADDRESS:PORT', helpGroup: 'SERVICE'}),
  'fwmark-service': string({
    char: 'f',
    summary: 'The service of packets with this firewall mark, 1 to 4294967295.',
    helpValue: 'MARK',
    helpGroup: 'SERVICE',
  }),
  ipv6: boolean({char: digit('6'), summary: 'The firewall mark is of IPv6 packets.', helpGroup: 'SERVICE'}),
}

/** oclif takes any character, but its types know letters only. */
function digit(character: string): 'A' {
  return character as 'A'
}

/** The same as one word. */
export const serviceArgument = {
  service: stringArgument({
    description: 'the service as one word, instead of -t, -u, --sctp-service or -f: tcp://192.0.2.10:80, fwmark://7',
    ignoreStdin: true,
  }),
}

/** `-p` alone: ipvsadm's default, in seconds. */
const impliedPersistence: Pick<OptionFacts, 'implied'> = {implied: '360'}

/** What it is set to. */
export const serviceSettingFlags = {
  scheduler: string({
    char: 's',
    summary: 'How servers are chosen: rr, wrr, lc, wlc, fo, ovf, lblc, lblcr, dh, sh, mh, sed, nq, twos, none.',
    helpValue: 'NAME',
    helpGroup: 'SETTINGS',
  }),
  'sched-flags': string({
    char: 'b',
    summary: 'Options of the scheduler: sh-fallback, sh-port, mh-fallback, mh-port.',
    helpValue: 'FLAG,…',
    helpGroup: 'SETTINGS',
  }),
  persistent: Object.assign(
    string({
      char: 'p',
      summary: 'Send a client to the same server for so many seconds; 360 where none are given.',
      helpValue: '[SECONDS]',
      helpGroup: 'SETTINGS',
    }),
    impliedPersistence,
  ),
  netmask: string({
    char: 'M',
    summary: 'Which clients count as one for -p: 255.255.255.0, or a prefix length for IPv6.',
    helpValue: 'MASK',
    helpGroup: 'SETTINGS',
  }),
  pe: string({summary: 'Persistence engine: sip.', helpValue: 'NAME', helpGroup: 'SETTINGS'}),
  ops: boolean({
    char: 'o',
    summary: 'One-packet scheduling: choose a server for each packet (UDP and firewall marks).',
    helpGroup: 'SETTINGS',
  }),
}

/** For edits: what takes a setting away again. Flags of the scheduler go with `-b none`. */
export const serviceRemovalFlags = {
  'no-persistent': boolean({summary: 'No persistence any more.', helpGroup: 'SETTINGS'}),
  'no-netmask': boolean({summary: 'Every client by itself again.', helpGroup: 'SETTINGS'}),
  'no-pe': boolean({summary: 'No persistence engine any more.', helpGroup: 'SETTINGS'}),
  'no-ops': boolean({summary: 'No one-packet scheduling any more.', helpGroup: 'SETTINGS'}),
}

/** Which server of the service. */
export const serverFlags = {
  'real-server': string({
    char: 'r',
    summary: 'The server; its port is that of the service where none is given.',
    helpValue: 'ADDRESS[:PORT]',
    helpGroup: 'SERVER',
  }),
}

export const serverArgument = {
  server: stringArgument({description: 'the server, instead of -r: 192.0.2.20:80', ignoreStdin: true}),
}

export const serverSettingFlags = {
  gatewaying: boolean({
    char: 'g',
    summary: 'Direct routing: the packet goes to the server as it is, by its link-layer address.',
    helpGroup: 'SETTINGS',
  }),
  ipip: boolean({char: 'i', summary: 'Tunneling: the packet goes inside another one.', helpGroup: 'SETTINGS'}),
  masquerading: boolean({
    char: 'm',
    summary: 'NAT: addresses and ports are rewritten, replies come back through the director.',
    helpGroup: 'SETTINGS',
  }),
  weight: string({
    char: 'w',
    summary: 'Share of new clients compared with the other servers; 0 sends none (quiesced).',
    helpValue: 'NUMBER',
    helpGroup: 'SETTINGS',
  }),
  'u-threshold': string({
    char: 'x',
    summary: 'Send no more clients at so many connections; 0: no limit.',
    helpValue: 'NUMBER',
    helpGroup: 'SETTINGS',
  }),
  'l-threshold': string({
    char: 'y',
    summary: 'Send clients again below so many connections; 0: three quarters of -x.',
    helpValue: 'NUMBER',
    helpGroup: 'SETTINGS',
  }),
  'tun-type': string({summary: 'Kind of tunnel: ipip, gue, gre.', helpValue: 'TYPE', helpGroup: 'TUNNEL'}),
  'tun-port': string({summary: 'UDP port of a gue tunnel.', helpValue: 'PORT', helpGroup: 'TUNNEL'}),
  'tun-nocsum': boolean({summary: 'The tunnel has no checksum.', helpGroup: 'TUNNEL'}),
  'tun-csum': boolean({summary: 'The tunnel has a checksum (gue, gre).', helpGroup: 'TUNNEL'}),
  'tun-remcsum': boolean({summary: 'The tunnel has a remote checksum (gue).', helpGroup: 'TUNNEL'}),
}

export const changeFlags = {
  'dry-run': boolean({
    summary: 'Check everything, say what would be done, and change nothing.',
    default: false,
    helpGroup: 'GLOBAL',
  }),
}

export const savedFormats = ['rules', 'yaml', 'json'] as const

export const yesFlag = {
  yes: boolean({summary: 'Do not ask.', default: false, helpGroup: 'GLOBAL'}),
}

export const allowEmptyFlag = (summary: string) => ({'allow-empty': boolean({summary, default: false})})

export const orderFlags = {
  sort: string({
    summary: 'What comes first: by name, or the largest of something.',
    options: [...sortFields],
    helpValue: 'FIELD',
    default: 'name',
    helpGroup: 'OUTPUT',
  }),
  exact: boolean({
    summary: 'Numbers in full on a terminal too: 12345678, not 12.3M.',
    default: false,
    helpGroup: 'OUTPUT',
  }),
}

export const figureFlags = {
  wide: boolean({
    summary: 'Everything about a server: also thresholds and persistent connections.',
    helpGroup: 'OUTPUT',
  }),
  stats: boolean({summary: 'Totals of connections, packets and bytes.', helpGroup: 'OUTPUT'}),
  rate: boolean({summary: 'Connections, packets and bytes per second.', helpGroup: 'OUTPUT'}),
}

/** `--watch` alone: as often as the kernel makes new rates, in seconds. */
const impliedInterval: Pick<OptionFacts, 'implied'> = {implied: '2'}

export const watchFlags = {
  watch: Object.assign(
    string({
      summary: 'Show it again every so many seconds, until q or Ctrl-C; 2 where none are given.',
      helpValue: '[SECONDS]',
      helpGroup: 'OUTPUT',
    }),
    impliedInterval,
  ),
}

/** Which servers of a service. Given more than once, any of the values will do; different options must all be met. */
export const serverFilterFlags = {
  server: string({
    summary: 'Only servers with this address, on any port or the one given.',
    helpValue: 'ADDRESS[:PORT]',
    helpGroup: 'FILTER',
    multiple: true,
    multipleNonGreedy: true,
  }),
  forwarding: string({
    summary: 'Only servers reached so: gatewaying (g, DR), masquerading (m, NAT), tunneling (i, TUN).',
    helpValue: 'METHOD',
    helpGroup: 'FILTER',
    multiple: true,
    multipleNonGreedy: true,
  }),
  quiesced: boolean({summary: 'Only servers of weight 0, which get no new clients.', helpGroup: 'FILTER'}),
}

export const filterFlags = {
  service: string({
    summary: 'Only this service: tcp://192.0.2.10:80, fwmark://7.',
    helpValue: 'SERVICE',
    helpGroup: 'FILTER',
    multiple: true,
    multipleNonGreedy: true,
  }),
  ...serverFilterFlags,
}
