// Where bin/lvsctl looks for what V8 made of a file: of use to the Node of this version and machine only.

export function compiledFor(main: string): string {
  return `${main}.${process.version}-${process.arch}`
}
