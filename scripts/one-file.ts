// One file for Node of what esbuild splits by use. Every part is a function, called when something in it is first needed: of
// a part that is not, V8 unpacks no function, and a command starts as quickly as if the others were not there. One file,
// because a start that opens fifty takes longer than one that reads what it does not need.

import {basename} from 'node:path'
import {type ExportSpecifier, type ImportSpecifier, ImportType, init, parse} from 'es-module-lexer'
import {type BuildOptions, build} from 'esbuild'
import {bundleOptions} from './bundle-options.ts'

/** `require(file)(exports, require, module, file, folder)`, and the same as the value of a script (bin/lvsctl). */
const opening =
  "(typeof module === 'object' ? module : {}).exports = function (exports, require, module, __filename, __dirname) {'use strict';"

/**
 * A part that is being loaded is there already: parts do not need each other in circles (see `inOrder`). What parts call has
 * a name that none of them has for something of its own, which would stand before it.
 */
const loading = `
const loaded = {};
function $part(name) { return loaded[name] ?? (parts[name](loaded[name] = {}), loaded[name]); }
function $later(name) { return new Promise(resolve => resolve($part(name))); }
function $exportAll(value, exports) {
  exports.default = value;
  for (const name of Object.keys(value)) if (!(name in exports)) Object.defineProperty(exports, name, {get: () => value[name]});
}
function $builtin(name) { return new Promise(resolve => resolve(require(name))); }
`

interface Part {
  readonly name: string
  readonly text: string
  /** Of the parts that it needs to begin. */
  readonly needs: readonly string[]
}

/** The program whose entry this is, with what it exports. */
export async function oneFile(options: Pick<BuildOptions, 'plugins'> & {readonly entry: string}): Promise<string> {
  const {entry, plugins = []} = options
  await init
  const {banner, ...shared} = bundleOptions
  const {outputFiles} = await build({
    ...shared,
    format: 'esm',
    splitting: true,
    entryPoints: [entry],
    outdir: 'out',
    write: false,
    plugins,
  })
  const parts = outputFiles.map(({path, text}) => partOf(basename(path), text))
  inOrder(parts)
  const functions = parts.map(({name, text}) => `${JSON.stringify(name)}(exports) {${text}}`)
  const main = JSON.stringify(basename(entry).replace(/\.ts$/, '.js'))
  return ascii(
    `${opening}${banner.js}${loading}const parts = {\n${functions.join(',\n')}\n};\nObject.assign(exports, $part(${main}));}\n`,
  )
}

/** As a function's body: what it imports comes from `$part` and `require`, and what it exports goes to `exports`. */
function partOf(file: string, text: string): Part {
  const [imports, exports] = parse(text)
  let body = ''
  let end = 0
  for (const one of imports) {
    if (one.t === ImportType.ImportMeta)
      throw new Error(`${file} asks for import.meta, which the build should have replaced`)
    body += text.slice(end, one.ss) + imported(one, text)
    end = one.se
  }
  const needs = imports.filter(({t, n}) => t === ImportType.Static && isPart(n)).map(({n}) => basename(n as string))
  return {name: file, text: withExports(body + text.slice(end), exports), needs}
}

const isPart = (name: string | undefined): boolean => name?.startsWith('./') ?? false

function imported({t, n: from, ss, se}: ImportSpecifier, text: string): string {
  const statement = text.slice(ss, se)
  // Known at run time only.
  if (from === undefined) return statement
  const name = JSON.stringify(isPart(from) ? basename(from) : from)
  if (t === ImportType.Dynamic) return isPart(from) ? `$later(${name})` : `$builtin(${name})`
  const value = isPart(from) ? `$part(${name})` : `require(${name})`
  const [, whole, names] =
    /^import(?:\s*(?:\*\s*as\s+)?([\w$]+)\s*,?)?(?:\s*\{([^}]*)\})?\s*(?:from)?\s*["']/.exec(statement) ?? []
  // A module of Node is its own default export.
  const targets = [whole, names && `{${names.replaceAll(/\s+as\s+/g, ': ')}}`].filter(Boolean)
  return targets.length === 0 ? value : `const ${targets.map((target) => `${target} = ${value}`).join(', ')}`
}

/**
 * esbuild exports in one statement, the last: `export{a,b as c};`, or, of what is CommonJS, `export default a();`, whose
 * names Node would give to whoever imports it late.
 */
function withExports(text: string, exports: readonly ExportSpecifier[]): string {
  if (exports.length === 0) return text
  const [all, commonJs] = /export default (\w+\(\));\s*$/.exec(text) ?? /export\s*\{[^}]*\};\s*$/.exec(text) ?? []
  if (all === undefined) throw new Error(`not exported as expected: ${text.slice(-200)}`)
  const values = exports.map(({n, ln}) => `exports.${n} = ${ln};`)
  return text.slice(0, -all.length) + (commonJs ? `$exportAll(${commonJs}, exports);` : values.join(''))
}

/** Throws where two parts need each other to begin: one of them would be given what is not there yet. */
function inOrder(parts: readonly Part[]): void {
  const byName = new Map(parts.map((one) => [one.name, one]))
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new Error(`these parts need each other: ${[...path, name].join(' → ')}`)
    if (done.has(name)) return
    for (const other of byName.get(name)?.needs ?? []) visit(other, [...path, name])
    done.add(name)
  }
  for (const {name} of parts) visit(name, [])
}

/** Of any character beyond, V8 would make the whole program a text of two bytes a character. esbuild leaves them in regular expressions. */
function ascii(code: string): string {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
