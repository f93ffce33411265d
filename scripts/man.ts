// dist/man/man8: the man pages, made at every build. `node scripts/man.ts` makes them alone.

import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import packageJson from '../package.json' with {type: 'json'}
import type {Definitions} from '../src/completion/definitions.ts'
import {makeManifest} from '../src/entry/help.ts'
import {type DocumentedCommand, manPages, section} from './man/pages.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'dist', 'man', `man${section}`)

/** File name → text. */
export async function makeManPages(): Promise<ReadonlyMap<string, string>> {
  const {commands} = await makeManifest()
  const read = (name: string): string => readFileSync(join(root, 'docs', `${name}.md`), 'utf8')
  return manPages({
    commands: commands as Record<string, DocumentedCommand>,
    topics: packageJson.oclif.topics as Definitions['topics'],
    version: packageJson.version,
    description: packageJson.description,
    exitCodes: read('exit-codes'),
    environment: read('environment'),
  })
}

/** Returns how many there are. */
export async function writeManPages(): Promise<number> {
  const pages = await makeManPages()
  mkdirSync(folder, {recursive: true})
  for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name))
  for (const [name, text] of pages) {
    const path = join(folder, name)
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
  }
  return pages.size
}

if (import.meta.main) console.log(`made ${await writeManPages()} man pages in dist/man/man${section}`)
