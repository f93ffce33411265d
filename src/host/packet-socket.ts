// AF_PACKET: frames below IP on one interface, for what asks or tells neighbours about addresses. packet(7)

import {native, socketConstants} from '../../native/index.ts'
import {Writer} from '../netlink/bytes.ts'
import {errnoName} from '../netlink/errors.ts'
import {macBytes} from './mac.ts'

const {AF_PACKET, SOCK_DGRAM, SOCK_CLOEXEC, MSG_DONTWAIT, POLLIN} = socketConstants
const EINTR = 4
const EAGAIN = 11

/** include/uapi/linux/if_ether.h */
export const etherTypes = {arp: 0x0806, ipv6: 0x86dd} as const

export class PacketError extends Error {
  override readonly name = 'PacketError'
  readonly errno: string

  constructor(call: string, answer: number) {
    const errno = errnoName(-answer)
    super(`${call}: ${errno}`)
    this.errno = errno
  }
}

export class PacketSocket {
  private readonly fd: number
  private readonly etherType: number
  private readonly link: number

  /** `link`: index of the interface. Needs CAP_NET_RAW. Throws PacketError. */
  constructor(etherType: number, link: number) {
    this.etherType = etherType
    this.link = link
    // With protocol 0 nothing is received before bind() has named the interface.
    this.fd = check('socket', native().socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    const bound = native().bind(this.fd, this.sockaddr())
    if (bound < 0) {
      this.close()
      check('bind', bound)
    }
  }

  /** One frame; the kernel writes the Ethernet header. */
  send(payload: Uint8Array, to: string): void {
    for (;;) {
      const sent = native().sendto(this.fd, payload, 0, this.sockaddr(to))
      if (sent !== -EINTR) return void check('send', sent)
    }
  }

  /** One frame without its Ethernet header; undefined at the timeout. */
  receive(timeoutMs: number): Uint8Array | undefined {
    const buffer = new Uint8Array(2048)
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const length = native().recv(this.fd, buffer, MSG_DONTWAIT)
      if (length === -EAGAIN) {
        const left = Math.ceil(deadline - performance.now())
        if (left <= 0) return undefined
        const events = native().poll(this.fd, POLLIN, left)
        if (events !== -EINTR) check('poll', events)
      } else if (length !== -EINTR) return buffer.slice(0, Math.min(check('recv', length), buffer.length))
    }
  }

  close(): void {
    native().close(this.fd)
  }

  /** struct sockaddr_ll */
  private sockaddr(to?: string): Uint8Array {
    const out = new Writer(20)
    out.u16(AF_PACKET)
    out.be16(this.etherType)
    out.u32(this.link)
    out.zeros(3) // hardware and packet type: of received frames only
    const mac = to === undefined ? new Uint8Array(0) : macBytes(to)
    out.u8(mac.length)
    out.raw(mac)
    out.zeros(8 - mac.length)
    return out.bytes()
  }
}

function check(call: string, answer: number): number {
  if (answer < 0) throw new PacketError(call, answer)
  return answer
}
