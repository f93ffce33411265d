// Why a text is not an address, in one sentence, with what was probably meant. parseAddress decides; this explains, so
// it is read only after parseAddress said no.

import {type Address, formatAddress, parseAddress} from './address.ts'
import {findForeignCharacter, plainText, shown} from './foreign-characters.ts'
import {accept, type Parsed, reject} from './parsed.ts'

/** An address and nothing else: `--vip`, the host part of an endpoint. */
export function parseHost(text: string, where?: string): Parsed<Address> {
  const parsed = parseAddress(text)
  if (parsed) return accept(parsed)
  const {code = 'address-invalid', message, hint, meant} = explainAddress(text)
  return reject(code, message, {where, hint, meant})
}

export interface AddressExplanation {
  readonly code?: string
  readonly message: string
  readonly hint?: string | undefined
  readonly meant?: Address | undefined
}

/** The first row that fits explains. */
export function explainAddress(text: string): AddressExplanation {
  for (const row of rows) {
    const explanation = row(text)
    if (explanation) return explanation
  }
  return {message: `${shown(text)} is not an IP address`}
}

type Row = (text: string) => AddressExplanation | undefined

const rows: readonly Row[] = [
  (text) => (text === '' ? {code: 'address-missing', message: 'the address is missing'} : undefined),
  (text) => {
    const foreign = findForeignCharacter(text)
    return foreign && {message: `${shown(text)} contains ${foreign.name}`, meant: addressIn(plainText(text))}
  },
  (text) => (/\s/.test(text) ? {message: `${shown(text)} contains a blank`, meant: addressIn(text.trim())} : undefined),
  (text) => {
    const [, host] = /^[a-z][a-z\d+.-]*:\/\/([^/]*)/i.exec(text) ?? []
    return host === undefined ? undefined : {message: `${shown(text)} is a URL`, meant: addressIn(host)}
  },
  (text) =>
    text.includes(',')
      ? {message: `${shown(text)} is a list, and one address is expected`, hint: 'Repeat the command for each address'}
      : undefined,
  (text) => {
    const [, alone] = /^([^/]+)\/\d*$/.exec(text) ?? []
    return alone === undefined
      ? undefined
      : {message: `${shown(text)} has a prefix length`, meant: addressIn(alone), hint: 'Give the address alone'}
  },
  (text) => {
    const [, alone, inner] = /^\[([^\]]*)\]?$|^(.*)\]$/.exec(text) ?? []
    const inside = alone ?? inner
    return inside === undefined ? undefined : {message: `${shown(text)} has brackets`, meant: addressIn(inside)}
  },
  (text) => {
    const [, zone] = /^[^%]*:[^%]*(%.*)$/.exec(text) ?? []
    return zone === undefined
      ? undefined
      : {
          message: `${shown(text)} has a zone (${zone})`,
          hint: 'IPVS knows no zones: give a global or unique local address',
        }
  },
  explainEndpoint,
  explainIpv6,
  explainIpv4,
  (text) =>
    /^[a-z\d_](?:[a-z\d_.-]*[a-z\d_])?\.?$/i.test(text)
      ? {
          code: 'address-is-name',
          message: `${text} is a name, not an address, and no names are looked up`,
          hint: `Give the address; getent ahosts ${text} shows it`,
        }
      : undefined,
]

/** `192.0.2.1:80`, `[2001:db8::1]:80`, `www.example.com:80`: the host is what matters here. */
function explainEndpoint(text: string): AddressExplanation | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined) return undefined
  if (!parseAddress(host)) return explainAddress(host)
  return {
    message: `${shown(text)} has a port${port && ` (${port})`}, and an address alone is expected`,
    meant: addressIn(host),
  }
}

function explainIpv6(text: string): AddressExplanation | undefined {
  if (!text.includes(':')) return undefined
  const not = `${shown(text)} is not an IPv6 address`
  if (!/^[\da-f:.]+$/i.test(text)) {
    const wrong = /[^\da-f:.]/i.exec(text)?.[0] as string
    return {message: `${not}: ${shown(wrong)} is not a hexadecimal digit`}
  }
  if (text.includes(':::')) return {message: `${not}: three colons in a row`}
  if (text.split('::').length > 2) return {message: `${not}: :: may stand once`}
  const groups = text.split(':').filter((group) => group !== '')
  const quad = groups.find((group) => group.includes('.'))
  if (quad !== undefined && !parseAddress(quad))
    return {message: `${not}: it ends in ${quad}, which is not an IPv4 address`}
  if (quad !== undefined && quad !== groups.at(-1)) return {message: `${not}: ${quad} must stand at the end`}
  const long = groups.find((group) => group.length > 4 && group !== quad)
  if (long !== undefined) return {message: `${not}: ${long} has more than four digits`, hint: withBrackets(text)}
  if (/^:(?!:)|(?<!:):$/.test(text))
    return {message: `${not}: a single colon at the ${text.startsWith(':') ? 'start' : 'end'}`}
  const count = groups.length + (quad === undefined ? 0 : 1)
  const most = text.includes('::') ? 7 : 8
  if (count > most)
    return {message: `${not}: it has ${count} groups, and ${most} is the most`, hint: withBrackets(text)}
  return {message: `${not}: it has ${count} groups of 8, and no :: stands for the rest`}
}

/** `2001:db8::1:65535` may be an address with its port: then brackets make it one. */
function withBrackets(text: string): string | undefined {
  const endpoint = readAsEndpoint(text)
  return endpoint && `With a port: [${endpoint.address}]:${endpoint.port}`
}

/** The last group of an IPv6 text read as a port, where it can be one. */
export function readAsEndpoint(text: string): {address: Address; port: number} | undefined {
  const at = text.lastIndexOf(':')
  const address = parseAddress(text.slice(0, at))
  const port = text.slice(at + 1)
  if (!address || !/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) return undefined
  return {address, port: Number(port)}
}

function explainIpv4(text: string): AddressExplanation | undefined {
  const parts = text.split('.')
  const strange = parts.filter((part) => !/^(?:\d*|0x[\da-f]*)$/i.test(part))
  // One word among numbers is an unfinished address (192.168.1.x); more words are a name.
  if (strange.length > (parts.length === 4 ? 1 : 0)) return undefined
  const not = `${shown(text)} is not an IPv4 address`
  if (strange[0] !== undefined) return {message: `${not}: ${shown(strange[0])} is not a number`}
  if (parts.includes(''))
    return {message: `${not}: a number is missing ${text.startsWith('.') ? 'before' : 'after'} a dot`}
  if (parts.length > 4) return {message: `${not}: it has ${parts.length} numbers instead of 4`}
  if (/^\d+$/.test(text))
    return {message: `${not}: it has 1 number instead of 4`, hint: 'A port stands behind its address, 192.0.2.1:80'}
  const reading = lenientIpv4(text)
  const lenient = reading ? ` (ipvsadm would take it for ${reading})` : ''
  const hexadecimal = parts.find((part) => /^0x/i.test(part))
  if (hexadecimal) return {message: `${not}: ${hexadecimal} is hexadecimal${lenient}`, meant: addressIn(reading)}
  const octal = parts.find((part) => /^0\d/.test(part))
  if (octal) {
    const decimal = parts.map((part) => part.replace(/^0+(?=\d)/, '')).join('.')
    return {message: `${not}: ${octal} begins with 0, which may mean octal${lenient}`, meant: addressIn(decimal)}
  }
  if (parts.length < 4)
    return {message: `${not}: it has ${parts.length} numbers instead of 4${lenient}`, meant: addressIn(reading)}
  const high = parts.find((part) => Number(part) > 255)
  return {message: `${not}: ${shown(high as string)} is above 255`}
}

/**
 * What inet_aton(3), and so ipvsadm, makes of a text: one to four numbers in C notation, of which the last fills the
 * bytes that are left.
 */
export function lenientIpv4(text: string): Address | undefined {
  const parts = text.split('.')
  if (parts.length > 4) return undefined
  const numbers = parts.map(cNumber)
  const last = numbers.pop() as number
  const free = 4 - numbers.length
  if (!numbers.every((number) => number < 256) || !(last < 256 ** free)) return undefined
  const bytes = Uint8Array.from([...numbers, ...Array<number>(free).fill(0)])
  for (let rest = last, at = 3; at >= 4 - free; rest = Math.floor(rest / 256)) bytes[at--] = rest % 256
  return formatAddress(bytes)
}

/** NaN for what strtoul(3) with base 0 would not read to its end. */
function cNumber(text: string): number {
  if (/^0x[\da-f]+$/i.test(text)) return Number(text)
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  return /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN
}

function addressIn(text: string | undefined): Address | undefined {
  return text === undefined ? undefined : parseAddress(text)
}
