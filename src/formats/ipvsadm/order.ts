// The order of ipvsadm's listings: by mark, family, protocol, address and port, each compared by subtraction in 32 bits
// with a sign. What lies more than 2³¹ apart comes out the wrong way round, and so depends on how it is sorted: as
// qsort(3) of glibc does, by merging halves. Scripts compare listings, so the order is ipvsadm's to the last line.

import {type Address, addressBytes, familyOf} from '../../domain/address.ts'
import type {ServerKey} from '../../domain/server.ts'
import {familyOfKey, protocolNumber, type ServiceKey} from '../../domain/service.ts'

export function sortServices<Item>(items: readonly Item[], keyOf: (item: Item) => ServiceKey): readonly Item[] {
  return sortBy(items, (item) => serviceNumbers(keyOf(item)), compareNumbers)
}

export function sortServers<Item>(items: readonly Item[], keyOf: (item: Item) => ServerKey): readonly Item[] {
  return sortBy(items, (item) => serverNumbers(keyOf(item)), compareServers)
}

function serviceNumbers(key: ServiceKey): readonly number[] {
  const family = familyOfKey(key) === 'ipv4' ? 2 : 10
  if (key.kind === 'fwmark') return [key.mark, family]
  return [0, family, protocolNumber(key.protocol), ...addressNumbers(key.address), key.port]
}

interface ServerNumbers {
  readonly isIpv6: boolean
  readonly address: readonly number[]
  readonly port: number
}

/** Padded, for an IPv6 address may meet an IPv4 one. */
function serverNumbers({address, port}: ServerKey): ServerNumbers {
  const isIpv6 = familyOf(address) === 'ipv6'
  return {isIpv6, address: isIpv6 ? addressNumbers(address) : [...addressNumbers(address), 0, 0, 0], port}
}

/** One number, or four. */
function addressNumbers(address: Address): readonly number[] {
  const bytes = addressBytes(address)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Array.from({length: bytes.length / 4}, (_, index) => view.getUint32(index * 4))
}

function compareNumbers(left: readonly number[], right: readonly number[]): number {
  for (const [index, one] of left.entries()) {
    const difference = (one - (right[index] ?? 0)) | 0
    if (difference !== 0) return difference
  }
  return 0
}

/** The left one's family says how much of the addresses counts. */
function compareServers(left: ServerNumbers, right: ServerNumbers): number {
  for (let index = 0; index < (left.isIpv6 ? 4 : 1); index++) {
    const difference = ((left.address[index] as number) - (right.address[index] as number)) | 0
    if (difference !== 0) return difference
  }
  return left.port - right.port
}

function sortBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  compare: (left: Key, right: Key) => number,
): readonly Item[] {
  const keyed = items.map((item) => ({item, key: keyOf(item)}))
  return mergeSort(keyed, (left, right) => compare(left.key, right.key)).map(({item}) => item)
}

function mergeSort<Item>(items: readonly Item[], compare: (left: Item, right: Item) => number): readonly Item[] {
  if (items.length < 2) return items
  const middle = items.length >> 1
  const left = mergeSort(items.slice(0, middle), compare)
  const right = mergeSort(items.slice(middle), compare)
  const merged: Item[] = []
  let [l, r] = [0, 0]
  while (l < left.length && r < right.length) {
    const [one, other] = [left[l] as Item, right[r] as Item]
    if (compare(one, other) <= 0) {
      merged.push(one)
      l++
    } else {
      merged.push(other)
      r++
    }
  }
  for (; l < left.length; l++) merged.push(left[l] as Item)
  for (; r < right.length; r++) merged.push(right[r] as Item)
  return merged
}
