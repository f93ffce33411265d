// The two streams a command talks to, and what may be put on them: colour and bars where a person looks, plain text
// elsewhere. Nothing here knows what is being shown; the real streams are made in context.ts.

export interface Output {
  write(text: string): void
  /** Nobody reads any more (`| head`): writing is in vain, and no error. */
  readonly closed?: boolean
  /** A person reads this as it is written. */
  readonly terminal: boolean
  /** Width in characters; Infinity where nothing wraps. */
  readonly columns: number
  readonly colour: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

export interface StreamFacts {
  readonly isTTY?: boolean
  readonly columns?: number
}

/**
 * What a stream is good for. LVSCTL_FORCE_TTY=WIDTH makes any stream a terminal of that width, for documentation and
 * demonstrations; NO_COLOR (no-color.org) and TERM=dumb switch colour off, and a dumb terminal is still a terminal.
 */
export function describeStream({isTTY, columns}: StreamFacts, env: Environment): Omit<Output, 'write' | 'closed'> {
  const forced = env.LVSCTL_FORCE_TTY ? Number(env.LVSCTL_FORCE_TTY) || 80 : undefined
  const terminal = forced !== undefined || isTTY === true
  return {
    terminal,
    columns: terminal ? (forced ?? columns ?? 80) : Number.POSITIVE_INFINITY,
    colour: terminal && !env.NO_COLOR && env.TERM !== 'dumb',
  }
}

const colours = {bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39]} as const

export type Paint = Readonly<Record<keyof typeof colours, (text: string) => string>>

export function paintFor({colour}: Pick<Output, 'colour'>): Paint {
  const painter = ([on, off]: readonly [number, number]) =>
    colour ? (text: string) => (text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`) : (text: string) => text
  return Object.fromEntries(Object.entries(colours).map(([name, codes]) => [name, painter(codes)])) as Paint
}

/** `1,998`: the counts in sentences. */
export function formatCount(count: number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `3 servers`, `1 server`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

const scales = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const

/** Four characters or so: `999`, `12.3k`, `4.57M`. Decimal, cut and not rounded: 1999 is not yet `2k`. */
export function scaleNumber(value: bigint): string {
  const digits = String(value)
  if (digits.length <= 4) return digits
  const step = Math.min(Math.floor((digits.length - 1) / 3), scales.length - 1)
  const whole = digits.slice(0, digits.length - step * 3)
  const fraction = digits.slice(whole.length, Math.max(3, whole.length)).replace(/0+$/, '')
  return `${whole}${fraction && `.${fraction}`}${scales[step]}`
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** A bar of so many characters for a share between 0 and 1, in steps of an eighth of one. */
export function bar(share: number, width: number): string {
  const steps = Math.round(Math.min(Math.max(share, 0), 1) * width * 8)
  return '█'.repeat(steps >> 3) + eighths[steps & 7]
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
