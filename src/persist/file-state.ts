// Whose a file is: what decides whether it may be written or removed.

import type {HostReader} from '../host/host.ts'
import {isSigned, isUnchanged} from '../host/signed-text.ts'

/** `ours`: as an lvsctl wrote it. `changed`: by a person since. `foreign`: no lvsctl wrote it; a symbolic link is foreign. */
export type FileState = 'none' | 'ours' | 'changed' | 'foreign'

export function fileState(path: string, host: HostReader): FileState {
  const facts = host.inspect(path)
  if (!facts) return 'none'
  if (facts.kind !== 'file') return 'foreign'
  const text = host.readFile(path) ?? ''
  if (isUnchanged(text)) return 'ours'
  return isSigned(text) ? 'changed' : 'foreign'
}
