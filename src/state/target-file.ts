// The file that a save replaces. It is replaced as a whole (host/files.ts), which is right for a file and would be a
// disaster for a device or a folder.

import {lstatSync, realpathSync, type Stats, statSync} from 'node:fs'
import {dirname, isAbsolute, resolve} from 'node:path'
import {LvsctlError} from '../domain/problem.ts'
import {shellWords} from '../domain/shell-words.ts'

/**
 * The path that is to be written: where a symbolic link leads, so that the link stays one. Throws `usage` for what is
 * there and is no file, `missing` where the folder is not there: a slip of the pen makes none. lvsctl's own are made.
 */
export function targetFile(path: string): string {
  if (path === '' || path.endsWith('/')) throw unfit(path, 'names no file')
  const absolute = isAbsolute(path) ? path : resolve(path)
  if (statOf(absolute, lstatSync) === undefined) {
    requireFolder(dirname(absolute), path)
    return absolute
  }
  const there = statOf(absolute, statSync)
  if (there === undefined) throw unfit(path, 'is a symbolic link that leads nowhere')
  if (there.isDirectory()) throw unfit(path, 'is a folder')
  if (!there.isFile())
    throw unfit(path, 'is no ordinary file', 'Without a file name the result goes to standard output')
  return realpathSync(absolute)
}

/** What lvsctl keeps beside its programs. */
const ownFolders = ['/etc/lvsctl', '/var/lib/lvsctl']

function requireFolder(folder: string, path: string): void {
  if (ownFolders.includes(folder) || statOf(folder, statSync)?.isDirectory()) return
  throw new LvsctlError({
    failure: 'missing',
    code: 'folder-missing',
    message: `there is no folder ${folder}: nothing is saved to "${path}"`,
    hint: `Make it, if it is the right one: ${shellWords(['mkdir', '-p', folder])}`,
  })
}

/** A pipe, a terminal: what is there is read once, and nothing can be put in its place. */
export function isStream(path: string): boolean {
  const there = statOf(path, statSync)
  return there !== undefined && !there.isFile() && !there.isDirectory()
}

function statOf(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path)
  } catch {
    return undefined
  }
}

const unfit = (path: string, what: string, hint?: string): LvsctlError =>
  new LvsctlError({failure: 'usage', code: 'file-unfit', message: `"${path}" ${what}: nothing is saved to it`, hint})
