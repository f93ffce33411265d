// Interfaces of the real machine, by rtnetlink. What else is read or changed by an interface's name looks it up here.

import type {Connection} from '../netlink/connection.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {isFeatureActive} from '../netlink/ethtool.ts'
import {addLink, linkByName, links, removeLink, setLinkDown, setLinkMtu, setLinkUp} from '../netlink/route.ts'
import {linkExists, linkMissing, unknownInterface} from './failures.ts'
import type {Deeds, Link} from './host.ts'

export type LinuxLinks = ReturnType<typeof linuxLinks>

export function linuxLinks(netlink: () => Connection, generic: () => Connection) {
  const all = (): readonly Link[] => links(netlink())

  const find = (name: string): Link => {
    const found = linkByName(netlink(), name)
    if (found) return found
    const known = all().map((link) => link.name)
    throw unknownInterface(name, known)
  }

  return {
    find,
    /** By index. */
    names: (): ReadonlyMap<number, string> => new Map(all().map(({index, name}) => [index, name])),
    reads: {
      links: all,
      mergesSegments(name: string): boolean {
        const {index} = find(name)
        try {
          return isFeatureActive(generic(), index, 'rx-lro')
        } catch (error) {
          if (error instanceof NetlinkError) return false
          throw error
        }
      },
    },
    deeds: {
      'link-up': (effect) => setLinkUp(netlink(), find(effect.interface).index),
      'link-down': (effect) => setLinkDown(netlink(), find(effect.interface).index),
      'set-mtu': (effect) => setLinkMtu(netlink(), find(effect.interface).index, effect.mtu),
      'add-link': ({link}) => {
        if (linkByName(netlink(), link.name)) throw linkExists(link)
        try {
          addLink(netlink(), link)
        } catch (error) {
          // Asked for the first of a kind the kernel loads its module, and that of dummy or ipip makes one of this very name.
          const exists = error instanceof NetlinkError && error.errno === 'EEXIST'
          if (!exists || linkByName(netlink(), link.name)?.kind !== link.kind) throw error
        }
      },
      'remove-link': ({link}) => {
        const {index, kind} = find(link.name)
        if (kind !== link.kind) throw linkMissing(link)
        removeLink(netlink(), index)
      },
    } satisfies Partial<Deeds>,
  }
}
