// Who put a VIP where it is, as far as the role's notes tell.

import type {LedgerVip} from './ledger-kinds.ts'

/** `unknown`: the notes are root's. */
export type Managed = LedgerVip['origin'] | 'no' | 'unknown'

export function managedBy(noted: LedgerVip | undefined, hidden: boolean): Managed {
  return noted?.origin ?? (hidden ? 'unknown' : 'no')
}

export const managedWords: Readonly<Record<Managed, string>> = {
  added: 'set up by lvsctl',
  adopted: 'adopted',
  no: 'not set up by lvsctl',
  unknown: 'set up by somebody',
}
