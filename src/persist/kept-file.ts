// A file of ours that a person changed and that would have to be another: it is kept, and what that means for the boot is told.

import {type Problem, warning} from '../domain/problem.ts'
import type {HostReader} from '../host/host.ts'
import type {Role} from '../host/ledger.ts'
import {setupLines} from '../host/setup-line.ts'
import {listVips} from '../host/vip.ts'
import type {BootFile} from './backend.ts'
import {fileState, listDifferences, textDifferences} from './file-state.ts'
import type {PersistRecord} from './record.ts'

interface Kept {
  readonly path: string
  readonly told: Problem
}

/** `old`: what lasts now. Empty: the file may be written, or says already what it must. */
export function keptAsChanged(
  {role, backend, vips, ledger}: Pick<PersistRecord, 'backend' | 'vips' | 'ledger'> & {readonly role: Role},
  {path, content}: BootFile,
  old: PersistRecord | undefined,
  host: HostReader,
): readonly Kept[] {
  if (fileState(path, host) !== 'changed') return []
  const lost = textDifferences(host.readFile(path) ?? '', content)
  if (lost.length === 0) return []
  const late = vips.filter((vip) => !old?.vips.includes(vip))
  const early = old?.vips.filter((vip) => !vips.includes(vip)) ?? []
  const fate = [
    ...(late.length > 0 ? [`after a reboot ${listVips(late)} ${late.length === 1 ? 'does' : 'do'} not come back`] : []),
    ...(early.length > 0 ? [`after a reboot ${listVips(early)} may come back`] : []),
  ]
  const so = fate.length > 0 ? fate.join(', ') : 'a reboot brings back what is in it'
  const line = setupLines(role, ledger, [`--persist=${backend}`])
  return [
    {
      path,
      told: warning(
        'persist-file-changed',
        `${path} was changed since lvsctl wrote it, and is left as it is (${listDifferences(lost)}): ${so}`,
        {hint: `To have it written anew: rm ${path}${line && `; ${line}`}`},
      ),
    },
  ]
}
