// Whether this kernel's nf_tables knows an address family. Only making a table tells: reading one that is not there gives
// the same answer either way. A transaction without its end is checked and thrown away, which is how `nft --check` asks
// too (nfnetlink_rcv_batch() in net/netfilter/nfnetlink.c).

import {openNetlink, protocols} from '../../native/netlink-socket.ts'
import type {Family} from '../domain/address.ts'
import {Writer} from '../netlink/bytes.ts'
import {NetlinkError} from '../netlink/errors.ts'
import {encodeFields, string, table} from '../netlink/fields.ts'
import {decodeAck, decodeMessages, encodeMessage, messageFlags, messageTypes} from '../netlink/message.ts'

/** include/uapi/linux/netfilter/nfnetlink.h, nf_tables.h */
const batchBegin = 0x10
const subsystem = 10 // NFNL_SUBSYS_NFTABLES
const newTable = subsystem << 8
const families = {ipv4: 2, ipv6: 10} as const // NFPROTO_*
const tableFields = table('nft table', [[1, 'name', string]])
const answerMs = 2000

/** Needs CAP_NET_ADMIN. Throws NetlinkError. */
export function hasNfTables(family: Family): boolean {
  const transport = openNetlink(protocols.netfilter)
  try {
    transport.send(transaction(family))
    for (;;) {
      const datagram = transport.receive(answerMs)
      if (datagram === undefined) throw new NetlinkError('NFT_MSG_NEWTABLE', 'ETIMEDOUT')
      for (const message of decodeMessages(datagram)) {
        if (message.type !== messageTypes.error) continue
        const {error} = decodeAck(message)
        if (error === 0) return true
        const refusal = new NetlinkError('NFT_MSG_NEWTABLE', error)
        if (refusal.errno === 'EPERM') throw refusal
        return refusal.errno === 'EEXIST'
      }
    }
  } finally {
    transport.close()
  }
}

function transaction(family: Family): Uint8Array {
  const out = new Writer(128)
  encodeMessage(out, batchBegin, messageFlags.request, 1, 0, header(0, subsystem))
  const body = new Writer(32)
  body.raw(header(families[family], 0))
  encodeFields(tableFields, {name: 'lvsctl'}, body)
  const {request, ack, create} = messageFlags
  encodeMessage(out, newTable, request | ack | create, 2, 0, body.bytes())
  return out.bytes()
}

/** struct nfgenmsg */
function header(family: number, resource: number): Uint8Array {
  const out = new Writer(4)
  out.u8(family)
  out.u8(0)
  out.be16(resource)
  return out.bytes()
}
