// The older way to ask for real servers: getsockopt with C structures (struct ip_vs_get_services and struct ip_vs_get_dests
// in include/uapi/linux/ip_vs.h). It answers the servers of a service in one system call and a quarter of the bytes: of
// netlink's two calls and its figures, which cannot be left out, a large table is slow. But it knows IPv4 only, and no
// tunnel settings. So it tells what it can, and where it cannot, it says so: then netlink is asked.

import {type Native, native, socketConstants} from '../../native/index.ts'
import {type Address, addressBytes} from '../domain/address.ts'
import {type ForwardingMethod, forwardingMethods, plainTunnel} from '../domain/forwarding.ts'
import {nameOf} from '../domain/numbered.ts'
import {familyOfKey, protocolNumber, type ServiceKey} from '../domain/service.ts'
import type {CountedServer} from '../domain/table.ts'
import {littleEndian} from '../netlink/bytes.ts'
import type {ListOrder} from './client.ts'

const {AF_INET, SOCK_DGRAM, SOCK_CLOEXEC, SOL_IP} = socketConstants
const baseControl = 64 + 1024 + 64 // IP_VS_BASE_CTL
const options = {info: baseControl + 1, services: baseControl + 2, servers: baseControl + 4} as const

/** Offsets where 64-bit numbers are aligned to 8 bytes, as on every machine that Node 22 runs on. */
const info = {size: 12, services: 8} as const
const servicesHead = {size: 8, count: 0} as const
const serviceEntry = {size: 104, protocol: 0, address: 4, port: 8, mark: 12, servers: 44} as const
const serversHead = {size: 24, protocol: 0, address: 4, port: 8, mark: 12, count: 16} as const
const serverEntry = {
  ...{size: 96, address: 0, port: 4, method: 8, weight: 12, upper: 16, lower: 20},
  ...{active: 24, inactive: 28, persistent: 32},
} as const

/** How many servers each IPv4 service has, of whatever family. */
type Counts = ReadonlyMap<string, number>

export class OlderInterface {
  private readonly calls: Native
  private readonly fd: number
  private value = new Uint8Array(4096)
  private view = new DataView(this.value.buffer)

  private constructor(calls: Native, fd: number) {
    this.calls = calls
    this.fd = fd
  }

  /** In the network namespace that the thread is in now. */
  static open(): OlderInterface | undefined {
    const calls = native()
    const fd = calls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
    return fd < 0 ? undefined : new OlderInterface(calls, fd)
  }

  /** Undefined where the kernel has no such interface; a kernel may be built without. */
  counts(): Counts | undefined {
    this.reserve(info.size)
    if (!this.get(options.info, info.size)) return undefined
    const services = this.u32(info.services)
    const size = servicesHead.size + services * serviceEntry.size
    this.reserve(size)
    this.view.setUint32(servicesHead.count, services, littleEndian)
    if (!this.get(options.services, size)) return undefined
    const counts = new Map<string, number>()
    for (let at: number = servicesHead.size; at < size; at += serviceEntry.size)
      counts.set(this.serviceAt(at), this.u32(at + serviceEntry.servers))
    return counts
  }

  /** undefined where there is more to them than this interface tells. */
  servers(key: ServiceKey, counts: Counts, order?: ListOrder): readonly CountedServer[] | undefined {
    if (familyOfKey(key) !== 'ipv4') return undefined
    this.name(key)
    const count = counts.get(this.serviceAt(0))
    if (count === undefined) return undefined
    const size = serversHead.size + count * serverEntry.size
    if (this.reserve(size)) this.name(key)
    this.view.setUint32(serversHead.count, count, littleEndian)
    this.value.fill(0, serversHead.size, size)
    if (!this.get(options.servers, size)) return undefined
    const servers = this.readServers(size, order)
    return order === 'kernel' ? servers?.reverse() : servers
  }

  close(): void {
    this.calls.close(this.fd)
  }

  private name(key: ServiceKey): void {
    this.value.fill(0, 0, serversHead.count)
    if (key.kind === 'fwmark') this.view.setUint32(serversHead.mark, key.mark, littleEndian)
    else {
      this.view.setUint16(serversHead.protocol, protocolNumber(key.protocol), littleEndian)
      this.value.set(addressBytes(key.address), serversHead.address)
      this.view.setUint16(serversHead.port, key.port)
    }
  }

  /** The kernel does not say how many it wrote: servers of the other family are left out, and places stay empty. */
  private readServers(size: number, order: ListOrder | undefined): CountedServer[] | undefined {
    const servers: CountedServer[] = []
    const numbers: number[] = []
    // From behind: the kernel has the newest first, and most tables are filled in order.
    for (let at = size - serverEntry.size; at >= serversHead.size; at -= serverEntry.size) {
      const address = this.view.getUint32(at + serverEntry.address)
      const forwarding = methods[this.u32(at + serverEntry.method) & 7] as ForwardingMethod
      if (forwarding === 'tunneling' || address === 0) return undefined
      const number = address * 0x1_0000 + this.view.getUint16(at + serverEntry.port)
      const server = this.serverAt(at, address, forwarding)
      let place = numbers.length
      if (order !== 'kernel') while (place > 0 && (numbers[place - 1] as number) > number) place--
      if (place === numbers.length) {
        numbers.push(number)
        servers.push(server)
      } else {
        numbers.splice(place, 0, number)
        servers.splice(place, 0, server)
      }
    }
    return servers
  }

  private serverAt(at: number, address: number, forwarding: ForwardingMethod): CountedServer {
    return {
      server: {
        address: `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}` as Address,
        port: this.view.getUint16(at + serverEntry.port),
        forwarding,
        weight: this.view.getInt32(at + serverEntry.weight, littleEndian),
        upperThreshold: this.u32(at + serverEntry.upper),
        lowerThreshold: this.u32(at + serverEntry.lower),
        tunnel: plainTunnel,
      },
      connections: {
        active: this.u32(at + serverEntry.active),
        inactive: this.u32(at + serverEntry.inactive),
        persistent: this.u32(at + serverEntry.persistent),
      },
    }
  }

  /** Both structures begin with what names a service. */
  private serviceAt(at: number): string {
    const {protocol, address, port, mark} = serviceEntry
    const number = this.u32(at + mark)
    if (number !== 0) return `${number}`
    return `${this.view.getUint16(at + protocol, littleEndian)} ${this.u32(at + address)} ${this.view.getUint16(at + port)}`
  }

  private u32(at: number): number {
    return this.view.getUint32(at, littleEndian)
  }

  /** The kernel refuses any length but the exact one. */
  private get(option: number, size: number): boolean {
    return this.calls.getsockopt(this.fd, SOL_IP, option, this.value, size) >= 0
  }

  /** True when the room is new, and empty. */
  private reserve(size: number): boolean {
    if (size <= this.value.length) return false
    this.value = new Uint8Array(size * 2)
    this.view = new DataView(this.value.buffer)
    return true
  }
}

/** By IP_VS_CONN_F_FWD_MASK. */
const methods = Array.from({length: 8}, (_, number) => nameOf(forwardingMethods, 'method', number) as ForwardingMethod)
