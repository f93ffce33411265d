// The TunnelInfo column of `-L --tun-info`: `gue:6080:-c`.

import type {Server} from '../../domain/server.ts'

const checksums: Readonly<Record<string, string>> = {none: '-c', full: '+c', remote: 'r+c'}

/** `n/a` for what is no tunnel, or of a kind that ipvsadm does not know. */
export function tunnelInfo({forwarding, tunnel}: Server): string {
  if (forwarding !== 'tunneling') return 'n/a'
  const checksum = checksums[tunnel.checksum] ?? '?'
  switch (tunnel.type) {
    case 'ipip':
      return 'ipip'
    case 'gue':
      return `gue:${tunnel.port}:${checksum}`
    case 'gre':
      return `gre:${checksum}`
    default:
      return 'n/a'
  }
}
