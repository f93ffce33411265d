// The whole numbers an operator types: one row per kind, and the strict parser that walks it. Decimal digits only: a
// sign, blanks, fractions, hexadecimal and leading zeros are refused, with what was probably meant as the hint.

import {findForeignCharacter, plainText, shown} from './foreign-characters.ts'
import {accept, type Parsed, reject} from './parsed.ts'

export interface IntegerRow {
  /** With its article, for the sentence that says what it is. */
  readonly noun: string
  readonly code: string
  readonly where?: string
  readonly min: number
  readonly max: number
  /** Worth saying to who went below, or above. */
  readonly low?: string
  readonly high?: string
}

const intMax = 2_147_483_647
const month = 2_678_400

/**
 * Weights and thresholds are signed 32 bits in the kernel (include/uapi/linux/ip_vs.h), fwmarks unsigned; persistence
 * and timeouts end where ipvsadm's do, at 31 days. ipvsadm(8) says 65535 for weights and thresholds: out of date for
 * thresholds, and for weights true of upstream builds only.
 */
const integers = {
  port: {noun: 'a port', code: 'port-invalid', min: 0, max: 65_535},
  fwmark: {
    noun: 'a firewall mark',
    code: 'fwmark-invalid',
    where: '-f',
    min: 1,
    max: 4_294_967_295,
    low: '0 is the mark of packets that nobody marked',
  },
  weight: {noun: 'a weight', code: 'weight-invalid', where: '-w', min: 0, max: intMax},
  upperThreshold: {noun: 'an upper threshold', code: 'upper-threshold-invalid', where: '-x', min: 0, max: intMax},
  lowerThreshold: {noun: 'a lower threshold', code: 'lower-threshold-invalid', where: '-y', min: 0, max: intMax},
  persistence: {
    noun: 'a persistence timeout in seconds',
    code: 'persistence-invalid',
    where: '-p',
    min: 1,
    max: month,
    high: 'that is 31 days',
  },
  prefixLength: {noun: 'a prefix length', code: 'netmask-invalid', where: '-M', min: 1, max: 128},
  top: {noun: 'a number of lines', code: 'top-invalid', where: '--top', min: 1, max: intMax},
  tunnelPort: {noun: 'a tunnel port', code: 'tunnel-port-invalid', where: '--tun-port', min: 1, max: 65_535},
  timeout: {noun: 'a timeout in seconds', code: 'timeout-invalid', min: 0, max: month, high: 'that is 31 days'},
  newTimeout: {
    noun: 'a timeout in seconds',
    code: 'timeout-invalid',
    min: 1,
    max: month,
    low: 'what is to stay as it is is left out',
    high: 'that is 31 days',
  },
  syncId: {noun: 'a sync id', code: 'sync-id-invalid', where: '--syncid', min: 0, max: 255},
  syncMaxLength: {noun: 'a message length', code: 'sync-maxlen-invalid', where: '--sync-maxlen', min: 1, max: 65_507},
  multicastPort: {noun: 'a multicast port', code: 'mcast-port-invalid', where: '--mcast-port', min: 1, max: 65_535},
  multicastTtl: {noun: 'a time to live', code: 'mcast-ttl-invalid', where: '--mcast-ttl', min: 1, max: 255},
} as const satisfies Readonly<Record<string, IntegerRow>>

export type IntegerKind = keyof typeof integers

export function integerRow(kind: IntegerKind): IntegerRow {
  return integers[kind]
}

export function isInRange(kind: IntegerKind, value: number): boolean {
  const {min, max} = integerRow(kind)
  return Number.isInteger(value) && value >= min && value <= max
}

/** `where` replaces the row's, for an argument that comes from a file or has another name. */
export function parseInteger(text: string, kind: IntegerKind, where?: string): Parsed<number> {
  const row = integerRow(kind)
  const no = (message: string, hint: string, meant?: string) =>
    reject(row.code, message, {where: where ?? row.where, hint, meant})
  const range = `${capital(row.noun)} is a whole number from ${row.min} to ${row.max}`
  if (!/^(?:0|[1-9]\d*)$/.test(text)) {
    const {message, meant} = explainNumber(text, row)
    const known = meant !== undefined && meant !== '' && isInRange(kind, Number(meant))
    return no(message, range, known ? meant : undefined)
  }
  const value = Number(text)
  if (value < row.min) return no(`${text} is too low for ${row.noun}`, row.low ? `${range}; ${row.low}` : range)
  if (value > row.max)
    return no(`${shown(text)} is too high for ${row.noun}`, row.high ? `${range}; ${row.high}` : range)
  return accept(value)
}

interface Explanation {
  readonly message: string
  /** What was probably meant. */
  readonly meant?: string | undefined
}

/** Why a text is not a plain decimal number: the first pattern that fits. */
function explainNumber(text: string, row: IntegerRow): Explanation {
  if (text === '') return {message: `${row.noun.replace(/^an? /, 'the ')} is missing`}
  const foreign = findForeignCharacter(text)
  if (foreign) return {message: `${shown(text)} contains ${foreign.name}`, meant: plainText(text)}
  const pattern = patterns.find(({form}) => form.test(text))
  if (!pattern) return {message: `${shown(text)} is not ${row.noun}`}
  return {message: `${shown(text)} ${pattern.message}`, meant: pattern.meant?.(text, row)}
}

interface Pattern {
  readonly form: RegExp
  readonly message: string
  readonly meant?: (text: string, row: IntegerRow) => string | undefined
}

const seconds: Readonly<Record<string, number>> = {s: 1, m: 60, min: 60, h: 3600, d: 86_400}

const patterns: readonly Pattern[] = [
  {form: /^\s+$/, message: 'is blank'},
  {form: /^\s|\s$/, message: 'has a blank around it', meant: (text) => text.trim()},
  {form: /^\+\d+$/, message: 'has a sign', meant: (text) => text.slice(1)},
  {
    form: /^-\d+$/,
    message: 'is negative',
    // ipvsadm 1.31 prints and saves marks from 2147483648 on as negative numbers.
    meant: (text, {code}) => (code === 'fwmark-invalid' ? `${Number(text) + 2 ** 32}` : undefined),
  },
  {form: /^0x[\da-f]+$/i, message: 'is hexadecimal, and decimal is expected', meant: (text) => `${Number(text)}`},
  {form: /^0\d+$/, message: 'begins with 0, which may mean octal', meant: (text) => text.replace(/^0+(?=\d)/, '')},
  {
    form: /^\d+(?:s|m|min|h|d)$/,
    message: 'has a unit',
    meant: (text, {noun}) => {
      const [, amount, unit] = /^(\d+)(\D+)$/.exec(text) ?? []
      return noun.includes('seconds') ? `${Number(amount) * (seconds[unit as string] as number)}` : undefined
    },
  },
  {form: /^\d{1,3}(?:[,_']\d{3})+$/, message: 'has separators', meant: (text) => text.replace(/\D/g, '')},
  {form: /^\d+-\d+$/, message: 'is a range, and one number is expected'},
  {form: /^\d+(?:,\d*)+$/, message: 'is a list, and one number is expected'},
  {form: /^\d+\.\d+$/, message: 'is not a whole number'},
]

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
