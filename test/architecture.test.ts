// Holds the arrows of docs/architecture.md: which room may import which, what the pure rooms must not touch, and which
// file may import which npm package. Reads the imports as text, so it also says when it sees too little to be true.

import {globSync, readFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {describe, expect, test} from 'vitest'

const root = join(import.meta.dirname, '..')

/** Room → the rooms it may import besides itself and domain. A dynamic import is an arrow like any other. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  plan: [],
  formats: [],
  netlink: [],
  native: ['netlink'],
  ipvs: ['plan', 'netlink', 'native'],
  host: ['plan', 'netlink', 'native'],
  persist: ['plan', 'host'],
  realserver: ['plan', 'host', 'persist'],
  director: ['plan', 'host', 'persist'],
  table: ['plan', 'formats', 'ipvs'],
  state: ['plan', 'formats', 'ipvs', 'host', 'table'],
  ipvsadm: ['plan', 'formats', 'ipvs', 'native'],
  wizard: ['formats', 'host'],
  connections: ['formats'],
  completion: ['table', 'ipvs', 'formats'],
  lab: [],
  cli: ['plan', 'formats', 'netlink', 'native', 'ipvs', 'host', 'persist', 'table', 'connections'],
  commands: [
    'plan',
    'formats',
    'ipvs',
    'host',
    'table',
    'state',
    'persist',
    'realserver',
    'director',
    'wizard',
    'connections',
    'completion',
    'lab',
    'cli',
  ],
  entry: ['cli', 'commands', 'completion', 'ipvsadm'],
}

const pureRooms = ['domain', 'plan', 'formats', 'netlink']

/** What a pure room must not mention: the clock, chance, the process, the streams, the network, the file system. */
const impure =
  /\bprocess[.[]|[=(] ?process\b|\bDate\b|Math\.random|\b(?:performance|crypto|console|globalThis|Atomics)\.|\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch|require)\(|'node:(?!util)/

/** npm package → the only files that may import it. */
const guests: Readonly<Record<string, RegExp>> = {
  '@oclif/core': /^src\/(cli|commands|entry)\//,
  'cli-table3': /^src\/cli\//,
  inquirer: /^src\/cli\/prompt\.ts$/,
  yaml: /^src\/formats\//,
}

interface Module {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

const modules: readonly Module[] = globSync('{src,native}/**/*.ts', {cwd: root}).map((path) => {
  const text = readFileSync(join(root, path), 'utf8')
  const specifiers = [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()\s*'([^']+)'/g)].map(
    (match) => match[1] as string,
  )
  return {path, text, imports: specifiers}
})

const roomOf = (path: string): string => (path.startsWith('native/') ? 'native' : (path.split('/')[1] as string))

const localImports = ({path, imports}: Module): readonly string[] =>
  imports.filter((one) => one.startsWith('.')).map((one) => relative(root, join(root, dirname(path), one)))

test('it sees the whole house', () => {
  expect(modules.length).toBeGreaterThan(60)
  expect(modules.flatMap(localImports).length).toBeGreaterThan(150)
})

test('every room is on the map', () => {
  expect([...new Set(modules.map(({path}) => roomOf(path)))].sort()).toEqual(Object.keys(arrows).sort())
})

describe('arrows', () => {
  test.each(modules.map((module) => [module.path, module] as const))('%s', (_path, module) => {
    const room = roomOf(module.path)
    const allowed = [room, 'domain', ...(arrows[room] ?? [])]
    const wrong = localImports(module).filter(
      (target) => /^(src|native)\//.test(target) && !allowed.includes(roomOf(target)),
    )
    expect(wrong, `${room} may import ${allowed.join(', ')}`).toEqual([])
  })
})

test.each([
  'const {argv} = process',
  'process.exit()',
  "process['env']",
  'run(process)',
  'new Date()',
  'console.log(1)',
  "import 'node:fs'",
  "await import('node:fs')",
  'globalThis.fetch',
])('%s is not pure', (text) => expect(impure.test(text)).toBe(true))

test('pure rooms touch nothing outside their arguments', () => {
  const offenders = modules.filter(
    ({path, text}) => pureRooms.includes(roomOf(path)) && impure.test(withoutComments(text)),
  )
  expect(offenders.map(({path}) => path)).toEqual([])
})

test('npm packages are imported where the table says', () => {
  const strangers = modules.flatMap(({path, imports}) =>
    imports
      .filter((one) => !/^(\.|node:)/.test(one))
      .filter((one) => !guests[packageName(one)]?.test(path))
      .map((one) => `${path} imports ${one}`),
  )
  expect(strangers).toEqual([])
})

test('no file imports itself through others', () => {
  const graph = new Map(modules.map((module) => [module.path, localImports(module)]))
  expect(findCycle(graph)).toEqual([])
})

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return []
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next, [...trail, path])
      if (cycle.length > 0) return cycle
    }
    done.add(path)
    return []
  }
  for (const path of graph.keys()) {
    const cycle = visit(path, [])
    if (cycle.length > 0) return cycle
  }
  return []
}
