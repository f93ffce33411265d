// Reading and writing with names: done again until every name that turns up has been looked up.

import type {Address} from '../domain/address.ts'
import type {Answer, KnownNames, Lookup} from '../formats/ipvsadm/names.ts'
import type {Names} from './world.ts'

/** `act` may be called several times, and does nothing but read or write text. */
export async function withNames<Result>(known: KnownNames, names: Names, act: () => Result): Promise<Result> {
  for (;;) {
    const result = act()
    const missing = known.takeMissing()
    if (missing.length === 0) return result
    await Promise.all(missing.map(async (lookup) => known.learn(lookup, await lookUp(lookup, names))))
  }
}

function lookUp(lookup: Lookup, names: Names): Promise<Answer> {
  switch (lookup.kind) {
    case 'address-of':
      return names.addressOf(lookup.host)
    case 'host-of':
      return names.hostOf(lookup.address as Address)
    case 'port-of':
      return names.portOf(lookup.service, lookup.protocol)
    case 'service-of':
      return names.serviceOf(lookup.port, lookup.protocol)
  }
}
