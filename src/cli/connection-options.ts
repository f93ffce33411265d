// From the options of `connections list` to what is wanted: everything that is wrong is told at once.

import type {ClientNetwork, ConnectionFilter} from '../connections/filter.ts'
import {familyOf} from '../domain/address.ts'
import {parseHost} from '../domain/explain-address.ts'
import {shown} from '../domain/foreign-characters.ts'
import {parseInteger} from '../domain/integer.ts'
import {nearest} from '../domain/nearest.ts'
import {accept, type Parsed, reject} from '../domain/parsed.ts'
import type {ServiceKey} from '../domain/service.ts'
import {type ProtocolPortNames, parseServerAddress} from '../domain/service-key.ts'
import {connectionStates} from '../formats/procfs/ip-vs-conn.ts'
import {given, OptionReader} from './option-reader.ts'

export interface ConnectionOptions {
  readonly 'real-server'?: string | undefined
  readonly client?: string | undefined
  readonly state?: readonly string[] | undefined
  readonly templates?: boolean | undefined
  readonly 'no-templates'?: boolean | undefined
  readonly sync?: boolean | undefined
  readonly top?: string | undefined
}

export interface ConnectionQuery {
  readonly filter: ConnectionFilter
  readonly top: number | undefined
}

export function readConnectionQuery(
  flags: ConnectionOptions,
  service: ServiceKey | undefined,
  names?: ProtocolPortNames,
): ConnectionQuery {
  const reader = new OptionReader()
  if (flags.templates && flags['no-templates'])
    reader.conflict('--templates', '--no-templates', 'Without either both are listed')
  const protocol = service?.kind === 'address' ? service.protocol : 'tcp'
  const {'real-server': server, client, top} = flags
  const query: ConnectionQuery = {
    filter: {
      service,
      server: reader.take(
        given(server, (text) => parseServerAddress(text, names && ((name) => names(name, protocol as 'tcp')))),
      ),
      client: reader.take(given(client, parseClientNetwork)),
      states: flags.state?.map((word) => reader.take(parseState(word)) ?? ''),
      templates: flags.templates ? 'only' : flags['no-templates'] ? 'none' : undefined,
      synced: flags.sync,
    },
    top: reader.take(given(top, (text) => parseInteger(text, 'top'))),
  }
  reader.check()
  return query
}

/** `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`; `/0` is every client of the family. Bits behind the prefix do not count. */
function parseClientNetwork(text: string): Parsed<ClientNetwork> {
  const slash = text.indexOf('/')
  const host = parseHost(slash < 0 ? text : text.slice(0, slash), '--client')
  if (!host.ok) return host
  const address = host.value
  const most = familyOf(address) === 'ipv6' ? 128 : 32
  if (slash < 0) return accept({address, prefix: most})
  const digits = text.slice(slash + 1)
  const length: Parsed<number> = digits === '0' ? accept(0) : parseInteger(digits, 'prefixLength', '--client')
  if (!length.ok) return length
  if (length.value <= most) return accept({address, prefix: length.value})
  return reject('netmask-invalid', `/${digits} is too long for an IPv4 address`, {
    where: '--client',
    hint: 'At most /32',
  })
}

/** As the kernel spells it, in whatever case. */
function parseState(text: string): Parsed<string> {
  const state = text.toUpperCase()
  if (connectionStates.some((name) => name === state)) return accept(state)
  const near =
    nearest(state, everydayStates)[0] ?? everydayStates.find((name) => state !== '' && name.startsWith(state))
  return reject('state-unknown', `no state is called ${shown(text)}`, {
    where: '--state',
    hint: `${near === undefined ? '' : `Did you mean ${near}? `}All: ${everydayStates.join(', ')}`,
  })
}

/** Without those that only old kernels and broken tables have. */
const everydayStates = connectionStates.slice(0, connectionStates.indexOf('INIT_CLI'))
