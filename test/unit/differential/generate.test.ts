// The generator of the differential test: that it leaves nothing out, and that most of what it makes makes sense.

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {commandRows, type OptionRow, optionRows} from '../../../src/formats/ipvsadm/options.ts'
import {anySequence} from '../../support/differential/generate.ts'
import {formatStep, type Step} from '../../support/differential/step.ts'
import {values} from '../../support/differential/values.ts'

const sequences = fc.sample(anySequence, {seed: 20, numRuns: 1000})
const steps = sequences.flat()
const lines: readonly (readonly string[])[] = steps.map(({argv}) => argv)
const has = (shape: RegExp): boolean => lines.some((argv) => argv.some((word) => shape.test(word)))
const escaped = (word: string) => word.replaceAll('-', '\\-')

const rows: readonly (readonly [string, OptionRow])[] = [...commandRows, ...optionRows].map((row) => [row.name, row])

describe('every option', () => {
  test.each(rows)('--%s, by its name and its letters', (name, {letters, value}) => {
    expect(has(new RegExp(`^--${escaped(name)}$`))).toBe(true)
    if (value !== 'none') expect(has(new RegExp(`^--${escaped(name)}=`))).toBe(true)
    for (const letter of letters) {
      expect(has(new RegExp(`^-[^-]*${letter}`))).toBe(true)
      if (value !== 'none') expect(has(new RegExp(`^-${letter}[^-]`))).toBe(true)
    }
  })

  test.each(rows.filter(([, {value}]) => value !== 'none'))('--%s with and without its value', (name, {letters}) => {
    const spellings = [`--${name}`, ...[...letters].map((letter) => `-${letter}`)]
    const followed = lines.flatMap((argv) =>
      argv.flatMap((word, at) => (spellings.includes(word) ? [argv[at + 1]] : [])),
    )
    expect(followed).toContain(undefined)
    expect(followed.some((word) => word !== undefined && !word.startsWith('-'))).toBe(true)
  })

  test.each(Object.entries(values))('each value of --%s', (_name, {good, bad}) => {
    const text = new Set(lines.flat())
    const made = (value: string) => text.has(value) || lines.some((argv) => argv.some((word) => word.endsWith(value)))
    expect(good.filter((value) => !made(value))).toEqual([])
    // Chance leaves some out; another seed takes others.
    expect(bad.filter(made).length).toBeGreaterThanOrEqual(bad.length / 3)
  })
})

describe('the shapes of a command line', () => {
  const some = (what: (step: Step) => boolean) => expect(steps.filter(what).length).toBeGreaterThan(10)

  test('none at all', () => some(({argv}) => argv.length === 0))
  test('bundled letters', () => some(({argv}) => argv.some((word) => /^-[A-Za-z][A-Za-z6]{1,3}$/.test(word))))
  test('empty words', () => some(({argv}) => argv.includes('')))
  test('the command not first', () => some(({argv}) => /^-[turp]$/.test(argv[0] ?? '')))
  test('what is not ASCII', () => some(({argv}) => argv.some((word) => /[^ -~]/.test(word))))
  test('through a process, one in fifty or so', () => {
    some((step) => step.process === true)
    expect(steps.filter((step) => step.process).length).toBeLessThan(steps.length / 25)
  })
  test('no NUL, which no process can be given', () => {
    expect(steps.filter(({argv, input}) => `${argv.join('')}${input}`.includes('\0'))).toEqual([])
  })
})

describe('scripts', () => {
  const scripts = steps.flatMap(({input}) => (input === undefined ? [] : [input]))
  test.each([
    ['CRLF', /\r\n/],
    ['without a last newline', /[^\n]$/],
    ['nothing', /^$/],
    ['comments', /^#/m],
    ['the word ipvsadm', /^\s*ipvsadm/m],
    ['blank lines', /\n\n/],
    ['a long line', /.{2000}/],
    ['a listing inside', /^-L/m],
    ['a table to begin with', /^(?:-A.*\n){3}/m],
  ])('%s', (_what, shape) => expect(scripts.some((script) => shape.test(script))).toBe(true))

  test('none starts and stops a daemon, which may never be answered', () => {
    expect(scripts.filter((script) => script.includes('start-daemon') && script.includes('stop-daemon'))).toEqual([])
  })
})

test('the same seed makes the same', () => {
  const again = fc.sample(anySequence, {seed: 20, numRuns: 3})
  expect(again).toEqual(sequences.slice(0, 3))
})

test('a step reads as a shell would take it', () => {
  expect(formatStep({argv: ['-A', '-t', '10.0.0.1:80']})).toBe('ipvsadm -A -t 10.0.0.1:80')
  expect(formatStep({argv: ['-s', "it's", ''], process: true})).toBe("exec ipvsadm -s 'it'\\''s' ''")
  expect(formatStep({argv: ['-R'], input: '-C\n'})).toBe('ipvsadm -R <<< "-C\\n"')
})
