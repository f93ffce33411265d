// A text read as a saved state, repaired first where that is asked for, and the repaired text put in its place.

import {LvsctlError} from '../domain/problem.ts'
import type {SavedState} from '../domain/saved-state.ts'
import type {ProtocolPortNames} from '../domain/service-key.ts'
import type {PlacedProblem} from '../formats/placed-problem.ts'
import {type ReadSaved, readSaved, type SavedFormat} from '../formats/saved/read.ts'
import type {Host} from '../host/host.ts'
import {targetFile} from './target-file.ts'

export interface ReadOptions {
  readonly fix: boolean
  readonly format: SavedFormat | undefined
  readonly portNames: ProtocolPortNames
}

export interface ReadFile {
  /** undefined: there are errors among the problems. */
  readonly state: SavedState | undefined
  /** Of the text as it is, after the repair. */
  readonly problems: readonly PlacedProblem[]
  /** Places that a repair would mend and none was asked for. */
  readonly repairable: number
  readonly repaired?: {readonly content: string; readonly count: number}
}

export async function readAndRepair({content}: {readonly content: string}, options: ReadOptions): Promise<ReadFile> {
  const {fix, format, portNames} = options
  const settings = {...(format && {format}), portNames}
  const first = await readSaved(content, settings)
  if (!first.repaired || !fix) return {...judged(first), repairable: first.repaired?.count ?? 0}
  const {text, count} = first.repaired
  return {...judged(await readSaved(text, settings)), repairable: 0, repaired: {content: text, count}}
}

const judged = ({state, problems}: ReadSaved) => ({state, problems})

/** Throws `usage` for a file that could not be kept as it was, because its characters were lost in reading it. */
export function requireUtf8({name, content}: {readonly name: string; readonly content: string}): void {
  if (!content.includes('\uFFFD')) return
  throw new LvsctlError({
    failure: 'usage',
    code: 'file-not-utf8',
    message: `${name} is not UTF-8, and repairing it would lose characters: nothing was changed`,
    hint: 'Make it so: iconv -f latin1 -t utf8',
  })
}

/** Keeps what was there as FILE~, whose name it returns. */
export function repairFile(host: Host, path: string, before: string, after: string): string {
  const target = targetFile(path)
  const backup = `${target}~`
  host.apply({do: 'write-file', path: backup, content: before})
  host.apply({do: 'write-file', path: target, content: after})
  return backup
}
