// Files, synchronously: read where there may be none, replaced whole or not at all.

import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import type {FileFacts} from './host.ts'

/** undefined: there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * A reader finds the old content or the new, also after a crash or a power cut: the new file is complete on disk before
 * its name is. Folders above it are made, writable for us only, whatever the umask; an existing file keeps its mode.
 */
export function replaceFile(path: string, content: string): void {
  const folder = dirname(path)
  mkdirSync(folder, {recursive: true, mode: 0o755})
  const temporary = join(folder, `.${basename(path)}.${process.pid}`)
  rmSync(temporary, {force: true}) // of a run that was cut off, long ago and with the same process id
  const fd = openSync(temporary, 'wx', 0o600)
  try {
    try {
      writeFileSync(fd, content) // all of it: a nearly full disk takes a part and calls that success (write(2))
      fchmodSync(fd, modeOf(path) ?? 0o644)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, {force: true})
    throw error
  }
  syncFolder(folder)
}

/** Of the name itself; undefined: nothing has it. */
export function inspectFile(path: string): FileFacts | undefined {
  try {
    const stats = lstatSync(path)
    return {
      kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'symlink' : 'other',
      owner: stats.uid,
      mode: stats.mode & 0o7777,
      ...(stats.isSymbolicLink() && {target: readlinkSync(path)}),
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** Whole or not at all, as a name is; EEXIST where anything is there, be it a link that leads nowhere. */
export function makeSymlink(path: string, target: string): void {
  const folder = dirname(path)
  mkdirSync(folder, {recursive: true, mode: 0o755})
  symlinkSync(target, path)
  syncFolder(folder)
}

/** false: it is not there, or leads elsewhere. */
export function removeSymlink(path: string, target: string): boolean {
  if (inspectFile(path)?.target !== target) return false
  unlinkSync(path)
  syncFolder(dirname(path))
  return true
}

export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function modeOf(path: string): number | undefined {
  return statSync(path, {throwIfNoEntry: false})?.mode
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
