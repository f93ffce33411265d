// Which commands there are: the files of src/commands, `service/list.ts` being `service list`. Run from source, this
// looks into the folder; the build puts the list it found in place of this file. Nothing here loads a command.

import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Command} from '@oclif/core/command'

export interface CommandModule {
  readonly default: Command.Class
}

const folder = join(import.meta.dirname, '..', 'commands')

/** By oclif's id: `service:list`. */
export const commands: Readonly<Record<string, () => Promise<CommandModule>>> = Object.fromEntries(
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => [idOf(file), () => import(pathToFileURL(join(folder, file)).href)]),
)

function idOf(file: string): string {
  return file.replace(/\.ts$/, '').replaceAll('/', ':')
}
