// The three connection timeouts that IPVS lets anybody change, in seconds.

export interface Timeouts {
  readonly tcp: number
  readonly tcpFin: number
  readonly udp: number
}

/** Kernel defaults (net/netfilter/ipvs/ip_vs_proto_tcp.c, ip_vs_proto_udp.c). */
export const defaultTimeouts: Timeouts = {tcp: 900, tcpFin: 120, udp: 300}

interface TimeoutName {
  readonly name: keyof Timeouts
  /** As one word. */
  readonly word: string
  /** What it is the time of: IP_VS_TCP_S_ESTABLISHED, IP_VS_TCP_S_FIN_WAIT, IP_VS_UDP_S_NORMAL (ip_vs_set_timeout). */
  readonly meaning: string
}

/** In ipvsadm's order. Of all other states and protocols the kernel lets nobody change the time. */
export const timeoutNames: readonly TimeoutName[] = [
  {name: 'tcp', word: 'tcp', meaning: 'an established TCP connection on which nothing is sent'},
  {name: 'tcpFin', word: 'tcp-fin', meaning: 'a TCP connection that one side has closed'},
  {name: 'udp', word: 'udp', meaning: 'a UDP client of which nothing more is heard'},
]
