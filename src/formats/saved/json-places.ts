// Where the keys and values of a JSON text are, and where it stops being one (RFC 8259). JSON.parse is quicker and says
// neither; this reads a text only after something is wrong with it.

import type {Path} from './read-model.ts'

export interface JsonPlaces {
  /** The offset of a value, or of the key that it stands behind; of what is nearest around it where it is not there. */
  readonly find: (path: Path | undefined, atKey: boolean) => number
  /** Where the text stops being JSON, and what should be there. */
  readonly failure: {readonly at: number; readonly expected: string} | undefined
}

export function findJsonPlaces(text: string, wanted: readonly (Path | undefined)[]): JsonPlaces {
  const tree = wantedTree(wanted)
  const failure = scan(text, tree)
  const find = (path: Path | undefined, atKey: boolean): number => {
    const node = nodeOf(tree, path)
    return (atKey ? node.keyAt : node.at) ?? node.at ?? (path ? find(path.up, false) : 0)
  }
  return {find, failure}
}

/** The paths that are asked for, and on the way down their places as they are come by. */
interface Node {
  at?: number
  keyAt?: number
  readonly below: Map<string | number, Node>
}

function wantedTree(wanted: readonly (Path | undefined)[]): Node {
  const root: Node = {below: new Map()}
  for (const path of wanted) nodeOf(root, path)
  return root
}

function nodeOf(root: Node, path: Path | undefined): Node {
  if (!path) return root
  const up = nodeOf(root, path.up)
  let node = up.below.get(path.key)
  if (!node) {
    node = {below: new Map()}
    up.below.set(path.key, node)
  }
  return node
}

const space = /[ \t\n\r]*/y
const scalar =
  /"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\p{Cc}]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy

/** What is open around a place. */
interface Level {
  readonly array: boolean
  readonly node: Node | undefined
  index: number
}

/** Without recursion, so that depth costs nothing but memory. */
function scan(text: string, root: Node): JsonPlaces['failure'] {
  const levels: Level[] = []
  let at = 0
  let node: Node | undefined = root
  const skip = () => {
    space.lastIndex = at
    space.exec(text)
    at = space.lastIndex
  }
  const match = (): string | undefined => {
    scalar.lastIndex = at
    return scalar.exec(text)?.[0]
  }
  const fail = (expected: string) => ({at, expected})
  /** Reads a key and its colon; the value comes next. */
  const readKey = (level: Level): string | undefined => {
    const key = text.charAt(at) === '"' ? match() : undefined
    if (key === undefined) return 'a key in double quotes'
    node = level.node?.below.get(JSON.parse(key) as string)
    if (node) node.keyAt = at
    at += key.length
    skip()
    if (text.charAt(at) !== ':') return 'a colon'
    at++
    return undefined
  }
  for (;;) {
    // Here a value begins.
    skip()
    if (node) node.at ??= at
    const opening = text.charAt(at)
    if (opening === '[' || opening === '{') {
      const level: Level = {array: opening === '[', node, index: 0}
      at++
      skip()
      if (text.charAt(at) === (level.array ? ']' : '}')) at++
      else {
        levels.push(level)
        if (level.array) node = level.node?.below.get(0)
        else {
          const missing = readKey(level)
          if (missing !== undefined) return fail(missing)
        }
        continue
      }
    } else {
      const value = match()
      if (value === undefined) return fail('a value')
      at += value.length
    }
    // Behind a value: what comes next in what it stands in.
    for (;;) {
      skip()
      const level: Level | undefined = levels.at(-1)
      if (!level) return at < text.length ? fail('the end of the file') : undefined
      const next = text.charAt(at)
      if (next === ',') {
        at++
        skip()
        if (level.array) node = level.node?.below.get(++level.index)
        else {
          const missing = readKey(level)
          if (missing !== undefined) return fail(missing)
        }
        break
      }
      if (next !== (level.array ? ']' : '}')) return fail(level.array ? 'a comma or ]' : 'a comma or }')
      at++
      levels.pop()
    }
  }
}
