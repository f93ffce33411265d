// What entries are counted by: how a line becomes a key of six numbers, and a key the text that people know. The order of
// keys by their numbers is that of every listing: IPv4 first, then by protocol, address and port, marks last.

import {formatEndpoint} from '../domain/address.ts'
import {formatServiceKey, protocolName} from '../domain/service.ts'
import {type AddressWords, addressOf, type ConnectionLine, isMark} from '../formats/procfs/ip-vs-conn.ts'
import type {TallyKey} from './tally.ts'

export interface CountBy {
  /** For sentences: `from 3 clients`. */
  readonly noun: string
  readonly nouns?: string
  readonly write: (line: ConnectionLine, key: TallyKey) => void
  readonly show: (key: TallyKey, states: readonly string[]) => string
}

const kinds = {ipv4: 0, ipv6: 1, mark: 2, mark6: 3} as const

function put(key: TallyKey, kind: number, protocol: number, words: AddressWords, port: number): void {
  key[0] = (kind << 16) | protocol
  key[1] = words[0] as number
  key[2] = words[1] as number
  key[3] = words[2] as number
  key[4] = words[3] as number
  key[5] = port
}

const familyKind = (ipv6: boolean): number => (ipv6 ? kinds.ipv6 : kinds.ipv4)
const kindOf = (key: TallyKey): number => (key[0] as number) >>> 16
const addressIn = (key: TallyKey) => addressOf(key.subarray(1, 5), kindOf(key) === kinds.ipv6)

export const countings = {
  /** Whatever service it is in. */
  server: {
    noun: 'server',
    write: ({server, serverIpv6, serverPort}, key) => put(key, familyKind(serverIpv6), 0, server, serverPort),
    show: (key) => formatEndpoint(addressIn(key), key[5] as number),
  },
  /** Its address, from whatever port. A template's is that of the network that persistence treats as one. */
  client: {
    noun: 'client',
    write: ({client, ipv6}, key) => put(key, familyKind(ipv6), 0, client, 0),
    show: addressIn,
  },
  state: {
    noun: 'state',
    write: ({state}, key) => {
      key[0] = state
    },
    show: ([state], states) => states[state as number] as string,
  },
  /** As the entry shows it, see filter.ts. */
  service: {
    noun: 'service',
    write: (line, key) => {
      const {ipv6, protocol, virtual, virtualPort} = line
      if (isMark(line)) put(key, ipv6 ? kinds.mark6 : kinds.mark, 0, virtual, 0)
      else put(key, familyKind(ipv6), protocol, virtual, virtualPort)
    },
    show: (key) => {
      const kind = kindOf(key)
      if (kind >= kinds.mark)
        return formatServiceKey({kind: 'fwmark', mark: key[1] as number, family: kind === kinds.mark ? 'ipv4' : 'ipv6'})
      const protocol = protocolName((key[0] as number) & 0xffff)
      return formatServiceKey({kind: 'address', protocol, address: addressIn(key), port: key[5] as number})
    },
  },
} as const satisfies Readonly<Record<string, CountBy>>

export type Counting = keyof typeof countings
