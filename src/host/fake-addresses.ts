// Which addresses of the machine's twin keep each other out.

import {familyOf} from '../domain/address.ts'
import {describeAddress} from './describe.ts'
import {addressExists, addressMissing} from './failures.ts'
import type {FakeTableRules} from './fake-table.ts'
import type {InterfaceAddress} from './host.ts'

export const addressRules: FakeTableRules<InterfaceAddress> = {
  /** IPv6 takes an address once per interface whatever its prefix length, IPv4 once per prefix length. */
  excludes(present, added) {
    if (familyOf(added.address) === 'ipv4') return isSame(present, added)
    return present.interface === added.interface && present.address === added.address
  },
  exists: addressExists,
  isMeant: isSame,
  missing: addressMissing,
  line: (one) => `ip addr add ${describeAddress(one)}`,
}

function isSame(a: InterfaceAddress, b: InterfaceAddress): boolean {
  return a.interface === b.interface && a.address === b.address && a.prefixLength === b.prefixLength
}
