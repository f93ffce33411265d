// A save as a file: written whole or not at all, never an empty one over a full one, and read back before it counts.

import {LvsctlError, type Problem, problem, refuse} from '../domain/problem.ts'
import type {SavedState} from '../domain/saved-state.ts'
import {readSaved, type SavedFormat} from '../formats/saved/read.ts'
import {writeSaved} from '../formats/saved/write.ts'
import type {Host} from '../host/host.ts'
import {planTable} from '../plan/diff.ts'

export interface SaveRequest {
  readonly state: SavedState
  readonly path: string
  readonly format: SavedFormat
  /** Another file, that is not read any more once this one is there. */
  readonly insteadOf?: string | undefined
  /** An empty table may replace a file that is not. */
  readonly allowEmpty: boolean
  readonly dryRun: boolean
}

export interface Saved {
  /** False: the file was this already. */
  readonly changed: boolean
  readonly warnings: readonly Problem[]
}

/** `rules.yaml` is YAML. */
export function formatOfFile(path: string): SavedFormat {
  if (/\.ya?ml$/i.test(path)) return 'yaml'
  return /\.json$/i.test(path) ? 'json' : 'rules'
}

export async function saveFile(host: Host, request: SaveRequest): Promise<Saved> {
  const {state, path, format, dryRun} = request
  const {text, warnings} = await writeSaved(state, format)
  const before = host.readFile(path)
  refuse(emptyOverFull(host, request))
  await verify(text, format, state)
  if (dryRun || before === text) return {changed: before !== text, warnings}
  host.apply({do: 'write-file', path, content: text})
  if (host.readFile(path) !== text)
    throw new LvsctlError({
      failure: 'partial',
      code: 'not-as-written',
      message: `${path} was written, but read back it is something else`,
      hint: 'Another program may write it too. Save again, or to another file',
    })
  return {changed: true, warnings}
}

function emptyOverFull(host: Host, {state, path, insteadOf, allowEmpty}: SaveRequest): readonly Problem[] {
  if (state.configuration.length > 0 || allowEmpty) return []
  const full = [path, insteadOf].find((one) => one !== undefined && host.readFile(one)?.trim())
  if (full === undefined) return []
  const hint = `To ${full === path ? 'empty the file' : 'save it'} all the same: --allow-empty`
  return [problem('table-empty', `the table is empty and ${full} is not: it was left as it is`, {hint})]
}

/** Before it replaces anything: what will be read from the file is what was to be saved. */
async function verify(text: string, format: SavedFormat, state: SavedState): Promise<void> {
  const {state: read, problems} = await readSaved(text, {format})
  if (read && isSame(state, read)) return
  const wrong = problems.find(({severity}) => severity === 'error')
  throw new LvsctlError({
    failure: 'unexpected',
    code: 'save-unreadable',
    message: `what would be saved does not read back as the table${wrong ? `: ${wrong.message}` : ''}; nothing was written`,
    hint: 'Another format may hold it: --format json. Please report this',
  })
}

function isSame(state: SavedState, read: SavedState): boolean {
  const sysctls = (one: SavedState): string => JSON.stringify(Object.entries(one.sysctls ?? {}).sort())
  return planTable(read, state).operations.length === 0 && sysctls(state) === sysctls(read)
}
