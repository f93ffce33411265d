// The interfaces of the machine's twin: given, made, or brought by a module.

import {linkMissing, unknownInterface} from './failures.ts'
import type {Link, NewLink} from './host.ts'

interface Kind {
  /** Which knows how to make one. */
  readonly module: string
  /** What comes with it into every network namespace (net.core.fb_tunnels_only_for_init_net is 0). */
  readonly brings?: {readonly name: string; readonly mtu: number}
}

export const kinds: Readonly<Record<NewLink['kind'], Kind>> = {
  dummy: {module: 'dummy'},
  ipip: {module: 'ipip', brings: {name: 'tunl0', mtu: 1480}},
  gre: {module: 'ip_gre', brings: {name: 'gre0', mtu: 1476}},
  ip6tnl: {module: 'ip6_tunnel', brings: {name: 'ip6tnl0', mtu: 1452}},
  ip6gre: {module: 'ip6_gre', brings: {name: 'ip6gre0', mtu: 1448}},
}

export type GivenLink = Partial<Link> & {readonly name: string}

export class FakeLinks {
  private readonly byName = new Map<string, Link>()
  private lastIndex = 0

  list(): readonly Link[] {
    return [...this.byName.values()]
  }

  find(name: string): Link {
    const link = this.byName.get(name)
    if (!link) throw unknownInterface(name, [...this.byName.keys()])
    return link
  }

  has(name: string): boolean {
    return this.byName.has(name)
  }

  add(link: GivenLink): void {
    const index = ++this.lastIndex
    const up = link.up ?? true
    const mac = `02:00:00:00:00:${index.toString(16).padStart(2, '0')}`
    this.byName.set(link.name, {index, mac, up, running: up, loopback: false, noArp: false, mtu: 1500, ...link})
  }

  remove(link: NewLink): void {
    if (this.find(link.name).kind !== link.kind) throw linkMissing(link)
    this.byName.delete(link.name)
  }

  change(name: string, changes: Partial<Link>): void {
    this.byName.set(name, {...this.find(name), ...changes})
  }

  lines(): readonly string[] {
    return this.list().map(({name, up}) => `ip link set ${name} ${up ? 'up' : 'down'}`)
  }
}
