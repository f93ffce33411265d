// Steps: effects in order, each with what undoes it. What a role plans, what a dry run prints, what is carried out.

import type {Address} from '../domain/address.ts'
import type {Problem} from '../domain/problem.ts'
import {describeEffect, describeRoute} from './describe.ts'
import type {Effect, HostReader} from './host.ts'
import {inverse} from './inverse.ts'

export interface Step {
  readonly effect: Effect
  /** What undoes it, in order. */
  readonly inverse: readonly Effect[]
  /** The line an operator would type. */
  readonly line: string
  /** What it changes from, where that is worth a word: `was 0`. */
  readonly note?: string
  /** lvsctl's own notes (the state file): carried out with the rest, but not part of what the operator asked for. */
  readonly bookkeeping: boolean
  /** For a dry run, what the line does not say: what is in a file. */
  readonly details?: readonly string[]
}

/** What a role comes to: asked for, computed, not done. */
export interface RolePlan {
  readonly vips: readonly Address[]
  readonly steps: readonly Step[]
  /** What an operator should know about it, all of severity `warning`: errors are thrown. */
  readonly warnings: readonly Problem[]
  /** Of the VIPs those that were here before: what takes the role back leaves them, unless they are named. */
  readonly adopted?: readonly Address[]
  /** How it comes back after a reboot, in a phrase; not given: it does not. */
  readonly kept?: string
  /** Why it will not come back as it should, although that was asked for, in a phrase. */
  readonly notKept?: string
}

type Before = Pick<HostReader, 'sysctl' | 'readFile'>

export function planEffects(
  vips: readonly Address[],
  warnings: readonly Problem[],
  before: Before,
  effects: readonly Effect[],
  /** Why a sysctl is set, where its name does not say. */
  reason: (key: string) => string | undefined = () => undefined,
): RolePlan {
  return {vips, warnings, steps: effects.map((effect) => step(effect, before, reason))}
}

function step(effect: Effect, before: Before, reason: (key: string) => string | undefined): Step {
  const note = noteOf(effect, before, reason)
  return {
    effect,
    inverse: inverse(effect, before),
    line: describeEffect(effect),
    bookkeeping: effect.do === 'write-state' || effect.do === 'remove-state',
    ...(note !== undefined && {note}),
  }
}

function noteOf(effect: Effect, before: Before, reason: (key: string) => string | undefined): string | undefined {
  if (effect.do === 'set-sysctl')
    return [`was ${before.sysctl(effect.key)}`, reason(effect.key)].filter((part) => part !== undefined).join(': ')
  if (effect.do === 'set-mtu') return `was ${effect.was}`
  return effect.do === 'replace-route' ? `was ${describeRoute(effect.was)}` : undefined
}

/** The steps that the operator asked for, each as the line to print before it, notes in one column. */
export function echoLines(steps: readonly Step[]): ReadonlyMap<Step, string> {
  const shown = steps.filter(({bookkeeping}) => !bookkeeping)
  const width = Math.max(0, ...shown.filter(({note}) => note !== undefined).map(({line}) => line.length))
  return new Map(
    shown.map((one) => [
      one,
      `[#] ${one.note === undefined ? one.line : `${one.line.padEnd(width)}    (${one.note})`}`,
    ]),
  )
}
