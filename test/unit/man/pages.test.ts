// The man pages: every command and option is in them, they have the sections that people look for, and troff has nothing
// to complain about where there is one.

import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import packageJson from '../../../package.json' with {type: 'json'}
import {escapeText} from '../../../scripts/man/roff.ts'
import {makeManPages} from '../../../scripts/man.ts'
import {exitCodes} from '../../../src/domain/problem.ts'
import {schedulers} from '../../../src/domain/schedulers.ts'
import {definitions} from '../../support/completion.ts'

const pages = await makeManPages()
const commands = Object.values(definitions.commands)
const pageOf = (id: string): string => pages.get(`lvsctl-${id.split(':')[0]}.8`) ?? ''

const folder = mkdtempSync(join(tmpdir(), 'lvsctl-man-'))
for (const [name, text] of pages) writeFileSync(join(folder, name), text)
afterAll(() => rmSync(folder, {recursive: true}))

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

test('there is one for the program, for every topic and for every command without a topic', () => {
  const words = new Set(commands.map(({id}) => id.split(':')[0]))
  expect([...pages.keys()].sort()).toEqual(['lvsctl.8', ...[...words].map((word) => `lvsctl-${word}.8`)].sort())
})

describe.each([...pages])('%s', (name, text) => {
  const headings = [...text.matchAll(/^\.SH "(.*)"$/gm)].map(([, heading]) => heading)

  test('has the sections of a man page, in their order', () => {
    const usual = [
      'NAME',
      'SYNOPSIS',
      'DESCRIPTION',
      'OPTIONS',
      'EXAMPLES',
      'EXIT STATUS',
      'ENVIRONMENT',
      'FILES',
      'SEE ALSO',
    ]
    expect(headings.filter((one) => usual.includes(one as string))).toEqual(usual)
    for (const heading of headings) expect(text).not.toMatch(new RegExp(`^\\.SH "${heading}"\\n(\\.SH|$)`, 'm'))
  })

  test('says its name as whatis(1) reads it', () => {
    const [, title, line] = /^\.TH "([^"]+)" 8 .*\n\.SH "NAME"\n(.+)$/m.exec(text) ?? []
    const own = escapeText(name.replace('.8', ''))
    expect(title).toBe(own.toUpperCase())
    expect(line?.startsWith(`${own} \\- `)).toBe(true)
    expect(line).not.toMatch(/\.$/)
  })

  test('is ASCII, has no line that only looks like a request, and no template left in it', () => {
    expect(text).toMatch(/^[\n -~]+$/)
    expect(text).not.toContain('<%')
    expect(text).not.toContain('undefined')
    for (const line of text.split('\n').filter((one) => /^[.']/.test(one)))
      expect(line).toMatch(/^\.(\\"|TH|SH|SS|PP|TP|br|RS|RE|nf|fi)( |$)/)
  })

  test('tells every exit status', () => {
    for (const code of [0, ...Object.values(exitCodes)]) expect(text).toContain(`.TP\n\\fB${code}\\fR\n`)
  })

  test('refers to pages that there are', () => {
    const references = [...text.matchAll(/\\fB(lvsctl[a-z\\-]*)\\fR\(8\)/g)].map(([, one]) => one?.replaceAll('\\', ''))
    expect(references.length).toBeGreaterThan(0)
    for (const one of references) expect(pages.has(`${one}.8`), one).toBe(true)
  })

  const system = {
    cwd: folder,
    encoding: 'utf8',
    env: {...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8', TERM: 'dumb'},
  } as const

  test.runIf(isThere('groff'))('groff warns of nothing (where it is installed)', () => {
    const {status, stdout, stderr} = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-rCHECKSTYLE=3', name], system)
    expect({status, stderr}).toEqual({status: 0, stderr: ''})
    expect(stdout).toContain('lvsctl')
  })

  test.runIf(isThere('man'))('man shows it (where it is installed)', () => {
    const {status, stdout, stderr} = spawnSync('man', ['--warnings', '-l', name], system)
    expect({status, stderr}).toEqual({status: 0, stderr: ''})
    expect(stdout).toContain('SEE ALSO')
  })

  test.runIf(isThere('mandoc'))('mandoc finds no error (where it is installed)', () => {
    const {stdout} = spawnSync('mandoc', ['-Tlint', '-Wwarning', name], system)
    // It wants a date, and the pages have none on purpose.
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([])
  })
})

test('every command is described, with its examples', () => {
  for (const {id, summary} of commands) {
    expect(pageOf(id), id).toContain(`\\fBlvsctl ${id.replaceAll(':', ' ')}\\fR`)
    expect(pageOf(id), id).toContain(
      escapeText(summary ?? '')
        .slice(0, -1)
        .slice(1),
    )
  }
})

test('every option is described, with its letter', () => {
  for (const {id, flags} of commands) {
    for (const {name, char, hidden} of Object.values(flags)) {
      if (hidden) continue
      expect(pageOf(id), id).toContain(`\\fB${escapeText(`--${name}`)}\\fR`)
      if (char !== undefined) expect(pageOf(id), id).toContain(`\\fB\\-${char}\\fR`)
    }
  }
})

test('what not every command of a topic has says whose it is', () => {
  expect(pageOf('server')).toContain('With add and edit only.')
  expect(pageOf('list')).not.toMatch(/With [a-z, ]+ only\./)
})

test('the main page has the schedulers and leads to the others', () => {
  const main = pages.get('lvsctl.8') ?? ''
  for (const {name} of schedulers) expect(main).toContain(`.TP\n\\fB${name}\\fR\n`)
  for (const name of pages.keys()) expect(main).toContain(escapeText(name.replace('.8', '').replace('-', ' ')))
})

test('npm installs them from where the build puts them', () => {
  expect(packageJson.directories.man).toBe('dist/man/man8')
  expect(packageJson.files).toContain('dist')
})
