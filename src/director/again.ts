// Lines that hints of this role offer. Each does what is said of it when it is pasted: set-up with all that it was set up
// with, as the notes have it, or as the services show.

import type {Address} from '../domain/address.ts'
import {formatServiceKey, type ServiceKey} from '../domain/service.ts'
import {serviceArguments} from '../domain/service-key.ts'
import {shellWords} from '../domain/shell-words.ts'
import type {LedgerVip} from '../host/ledger-kinds.ts'
import {onLinkDevices} from '../host/on-link.ts'
import {setupLine} from '../host/setup-line.ts'
import type {Observed} from './observed.ts'
import type {FullRequest, Method} from './request.ts'
import type {ServedService} from './served.ts'

/** What stands behind `setup --vip ADDRESS`. `known`: the entry so far; once tuned, it stays so. */
export function optionsOf(
  {device, method, masquerade, tune = false}: FullRequest,
  known: LedgerVip | undefined,
): readonly string[] {
  return [
    '--dev',
    device,
    ...(method === 'dr' ? [] : ['--method', method]),
    ...(masquerade && method === 'nat' ? ['--masquerade'] : []),
    ...(tune || known?.options?.includes('--tune') ? ['--tune'] : []),
  ]
}

/** What sets a VIP up as it was; one that nobody noted, as the host and its services show. */
export function setupAgain(vip: Address, services: readonly ServedService[], observed: Observed): string {
  return setupLine('director', notedVip(vip, observed) ?? guessed(vip, services, observed))
}

/** The same, with the servers of NAT served. */
export function setupForNat(vip: Address, observed: Observed): string {
  const noted = notedVip(vip, observed)
  if (noted?.method === 'nat') return setupLine('director', noted)
  const {interface: name} = noted ?? guessed(vip, [], observed)
  return setupLine('director', {address: vip, interface: name, origin: 'added', method: 'nat'})
}

/** Also of an earlier boot. */
function notedVip(vip: Address, {recorded: {ledger, past}}: Observed): LedgerVip | undefined {
  return [...(ledger?.vips ?? []), ...(past?.vips ?? [])].find(({address}) => address === vip)
}

function guessed(vip: Address, services: readonly ServedService[], observed: Observed): LedgerVip {
  const near = onLinkDevices(vip, observed)
  const others = observed.links.filter(({loopback, noArp, up}) => !loopback && !noArp && up).map(({name}) => name)
  const [device] = near.length > 0 ? near : others.length === 1 ? others : []
  const used = servicesAt(vip, services).flatMap(({servers}) => servers.map(({forwarding}) => forwarding))
  const method: Method = used.includes('masquerading') ? 'nat' : used.includes('tunneling') ? 'tun' : 'dr'
  return {address: vip, interface: device ?? 'IF', origin: 'added', method}
}

export function servicesAt(vip: Address, services: readonly ServedService[]): readonly ServedService[] {
  return services.filter(({key}) => key.kind === 'address' && key.address === vip)
}

/** What removes these; where they are many, what shows them. */
export function removalOf(services: readonly ServedService[]): string {
  if (services.length > few) return 'lvsctl list'
  return services.map(({key}) => `lvsctl service delete ${shellWords(namesOf(key))}`).join('; ')
}

const few = 3

const namesOf = (key: ServiceKey): readonly string[] => serviceArguments(key) ?? [formatServiceKey(key)]
