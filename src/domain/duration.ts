// A time as operators write it: plain seconds, or a number with a unit (`15m`, `2h`). Which times are allowed is the
// integer row's business (integer.ts).

import {type IntegerKind, parseInteger} from './integer.ts'
import type {Parsed} from './parsed.ts'

const secondsPer = {s: 1, m: 60, min: 60, h: 3600, d: 86_400} as const

/** In seconds. */
export function parseDuration(text: string, kind: IntegerKind, where?: string): Parsed<number> {
  const [, amount, unit] = /^([1-9]\d*)(s|m|min|h|d)$/.exec(text) ?? []
  const seconds =
    amount === undefined ? text : `${BigInt(amount) * BigInt(secondsPer[unit as keyof typeof secondsPer])}`
  const parsed = parseInteger(seconds, kind, where)
  if (parsed.ok) return parsed
  const hint = [parsed.problem.hint, 'or a number with a unit: 90s, 15m, 2h, 1d'].filter(Boolean).join('; ')
  return {...parsed, problem: {...parsed.problem, hint}}
}

/** `15 min`, `1 h 30 min`, `2 d`; undefined below a minute, where the seconds say it themselves. */
export function durationWords(seconds: number): string | undefined {
  if (seconds < 60) return undefined
  const units = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['min', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ] as const
  return units.flatMap(([unit, amount]) => (amount > 0 ? [`${amount} ${unit}`] : [])).join(' ')
}
