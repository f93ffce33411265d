// The connection table as `ipvsadm -L -c` prints it, line by line from the rows of /proc/net/ip_vs_conn: hexadecimal
// becomes text, nothing else is understood (net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_seq_show).

import {type Address, formatAddress} from '../../domain/address.ts'
import {endpointText} from './endpoint-text.ts'
import type {KnownNames} from './names.ts'

export const connectionTitles = (engineData: boolean): string =>
  `IPVS connection entries
pro expire state       source             virtual            destination${engineData ? '        pe name          pe_data' : ''}
`

/** What the file is called in complaints about it. */
export const connectionFile = '/proc/net/ip_vs_conn'

/** With line end; undefined for a row that no kernel writes. */
export function connectionLine(row: string, engineData: boolean, names: KnownNames | undefined): string | undefined {
  const [word, from, fromPort, to, toPort, server, serverPort, state, expires, engine, data] = row.trim().split(/\s+/)
  if (word === undefined || expires === undefined) return undefined
  const endpoint = (address: string | undefined, port: string | undefined): string =>
    endpointText(readAddress(address ?? ''), Number.parseInt(port ?? '', 16), portNames[word], names)
  const start = [
    word.padEnd(3),
    clock(Number(expires)).padEnd(6),
    (state ?? '').padEnd(11),
    endpoint(from, fromPort).padEnd(18),
    endpoint(to, toPort).padEnd(18),
  ].join(' ')
  const destination = endpoint(server, serverPort)
  if (!engineData || data === undefined) return `${start} ${destination}\n`
  return `${start} ${destination.padEnd(16)} ${(engine ?? '').padEnd(18)} ${data}\n`
}

/** Whose ports have names here. */
const portNames: Readonly<Record<string, string>> = {TCP: 'tcp', UDP: 'udp', SCTP: 'sctp'}

/** Seconds as MM:SS, with more than two digits where there are more minutes. */
function clock(seconds: number): string {
  return [Math.floor(seconds / 60), seconds % 60].map((part) => `${part}`.padStart(2, '0')).join(':')
}

/** Eight hexadecimal digits, or eight groups of four; with IPv6 some kernels put brackets around. */
function readAddress(text: string): Address {
  if (!text.includes(':')) {
    const number = Number.parseInt(text, 16)
    return formatAddress(Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number))
  }
  const bytes = new Uint8Array(16)
  for (const [index, group] of text.replace(/[[\]]/g, '').split(':').slice(0, 8).entries())
    new DataView(bytes.buffer).setUint16(index * 2, Number.parseInt(group, 16))
  return formatAddress(bytes)
}
