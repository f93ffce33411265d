// Features of a network interface, by the generic family "ethtool" (Linux 5.6 and later; include/uapi/linux/ethtool.h,
// ethtool_netlink.h). Only whether one is on is asked here.

import type {Connection} from './connection.ts'
import {bytes, decodeFields, nested, table, u32} from './fields.ts'
import {decodeGeneric, encodeGeneric, resolveFamily} from './generic.ts'

const getFeatures = 11 // ETHTOOL_MSG_FEATURES_GET
const header = table('ethtool header', [[1, 'link', u32]])
const request = table('ethtool features request', [[1, 'header', nested(header)]])
/** `active`: a bit set in its long form, in which the names of the bits that are set stand one after the other. */
const answer = table('ethtool features', [[4, 'active', bytes]])

/** `feature` by the kernel's name (net/ethtool/common.c). Throws NetlinkError: ENOENT where the kernel has no such family. */
export function isFeatureActive(connection: Connection, link: number, feature: string): boolean {
  const {id} = resolveFamily(connection, 'ethtool')
  const [message] = connection.request(id, encodeGeneric(getFeatures, request, {header: {link}}))
  if (!message) return false
  const {active} = decodeFields(answer, decodeGeneric(message.payload).attributes)
  return active !== undefined && Buffer.from(active).includes(`${feature}\0`)
}
