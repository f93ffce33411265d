// What every way into the boot has in common: what it is asked, and what it answers.

import {type Problem, problem} from '../domain/problem.ts'
import type {HostReader} from '../host/host.ts'
import type {Role} from '../host/ledger.ts'
import {sign} from '../host/signed-text.ts'
import type {Lasting} from './lasting.ts'

export interface PersistRequest {
  readonly role: Role
  readonly lasting: Lasting
}

export interface BootFile {
  readonly path: string
  /** Signed: whether a person has changed it is told by its checksum. */
  readonly content: string
  /** Permission bits of a new file; 0o644 where not given. */
  readonly mode?: number
}

export interface BootLink {
  readonly path: string
  readonly target: string
}

/** Files in the order in which they are written, what they need before them; they are removed in the reverse order. */
export interface BootFiles {
  readonly files: readonly BootFile[]
  readonly links: readonly BootLink[]
  /** Errors are reasons not to write anything, warnings are worth knowing. */
  readonly problems: readonly Problem[]
}

export interface Backend {
  /** In a sentence: `systemd-networkd`. */
  readonly title: string
  /** Any of these is there where it can be used. */
  readonly traces: readonly string[]
  readonly plan: (request: PersistRequest, host: HostReader) => BootFiles
}

/** A file of ours: whose it is and how it goes are said at its head. `first` is a line that must come before all others. */
export function bootFileText(role: Role, body: string, {first = ''}: {readonly first?: string} = {}): string {
  return sign(`${first}# Written by "lvsctl ${role} setup --persist", removed by "lvsctl ${role} teardown".
# lvsctl leaves this file alone once somebody else has changed it.

${body}`)
}

/** What a backend has no words for. */
export function beyond(title: string, what: string): Problem {
  return problem('persist-beyond', `${title} has no words for ${what}`, {
    where: '--persist',
    hint: 'The default, --persist=systemd, has',
  })
}
