// Settings of the real machine's kernel: files below /proc/sys.

import {closeSync, constants, openSync, writeSync} from 'node:fs'
import {sysctlUnknown} from './failures.ts'
import {readIfThere} from './files.ts'
import type {Deeds} from './host.ts'
import {sysctlPath} from './sysctl-key.ts'

export const linuxSysctls = (root: string) => ({
  reads: {
    sysctl(key: string): string | undefined {
      const path = sysctlPath(key)
      return path === undefined ? undefined : readIfThere(root + path)?.trimEnd()
    },
  },
  deeds: {
    'set-sysctl': ({key, value}) => {
      const path = sysctlPath(key)
      if (path === undefined) throw sysctlUnknown(key)
      // Without O_CREAT: a key that is not there must be told from one that may not be written.
      const fd = openSync(root + path, constants.O_WRONLY | constants.O_TRUNC)
      try {
        writeSync(fd, value)
      } finally {
        closeSync(fd)
      }
    },
  } satisfies Partial<Deeds>,
})
