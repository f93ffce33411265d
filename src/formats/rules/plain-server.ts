// The one line of which nearly every file consists, `-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 3` just as it is written by
// save, read without being split: 100,000 of them are most of the time a restore takes. What is not exactly so is for
// line.ts and settings.ts to read, who also say what is wrong with it.

import {type Address, familyOf, parseAddress} from '../../domain/address.ts'
import {type ForwardingMethod, plainTunnel} from '../../domain/forwarding.ts'
import type {Server, ServerKey} from '../../domain/server.ts'
import {plainDecimal} from '../saved/held.ts'

/** What stands between the service and the server; `at` and `end` of plainServer are behind it and at the line's end. */
export const serverPrefix = (naming: string): string => `-a ${naming} -r `

export function plainServer(text: string, at: number, end: number): Server | undefined {
  const blank = text.indexOf(' ', at)
  // As long as ` -m -w 3`.
  if (blank < 0 || blank + 8 > end || text.charCodeAt(blank + 1) !== dash) return undefined
  const forwarding = methodOf(text.charCodeAt(blank + 2))
  if (forwarding === undefined || !text.startsWith(' -w ', blank + 3)) return undefined
  const weight = weightIn(text, blank + 7, forwarding === 'tunneling' ? endOfTunnel(text, end) : end)
  if (weight < 0) return undefined
  const key = plainEndpoint(text, at, blank)
  if (key === undefined) return undefined
  const {address, port} = key
  return {address, port, forwarding, weight, upperThreshold: 0, lowerThreshold: 0, tunnel: plainTunnel}
}

/** What nearly every rule has, `192.0.2.1:80` or `[2001:db8::1]:80`; any other form is parseEndpoint's to read. */
export function plainEndpoint(text: string, from: number, to: number): ServerKey | undefined {
  const colon = text.lastIndexOf(':', to - 1)
  if (colon < from + 2) return undefined
  const port = plainDecimal(text, colon + 1, to)
  if (port < 0 || port > 65_535) return undefined
  const bracketed = text.charCodeAt(from) === openBracket
  if (bracketed && text.charCodeAt(colon - 1) !== closeBracket) return undefined
  const address: Address | undefined = parseAddress(
    bracketed ? text.slice(from + 1, colon - 1) : text.slice(from, colon),
  )
  // Brackets are for IPv6, and IPv6 with a port needs them.
  if (address === undefined || (familyOf(address) === 'ipv6') !== bracketed) return undefined
  return {address, port}
}

function methodOf(letter: number): ForwardingMethod | undefined {
  return letter === 0x6d ? 'masquerading' : letter === 0x67 ? 'gatewaying' : letter === 0x69 ? 'tunneling' : undefined
}

function weightIn(text: string, from: number, to: number): number {
  const weight = plainDecimal(text, from, to)
  return weight > 2_147_483_647 ? -1 : weight
}

const tunnel = ' --tun-type ipip'

const endOfTunnel = (text: string, end: number): number =>
  text.startsWith(tunnel, end - tunnel.length) ? end - tunnel.length : end

const dash = 0x2d
const openBracket = 0x5b
const closeBracket = 0x5d
