// What a value can be completed from: the line so far and the running machine. Here is what several values ask: which
// service is meant, which servers there are.

import {familyOf, formatEndpoint} from '../domain/address.ts'
import {formatServerKey} from '../domain/server.ts'
import {familyOfKey, type Protocol, type ServiceKey, serviceKeyEquals} from '../domain/service.ts'
import {parseServiceKey, parseServiceOptions} from '../domain/service-key.ts'
import type {ListedServer, ListedService} from '../table/listing.ts'
import {type Candidate, distinct} from './candidate.ts'
import type {LiveValues} from './live.ts'

export interface Situation {
  /** Options with their values; switches have ''. */
  readonly given: ReadonlyMap<string, readonly string[]>
  /** Arguments by name. */
  readonly words: ReadonlyMap<string, string>
  readonly live: LiveValues
}

/** The last of an option's values. */
export function givenValue({given}: Situation, name: string): string | undefined {
  return given.get(name)?.at(-1)
}

/** What names the service on this line, whether or not there is such a one. */
function namedService(situation: Situation): ServiceKey | undefined {
  const word = situation.words.get('service')
  const parsed =
    word !== undefined
      ? parseServiceKey(word)
      : parseServiceOptions({
          tcp: givenValue(situation, 'tcp-service'),
          udp: givenValue(situation, 'udp-service'),
          sctp: givenValue(situation, 'sctp-service'),
          fwmark: givenValue(situation, 'fwmark-service'),
          ipv6: situation.given.has('ipv6'),
        })
  return parsed.ok ? parsed.value : undefined
}

export async function runningService(situation: Situation): Promise<ListedService | undefined> {
  const key = namedService(situation)
  return key && (await situation.live.services()).find((one) => serviceKeyEquals(one.key, key))
}

/** As one word: `tcp://192.0.2.10:80`. */
export async function serviceWords({live}: Situation): Promise<readonly Candidate[]> {
  return (await live.services()).map((one) => ({value: one.id, about: aboutService(one)}))
}

/** The values of -t, -u or --sctp-service. */
export async function serviceEndpoints({live}: Situation, protocol: Protocol): Promise<readonly Candidate[]> {
  return (await live.services()).flatMap((one) =>
    one.key.kind === 'address' && one.key.protocol === protocol
      ? {value: formatEndpoint(one.key.address, one.key.port), about: aboutService(one)}
      : [],
  )
}

/** The values of -f; with -6, of IPv6 packets only. */
export async function serviceMarks({live, given}: Situation): Promise<readonly Candidate[]> {
  return (await live.services()).flatMap((one) =>
    one.key.kind === 'fwmark' && (one.key.family === 'ipv6' || !given.has('ipv6'))
      ? {value: `${one.key.mark}`, about: `${one.key.family === 'ipv6' ? 'IPv6 (-6), ' : ''}${aboutService(one)}`}
      : [],
  )
}

/** For a service that is still to be added: the addresses of others and of this host, to be followed by a port. */
export async function newEndpoints({live}: Situation): Promise<readonly Candidate[]> {
  const theirs = (await live.services()).flatMap(({key}) =>
    key.kind === 'address' ? {address: key.address, about: 'has services'} : [],
  )
  const own = (await live.addresses()).filter(isReachable).map((one) => ({
    address: one.address,
    about: `on ${one.interface}`,
  }))
  return distinct(
    [...theirs, ...own].map(({address, about}) => ({
      // A port makes the difference between `[2001:db8::1]:80` and an address.
      value: formatEndpoint(address, 0).slice(0, -1),
      about,
      open: true,
    })),
  )
}

/** Servers of other services that this one could have, by address: the port follows the service. */
export async function otherServers(situation: Situation): Promise<readonly Candidate[]> {
  const key = namedService(situation)
  const own = new Set((await runningService(situation))?.servers.map(({address}) => address))
  // Only a tunnel leads to the other family.
  const fits = ({address}: ListedServer): boolean =>
    !own.has(address) && (!key || situation.given.has('ipip') || familyOf(address) === familyOfKey(key))
  const services = await situation.live.services()
  return distinct(
    services.flatMap(({id, servers}) => servers.filter(fits).map(({address}) => ({value: address, about: `in ${id}`}))),
  )
}

/** Those of the service on this line; of all services where none is named. */
export async function knownServers(situation: Situation): Promise<readonly Candidate[]> {
  if (namedService(situation)) return (await runningService(situation))?.servers.map(serverCandidate) ?? []
  const services = await situation.live.services()
  return distinct(
    services.flatMap(({id, servers}) => servers.map((one) => ({value: formatServerKey(one), about: `in ${id}`}))),
  )
}

/** The addresses of services, and addresses that stand alone (a prefix of the full length), as VIPs do on a real server. */
export async function virtualAddresses({live}: Situation): Promise<readonly Candidate[]> {
  const services = (await live.services()).flatMap(({key}) =>
    key.kind === 'address' ? {value: key.address, about: 'has services'} : [],
  )
  const alone = (await live.addresses())
    .filter((one) => isReachable(one) && one.prefixLength === (one.address.includes(':') ? 128 : 32))
    .map((one) => ({value: one.address, about: `on ${one.interface}`}))
  return distinct([...services, ...alone])
}

export async function interfaces({live}: Situation): Promise<readonly Candidate[]> {
  const addresses = await live.addresses()
  return (await live.interfaces()).map(({name, up}) => {
    const own = addresses.filter((one) => one.interface === name).map((one) => `${one.address}/${one.prefixLength}`)
    return {value: name, about: [...(up ? [] : ['down']), ...own].join(', ')}
  })
}

function aboutService({scheduler, settings, servers}: ListedService): string {
  return [scheduler, ...settings, servers.length === 1 ? '1 server' : `${servers.length} servers`].join(', ')
}

function serverCandidate(one: ListedServer): Candidate {
  const weight = one.weight === 0 ? 'quiesced' : `weight ${one.weight}`
  return {value: formatServerKey(one), about: `${one.forwarding}, ${weight}, ${one.active} active`}
}

/** Of this host alone: 127.0.0.0/8, ::1, fe80::/10. */
function isReachable({address}: {readonly address: string}): boolean {
  return !/^(127\.|::1$|fe[89ab])/.test(address)
}
