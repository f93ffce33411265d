// What a sync daemon is told: the interface it sends on, the group it sends to.

import {type Address, parseAddress} from '../../domain/address.ts'
import {classOf} from '../../domain/address-class.ts'
import {shown} from '../../domain/foreign-characters.ts'
import {accept, type Parsed, reject} from '../../domain/parsed.ts'

/** IFNAMSIZ is 16 bytes, with the NUL (net/core/dev.c, dev_valid_name). */
export function parseDevice(text: string, where = '--mcast-interface'): Parsed<string> {
  if (text !== '' && new TextEncoder().encode(text).length < 16 && !/[\s/:]/.test(text)) return accept(text)
  return reject('interface-invalid', `no interface can be called ${shown(text)}`, {
    where,
    hint: 'Such as eth0; ip link shows them',
  })
}

export function parseGroup(text: string, where = '--mcast-group'): Parsed<Address> {
  const group = parseAddress(text)
  if (group !== undefined && classOf(group) === 'multicast') return accept(group)
  return reject('mcast-group-invalid', `${shown(text)} is not a multicast address`, {
    where,
    hint: 'Such as 224.0.0.81 or ff02::81',
  })
}
