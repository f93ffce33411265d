// Who put a VIP where it is, as far as the role's notes tell, and what is said where only root may read them.

import {warning} from '../domain/problem.ts'
import type {LedgerVip} from './ledger-kinds.ts'

/** `unknown`: the notes are root's. */
export type Managed = LedgerVip['origin'] | 'no' | 'unknown'

export function managedBy(noted: LedgerVip | undefined, hidden: boolean): Managed {
  return noted?.origin ?? (hidden ? 'unknown' : 'no')
}

export const statusWithoutNotes = warning(
  'ledger-hidden',
  'what lvsctl set up here only root can read: who did what is not said',
  {hint: 'Run it with sudo, or as root'},
)

export const planWithoutNotes = warning(
  'ledger-hidden',
  'what lvsctl set up here before only root can read: this is planned without it',
)

export const managedWords: Readonly<Record<Managed, string>> = {
  added: 'set up by lvsctl',
  adopted: 'adopted',
  no: 'not set up by lvsctl',
  unknown: 'set up by somebody',
}
