// What oclif's Command needs to know of the program in order to parse and run, and no more: its own Config looks for
// plugins, shells, themes and homes, which takes longer than a whole `service list`. Help has the real one (help.ts).

import type {Config} from '@oclif/core/config'
import {packageJson, userAgent} from './package.ts'

const bin = 'lvsctl'
const scoped = (name: string): string => `${bin}_${name}`.toUpperCase()

const known: Partial<Config> = {
  bin,
  name: packageJson.name,
  version: packageJson.version,
  pjson: packageJson,
  userAgent,
  topicSeparator: ' ',
  scopedEnvVar: (name: string) => process.env[scoped(name)],
  scopedEnvVarKey: scoped,
  scopedEnvVarKeys: (name: string) => [scoped(name)],
  // For warnings about deprecated names of commands: there are none.
  commandIDs: [],
  findCommand: (() => undefined) as unknown as Config['findCommand'],
  // There are no hooks either.
  runHook: async () => ({failures: [], successes: []}),
  // Colours of --json; we write it ourselves.
  theme: undefined,
}

/** A command that asks for more is told so, instead of being given undefined. */
export const startConfig = new Proxy(known, {
  get(target, name) {
    if (!(name in target) && typeof name === 'string' && name !== 'then')
      throw new Error(
        `lvsctl starts commands without oclif's Config: config.${name} is not there (src/entry/start-config.ts)`,
      )
    return Reflect.get(target, name)
  },
}) as Config
