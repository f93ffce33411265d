// A real netlink socket as a Transport. Synchronous: the kernel has worked through a datagram and queued its answers
// before send() returns, so that waiting is the exception.

import {Reader, Writer} from '../src/netlink/bytes.ts'
import {Connection, type ConnectionOptions} from '../src/netlink/connection.ts'
import {NetlinkError} from '../src/netlink/errors.ts'
import type {Transport} from '../src/netlink/transport.ts'
import {int, type Native, native, socketConstants} from './index.ts'

const {AF_NETLINK, SOCK_RAW, SOCK_CLOEXEC, SOL_SOCKET, SO_RCVBUFFORCE, MSG_DONTWAIT, POLLIN} = socketConstants

/** include/uapi/linux/netlink.h */
export const protocols = {route: 0, netfilter: 12, generic: 16} as const
const SOL_NETLINK = 270
const NETLINK_CAP_ACK = 10
const NETLINK_EXT_ACK = 11
const addressSize = 12 // struct sockaddr_nl

export interface NetlinkOptions {
  /** Of the socket's queue, where we may set it (CAP_NET_ADMIN): 4 MiB unless given. */
  readonly queueBytes?: number
  /** The largest datagram that is taken whole. Dumps come in up to 32 KiB. */
  readonly datagramBytes?: number
}

/** Belongs to the network namespace the thread is in now, wherever that goes later. */
export function openNetlink(protocol: number, options: NetlinkOptions = {}): Transport {
  const calls = native()
  const fd = check('socket', calls.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol))
  try {
    // Niceties that old kernels and ordinary users lack: no failure.
    calls.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, int(options.queueBytes ?? 4 * 1024 * 1024))
    calls.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, int(1))
    calls.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, int(1))
    check('bind', calls.bind(fd, kernelAddress()))
    // Connected to port 0, the socket takes datagrams from the kernel only: on generic netlink any user may send to any
    // port (net/netlink/af_netlink.c: netlink_getsockbyportid).
    check('connect', calls.connect(fd, kernelAddress()))
    const own = new Uint8Array(addressSize)
    check('getsockname', calls.getsockname(fd, own))
    return new NetlinkSocket(calls, fd, new Reader(own).u32(4), options.datagramBytes ?? 128 * 1024)
  } catch (error) {
    calls.close(fd)
    throw error
  }
}

/** A connection on a new socket, with this machine's clock. */
export function connectNetlink(protocol: number, options: NetlinkOptions & ConnectionOptions = {}): Connection {
  return new Connection(openNetlink(protocol, options), {now: () => performance.now(), ...options})
}

/** A dump is a datagram or more and one that ends it: one call takes both, and system calls are what a dump costs most. */
const slots = 4

class NetlinkSocket implements Transport {
  readonly port: number
  private readonly calls: Native
  private readonly slotBytes: number
  private readonly buffer: Uint8Array
  private readonly lengths = new Int32Array(slots)
  private readonly lengthBytes = new Uint8Array(this.lengths.buffer)
  private received = 0
  private next = 0
  private fd: number

  constructor(calls: Native, fd: number, port: number, datagramBytes: number) {
    this.calls = calls
    this.fd = fd
    this.port = port
    this.slotBytes = datagramBytes
    this.buffer = new Uint8Array(slots * datagramBytes)
  }

  send(bytes: Uint8Array): void {
    for (;;) {
      const sent = this.calls.send(this.fd, bytes, 0)
      if (sent !== -EINTR) return void check('send', sent)
    }
  }

  receive(timeoutMs: number): Uint8Array | undefined {
    if (this.next === this.received && !this.refill(timeoutMs)) return undefined
    const slot = this.next++
    const length = this.lengths[slot] as number
    if (length > this.slotBytes)
      throw new NetlinkError('recv', 'EMSGSIZE', `a datagram of ${length} bytes was cut to ${this.slotBytes}`)
    const start = slot * this.slotBytes
    return this.buffer.subarray(start, start + length)
  }

  /** False at the timeout. */
  private refill(timeoutMs: number): boolean {
    // Looking at the clock can be a system call as well, and what is read is mostly there.
    let deadline: number | undefined
    for (;;) {
      const count = this.calls.recvMany(this.fd, this.buffer, this.lengthBytes, MSG_DONTWAIT)
      if (count === -EAGAIN) {
        if (timeoutMs <= 0) return false
        deadline ??= performance.now() + timeoutMs
        const left = Math.ceil(deadline - performance.now())
        if (left <= 0) return false
        const events = this.calls.poll(this.fd, POLLIN, left)
        if (events !== -EINTR) check('poll', events)
      } else if (count !== -EINTR) {
        this.received = check('recv', count)
        this.next = 0
        return true
      }
    }
  }

  close(): void {
    if (this.fd < 0) return
    this.calls.close(this.fd)
    this.fd = -1
  }
}

const EINTR = 4
const EAGAIN = 11

function check(operation: string, answer: number): number {
  if (answer < 0) throw new NetlinkError(operation, -answer, operation === 'socket' ? 'netlink' : undefined)
  return answer
}

/** sockaddr_nl: family, padding, port id (0: the kernel; of our own address: let it choose), multicast groups. */
function kernelAddress(): Uint8Array {
  const out = new Writer(addressSize)
  out.u16(AF_NETLINK)
  out.zeros(2)
  out.u32(0)
  out.u32(0)
  return out.bytes()
}
