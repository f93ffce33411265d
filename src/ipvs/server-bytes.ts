// A real server as an attribute of a message. Of thousands that are added one after the other nearly all differ from the
// one before in address, port and weight, and in nothing else: its bytes are copied, and these three written over.

import {familyOf, ipv4Number} from '../domain/address.ts'
import {tunnelEquals} from '../domain/forwarding.ts'
import type {Server} from '../domain/server.ts'
import {Writer} from '../netlink/bytes.ts'
import {encodeFields} from '../netlink/fields.ts'
import {messageFields} from './attributes.ts'
import {encodeServer} from './records.ts'

/** In the bytes of a server, whose first four attributes are address (16 bytes), port, method and weight. */
const header = 4
const address = 2 * header
const port = address + 16 + header
const weight = port + 4 + header + 4 + header

let last: {readonly server: Server; readonly bytes: Uint8Array} | undefined

export function writeServer(out: Writer, server: Server): void {
  if (!last || !isLike(last.server, server)) {
    const fresh = new Writer()
    encodeFields(messageFields, {server: encodeServer(server)}, fresh)
    last = {server, bytes: fresh.bytes()}
    out.raw(last.bytes)
    return
  }
  const at = out.length
  out.raw(last.bytes)
  out.patchBe32(at + address, ipv4Number(server.address))
  out.patchBe16(at + port, server.port)
  out.patchU32(at + weight, server.weight)
}

/** IPv4, and numbers that fit: whatever else is for the codec to write, or to refuse. */
function isLike(one: Server, other: Server): boolean {
  return (
    one.forwarding === other.forwarding &&
    one.upperThreshold === other.upperThreshold &&
    one.lowerThreshold === other.lowerThreshold &&
    other.port === (other.port & 0xffff) &&
    other.weight === (other.weight | 0) &&
    familyOf(one.address) === 'ipv4' &&
    familyOf(other.address) === 'ipv4' &&
    tunnelEquals(one.tunnel, other.tunnel)
  )
}
