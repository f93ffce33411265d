// Features of interfaces, asked of this machine's kernel. No privileges needed.

import {expect, test} from 'vitest'
import {connectNetlink, protocols} from '../../../native/netlink-socket.ts'
import {isFeatureActive} from '../../../src/netlink/ethtool.ts'

// Every device does GRO in software unless told otherwise, and lo never had a NIC that merges (net/core/dev.c).
test('lo has GRO and no LRO', () => {
  const connection = connectNetlink(protocols.generic)
  expect(isFeatureActive(connection, 1, 'rx-gro')).toBe(true)
  expect(isFeatureActive(connection, 1, 'rx-lro')).toBe(false)
})

test('an interface that is not there', () => {
  expect(() => isFeatureActive(connectNetlink(protocols.generic), 0x7fff_0000, 'rx-lro')).toThrow(/ENODEV/)
})
