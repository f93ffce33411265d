// Which part of a table is listed: --service, --server, --forwarding and --quiesced, from their text to what is left.
// Values of one option are alternatives, different options must all be met, and a service of which no server is left is
// not listed. Pure; what is listed keeps the service it was taken from, whose totals stay those of all its servers.

import type {Endpoint} from '../domain/endpoint.ts'
import {shown} from '../domain/foreign-characters.ts'
import {type ForwardingMethod, forwardingMethods} from '../domain/forwarding.ts'
import {nearest} from '../domain/nearest.ts'
import {accept, type Parsed, reject} from '../domain/parsed.ts'
import {compareServiceKeys, formatServiceKey, type ServiceKey} from '../domain/service.ts'
import {type ProtocolPortNames, parseServerAddress, parseServiceKey} from '../domain/service-key.ts'
import type {ListedServer, ListedService} from '../table/listing.ts'
import {OptionReader} from './option-reader.ts'
import type {ShownService} from './shown-service.ts'

export interface FilterOptions {
  readonly service?: readonly string[] | undefined
  readonly server?: readonly string[] | undefined
  readonly forwarding?: readonly string[] | undefined
  readonly quiesced?: boolean | undefined
}

export interface ListingFilter {
  /** In canonical order, each once; empty: all. */
  readonly services: readonly ServiceKey[]
  /** Whether a server stays; undefined: all do. */
  readonly keeps: ((server: ListedServer) => boolean) | undefined
}

/** Throws a usage error with everything that is wrong; undefined where no filter was given. */
export function readFilter(options: FilterOptions, names?: ProtocolPortNames): ListingFilter | undefined {
  const reader = new OptionReader()
  const readAll = <Value>(texts: readonly string[] = [], parse: (text: string) => Parsed<Value>): readonly Value[] =>
    texts.flatMap((text) => reader.take(parse(text)) ?? [])
  const services = readAll(options.service, (text) => parseServiceKey(text, '--service', names))
  const endpoints = readAll(options.server, (text) =>
    parseServerAddress(text, names && ((name) => names(name, 'tcp')), '--server'),
  )
  const methods = readAll(options.forwarding, parseMethod)
  reader.check()
  const conditions = [
    ...(endpoints.length > 0 ? [(one: ListedServer) => endpoints.some((endpoint) => isAt(one, endpoint))] : []),
    ...(methods.length > 0 ? [(one: ListedServer) => methods.includes(one.forwarding)] : []),
    ...(options.quiesced ? [({weight}: ListedServer) => weight === 0] : []),
  ]
  if (services.length === 0 && conditions.length === 0) return undefined
  return {
    services: onceEach(services),
    keeps: conditions.length === 0 ? undefined : (one) => conditions.every((meets) => meets(one)),
  }
}

export function filterListing(services: readonly ListedService[], filter?: ListingFilter): readonly ShownService[] {
  const keeps = filter?.keeps
  if (!keeps) return services
  return services.flatMap((whole) => {
    const servers = whole.servers.filter(keeps)
    return servers.length === 0 ? [] : [{...whole, servers, whole}]
  })
}

const isAt = ({address, port}: ListedServer, wanted: Endpoint): boolean =>
  address === wanted.address && (wanted.port === undefined || port === wanted.port)

function onceEach(keys: readonly ServiceKey[]): readonly ServiceKey[] {
  return [...new Map(keys.map((key) => [formatServiceKey(key), key])).values()].sort(compareServiceKeys)
}

/** By name, ipvsadm's letter, its long option, its word in `-L`, or what everybody says: DR, NAT, TUN. */
function parseMethod(text: string): Parsed<ForwardingMethod> {
  const wanted = text.toLowerCase()
  const row = forwardingMethods.find((one) => spellings(one).some((word) => word.toLowerCase() === wanted))
  if (row) return accept(row.name)
  // The kernel stores methods that nobody has named (domain/forwarding.ts).
  if (/^method-[567]$/.test(wanted)) return accept(wanted as ForwardingMethod)
  const words = forwardingMethods.flatMap(spellings)
  const [near] = nearest(
    wanted,
    words.map((word) => word.toLowerCase()),
  )
  return reject('forwarding-unknown', `no forwarding method ${shown(text)}`, {
    where: '--forwarding',
    meant: words.find((word) => word.toLowerCase() === near),
    hint: `There are ${forwardingMethods.map(({name, short}) => (short === name ? name : `${name} (${short})`)).join(', ')}`,
  })
}

function spellings({name, short, option, shown}: (typeof forwardingMethods)[number]): readonly string[] {
  const ipvsadms = option ? [option.slice(1), shown] : [shown]
  return [name, short, ...ipvsadms, ...(name === 'tunneling' ? ['ipip', 'tunnelling'] : [])]
}
