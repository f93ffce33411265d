// How TypeScript becomes one CommonJS file for Node: for the program and for the benchmark's programs.

import type {BuildOptions} from 'esbuild'

/** CommonJS, because esbuild then keeps what is imported late a function in the one file, and V8 compiles only what is called. */
export const bundleOptions = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  // Names as they are in the sources, for stack traces.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'error',
  banner: {js: 'var moduleUrl = require("node:url").pathToFileURL(__filename).href;'},
  define: {
    'import.meta.main': 'false',
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    'import.meta.url': 'moduleUrl',
  },
} as const satisfies BuildOptions
