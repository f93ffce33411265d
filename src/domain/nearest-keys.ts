// Which services or servers there are near one that is not: for the "Nearest: …" of an error.

import {type Address, addressBytes, familyOf} from './address.ts'
import type {ServerKey} from './server.ts'
import type {ServiceKey} from './service.ts'

/**
 * Best first: the same address with another port or protocol, the same port on a neighbouring address, the same mark in
 * the other family, a mark that differs in a digit. What shares nothing with the key is not near.
 */
export function nearestServices(key: ServiceKey, keys: Iterable<ServiceKey>, max = 3): ServiceKey[] {
  return closest(keys, (candidate) => serviceDistance(key, candidate), max)
}

/** Best first: the same address with another port, the same port on a neighbouring address. */
export function nearestServers(key: ServerKey, keys: Iterable<ServerKey>, max = 3): ServerKey[] {
  return closest(keys, (candidate) => endpointDistance(key, candidate), max)
}

function closest<Key>(keys: Iterable<Key>, distanceTo: (key: Key) => number, max: number): Key[] {
  return [...keys]
    .map((key) => ({key, distance: distanceTo(key)}))
    .filter(({distance}) => distance < far)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, max)
    .map(({key}) => key)
}

const far = Number.POSITIVE_INFINITY

function serviceDistance(wanted: ServiceKey, candidate: ServiceKey): number {
  if (wanted.kind === 'fwmark') {
    if (candidate.kind !== 'fwmark') return far
    const otherFamily = wanted.family === candidate.family ? 0 : 1
    return markDistance(`${wanted.mark}`, `${candidate.mark}`) + otherFamily
  }
  if (candidate.kind === 'fwmark') return far
  const otherProtocol = wanted.protocol === candidate.protocol ? 0 : 1
  return endpointDistance(wanted, candidate) + otherProtocol
}

/** Digits that differ, twice, so that the family weighs less; marks that share no digit in its place are far. */
function markDistance(wanted: string, candidate: string): number {
  const {length, different} = compareDigits(wanted, candidate)
  return different === length && length > 1 ? far : different * 2
}

function compareDigits(left: string, right: string): {length: number; different: number} {
  const length = Math.max(left.length, right.length)
  const [a, b] = [left.padStart(length), right.padStart(length)]
  return {length, different: [...a].filter((digit, index) => digit !== b[index]).length}
}

/** 0 the same; 2 another port, the more alike the nearer; from 4 on the same port elsewhere; last another port next door. */
function endpointDistance(wanted: ServerKey, candidate: ServerKey): number {
  const samePort = wanted.port === candidate.port
  if (wanted.address === candidate.address) return samePort ? 0 : 2 + portDistance(wanted.port, candidate.port)
  const strange = strangeBits(wanted.address, candidate.address)
  if (samePort) return 4 + strange
  return strange <= neighbourhood ? 200 + strange : far
}

/** Below 1, which is what another protocol counts. */
const portDistance = (wanted: number, candidate: number): number =>
  compareDigits(`${wanted}`, `${candidate}`).different / 10

/** Bits of a /24, and about what one counts up in an IPv6 network. */
const neighbourhood = 8

/** The bits behind the common prefix. */
function strangeBits(left: Address, right: Address): number {
  if (familyOf(left) !== familyOf(right)) return far
  const [a, b] = [addressBytes(left), addressBytes(right)]
  const at = a.findIndex((byte, index) => byte !== b[index])
  const difference = (a[at] as number) ^ (b[at] as number)
  return (a.length - at) * 8 - Math.clz32(difference << 24)
}
