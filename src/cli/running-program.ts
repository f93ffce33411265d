// The lvsctl that runs now, by the paths that would start it again.

import {realpathSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import type {Program} from '../domain/program.ts'

/** Whatever links and PATH it was found by. */
export function runningProgram(): Program {
  const started = realpathSync(process.argv[1] as string)
  // Started under another name (ipvsadm), it lies beside lvsctl.
  const script = basename(started) === 'lvsctl' ? started : join(dirname(started), 'lvsctl')
  return {node: process.execPath, script}
}
