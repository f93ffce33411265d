// `host:port` as an operator types it for a service or a real server: IPv4 `192.0.2.1:80`, IPv6 in brackets
// `[2001:db8::1]:80`, the port left out `192.0.2.1`, `2001:db8::1`.

import {type Address, familyOf, formatEndpoint, parseAddress} from './address.ts'
import {parseHost} from './explain-address.ts'
import {findForeignCharacter, plainText, shown} from './foreign-characters.ts'
import {isInRange, parseInteger} from './integer.ts'
import {accept, type Parsed, type Rejected, reject} from './parsed.ts'

export interface Endpoint {
  readonly address: Address
  /** undefined: not given. For a service that is port 0 (every port), for a server the port of its service. */
  readonly port: number | undefined
}

/** Finds the port of a service name (`http`); /etc/services is outside this room, so it comes from the caller. */
export type PortNames = (name: string) => number | undefined

export function parseEndpoint(text: string, where?: string, names?: PortNames): Parsed<Endpoint> {
  const parts = splitEndpoint(text, where)
  if (!parts.ok) return parts
  const {host, bracketed, port} = parts.value
  const parsed = parseHost(host, where)
  if (!parsed.ok) return explainWithPort(parsed, port, names)
  const address = parsed.value
  if (bracketed && familyOf(address) === 'ipv4')
    return reject('address-brackets', `${shown(text)} has an IPv4 address in brackets`, {
      where,
      hint: `Brackets are for IPv6: ${address}${port === undefined ? '' : `:${port}`}`,
    })
  if (port === undefined) return accept({address, port})
  const number = parsePort(port, address, where, names)
  return number.ok ? accept({address, port: number.value}) : number
}

/** What was meant for the address is suggested with the port, so that it can be copied whole. */
function explainWithPort(rejected: Rejected, port: string | undefined, names?: PortNames): Rejected {
  const address = rejected.meant === undefined ? undefined : parseAddress(rejected.meant)
  if (!address || port === undefined) return rejected
  const number = parsePort(port, address, undefined, names)
  return number.ok ? suggest(rejected, formatEndpoint(address, number.value)) : rejected
}

function suggest({problem: {code, message, where}}: Rejected, meant: string): Rejected {
  return reject(code, message, {where, meant})
}

interface Parts {
  readonly host: string
  readonly bracketed: boolean
  /** undefined: no colon, so no port was meant; empty: the colon is there. */
  readonly port: string | undefined
}

function splitEndpoint(text: string, where: string | undefined): Parsed<Parts> {
  const foreign = findForeignCharacter(text)
  if (foreign) {
    const plain = plainText(text) ?? ''
    const retried = parseEndpoint(plain)
    const message = `${shown(text)} contains ${foreign.name}`
    if (retried.ok) return reject('endpoint-invalid', message, {where, meant: plain})
    const hint = plain === '' ? undefined : `With plain characters: ${retried.problem.message}`
    return reject('endpoint-invalid', message, {where, hint})
  }
  const [, scheme, rest] = /^([a-z][a-z\d+.-]*):\/\/(.*?)\/?$/i.exec(text) ?? []
  if (scheme !== undefined && rest !== undefined)
    return reject('endpoint-invalid', `${shown(text)} is a URL, and an address is expected`, {
      where,
      meant: parseEndpoint(rest).ok ? rest : undefined,
    })
  if (text.startsWith('[')) {
    const match = /^\[([^\]]*)\](?::(.*))?$/s.exec(text)
    if (match) return accept({host: match[1] as string, bracketed: true, port: match[2]})
    const close = text.indexOf(']')
    return reject(
      'endpoint-invalid',
      close < 0
        ? `${shown(text)} has no closing bracket`
        : `${shown(text.slice(close + 1))} follows the bracket of ${text}`,
      {where, hint: 'An IPv6 address with its port: [2001:db8::1]:80'},
    )
  }
  const colon = text.indexOf(':')
  const onlyHost = colon < 0 || (colon !== text.lastIndexOf(':') && !parseAddress(text.slice(0, colon)))
  if (onlyHost) return accept({host: text, bracketed: false, port: undefined})
  return accept({host: text.slice(0, colon), bracketed: false, port: text.slice(colon + 1)})
}

function parsePort(text: string, address: Address, where: string | undefined, names?: PortNames): Parsed<number> {
  const no = (message: string, hint?: string): Rejected => reject('port-invalid', message, {where, hint})
  if (text === '') return no(`no port follows the colon of ${formatEndpoint(address, 0).slice(0, -1)}`)
  if (/^\d+[-,:]\d*(?:[-,:]\d*)*$/.test(text))
    return no(
      `${text} is more than one port, and one is expected`,
      'IPVS has no port ranges: add a service for each port, or catch them with a firewall mark (-f), or take every port with port 0 and -p',
    )
  if (!/^[a-z]/i.test(text)) {
    const number = parseInteger(text, 'port', where)
    if (number.ok || number.meant === undefined) return number
    return suggest(number, formatEndpoint(address, Number(number.meant)))
  }
  const named = names?.(text)
  if (named !== undefined && isInRange('port', named)) return accept(named)
  return names
    ? no(`no port is called ${shown(text)} (/etc/services)`, `Give its number: ${formatEndpoint(address, 80)}`)
    : no(`${shown(text)} is not a port number`, `Give a number: ${formatEndpoint(address, 80)}`)
}
