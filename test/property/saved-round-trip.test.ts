// Whatever the kernel can hold comes back from all three formats as it was, and no text makes a reader throw.

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {formatRules} from '../../src/formats/rules/format.ts'
import {parseRules} from '../../src/formats/rules/parse.ts'
import {type ReadSaved, readSaved, type SavedFormat} from '../../src/formats/saved/read.ts'
import {writeSaved} from '../../src/formats/saved/write.ts'
import {anyState} from '../support/arbitrary-state.ts'

const formats: readonly SavedFormat[] = ['rules', 'yaml', 'json']

describe.each(formats)('%s', {timeout: 60_000}, (format) => {
  test('any state survives', async () => {
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        const {text} = await writeSaved(state, format)
        const read = await readSaved(text)
        expect(read.problems.filter(({severity}) => severity === 'error')).toEqual([])
        expect(read).toMatchObject({format})
        expect(read.state).toEqual(state)
        expect(await writeSaved(state, format)).toMatchObject({text})
      }),
      {numRuns: 200},
    )
  })

  test('a text of it with characters changed is read without an exception, and repairing it settles', async () => {
    const change = fc.record({
      at: fc.nat(),
      take: fc.nat(3),
      put: fc.oneof(
        fc.string({maxLength: 3}),
        fc.constantFrom(
          '\u00a0',
          '\u2013',
          '\r\n',
          '\uff1a',
          '"',
          '\u201c',
          '#',
          '\\\n',
          ' -',
          '\u200b',
          '\r',
          '\u2014set',
        ),
      ),
    })
    await fc.assert(
      fc.asyncProperty(anyState, fc.array(change, {minLength: 1, maxLength: 5}), async (state, changes) => {
        let {text} = await writeSaved(state, format)
        for (const {at, take, put} of changes) {
          const from = at % (text.length + 1)
          text = text.slice(0, from) + put + text.slice(from + take)
        }
        await expectSound(text, format)
      }),
      {numRuns: 200},
    )
  })

  test('no text makes it throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({unit: 'binary'}), fc.string({unit: 'grapheme'}), scraps), (text) =>
        expectSound(text, format),
      ),
      {numRuns: 1000},
    )
  })
})

test('rules read the same however they are spaced', () => {
  // The plainest line is read in a way of its own (plain-server.ts); two blanks in it, or a bundle, and it is not.
  fc.assert(
    fc.property(anyState, (state) => {
      const {text} = formatRules(state)
      const {state: plain} = parseRules(text)
      for (const other of [
        text.replace(/^(-[aA]) /gm, '$1  '),
        text.replace(/^-([aA]) -t /gm, '-$1t '),
        text.trimEnd(),
      ])
        expect(parseRules(other).state).toEqual(plain)
    }),
    {numRuns: 200},
  )
})

const scraps = fc
  .array(
    fc.constantFrom(
      '-A',
      '-a',
      '-t',
      '-r',
      ' ',
      '\n',
      '10.0.0.1:80',
      '[::1]:80',
      'services:',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '&a',
      '*a',
      '!!set',
      '---',
      '#',
      '-f',
      '7',
      '--set',
      'id',
      'null',
      '<<',
      '%',
      '|',
      '>',
      '\t',
      '__proto__',
    ),
    {maxLength: 40},
  )
  .map((parts) => parts.join(''))

async function expectSound(text: string, format: SavedFormat): Promise<void> {
  for (const read of [await readSaved(text, {format}), await readSaved(text)]) {
    expectPlaced(text, read)
    if (!read.repaired) continue
    const again = await readSaved(read.repaired.text, {format: read.format})
    expect(again.repaired).toBeUndefined()
  }
}

/** Every problem is somewhere in the text, they stand in its order, and a state is there unless there is an error. */
function expectPlaced(text: string, {state, problems}: ReadSaved): void {
  const lines = text.split('\n')
  let before = {line: 0, column: 0}
  for (const problem of problems) {
    const {line, column} = problem
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual([...(lines[line - 1] as string)].length + 1)
    expect(line > before.line || (line === before.line && column >= before.column)).toBe(true)
    before = {line, column}
  }
  expect(state === undefined).toBe(problems.some(({severity}) => severity === 'error'))
}
