// The three connection timeouts that IPVS lets anybody change, in seconds.

export interface Timeouts {
  readonly tcp: number
  readonly tcpFin: number
  readonly udp: number
}

/** Kernel defaults (net/netfilter/ipvs/ip_vs_proto_tcp.c, ip_vs_proto_udp.c). */
export const defaultTimeouts: Timeouts = {tcp: 900, tcpFin: 120, udp: 300}
