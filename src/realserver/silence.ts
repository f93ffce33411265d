// As long as which addresses ARP has to stay quiet: as long as any VIP is here, whoever put it there.

import {type Address, familyOf, inSubnet} from '../domain/address.ts'
import type {Ledger} from '../host/ledger.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {hostPrefixOf} from '../host/vip.ts'
import {isSilent, type Observed, silentHostAddresses} from './observe.ts'

export const isAt =
  (one: Pick<LedgerVip, 'address'>) =>
  ({address}: Pick<LedgerVip, 'address'>): boolean =>
    address === one.address

/**
 * Addresses that a talkative ARP would give away: VIPs, whoever put them there. What was there before set-up and was never
 * called a VIP counts where neighbours can ask for it: in a subnet of this host's.
 */
export function whoNeedsSilence(
  rest: readonly LedgerVip[],
  going: readonly Address[],
  ledger: Ledger | undefined,
  observed: Observed,
): readonly Pick<LedgerVip, 'address' | 'interface'>[] {
  const adopted = ledger?.vips.filter(({origin}) => origin === 'adopted') ?? []
  const others = silentHostAddresses(observed).filter(
    (one) =>
      !going.includes(one.address) &&
      !rest.some(isAt(one)) &&
      (!ledger?.present.includes(one.address) || adopted.some(isAt(one)) || isNear(one.address, observed)),
  )
  return [...rest, ...others].filter(({address}) => familyOf(address) === 'ipv4')
}

/** In a subnet that this host shares with neighbours. */
function isNear(address: Address, observed: Observed): boolean {
  return observed.addresses.some(
    (one) =>
      one.prefixLength < hostPrefixOf(one.address) &&
      !observed.links.some((link) => link.name === one.interface && isSilent(link)) &&
      inSubnet(address, one.address, one.prefixLength),
  )
}

export const howToFinish = (address: Address): string =>
  `When it is gone, run: lvsctl realserver teardown; to remove it too: lvsctl realserver teardown --vip ${address}`
