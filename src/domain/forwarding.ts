// How packets reach a real server: one row per forwarding method, and the tunnel settings of the tunnelling one.

import {numberOf} from './numbered.ts'

/**
 * Rows of IP_VS_CONN_F_* (include/uapi/linux/ip_vs.h). `option` is ipvsadm's letter; `shown` its word in `-L`;
 * `keepsPort`: the packet's destination port is not rewritten, so the server's port must be the service's;
 * `anyFamily`: the server may be of the other address family (since Linux 3.18).
 * The last two are set by the kernel or by other tools only.
 */
export const forwardingMethods = [
  {name: 'masquerading', short: 'NAT', number: 0, option: '-m', shown: 'Masq', keepsPort: false, anyFamily: false},
  {name: 'local', short: 'local', number: 1, option: undefined, shown: 'Local', keepsPort: true, anyFamily: false},
  {name: 'tunneling', short: 'TUN', number: 2, option: '-i', shown: 'Tunnel', keepsPort: true, anyFamily: true},
  {name: 'gatewaying', short: 'DR', number: 3, option: '-g', shown: 'Route', keepsPort: true, anyFamily: false},
  {name: 'bypass', short: 'bypass', number: 4, option: undefined, shown: 'Bypass', keepsPort: true, anyFamily: false},
] as const

/** The kernel keeps three bits of method; 5, 6 and 7 mean nothing, yet it stores and answers them. */
export type ForwardingMethod = (typeof forwardingMethods)[number]['name'] | `method-${number}`

export interface ForwardingRow {
  readonly name: ForwardingMethod
  readonly short: string
  readonly number: number
  readonly option: string | undefined
  readonly shown: string
  readonly keepsPort: boolean
  readonly anyFamily: boolean
}

export function forwardingRow(name: ForwardingMethod): ForwardingRow {
  const unnamed = {short: name, number: numberOf(forwardingMethods, name), option: undefined, shown: name}
  return forwardingMethods.find((row) => row.name === name) ?? {name, ...unnamed, keepsPort: true, anyFamily: false}
}

/** Encapsulation of the tunnelling method; gue needs a port (Linux 5.2), gre may carry a checksum (Linux 5.3). */
export const tunnelTypes = [
  {name: 'ipip', number: 0, needsPort: false, checksums: ['none']},
  {name: 'gue', number: 1, needsPort: true, checksums: ['none', 'full', 'remote']},
  {name: 'gre', number: 2, needsPort: false, checksums: ['none', 'full']},
] as const

/** The kernel does not check the number, so others than these three can be in its table. */
export type TunnelType = (typeof tunnelTypes)[number]['name'] | `type-${number}`

/** `full`: --tun-csum; `remote`: remote checksum offload, --tun-remcsum. */
export const tunnelChecksums = [
  {name: 'none', number: 0, option: '--tun-nocsum'},
  {name: 'full', number: 1, option: '--tun-csum'},
  {name: 'remote', number: 2, option: '--tun-remcsum'},
] as const

/** Nor the flags: `flags-3` is both at once. */
export type TunnelChecksum = (typeof tunnelChecksums)[number]['name'] | `flags-${number}`

export interface Tunnel {
  readonly type: TunnelType
  /** UDP port of the gue receiver; 0 for the other types. */
  readonly port: number
  readonly checksum: TunnelChecksum
}

export const plainTunnel: Tunnel = {type: 'ipip', port: 0, checksum: 'none'}

export function tunnelEquals(left: Tunnel, right: Tunnel): boolean {
  return left.type === right.type && left.port === right.port && left.checksum === right.checksum
}
