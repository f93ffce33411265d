// A driver of the lab as one file: in the guest every process that starts costs, and one made of sixty sources the most.

import {join} from 'node:path'
import {buildSync} from 'esbuild'
import {bundleOptions} from '../../scripts/bundle-options.ts'

const root = join(import.meta.dirname, '..', '..')

/** The path of test/support/NAME.ts as a program for Node, beside the addon that it may need. */
export function bundledDriver(name: string): string {
  const outfile = join(root, 'dist', `test-${name}.cjs`)
  buildSync({...bundleOptions, entryPoints: [join(root, 'test', 'support', `${name}.ts`)], outfile})
  return outfile
}
