// An esbuild plugin that makes a bundled oclif load what is used and nothing else. oclif's files require everything they
// may ever need at their top; here a file runs when something of it is first used. What serves to find plugins in the file
// system, and to talk about it, is left out: a program that knows its commands never does.

import {readFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import type {Plugin} from 'esbuild'

const absent = ['typescript', 'ts-node', 'tinyglobby', 'minimatch', 'lilconfig', 'get-package-type', 'semver']

/** Package → what stands in its place. One that is absent says so when it is used after all. */
const replacements: Readonly<Record<string, string>> = {
  // Serves DEBUG=oclif*, which tells how plugins are found. Every command makes one, and it brings terminals and colours.
  debug: 'module.exports = () => () => {}',
  'wsl-utils': 'module.exports = {isWsl: false}',
  // inquirer's question that opens an editor, which nobody asks here: it brings the character sets of the world, half a megabyte.
  '@inquirer/external-editor': absence('@inquirer/external-editor'),
  ...Object.fromEntries(absent.map((name) => [name, absence(name)])),
}

function absence(name: string): string {
  const trap = `(_, key) => { if (!['__esModule', 'default'].includes(key)) throw new Error('lvsctl is built without ${name}') }`
  return `module.exports = new Proxy({}, {get: ${trap}})`
}

/** command.js listens for EPIPE on process.stdout, which thereby is made, with the network modules; we write without it. */
const listener = /^process\.stdout\.on\('error', \(err\) => \{\n.*?^\}\);$/ms

export const leanOclif: Plugin = {
  name: 'lean-oclif',
  setup({onResolve, onLoad}) {
    onResolve({filter: new RegExp(`^(${Object.keys(replacements).join('|')})$`)}, ({path}) => ({
      path,
      namespace: 'replacement',
    }))
    onLoad({filter: /.*/, namespace: 'replacement'}, ({path}) => ({contents: replacements[path] ?? ''}))
    onLoad({filter: /\/@oclif\/core\/lib\/.*\.js$/}, async ({path}) => {
      const text = await readFile(path, 'utf8')
      const isCommand = path.endsWith('/lib/command.js')
      if (isCommand && !listener.test(text)) throw new Error(`${path} does not listen to process.stdout as it did`)
      return {contents: requireLate(isCommand ? text.replace(listener, '') : text), resolveDir: dirname(path)}
    })
  },
}

/**
 * In what TypeScript made of a module: `const x_1 = require("./x")` to a function that requires at its first call, and
 * `x_1.y` to a call of it. A name that is used in any other way keeps its require where it is.
 */
export function requireLate(text: string): string {
  const imports = text.matchAll(/^const (\w+) = ((?:__importDefault\(|__importStar\()?require\("[^"]+"\)\)?);$/gm)
  let out = text
  for (const [line, name = '', value = ''] of imports) {
    const uses = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, 'g')
    const [before = '', after = ''] = out.split(line)
    const rest = before + after
    if ([...rest.matchAll(uses)].some((use) => rest[use.index + name.length] !== '.')) continue
    const call = `(late_${name}())`
    const late = `let value_${name}; function late_${name}() { return value_${name} ??= ${value}; }`
    out = before.replace(uses, call) + late + after.replace(uses, call)
  }
  return requireReexportsLate(out)
}

/** `var x_1 = require("./x"); Object.defineProperty(exports, "y", {…get: function () { return x_1.y; }})` */
function requireReexportsLate(text: string): string {
  const imports = text.matchAll(/^var (\w+) = (require\("[^"]+"\));$/gm)
  let out = text
  for (const [line, name = '', value = ''] of imports)
    out = out.replace(line, '').replace(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, 'g'), `(${value})`)
  return out
}
