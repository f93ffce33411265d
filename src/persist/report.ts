// Whether a role comes back after a reboot, in words for people.

import {isFine} from '../domain/problem.ts'
import {listWords} from '../host/vip.ts'
import type {BackendName} from './backend-names.ts'
import {backends} from './backends.ts'
import type {PersistStatus} from './status.ts'

export const keptBy = (backend: BackendName): string => `kept over a reboot by ${backends[backend].title}`

/** `paths`: files that a person changed. */
export const notKept = (paths: readonly string[]): string =>
  `not kept over a reboot: ${listWords(paths)} ${paths.length === 1 ? 'was' : 'were'} changed by somebody, and nothing was written`

/** undefined: nothing was made to last. */
export function persistLine(status: PersistStatus | undefined): string {
  if (!status) return 'not kept over a reboot'
  const {backend, files, problems} = status
  const mark = isFine(problems) ? '✓' : '✗'
  return `${keptBy(backend)} ${mark} (${files.map(({path}) => path).join(', ')})`
}
