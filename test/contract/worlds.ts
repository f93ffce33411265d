// The worlds of the contract as the twin is told of them.

import {address} from '../../src/domain/address.ts'
import type {MemoryWorld} from '../../src/ipvs/memory-client.ts'
import type {World} from './ipvs.ts'

const lab: Partial<MemoryWorld> = {
  interfaces: {lo: 65536, eth0: 1500, eth1: 9000},
  addresses: [address('192.0.2.1'), address('2001:db8:1::1'), address('fe80::1'), address('198.51.100.1')],
  broadcasts: [address('192.0.2.255'), address('198.51.100.255')],
}

const surroundings: Readonly<Record<World, Partial<MemoryWorld>>> = {
  lab,
  bare: {interfaces: {lo: 65536}, loopback: false},
  denied: {...lab, privileged: false},
  'without-ipv6': {...lab, ipv6: false},
}

export const worldOf = (world: World): Partial<MemoryWorld> => surroundings[world]
