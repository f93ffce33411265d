// A configuration in canonical order, for what a test made up. What is read from a kernel is in it already.

import {compareServerKeys} from '../../src/domain/server.ts'
import {compareServiceKeys} from '../../src/domain/service.ts'
import type {Configuration} from '../../src/domain/table.ts'

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
