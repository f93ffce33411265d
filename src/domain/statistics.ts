// Traffic figures of a service or a server, and the connection counts of a server.

/** Totals since creation or the last zeroing, and rates per second. Everything is 64 bits wide. Bytes, never bits. */
export interface Statistics {
  readonly connections: bigint
  readonly inPackets: bigint
  readonly outPackets: bigint
  readonly inBytes: bigint
  readonly outBytes: bigint
  readonly connectionsPerSecond: bigint
  readonly inPacketsPerSecond: bigint
  readonly outPacketsPerSecond: bigint
  readonly inBytesPerSecond: bigint
  readonly outBytesPerSecond: bigint
}

export const noStatistics: Statistics = {
  connections: 0n,
  inPackets: 0n,
  outPackets: 0n,
  inBytes: 0n,
  outBytes: 0n,
  connectionsPerSecond: 0n,
  inPacketsPerSecond: 0n,
  outPacketsPerSecond: 0n,
  inBytesPerSecond: 0n,
  outBytesPerSecond: 0n,
}

export interface ConnectionCounts {
  readonly active: number
  readonly inactive: number
  readonly persistent: number
}
