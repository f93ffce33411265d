// Addresses of the real machine's interfaces, by rtnetlink.

import type {Connection} from '../netlink/connection.ts'
import {addAddress, addresses, type LinkAddress, type ListedAddress, removeAddress} from '../netlink/route.ts'
import type {Deeds, InterfaceAddress} from './host.ts'
import type {LinuxLinks} from './linux-links.ts'

export function linuxAddresses(netlink: () => Connection, links: LinuxLinks) {
  const toLinkAddress = ({interface: name, ...address}: InterfaceAddress): LinkAddress => ({
    ...address,
    link: links.find(name).index,
  })

  return {
    reads: {
      addresses(): readonly InterfaceAddress[] {
        const names = links.names()
        return addresses(netlink()).flatMap((one) => {
          const name = names.get(one.link)
          return name === undefined ? [] : [fromListed(one, name)]
        })
      },
    },
    deeds: {
      'add-address': ({address}) => addAddress(netlink(), toLinkAddress(address)),
      'remove-address': ({address}) => removeAddress(netlink(), toLinkAddress(address)),
    } satisfies Partial<Deeds>,
  }
}

function fromListed(listed: ListedAddress, name: string): InterfaceAddress {
  const {address, prefixLength, scope, label, broadcast, peer, preferred, valid, noDad} = listed
  return {
    interface: name,
    address,
    prefixLength,
    scope,
    ...(label !== undefined && label !== name && {label}),
    ...(broadcast !== undefined && {broadcast}),
    ...(peer !== undefined && {peer}),
    ...(preferred !== undefined && preferred !== 'forever' && {preferred}),
    ...(valid !== undefined && valid !== 'forever' && {valid}),
    ...(noDad && {noDad}),
  }
}
