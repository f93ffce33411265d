// Which format a text is in, from what its first lines look like.

import type {SavedFormat} from './saved-format.ts'

export type Recognised =
  | {readonly format: SavedFormat}
  /** `taken`: what it is taken for instead, where that is known. */
  | {readonly format: undefined; readonly taken: string | undefined; readonly at: number}

/** The first line that says something decides; a text that says nothing is a file of no rules. */
export function recognise(text: string): Recognised {
  const lines = /[^\S\n]*(\S[^\n]*)/g
  lines.lastIndex = text.startsWith('\ufeff') ? 1 : 0
  let first: number | undefined
  for (let match = lines.exec(text); match; match = lines.exec(text)) {
    const line = (match[1] as string).slice(0, 500)
    if (line.startsWith('#')) continue
    const row = first === undefined ? shapes.find(({shape}) => shape.test(line)) : undefined
    if (row) return {format: row.format}
    // Some prose before the rules is the rules' problem to name.
    if (rule.test(line)) return {format: 'rules'}
    first ??= match.index + match[0].length - (match[1] as string).length
  }
  if (first === undefined) return {format: 'rules'}
  const rest = text.slice(first, first + 500)
  return {format: undefined, taken: strangers.find(({shape}) => shape.test(rest))?.name, at: first}
}

/** Any dash: what a word processor made of one is for the parser to say. */
const rule = /^(?:(?:sudo\s+)?(?:\S*\/)?ipvsadm(?:\s|$)|[-\u2010-\u2015\u2212\uff0d]{1,2}[A-Za-z])/

const shapes: readonly {readonly shape: RegExp; readonly format: SavedFormat}[] = [
  {shape: /^[{[]/, format: 'json'},
  {shape: /^(?:---(?:\s|$)|%YAML)/, format: 'yaml'},
  {shape: rule, format: 'rules'},
  {shape: /^(?:- |["'\u201c]?[A-Za-z_][\w-]*["'\u201d]?[^\S\n]*[:\uff1a](?:\s|$))/, format: 'yaml'},
]

/** What people have at hand instead. */
const strangers = [
  {shape: /^IP Virtual Server version/, name: 'the listing of ipvsadm -L; ipvsadm -Sn writes rules'},
  {shape: /^(?:global_defs|vrrp_|virtual_server)/, name: 'a configuration of keepalived'},
  {shape: /^virtual\s*=/, name: 'a configuration of ldirectord'},
] as const
