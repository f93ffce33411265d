// A configuration in the order in which it is written: that of every listing.

import {compareServerKeys} from '../../domain/server.ts'
import {compareServiceKeys} from '../../domain/service.ts'
import type {Configuration} from '../../domain/table.ts'

/** Sorts only where it has to: what comes from a listing or a file of ours is in order. */
export function inOrder(configuration: Configuration): Configuration {
  const sortedServers = configuration.map((one) => {
    const servers = sorted(one.servers, compareServerKeys)
    return servers === one.servers ? one : {...one, servers}
  })
  return sorted(sortedServers, (left, right) => compareServiceKeys(left.service.key, right.service.key))
}

function sorted<Item>(items: readonly Item[], compare: (left: Item, right: Item) => number): readonly Item[] {
  for (let at = 1; at < items.length; at++)
    if (compare(items[at - 1] as Item, items[at] as Item) > 0) return [...items].sort(compare)
  return items
}
