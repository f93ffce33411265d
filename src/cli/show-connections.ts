// One reading of the connections, from the file to the stream: listed as they come, or counted and then shown.

import {type Counting, countings} from '../connections/count.ts'
import {type ConnectionFilter, isFiltered} from '../connections/filter.ts'
import {type ConnectionFile, openConnections} from '../connections/source.ts'
import {keyLength, Tally} from '../connections/tally.ts'
import {newPassage, type Passage, passageProblems, type Walker, walkConnections} from '../connections/walk.ts'
import type {Problem} from '../domain/problem.ts'
import {Batch} from './batch.ts'
import {
  Columns,
  connectionColumns,
  connectionLine,
  connectionRow,
  connectionShape,
  countColumns,
  countLine,
  countRow,
} from './connection-lines.ts'
import type {Context} from './context.ts'
import {JsonStream} from './json-stream.ts'
import {countOf, formatCount, paintFor} from './output.ts'
import {problemShape} from './problem-shape.ts'
import {progressOn} from './progress.ts'

export interface ConnectionView {
  readonly filter: ConnectionFilter
  readonly countBy: Counting | undefined
  readonly top: number | undefined
  /** Read from the file that tells them. */
  readonly origins: boolean
  readonly json: boolean
  /** Called before the first byte of JSON is written. */
  begin(): void
}

type Reading = (walker: Walker) => Passage

export async function showConnections(
  context: Context,
  view: ConnectionView,
): Promise<{readonly problems: readonly Problem[]}> {
  const file = openConnections(context, view)
  const {out, err} = context
  const passage = newPassage()
  const progress = progressOn(err)
  // On one terminal, rows that run over it are progress enough.
  let running = out.terminal && view.json && view.countBy === undefined
  const begin = () => {
    running = out.terminal
    progress.clear()
  }
  const read: Reading = (walker) => {
    try {
      return walkConnections(
        file.pieces,
        view.filter,
        {
          ...walker,
          piece: () => {
            if (!running) progress.tell(() => `${countOf(passage.read, 'entry', 'entries')} read`)
            return out.closed !== true
          },
        },
        passage,
      )
    } finally {
      progress.clear()
    }
  }
  if (view.json) await writeJson(context, view, file, read)
  else if (view.countBy) writeCounts(context, view, view.countBy, read)
  else writeList(context, view, read, begin)
  return {problems: passageProblems(passage, file.path)}
}

function writeList({out}: Context, {filter, top}: ConnectionView, read: Reading, begin: () => void): void {
  const batch = new Batch(out)
  const rows = out.terminal ? new Columns(connectionColumns, batch, paintFor(out), begin) : undefined
  let shown = 0
  try {
    const passage = read({
      entry(reader, bytes) {
        const connection = reader.connection(bytes)
        const goesOn = rows ? rows.add(connectionRow(connection)) : batch.add(connectionLine(connection))
        return goesOn && ++shown !== top
      },
    })
    if (rows) batch.add(`${rows.end() ? '\n' : ''}${summary(passage, filter)}\n`)
  } finally {
    // What was read before an error, too.
    rows?.end()
    batch.flush()
  }
}

/** `1,234 connections, 2 templates (of 5,678 entries)` */
function summary(passage: Passage, filter: ConnectionFilter): string {
  const {connections, templates, read, stopped} = passage
  if (stopped) return `the first ${countOf(connections + templates, 'entry', 'entries')}; there may be more`
  const counted = templates === 0 ? '' : `, ${countOf(templates, 'template')}`
  const of = isFiltered(filter) ? ` (of ${countOf(read, 'entry', 'entries')})` : ''
  return `${connections === 0 ? 'no connections' : countOf(connections, 'connection')}${counted}${of}`
}

function count(countBy: Counting, read: Reading) {
  const {write, show} = countings[countBy]
  const tally = new Tally()
  const key = new Uint32Array(keyLength)
  let states: readonly string[] = []
  const passage = read({
    entry(reader) {
      states = reader.states
      write(reader.line, key)
      tally.add(key, reader.template)
      return true
    },
  })
  return {tally, passage, nameOf: (entry: number) => show(tally.keyOf(entry), states)}
}

function writeCounts({out}: Context, {filter, top}: ConnectionView, countBy: Counting, read: Reading): void {
  const {tally, passage, nameOf} = count(countBy, read)
  if (out.closed) return
  const batch = new Batch(out)
  const {noun} = countings[countBy]
  const rows = out.terminal ? new Columns(countColumns(noun), batch, paintFor(out)) : undefined
  for (const entry of tally.largest(top)) {
    const counts = tally.countsOf(entry)
    const name = nameOf(entry)
    if (!(rows ? rows.add(countRow(name, counts, passage)) : batch.add(countLine(name, counts)))) return
  }
  if (rows) {
    const kinds = countOf(tally.size, noun)
    const those = top !== undefined && top < tally.size ? `${kinds}, the first ${formatCount(top)} shown` : kinds
    batch.add(rows.end() ? `\n${summary(passage, filter)}: ${those}\n` : `${summary(passage, filter)}\n`)
  }
  batch.flush()
}

/**
 * Every key is always there: `entries` or `counts` is null. An error on the way comes last in the object, so that what
 * was read before it stays valid JSON.
 */
async function writeJson({out}: Context, view: ConnectionView, file: ConnectionFile, read: Reading): Promise<void> {
  const json = new JsonStream(new Batch(out))
  const {countBy, top} = view
  // What cannot be read at all is an error of its own, and no half object.
  if (countBy) {
    const {tally, passage, nameOf} = count(countBy, read)
    view.begin()
    json.member('countBy', countBy)
    json.member('entries', null)
    json.beginList('counts')
    for (const entry of tally.largest(top)) if (!json.item({[countBy]: nameOf(entry), ...tally.countsOf(entry)})) return
    json.endList()
    finishJson(json, passage, file, tally.size)
    return
  }
  view.begin()
  json.member('countBy', null)
  json.beginList('entries')
  let shown = 0
  try {
    const passage = read({
      entry: (reader, bytes) => json.item(connectionShape(reader.connection(bytes))) && ++shown !== top,
    })
    json.endList()
    json.member('counts', null)
    finishJson(json, passage, file, null)
  } catch (thrown) {
    const {errorObject, explainThrown} = await import('./errors.ts')
    json.endList()
    for (const [name, value] of Object.entries(errorObject(explainThrown(thrown, {name: '', flags: {}}))))
      json.member(name, value)
    json.end()
    throw thrown
  }
}

function finishJson(json: JsonStream, passage: Passage, {path}: ConnectionFile, different: number | null): void {
  const {connections, templates, read, stopped} = passage
  json.member('connections', connections)
  json.member('templates', templates)
  json.member('different', different)
  json.member('read', read)
  json.member('complete', !stopped)
  json.member('problems', passageProblems(passage, path).map(problemShape))
  json.end()
}
