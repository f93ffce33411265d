// Where the project and what it ships lie, worked out in one place for both lives of the code: as sources
// (src/lab/…) and as one bundle (dist/…). Nothing else in the lab knows a path of the project.

import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

/** The nearest folder at or above `from` that holds package.json. */
export function projectRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return from
  }
}

/** What `lvsctl` means inside the lab: this project's entry point, run by the Node that runs now. */
export function projectCommand(project: string = projectRoot()): string[] {
  return [process.execPath, join(project, 'bin', 'lvsctl')]
}
