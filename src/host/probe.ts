// Who has an address? Asked as any client does, by ARP or by neighbour solicitation, and everybody who answers is heard:
// more than one is a conflict.

import {type Address, address, familyOf, inSubnet} from '../domain/address.ts'
import {broadcastMac, decodeArp, encodeArp} from './arp.ts'
import type {InterfaceAddress} from './host.ts'
import {decodeAdvertisement, encodeSolicitation, solicitedNodeMac} from './neighbour-solicitation.ts'
import {etherTypes, PacketSocket} from './packet-socket.ts'
import {hostPrefixOf} from './vip.ts'

export interface Asking {
  /** Index of the interface that asks, and its link-layer address. */
  readonly link: number
  readonly mac: string
  readonly targets: readonly Target[]
  /** How long answers are collected. */
  readonly timeoutMs: number
}

interface Target {
  readonly address: Address
  /** An address of the interface, to which the answer goes; undefined: it has none, and the question names none. */
  readonly sender: Address | undefined
}

interface Frame {
  readonly payload: Uint8Array
  readonly to: string
}

interface Protocol {
  readonly etherType: number
  question(target: Target, mac: string): Frame
  answer(frame: Uint8Array): {readonly address: Address; readonly mac: string} | undefined
}

const protocols: Readonly<Record<'ipv4' | 'ipv6', Protocol>> = {
  ipv4: {
    etherType: etherTypes.arp,
    question: ({address: target, sender = address('0.0.0.0')}, mac) => ({
      payload: encodeArp({operation: 'request', senderMac: mac, sender, targetMac: '00:00:00:00:00:00', target}),
      to: broadcastMac,
    }),
    answer: (frame) => {
      const packet = decodeArp(frame)
      return packet?.operation === 'reply' ? {address: packet.sender, mac: packet.senderMac} : undefined
    },
  },
  ipv6: {
    etherType: etherTypes.ipv6,
    question: ({address: target, sender = address('::')}, mac) => ({
      payload: encodeSolicitation({target, sender, mac}),
      to: solicitedNodeMac(target),
    }),
    answer: (frame) => {
      const told = decodeAdvertisement(frame)
      return told && {address: told.target, mac: told.mac}
    },
  },
}

/**
 * The address of the interface that asks: of the target's subnet if there is one, as a client there would have. Never the
 * target itself, which would look like an announcement.
 */
export function senderFor(target: Address, own: readonly InterfaceAddress[]): Address | undefined {
  const usable = own.filter((one) => one.address !== target && familyOf(one.address) === familyOf(target))
  const subnet = usable.find(
    (one) => one.prefixLength < hostPrefixOf(target) && inSubnet(target, one.address, one.prefixLength),
  )
  return (subnet ?? usable.find((one) => one.prefixLength < hostPrefixOf(target)))?.address
}

/** How often it is asked, evenly over the time: one frame may be lost, hardly three. */
const rounds = 3

/** The link-layer addresses that answered, sorted, for every target. Throws PacketError. */
export function askNeighbours({link, mac, targets, timeoutMs}: Asking): ReadonlyMap<Address, readonly string[]> {
  const heard = new Map(targets.map((one) => [one.address, new Set<string>()]))
  const sockets = (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const asked = targets.filter((one) => familyOf(one.address) === family)
    if (asked.length === 0) return []
    const protocol = protocols[family]
    const frames = asked.map((one) => protocol.question(one, mac))
    return [{protocol, frames, socket: new PacketSocket(protocol.etherType, link)}]
  })
  try {
    for (let round = 0; round < rounds; round++) {
      for (const {socket, frames} of sockets) for (const {payload, to} of frames) socket.send(payload, to)
      const share = timeoutMs / rounds / sockets.length
      for (const {socket, protocol} of sockets)
        for (const frame of received(socket, share)) {
          const told = protocol.answer(frame)
          if (told) heard.get(told.address)?.add(told.mac)
        }
    }
  } finally {
    for (const {socket} of sockets) socket.close()
  }
  return new Map([...heard].map(([target, macs]) => [target, [...macs].sort()]))
}

function* received(socket: PacketSocket, timeoutMs: number): Generator<Uint8Array> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const left = deadline - performance.now()
    const frame = left > 0 ? socket.receive(left) : undefined
    if (!frame) return
    yield frame
  }
}
