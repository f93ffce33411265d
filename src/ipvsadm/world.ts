// Everything that running ipvsadm's commands needs of the world outside. The real one is real-world.ts; tests bring their
// own.

import type {Address} from '../domain/address.ts'
import type {IpvsClient} from '../ipvs/client.ts'

/** Lookups as the C library makes them; undefined: nothing has that name. */
export interface Names {
  /** The first IPv4 address of a host. */
  addressOf(host: string): Promise<Address | undefined>
  hostOf(address: Address): Promise<string | undefined>
  portOf(service: string, protocol: string): Promise<number | undefined>
  serviceOf(port: number, protocol: string): Promise<string | undefined>
}

export interface World {
  /** The same client at every call; the first throws LvsctlError where there is no IPVS or no right to it. */
  readonly client: () => IpvsClient
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** All of standard input at once, or in pieces as it comes. */
  readonly stdin: () => string | Iterable<string>
  /** undefined: cannot be read. */
  readonly readFile: (path: string) => string | undefined
  /** /proc/net/ip_vs_conn in pieces, which need not end where a line does; undefined: cannot be opened. */
  readonly connections: () => Iterable<string> | undefined
  readonly names: Names
}
