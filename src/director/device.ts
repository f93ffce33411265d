// Which interface an address belongs to, where none is named.

import type {Address} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import {unknownInterface} from '../host/failures.ts'
import type {Link} from '../host/host.ts'
import {onLinkDevices} from '../host/on-link.ts'
import {listWords} from '../host/vip.ts'
import type {Observed} from './observed.ts'

/** Throws LvsctlError: `missing`, with those that there are. */
export function findLink(name: string, {links}: Pick<Observed, 'links'>): Link {
  const link = links.find((one) => one.name === name)
  if (!link)
    throw unknownInterface(
      name,
      links.map((one) => one.name),
    )
  return link
}

/** The one whose subnet the address is in. Throws a usage error where that is none or several. */
export function deviceFor(address: Address, observed: Pick<Observed, 'addresses' | 'links'>): Link {
  const names = onLinkDevices(address, observed)
  const [first] = names
  if (first !== undefined && names.length === 1) return findLink(first, observed)
  throw new LvsctlError({
    failure: 'usage',
    code: 'device-missing',
    message:
      first === undefined
        ? `${address} is in no subnet of this host, and no interface is named`
        : `${address} is in a subnet of ${listWords(names)}, and none is named`,
    hint: `Name the one where clients arrive: --dev ${first ?? 'eth0'}`,
  })
}
