// Which TCP ports somebody listens on, from the kernel's own tables.

import {type Address, familyOf, formatAddress} from '../domain/address.ts'
import {littleEndian} from '../netlink/bytes.ts'
import type {HostReader} from './host.ts'

export interface Listener {
  readonly address: Address
  readonly port: number
}

/** Of this network namespace. A kernel without IPv6 has no second table. */
export function listeners(host: Pick<HostReader, 'readFile'>): readonly Listener[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => parseListeners(host.readFile(path) ?? ''))
}

const listening = '0A' // TCP_LISTEN in include/net/tcp_states.h

/** /proc/net/tcp or /proc/net/tcp6; its columns are in net/ipv4/tcp_ipv4.c, get_tcp4_sock(). */
export function parseListeners(text: string): readonly Listener[] {
  return text.split('\n').flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/)
    const [host, port] = local?.split(':') ?? []
    if (state !== listening || !host || !port || !/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/.test(host)) return []
    return [{address: formatAddress(wordBytes(host)), port: Number.parseInt(port, 16)}]
  })
}

/** Ports that take connections to the address: bound to it, or to any. An IPv6 wildcard takes IPv4 too, unless told not to. */
export function portsFor(vip: Address, listeners: readonly Listener[]): readonly number[] {
  const taken = familyOf(vip) === 'ipv4' ? [vip, '0.0.0.0', '::', `::ffff:${vip}`] : [vip, '::']
  const ports = listeners.filter(({address}) => taken.includes(address)).map(({port}) => port)
  return [...new Set(ports)].sort((a, b) => a - b)
}

/** The kernel prints memory as 32-bit words of this machine's byte order. */
function wordBytes(hex: string): Uint8Array {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (littleEndian) for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse()
  return bytes
}
