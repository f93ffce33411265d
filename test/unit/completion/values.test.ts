// Every value that can be typed has a row, so that a new command is not forgotten.

import {expect, test} from 'vitest'
import {argumentRow, argumentValues, flagRow, flagValues} from '../../../src/completion/values.ts'
import {definitions} from '../../support/completion.ts'

const commands = Object.values(definitions.commands)
const spell = (id: string): string => id.replaceAll(':', ' ')

const forgotten = (what: string, row: string): string =>
  `src/completion/values.ts does not say how ${what} is completed. Add a row ${row}: {words: …} for a list or a function of the running machine, files, or free('what it is') where nothing can be offered.`

test('every option with a value', () => {
  for (const {id, flags} of commands) {
    for (const {name, type, options} of Object.values(flags)) {
      if (type !== 'option' || options) continue
      expect(flagRow(id, name), forgotten(`--${name} of lvsctl ${spell(id)}`, `'${name}' to flagValues`)).toBeDefined()
    }
  }
})

test('every argument', () => {
  for (const {id, args} of commands) {
    for (const {name, options} of Object.values(args)) {
      if (options) continue
      const what = `the argument ${name} of lvsctl ${spell(id)}`
      expect(argumentRow(id, name), forgotten(what, `'${name}' to argumentValues`)).toBeDefined()
    }
  }
})

test('a row for one command is for a command that there is, and that has it', () => {
  const own = (rows: object): readonly string[] => Object.keys(rows).filter((key) => key.includes(' '))
  const names = commands.flatMap(({id, flags, args}) =>
    [...Object.keys(flags), ...Object.keys(args)].map((name) => `${spell(id)} ${name}`),
  )
  for (const key of [...own(flagValues), ...own(argumentValues)]) expect(names).toContain(key)
})
