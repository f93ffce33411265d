// From anything thrown to what a command ends with: one LvsctlError, its text for people, its object for programs, its
// exit code. oclif's own complaints about arguments are put into our words here.

import {nearest} from '../domain/nearest.ts'
import {LvsctlError, type Problem} from '../domain/problem.ts'
import {figureFlags, filterFlags, orderFlags, serverSettingFlags, serviceSettingFlags, watchFlags} from './flags.ts'
import type {Paint} from './output.ts'
import {problemShape} from './problem-shape.ts'

/** Of a command: what is needed to talk about its arguments. */
export interface Usage {
  /** `server add` */
  readonly name: string
  readonly flags: Readonly<Record<string, {readonly char?: string | undefined}>>
}

export function explainThrown(thrown: unknown, usage: Usage): LvsctlError {
  if (thrown instanceof LvsctlError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return explainUsage(error as ParserError, usage) ?? explainSystem(error) ?? unexpected(error)
}

/** What the system refuses is no fault of ours. */
function explainSystem(error: NodeJS.ErrnoException): LvsctlError | undefined {
  const {code, path} = error
  if (code === 'EACCES' && path !== undefined)
    return new LvsctlError({
      failure: 'permission',
      code: 'file-not-permitted',
      message: `not permitted: ${path} is for others`,
      hint: 'Try: sudo lvsctl …',
      cause: error,
    })
  if (code === 'ENOSPC')
    return new LvsctlError({
      failure: 'unexpected',
      code: 'no-space',
      message: `no space left to write to${path === undefined ? '' : `: ${path}`}`,
      hint: 'What was written is not whole. How full it is: df -h',
      cause: error,
    })
  return undefined
}

function unexpected(error: Error): LvsctlError {
  return new LvsctlError({
    failure: 'unexpected',
    code: 'unexpected',
    message: `unexpected: ${error.message || error.name}`,
    hint: 'A fault of lvsctl or of the machine: --verbose shows where',
    cause: error,
  })
}

/** What oclif's parser throws has classes that cannot be imported; fields and words are all there is to tell them by. */
interface ParserError extends Error {
  readonly parse?: unknown
  readonly flags?: readonly string[]
  readonly args?: readonly unknown[]
}

interface Rule {
  readonly pattern: RegExp
  explain(match: RegExpExecArray, usage: Usage, error: ParserError): Problem
}

const error = (code: string, message: string, hint?: string): Problem =>
  hint === undefined ? {code, severity: 'error', message} : {code, severity: 'error', message, hint}

const rules: readonly Rule[] = [
  {
    pattern: /^Nonexistent flags?: /,
    explain: (_match, usage, {flags = []}) => unknownOption(flags[0] ?? '', usage),
  },
  {
    pattern: /^Unexpected arguments?: /,
    explain: (_match, usage, {args = []}) =>
      error(
        'argument-unexpected',
        `${args.map((one) => `"${one}"`).join(', ')}: ${usage.name} does not take ${args.length === 1 ? 'this argument' : 'these arguments'}`,
        `What it takes: lvsctl ${usage.name} --help`,
      ),
  },
  {
    pattern: /^Flag --(\S+) expects (?:a value|one of these values: (.*))/,
    explain: ([, name = '', choices], usage) =>
      error(
        'value-missing',
        `${spellFlag(name, usage)} needs a value`,
        choices ? `One of ${choices}` : `What it takes: lvsctl ${usage.name} --help`,
      ),
  },
  {
    pattern: /^Flag --(\S+) can only be specified once/,
    explain: ([, name = ''], usage) => error('option-repeated', `${spellFlag(name, usage)} is given more than once`),
  },
  {
    pattern: /^Missing \d+ required args?:\n(\S+) *(.*)/,
    explain: ([, name = '', what = ''], usage) => {
      const word = name.toUpperCase()
      const meaning = what === '' ? '' : `${word}: ${what.replace(/\.$/, '')}. `
      return error(
        'argument-missing',
        `${usage.name} needs ${/^[AEIOU]/.test(word) ? 'an' : 'a'} ${word}`,
        `${meaning}What it takes: lvsctl ${usage.name} --help`,
      )
    },
  },
  {
    pattern: /^Parsing --(\S+) ?\n\s*Expected (.*)/,
    explain: ([, name = '', expected = ''], usage) =>
      error('value-invalid', `${spellFlag(name, usage)}: expected ${expected}`),
  },
  {
    pattern: /^Expected --(\S+?)=(.*) to be one of: (.*)/,
    explain: ([, name = '', given = '', choices = ''], usage) => {
      const [near] = nearest(given, choices.split(', '))
      return error(
        'value-unknown',
        `${spellFlag(name, usage)}: "${given}" is none of its values`,
        `${near ? `Did you mean ${near}? ` : ''}All: ${choices}`,
      )
    },
  },
]

function explainUsage(thrown: ParserError, usage: Usage): LvsctlError | undefined {
  for (const {pattern, explain} of rules) {
    const match = pattern.exec(thrown.message)
    if (!match) continue
    const {code, message, hint} = explain(match, usage, thrown)
    return new LvsctlError({failure: 'usage', code, message, hint, cause: thrown})
  }
  return undefined
}

function unknownOption(given: string, usage: Usage): Problem {
  const near = nearest(given, given.startsWith('--') ? longOptions(usage.flags) : [])[0]
  const home = otherHomes.find(({flags}) => longOptions(flags).includes(given) || shortOptions(flags).includes(given))
  const hint =
    near !== undefined
      ? `Did you mean ${near}?`
      : home !== undefined
        ? `It belongs to: lvsctl ${home.commands}`
        : `What it takes: lvsctl ${usage.name} --help`
  return error('option-unknown', `${usage.name} has no option ${given}`, hint)
}

type Flags = Usage['flags']

/** Where an option is at home that was tried elsewhere: the weight of a service, the scheduler of a server. */
const otherHomes: readonly {readonly commands: string; readonly flags: Flags}[] = [
  {commands: 'service add|edit', flags: serviceSettingFlags},
  {commands: 'server add|edit', flags: serverSettingFlags},
  {commands: 'list', flags: {...figureFlags, ...orderFlags, ...watchFlags, ...filterFlags}},
]

const longOptions = (flags: Flags): readonly string[] => Object.keys(flags).map((name) => `--${name}`)

const shortOptions = (flags: Flags): readonly string[] =>
  Object.values(flags).flatMap(({char}) => (char ? [`-${char}`] : []))

/** As fingers know it: `-t` rather than `--tcp-service`. */
function spellFlag(name: string, {flags}: Usage): string {
  const char = flags[name]?.char
  return char ? `-${char}` : `--${name}`
}

/** `✗ what is wrong`, with the way out below; several problems one after the other. */
export function errorText(error: LvsctlError, paint: Paint, {stack}: {readonly stack: boolean}): string {
  const several = error.problems.length > 1
  const parts = several
    ? error.problems.map(({where, message, hint}) => ({message: where ? `${where}: ${message}` : message, hint}))
    : [{message: error.message, hint: error.hint}]
  const lines = parts.flatMap(({message, hint}) => [
    `${paint.red('✗')} ${indent(message)}`,
    ...(hint ? [`  ${indent(hint)}`] : []),
  ])
  if (several && error.hint) lines.push(`  ${indent(error.hint)}`)
  if (stack) lines.push(...stackLines(error))
  return `${lines.join('\n')}\n`
}

const indent = (text: string): string => text.replaceAll('\n', '\n  ')

/** Of the error and of what caused it, outermost first. */
function stackLines(error: Error): readonly string[] {
  const own = error.stack ?? error.message
  return error.cause instanceof Error ? [own, 'because of', ...stackLines(error.cause)] : [own]
}

export function errorObject(error: LvsctlError): object {
  return {
    error: {
      code: error.code,
      exit: error.exit,
      message: error.message,
      hint: error.hint ?? null,
      problems: error.problems.map(problemShape),
    },
  }
}
