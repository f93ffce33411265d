// What a connection needs of a socket. Implemented on a real one by native/netlink-socket.ts, and in tests by a scripted
// kernel.

export interface Transport {
  /** This socket's port id, where known: answers to somebody else's are then ignored. */
  readonly port?: number
  /** Sends one datagram. Throws NetlinkError. */
  send(bytes: Uint8Array): void
  /**
   * One whole datagram, there until the next receive() or send(); undefined at the timeout; 0 does not wait. Throws NetlinkError: EMSGSIZE for a datagram
   * that was cut, ENOBUFS where the kernel had to drop some.
   */
  receive(timeoutMs: number): Uint8Array | undefined
  close(): void
}
