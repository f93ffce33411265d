// An esbuild plugin that leaves a package out of the program: it lies in a file beside it, and is loaded from there.

import type {Plugin} from 'esbuild'

/** `name`: the package, and its file in dist/. Only its default export is known. */
export function loadedApart(name: string): Plugin {
  return {
    name: 'loaded-apart',
    setup({onResolve, onLoad}) {
      onResolve({filter: new RegExp(`^${name}$`)}, ({path}) => ({path, namespace: 'apart'}))
      // As bin/lvsctl starts it, require is that of bin/, and __dirname is dist/.
      onLoad({filter: /.*/, namespace: 'apart'}, () => ({
        contents: `export default require(__dirname + '/${name}.cjs').default`,
      }))
    },
  }
}
