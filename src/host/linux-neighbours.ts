// Who is on a link of the real machine: those that the kernel remembers, those that answer, and what they are told. By
// rtnetlink and packet sockets.

import {familyOf} from '../domain/address.ts'
import type {Connection} from '../netlink/connection.ts'
import {neighbours} from '../netlink/route.ts'
import {broadcastMac, encodeArp, gratuitousArp} from './arp.ts'
import {announcements} from './describe.ts'
import {interfaceDown, notEthernet, notPermitted} from './failures.ts'
import type {Deeds, HostReader} from './host.ts'
import type {LinuxLinks} from './linux-links.ts'
import {isEthernet} from './mac.ts'
import {allNodesMac, encodeAdvertisement} from './neighbour-advertisement.ts'
import {etherTypes, PacketError, PacketSocket} from './packet-socket.ts'
import {pause} from './pause.ts'
import {askNeighbours, senderFor} from './probe.ts'
import {interfaceSysctl} from './sysctl-key.ts'

const announcementGapMs = 50

export function linuxNeighbours(
  netlink: () => Connection,
  links: LinuxLinks,
  {addresses, sysctl}: Pick<HostReader, 'addresses' | 'sysctl'>,
) {
  /** Of an Ethernet interface that is up. */
  const stationOn = (name: string, deed: 'asked' | 'announced') => {
    const link = links.find(name)
    if (!link.up) throw interfaceDown(name)
    if (link.mac === undefined || !isEthernet(link)) throw notEthernet(name, deed)
    return {index: link.index, mac: link.mac}
  }

  return {
    reads: {
      neighbours() {
        const names = links.names()
        return neighbours(netlink()).flatMap(({link, address, mac}) => {
          const name = names.get(link)
          return name === undefined || mac === undefined ? [] : [{interface: name, address, mac}]
        })
      },
      probe({interface: name, targets, timeoutMs}) {
        const {index, mac} = stationOn(name, 'asked')
        const own = addresses().filter((one) => one.interface === name)
        const asked = targets.map((target) => ({address: target, sender: senderFor(target, own)}))
        try {
          return askNeighbours({link: index, mac, targets: asked, timeoutMs})
        } catch (error) {
          if (!(error instanceof PacketError)) throw error
          if (error.errno === 'ENETDOWN') throw interfaceDown(name)
          if (error.errno !== 'EPERM' && error.errno !== 'EACCES') throw error
          throw notPermitted(`arping -I ${name} ${targets.join(' ')}`, 'root (CAP_NET_RAW)', error)
        }
      },
    } satisfies Partial<HostReader>,
    deeds: {
      announce: ({interface: name, address}) => {
        const {index, mac} = stationOn(name, 'announced')
        const ipv4 = familyOf(address) === 'ipv4'
        const router = sysctl(interfaceSysctl('ipv6', name, 'forwarding')) === '1'
        const frames = ipv4
          ? gratuitousArp(address, mac).map(encodeArp)
          : [encodeAdvertisement({target: address, mac, router})]
        const socket = new PacketSocket(ipv4 ? etherTypes.arp : etherTypes.ipv6, index)
        try {
          for (let round = 0; round < announcements; round++) {
            if (round > 0) pause(announcementGapMs)
            for (const frame of frames) socket.send(frame, ipv4 ? broadcastMac : allNodesMac)
          }
        } finally {
          socket.close()
        }
      },
    } satisfies Partial<Deeds>,
  }
}
