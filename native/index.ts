// The typed door to lvsctl.c: system calls on buffers of the caller, each answering what the system did, or -errno.
// Loaded by the first call, so that commands without a socket never touch it. No knowledge of any protocol.

import {existsSync} from 'node:fs'
import {constants} from 'node:os'
import {fileURLToPath} from 'node:url'

export interface Native {
  socket(family: number, type: number, protocol: number): number
  setsockopt(fd: number, level: number, option: number, value: Uint8Array): number
  /** So many bytes of the value are what is asked and what is answered; answers its length. */
  getsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number
  bind(fd: number, address: Uint8Array): number
  connect(fd: number, address: Uint8Array): number
  /** Fills `address`; answers the address's true length. */
  getsockname(fd: number, address: Uint8Array): number
  send(fd: number, bytes: Uint8Array, flags: number): number
  sendto(fd: number, bytes: Uint8Array, flags: number, address: Uint8Array): number
  /** Answers the datagram's true length: more than the buffer's means that it was cut (MSG_TRUNC). */
  recv(fd: number, buffer: Uint8Array, flags: number): number
  /**
   * As many datagrams as there are, in one call: the buffer is divided among them evenly. `lengths` is room for an
   * Int32Array of their true lengths, one each. Answers how many came.
   */
  recvMany(fd: number, buffer: Uint8Array, lengths: Uint8Array, flags: number): number
  /** Answers the events that are there, 0 at the timeout. -1 waits for ever. */
  poll(fd: number, events: number, timeoutMs: number): number
  /** Moves the calling thread only. */
  setns(fd: number, type: number): number
  flock(fd: number, operation: number): number
  close(fd: number): number
}

/** asm-generic/socket.h and friends: what callers of this door need. */
export const socketConstants = {
  AF_INET: 2,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  SOCK_DGRAM: 2,
  SOCK_RAW: 3,
  SOCK_CLOEXEC: 0o2000000,
  SOL_IP: 0,
  SOL_SOCKET: 1,
  SO_RCVBUF: 8,
  SO_RCVBUFFORCE: 33,
  MSG_DONTWAIT: 0x40,
  POLLIN: 1,
  CLONE_NEWNET: 0x4000_0000,
} as const

let loaded: Native | undefined

export function native(): Native {
  loaded ??= load()
  return loaded
}

function load(): Native {
  const path = findBinary('lvsctl.node')
  if (path === undefined) throw new Error('lvsctl.node has not been built. Run: npm run build')
  const module: {exports: unknown} = {exports: {}}
  process.dlopen(module, path, constants.dlopen.RTLD_NOW)
  return module.exports as Native
}

/** A built file: beside the bundle when this runs from dist/, in ../dist when it runs from source. */
function findBinary(name: string): string | undefined {
  return [`./${name}`, `../dist/${name}`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path))
}

/** The value of an option that is a C int. */
export const int = (value: number): Uint8Array => new Uint8Array(new Int32Array([value]).buffer)
