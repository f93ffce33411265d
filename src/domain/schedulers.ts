// The kernel's schedulers: one row each, with what an operator chooses by, and the names of their option bits.

import {shown} from './foreign-characters.ts'
import {nearest} from './nearest.ts'
import {accept, type Parsed, reject} from './parsed.ts'
import type {SchedulerFlag} from './service.ts'

export interface SchedulerRow {
  readonly name: string
  readonly title: string
  /** When to take it. */
  readonly advice: string
  /** The first kernel that has it; undefined: as long as there is IPVS in Linux 2.6. */
  readonly since?: string
  /**
   * What a client gets whose turn or hash falls on a server that takes no new clients (weight 0, or above its upper
   * threshold): another server, another server that is then remembered, a refusal, or no server at all, ever.
   */
  readonly unavailable: 'another' | 'another, remembered' | 'refused' | 'nobody'
  /** What the scheduler's option bits are called (ipvsadm -b). */
  readonly flags?: Readonly<Partial<Record<SchedulerFlag, string>>>
}

/** net/netfilter/ipvs/ip_vs_*.c, and `none`, which ip_vs_ctl.c takes for "no scheduler". */
export const schedulers: readonly SchedulerRow[] = [
  {
    name: 'rr',
    title: 'round robin',
    advice: 'equal servers, short requests: each in turn, a weight only says whether',
    unavailable: 'another',
  },
  {
    name: 'wrr',
    title: 'weighted round robin',
    advice: 'unequal servers, short requests: turns in proportion to weight',
    unavailable: 'another',
  },
  {
    name: 'lc',
    title: 'least connections',
    advice: 'equal servers, long connections: who has fewest (an inactive one counts 1/256)',
    unavailable: 'another',
  },
  {
    name: 'wlc',
    title: 'weighted least connections',
    advice: 'the all-round choice and the default: fewest connections for its weight',
    unavailable: 'another',
  },
  {
    name: 'fo',
    title: 'weighted fail-over',
    advice: 'one active server and spares: all to the highest weight that takes clients',
    since: '3.18',
    unavailable: 'another',
  },
  {
    name: 'ovf',
    title: 'weighted overflow',
    advice: 'fill one server before the next: weight is its number of active connections; counts TCP only',
    since: '4.3',
    unavailable: 'another',
  },
  {
    name: 'lblc',
    title: 'locality-based least connections',
    advice: 'caches: one destination address stays with one server until that is overloaded',
    unavailable: 'another, remembered',
  },
  {
    name: 'lblcr',
    title: 'locality-based least connections with replication',
    advice: 'caches with hot spots: as lblc, with a set of servers for each destination',
    unavailable: 'another, remembered',
  },
  {
    name: 'dh',
    title: 'destination hashing',
    advice: 'caches, static: the destination address decides',
    unavailable: 'refused',
  },
  {
    name: 'sh',
    title: 'source hashing',
    advice: 'a client keeps its server without persistence; most clients move when servers change',
    unavailable: 'refused',
    flags: {'flag-1': 'sh-fallback', 'flag-2': 'sh-port'},
  },
  {
    name: 'mh',
    title: 'Maglev hashing',
    advice: 'as sh, but few clients move when servers change, and several directors agree without sync',
    since: '4.18',
    unavailable: 'refused',
    flags: {'flag-1': 'mh-fallback', 'flag-2': 'mh-port'},
  },
  {
    name: 'sed',
    title: 'shortest expected delay',
    advice: 'few, very unequal servers: least (active + 1) for its weight',
    unavailable: 'another',
  },
  {
    name: 'nq',
    title: 'never queue',
    advice: 'few clients: an idle server if there is one, else as sed',
    unavailable: 'another',
  },
  {
    name: 'twos',
    title: 'power of two choices',
    advice: 'very many servers: two picked at random by weight, the less loaded one wins',
    since: '5.12',
    unavailable: 'another',
  },
  {
    name: 'none',
    title: 'no scheduler',
    advice: 'takes no new connections: parks a service without deleting it',
    unavailable: 'nobody',
  },
]

const byName = new Map(schedulers.map((row) => [row.name, row]))

export function schedulerRow(name: string): SchedulerRow | undefined {
  return byName.get(name)
}

/** `Did you mean wrr (weighted round robin)?`; by name or by title. */
export function suggestScheduler(name: string): string {
  const word = name.toLowerCase()
  const titled = schedulers.find(({title}) => letters(title) === letters(name))
  const near = titled ?? schedulerRow(nearest(word, [...byName.keys()])[0] ?? '')
  return near ? `Did you mean ${near.name} (${near.title})?` : `Schedulers are ${[...byName.keys()].join(', ')}`
}

export function parseScheduler(text: string, where = '-s'): Parsed<string> {
  if (schedulerRow(text)) return accept(text)
  const message = text === '' ? 'the scheduler is missing' : `no scheduler ${quoted(text)}`
  return reject('scheduler-unknown', message, {where, hint: suggestScheduler(text)})
}

const bits = ['flag-1', 'flag-2', 'flag-3'] as const satisfies readonly SchedulerFlag[]

/** The name of a bit under a scheduler, `flag-3` where it has none. */
export function schedulerFlagName(scheduler: string, flag: SchedulerFlag): string {
  return schedulerRow(scheduler)?.flags?.[flag] ?? flag
}

/** Whether the scheduler reads this bit; the kernel stores any and ignores the rest. */
export function readsFlag(scheduler: string, flag: SchedulerFlag): boolean {
  return schedulerRow(scheduler)?.flags?.[flag] !== undefined
}

/** `['sh-fallback', 'sh-port']`, in the order of the bits. */
export function schedulerFlagNames(scheduler: string, flags: readonly SchedulerFlag[]): readonly string[] {
  return bits.filter((flag) => flags.includes(flag)).map((flag) => schedulerFlagName(scheduler, flag))
}

/** `sh-fallback,sh-port`; empty for none. */
export function formatSchedulerFlags(scheduler: string, flags: readonly SchedulerFlag[]): string {
  return schedulerFlagNames(scheduler, flags).join(',')
}

/**
 * `sh-port,sh-fallback`, `flag-1`: the names of this scheduler, and the bits by number. Whether the scheduler reads the
 * bits is validate.ts's business.
 */
export function parseSchedulerFlags(scheduler: string, text: string, where = '-b'): Parsed<readonly SchedulerFlag[]> {
  const found = new Set<SchedulerFlag>()
  for (const name of text.split(',')) {
    const flag = bits.find((bit) => bit === name || schedulerFlagName(scheduler, bit) === name)
    if (!flag) return rejectFlag(scheduler, name, where)
    found.add(flag)
  }
  return accept(bits.filter((bit) => found.has(bit)))
}

function rejectFlag(scheduler: string, name: string, where: string): Parsed<never> {
  const own = Object.values(schedulerRow(scheduler)?.flags ?? {})
  const choice = own.length > 0 ? `${scheduler} has ${own.join(' and ')}` : `${scheduler} has no flags`
  if (name === '') return reject('scheduler-flag-unknown', 'a scheduler flag is missing', {where, hint: choice})
  const owner = schedulers.find(({flags}) => Object.values(flags ?? {}).includes(name))
  if (owner)
    return reject('scheduler-flag-foreign', `${name} is a flag of ${owner.name}, and the scheduler is ${scheduler}`, {
      where,
      hint: own.length > 0 ? choice : `With -s ${owner.name}, or without ${name}`,
    })
  const [near] = nearest(name.toLowerCase(), own)
  return reject('scheduler-flag-unknown', `no scheduler flag ${quoted(name)}`, {
    where,
    meant: near,
    hint: choice,
  })
}

const quoted = (text: string): string => (shown(text).startsWith('"') ? shown(text) : `"${text}"`)

const letters = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '')
