// `lvsctl complete SHELL DROPPED WORD…`, which the shells' completion scripts call at every TAB: not a command for people,
// so it is in no list, and options among its words are words. Ends well whatever happens, and says nothing then.

import {readdirSync} from 'node:fs'
import {currentContext} from '../cli/context.ts'
import {formatAnswer, unquote} from '../completion/answer.ts'
import {complete} from '../completion/complete.ts'
import type {Definitions} from '../completion/definitions.ts'
import {liveValues, liveValuesIn} from '../completion/live.ts'
import {builtManifest} from './manifest.ts'
import {packageJson} from './package.ts'

export async function answerShell([shell = '', dropped = '', ...words]: readonly string[]): Promise<void> {
  try {
    const context = currentContext()
    const live = liveValues(context, readdirSync)
    const completion = await complete(words.map(unquote), {
      definitions: await definitions(),
      live,
      liveIn: (name) => liveValuesIn(name, context, live),
    })
    context.out.write(formatAnswer(completion, {shell, dropped, typed: words.at(-1) ?? ''}))
    context.close()
  } catch {
    // The next TAB asks again.
  }
}

async function definitions(): Promise<Definitions> {
  const {commands} = builtManifest ?? (await (await import('./help.ts')).makeManifest())
  const {topics} = packageJson.oclif
  return {commands, topics: topics as Definitions['topics']}
}
