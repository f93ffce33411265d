// Settings of IPVS that are better another way than the kernel has them: when, and why. With `--tune` they are set, else
// told. Documentation/networking/ipvs-sysctl.rst; sloppy_tcp: net/netfilter/ipvs/ip_vs_proto_tcp.c.

import type {Wanted} from './request.ts'
import {isPersistent, type ServedService} from './served.ts'

interface TuningRow {
  readonly key: string
  readonly value: string
  /** The kernel's own value. */
  readonly initial: string
  readonly reason: string
  applies(services: readonly ServedService[]): boolean
}

const vs = (name: string): string => `net.ipv4.vs.${name}`

/** Schedulers by which another director finds the same server for a client without having seen its connection. */
const byHash = ['sh', 'mh']

const tuning: readonly TuningRow[] = [
  {
    key: vs('expire_nodest_conn'),
    value: '1',
    initial: '0',
    reason: 'clients of a removed server learn it at once',
    applies: () => true,
  },
  {
    key: vs('expire_quiescent_template'),
    value: '1',
    initial: '0',
    reason: 'persistent clients leave a quiesced server',
    applies: (services) => services.some(isPersistent),
  },
  {
    key: vs('conn_reuse_mode'),
    value: '1',
    initial: '1',
    reason: 'a client port used again is a new connection',
    applies: () => true,
  },
  {
    key: vs('sloppy_tcp'),
    value: '1',
    initial: '0',
    reason: 'after a fail-over running connections find their server by its hash',
    applies: (services) => services.length > 0 && services.every(({scheduler}) => byHash.includes(scheduler)),
  },
]

/** A masquerade rule sees connections through IPVS only where they are known to conntrack. */
export const conntrack: Wanted = {key: vs('conntrack'), value: '1'}

/** The kernel's own values: what these will have when the module is loaded. */
export const initialValues: ReadonlyMap<string, string> = new Map([
  ...tuning.map(({key, initial}) => [key, initial] as const),
  [conntrack.key, '0'],
])

export interface Advice {
  readonly key: string
  readonly value: string
  readonly current: string
  readonly reason: string
}

/** What is not as it should be. */
export function advise(services: readonly ServedService[], sysctls: ReadonlyMap<string, string>): readonly Advice[] {
  return tuning.flatMap(({key, value, reason, applies}) => {
    const current = sysctls.get(key)
    return current !== undefined && current !== value && applies(services) ? [{key, value, current, reason}] : []
  })
}

export function tuningWanted(services: readonly ServedService[]): readonly Wanted[] {
  return tuning.filter(({applies}) => applies(services)).map(({key, value}) => ({key, value}))
}

export const reasonFor = (key: string): string | undefined => tuning.find((row) => row.key === key)?.reason
