// Files that carry a checksum of themselves, so that it can be told later whether a person has changed them. For formats in
// which a line that begins with # is a comment. No proof against forgery: it is about mistakes.

import {createHash} from 'node:crypto'

const checksumLine = /^# checksum ([0-9a-f]{64})\n/m

/** The checksum becomes the last line of the comment at its head, above the first empty line. */
export function sign(text: string): string {
  return text.replace('\n\n', `\n# checksum ${digest(text)}\n\n`)
}

export function isSigned(text: string): boolean {
  return checksumLine.test(text)
}

/** Is it, to the letter, what an lvsctl wrote? Whichever version that was. */
export function isUnchanged(text: string): boolean {
  return checksumLine.exec(text)?.[1] === digest(text.replace(checksumLine, ''))
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
