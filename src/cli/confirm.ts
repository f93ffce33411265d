// Consent to what cannot be taken back: asked for on a terminal, given as --yes everywhere else.

import {LvsctlError} from '../domain/problem.ts'
import type {Input} from './input.ts'
import type {Output} from './output.ts'

export interface Asking {
  readonly input: Input
  readonly err: Output
  /** A program reads the result: nobody is there to answer. */
  readonly json: boolean
}

/** Throws `usage` where the answer is not yes, or nobody can be asked. `what`: `this would remove 2 services`. */
export async function requireConsent(what: string, {input, err, json}: Asking): Promise<void> {
  if (json || !input.terminal || !err.terminal)
    throw new LvsctlError({
      failure: 'usage',
      code: 'consent-missing',
      message: `${what}: nothing was changed`,
      hint: 'To do it: --yes. To see it in full: --dry-run',
    })
  err.write(`${what}\n`)
  const answer = await input.ask('go on? [y/N] ')
  if (/^\s*y(es)?\s*$/i.test(answer)) return
  throw new LvsctlError({failure: 'usage', code: 'declined', message: 'not confirmed: nothing was changed'})
}
