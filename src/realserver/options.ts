// How a VIP was set up, as the words behind `setup --vip ADDRESS` that do the same again: what the notes keep of it.

import type {Ledger} from '../host/ledger.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {notedOption} from '../host/setup-line.ts'
import type {SetupRequest} from './request.ts'

/** `known`: its entry so far. A cure is chosen with the first tunnelled VIP, and holds for all of them. */
export function optionsOf(
  {method = 'dr', device, arpScope, tunnel, mtuCure}: SetupRequest,
  known: LedgerVip | undefined,
  ledger: Ledger | undefined,
): Pick<LedgerVip, 'options'> {
  const tunnelled = [...(known ? [known] : []), ...(ledger?.vips ?? [])]
  const cure = mtuCure ?? tunnelled.map((one) => notedOption(one, '--mtu-cure')).find((one) => one !== undefined)
  const options = [
    ...(method === 'dr' ? [] : ['--method', method]),
    ...(tunnel && tunnel.type !== 'ipip' ? ['--tun-type', tunnel.type] : []),
    ...(tunnel?.port === undefined ? [] : ['--tun-port', `${tunnel.port}`]),
    ...(method === 'tun' && cure !== undefined ? ['--mtu-cure', cure] : []),
    ...(device === undefined || (device === 'lo' && method === 'dr') ? [] : ['--interface', device]),
    ...(arpScope === undefined || arpScope === 'all' ? [] : ['--arp-scope', arpScope]),
  ]
  return options.length > 0 ? {options} : {}
}
