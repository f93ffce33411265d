// Plain values as YAML that is pleasant to read and edit: two blanks for each level, short lists on one line, quotes only
// where the text could be taken for something else. For a model whose keys are plain words; a library that writes any
// value takes seconds for a large table.

import type {Json} from './fields.ts'

type Mapping = {readonly [key: string]: Json}

export function formatYaml(mapping: Mapping): string {
  const parts: string[] = []
  writeMapping(mapping, '', '', parts)
  return parts.join('')
}

/** `first`: what stands before the first key, in the place of the indent. */
function writeMapping(mapping: Mapping, first: string, indent: string, parts: string[]): void {
  let before = first
  for (const key in mapping) {
    const value = mapping[key]
    if (value === undefined) continue
    parts.push(before, key, ':')
    before = indent
    if (isList(value) && value.length > 0 && typeof value[0] === 'object') {
      parts.push('\n')
      for (const item of value) writeMapping(item as Mapping, `${indent}  - `, `${indent}    `, parts)
    } else if (isMapping(value) && Object.keys(value).length > 0) {
      parts.push('\n')
      writeMapping(value, `${indent}  `, `${indent}  `, parts)
    } else parts.push(' ', inline(value), '\n')
  }
}

function inline(value: Json): string {
  if (isList(value)) return `[${value.map(inline).join(', ')}]`
  if (isMapping(value)) return '{}'
  return typeof value === 'string' && plain.test(value) && !reserved.test(value) ? value : quoted(value)
}

/** JSON's quotes are YAML's, and its escapes keep what is not ASCII apart from what is foreign. */
function quoted(value: Json): string {
  return asciiJson(JSON.stringify(value))
}

export function asciiJson(text: string): string {
  return text.replace(/[^\x20-\x7e\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Words, endpoints of services, IPv4 addresses: nothing that YAML 1.1 or 1.2 takes for a number, a time or a key. */
const plain = /^(?:[A-Za-z][\w./-]*|[a-z][\w-]*:\/\/[\d.]+(?::\d+)?|\d+\.\d+\.\d+\.\d+)$/

const reserved = /^(?:true|false|yes|no|on|off|null|y|n)$/i

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

const isMapping = (value: Json): value is Mapping => typeof value === 'object' && value !== null && !isList(value)
