// Files, synchronously: read where there may be none, replaced whole or not at all.

import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
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
import {stateNotOurs} from './failures.ts'
import type {FileFacts} from './host.ts'

/** undefined: there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // ESRCH: below /proc, a process that has ended meanwhile.
    if (['ENOENT', 'ENOTDIR', 'ESRCH'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** Names in a folder, sorted; none where there is no such folder. */
export function listIfThere(path: string): readonly string[] {
  try {
    return readdirSync(path).sort()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
    throw error
  }
}

/**
 * A reader finds the old content or the new, also after a crash or a power cut: the new file is complete on disk before
 * its name is. Folders above it are made, writable for us only, whatever the umask; an existing file keeps its mode, a new one
 * has this.
 */
export function replaceFile(path: string, content: string, mode = 0o644): void {
  makeFolder(dirname(path), 0o755)
  put(path, content, modeOf(path) ?? mode)
}

/** The same for what is root's alone. Throws LvsctlError where something else lies in place of the file or its folder. */
export function replacePrivate(path: string, content: string): void {
  privateFolder(dirname(path))
  requireOwn(path, 'file')
  put(path, content, 0o600)
}

/** ENOENT: there is none. Throws LvsctlError as replacePrivate. */
export function removePrivate(path: string): void {
  requireOwn(dirname(path), 'folder')
  requireOwn(path, 'file')
  unlinkSync(path)
  syncFolder(dirname(path))
}

/** Makes it, or takes from others what they may do in it. Throws LvsctlError where it is not ours to have. */
export function privateFolder(path: string): void {
  requireOwn(path, 'folder')
  makeFolder(path, 0o700)
  const {mode} = requireOwn(path, 'folder') as FileFacts
  if ((mode & 0o077) !== 0) chmodSync(path, 0o700)
}

/** And those above it, 0755. Node's own way of doing so calls a read-only file system ENOENT. */
function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, {mode})
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return
    if (errnoOf(error) !== 'ENOENT') throw error
    makeFolder(dirname(path), 0o755)
    mkdirSync(path, {mode})
  }
}

/** undefined: nothing has that name. */
function requireOwn(path: string, kind: 'file' | 'folder'): FileFacts | undefined {
  const facts = inspectFile(path)
  if (!facts) return undefined
  const why = notOwn(facts, kind, process.geteuid?.() ?? 0)
  if (why !== undefined) throw stateNotOurs(path, why)
  return facts
}

/** What is wrong with it as a state file, or its folder, of that user; undefined: nothing. */
export function notOwn({kind, owner, target}: FileFacts, wanted: 'file' | 'folder', user: number): string | undefined {
  if (kind === 'symlink') return `is a symbolic link to ${target}`
  if (kind !== wanted) return `is no ${wanted}`
  return owner === user || owner === 0 ? undefined : `belongs to user ${owner}`
}

function put(path: string, content: string, mode: number): void {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${process.pid}`)
  rmSync(temporary, {force: true}) // of a run that was cut off, long ago and with the same process id
  const fd = openSync(temporary, 'wx', 0o600)
  try {
    try {
      writeFileSync(fd, content) // all of it: a nearly full disk takes a part and calls that success (write(2))
      fchmodSync(fd, mode)
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
  makeFolder(folder, 0o755)
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
