// The text that a command reads: from a file that is named, or from standard input.

import {LvsctlError} from '../domain/problem.ts'
import type {Context} from './context.ts'

export interface SavedText {
  /** In messages: the file as it was named, `stdin`. */
  readonly name: string
  /** undefined: it came from standard input. */
  readonly path: string | undefined
  readonly content: string
}

/** Throws `missing` where there is no such file, `usage` where nobody pipes anything in. */
export function readSavedText(context: Pick<Context, 'input' | 'readFile'>, file: string | undefined): SavedText {
  if (file === undefined || file === '-') {
    if (file === undefined && context.input.terminal)
      throw new LvsctlError({
        failure: 'usage',
        code: 'file-missing',
        message: 'nothing to read: no file is named, and nothing is piped in',
        hint: 'Name the file, or "-" to type the rules here',
      })
    return {name: 'stdin', path: undefined, content: reading('standard input', () => context.input.readAll())}
  }
  return {name: file, path: file, content: readNamed(context, file)}
}

function readNamed({readFile}: Pick<Context, 'readFile'>, file: string): string {
  const content = reading(`"${file}"`, () => readFile(file))
  if (content !== undefined) return content
  throw new LvsctlError({failure: 'missing', code: 'file-missing', message: `no file "${file}"`})
}

function reading<Content>(what: string, read: () => Content): Content {
  try {
    return read()
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
    if (!reason) throw error
    throw new LvsctlError({...reason, code: 'file-unreadable', message: `cannot read ${what}: ${reason.message}`})
  }
}

const reasons: Readonly<
  Record<string, {readonly failure: 'usage' | 'permission' | 'missing'; readonly message: string}>
> = {
  EISDIR: {failure: 'usage', message: 'it is a folder'},
  EACCES: {failure: 'permission', message: 'not permitted'},
  ENOTDIR: {failure: 'missing', message: 'there is no such file'},
  ELOOP: {failure: 'missing', message: 'its symbolic links lead nowhere'},
}
