// Packet sockets through the addon: ARP goes out of one end of a cable and comes in at the other, with real addresses.

import {beforeAll, describe, expect, test} from 'vitest'
import {native, socketConstants} from '../../../native/index.ts'
import {connectNetlink, protocols} from '../../../native/netlink-socket.ts'
import {Writer} from '../../../src/netlink/bytes.ts'
import {linkByName} from '../../../src/netlink/route.ts'
import {canUnshare, useNamespace} from '../../support/namespace.ts'

const {AF_PACKET, SOCK_DGRAM, SOCK_CLOEXEC, MSG_DONTWAIT, POLLIN} = socketConstants
const ETH_P_ARP = 0x0806
const broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]

/** struct sockaddr_ll of packet(7). */
function linkAddress(index: number, hardware: readonly number[] = []): Uint8Array {
  const out = new Writer()
  out.u16(AF_PACKET)
  out.be16(ETH_P_ARP)
  out.u32(index)
  out.zeros(3)
  out.u8(hardware.length)
  out.raw(new Uint8Array([...hardware, ...new Array(8 - hardware.length).fill(0)]))
  return out.bytes()
}

const networkOrder = (value: number): number => ((value & 0xff) << 8) | (value >> 8)

describe.runIf(canUnshare)('as root, in a namespace', () => {
  const {ip} = useNamespace()
  let near = 0
  let far = 0

  beforeAll(() => {
    ip('link add near type veth peer name far')
    ip('link set near up')
    ip('link set far up')
    const connection = connectNetlink(protocols.route)
    near = linkByName(connection, 'near')?.index as number
    far = linkByName(connection, 'far')?.index as number
    connection.close()
  })

  const listen = (index: number): number => {
    const fd = native().socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, networkOrder(ETH_P_ARP))
    expect(fd).toBeGreaterThan(0)
    expect(native().bind(fd, linkAddress(index))).toBe(0)
    return fd
  }

  test('28 bytes of ARP', () => {
    const sender = listen(near)
    const receiver = listen(far)
    try {
      const question = new Uint8Array(28).map((_, index) => index)
      expect(native().sendto(sender, question, 0, linkAddress(near, broadcast))).toBe(28)
      expect(native().poll(receiver, POLLIN, 2000)).toBe(POLLIN)
      const buffer = new Uint8Array(64)
      expect(native().recv(receiver, buffer, MSG_DONTWAIT)).toBe(28)
      expect(buffer.subarray(0, 28)).toEqual(question)
      expect(native().recv(receiver, buffer, MSG_DONTWAIT)).toBe(-11) // EAGAIN
      expect(native().poll(receiver, POLLIN, 10)).toBe(0)
    } finally {
      native().close(sender)
      native().close(receiver)
    }
  })

  test('a short buffer is told the true length', () => {
    const sender = listen(near)
    const receiver = listen(far)
    try {
      native().sendto(sender, new Uint8Array(28), 0, linkAddress(near, broadcast))
      native().poll(receiver, POLLIN, 2000)
      expect(native().recv(receiver, new Uint8Array(8), MSG_DONTWAIT)).toBe(28)
    } finally {
      native().close(sender)
      native().close(receiver)
    }
  })

  test('an interface that is not there', () => {
    const fd = native().socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, networkOrder(ETH_P_ARP))
    expect(native().bind(fd, linkAddress(99_999))).toBe(-19) // ENODEV
    native().close(fd)
  })
})
