// --help, shown by oclif from its own Config: the slow way in, which only help takes.

import type {Command} from '@oclif/core/command'
import {Config, Plugin} from '@oclif/core/config'
import {Help} from '@oclif/core/help'
import type {Manifest} from '@oclif/core/interfaces'
import {builtManifest} from './manifest.ts'
import {packageJson} from './package.ts'
import {commands} from './registry.ts'

const root = import.meta.dirname

/** About a command or topic by oclif's id, or about the program: ''. */
export async function showHelp(subject: string): Promise<void> {
  const plugin = await loadPlugin(builtManifest)
  const config = await Config.load({root, pjson: packageJson, plugins: new Map([[plugin.name, plugin]])})
  await new Help(config, packageJson.oclif.helpOptions).showHelp(subject === '' ? [] : [subject])
}

/** What help says of every command: for the build, which keeps it. Loads them all. */
export async function makeManifest(): Promise<Manifest> {
  const {manifest} = await loadPlugin(undefined)
  const missing = Object.keys(commands).filter((id) => !manifest.commands[id])
  if (missing.length > 0) throw new Error(`no description could be made of ${missing.join(', ')}`)
  return manifest
}

/** The one plugin, which is ourselves: from the registry, where oclif would look into the file system. */
class OwnCommands extends Plugin {
  override async findCommand(id: string): Promise<Command.Class> {
    const load = commands[id]
    if (!load) throw new Error(`no command ${id}`)
    const {default: command} = await load()
    command.id = id
    command.plugin = this
    return command
  }
}

async function loadPlugin(manifest: Manifest | undefined): Promise<OwnCommands> {
  const plugin = new OwnCommands({root, pjson: packageJson, isRoot: true, ignoreManifest: true})
  // Private to oclif's Plugin, but the only doors: where its load() gets the names or the descriptions from.
  Object.assign(
    plugin,
    manifest ? {_manifest: async () => manifest} : {getCommandIDs: async () => Object.keys(commands)},
  )
  await plugin.load()
  return plugin
}
