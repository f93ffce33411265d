// Files of the real machine, below a root that tests replace. How one is read, or replaced whole, is in files.ts.

import {rmSync} from 'node:fs'
import {symlinkMissing} from './failures.ts'
import {
  inspectFile,
  listIfThere,
  makeSymlink,
  readIfThere,
  removePrivate,
  removeSymlink,
  replaceFile,
  replacePrivate,
} from './files.ts'
import type {Deeds, HostReader} from './host.ts'

export const linuxFiles = (root: string) => ({
  reads: {
    readFile: (path) => readIfThere(root + path),
    list: (path) => listIfThere(root + path),
    inspect: (path) => inspectFile(root + path),
  } satisfies Partial<HostReader>,
  deeds: {
    'write-file': ({path, content, mode}) => replaceFile(root + path, content, mode),
    'remove-file': ({path}) => rmSync(root + path),
    'write-state': ({path, content}) => replacePrivate(root + path, content),
    'remove-state': ({path}) => removePrivate(root + path),
    'make-symlink': ({path, target}) => makeSymlink(root + path, target),
    'remove-symlink': ({path, target}) => {
      if (!removeSymlink(root + path, target)) throw symlinkMissing(path, target)
    },
  } satisfies Partial<Deeds>,
})
