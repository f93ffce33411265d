import {expect, test} from 'vitest'
import {wrap} from '../../../src/wizard/wrap.ts'

const word = 'lorem'
const many = (count: number) => Array.from({length: count}, () => word).join(' ')

test.each([
  ['a short line stays', ['  short'], ['  short']],
  ['a text goes on below itself', [`  ${many(14)}`], [`  ${many(13)}`, `  ${word}`]],
  ['a row goes on below its text', [`  wlc  ${many(13)}`], [`  wlc  ${many(12)}`, `       ${word}`]],
  ['a word that is longer than the line is left whole', [`  ${'x'.repeat(100)}`], [`  ${'x'.repeat(100)}`]],
])('%s', (_what, lines, wrapped) => expect(wrap(lines)).toEqual(wrapped))
