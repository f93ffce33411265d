// The files of the machine's twin. A folder is there as long as anything is in it.

import {dirname} from 'node:path'
import {fileExists, fileMissing, stateNotOurs, symlinkMissing} from './failures.ts'
import {notOwn} from './files.ts'
import type {FileFacts} from './host.ts'

export interface GivenFiles {
  readonly files?: Readonly<Record<string, string>>
  /** Path → where it leads. */
  readonly symlinks?: Readonly<Record<string, string>>
  /** Of files and folders that are not root's, 0644 or 0755. */
  readonly facts?: Readonly<Record<string, Partial<FileFacts>>>
}

export class FakeFiles {
  private readonly files: Map<string, string>
  private readonly symlinks: Map<string, string>
  private readonly facts: Record<string, Partial<FileFacts>>
  /** Of the files those that are root's alone. */
  private readonly state = new Set<string>()

  constructor({files = {}, symlinks = {}, facts = {}}: GivenFiles) {
    this.files = new Map(Object.entries(files))
    this.symlinks = new Map(Object.entries(symlinks))
    this.facts = {...facts}
  }

  read(path: string): string | undefined {
    return this.files.get(this.symlinks.get(path) ?? path)
  }

  list(path: string): readonly string[] {
    const names = this.below(path).map((one) => one.slice(path.length + 1).split('/')[0] as string)
    return [...new Set(names)].sort()
  }

  inspect(path: string): FileFacts | undefined {
    const target = this.symlinks.get(path)
    if (target !== undefined) return {kind: 'symlink', owner: 0, mode: 0o777, target}
    if (this.files.has(path))
      return {kind: 'file', owner: 0, mode: this.state.has(path) ? 0o600 : 0o644, ...this.facts[path]}
    const mode = [...this.state].some((one) => dirname(one) === path) ? 0o700 : 0o755
    const there = this.below(path).length > 0 || this.facts[path]
    return there ? {kind: 'folder', owner: 0, mode, ...this.facts[path]} : undefined
  }

  write(path: string, content: string, mode?: number): void {
    if (!this.files.has(path) && mode !== undefined) this.facts[path] = {mode}
    this.files.set(path, content)
  }

  remove(path: string): void {
    if (!this.files.delete(path)) throw fileMissing(path)
    delete this.facts[path]
  }

  writeState(path: string, content: string): void {
    this.requireOwn(path)
    this.files.set(path, content)
    this.state.add(path)
  }

  removeState(path: string): void {
    this.requireOwn(path)
    if (!this.files.delete(path)) throw fileMissing(path)
    this.state.delete(path)
  }

  makeSymlink(path: string, target: string): void {
    if (this.inspect(path)) throw fileExists(path)
    this.symlinks.set(path, target)
  }

  removeSymlink(path: string, target: string): void {
    if (this.symlinks.get(path) !== target) throw symlinkMissing(path, target)
    this.symlinks.delete(path)
  }

  lines(): readonly string[] {
    return [
      ...[...this.files].sort().map(([path, content]) => `${path}: ${content.trimEnd()}`),
      ...[...this.symlinks].sort().map(([path, target]) => `${path} -> ${target}`),
    ]
  }

  private below(folder: string): readonly string[] {
    return [...this.files.keys(), ...this.symlinks.keys()].filter((one) => one.startsWith(`${folder}/`))
  }

  private requireOwn(path: string): void {
    for (const [one, kind] of [
      [dirname(path), 'folder'],
      [path, 'file'],
    ] as const) {
      const facts = this.inspect(one)
      const why = facts && notOwn(facts, kind, 0)
      if (why !== undefined) throw stateNotOurs(one, why)
    }
  }
}
